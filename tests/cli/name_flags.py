"""--names: which name the server's certificate is compared with."""
from harness import expect, expect_code
from hostile_servers import Server, session_of


def prepare(house):
    house.write("mx.toml", '[organization]\nName = "C"\nServerFqdn = "mail.contoso.com"\nTrustedRoots = ["ca.pem"]\n'
                           'NameReference = "mx"\n[Revocation]\nMode = "off"\n[[SendConnector]]\nName = "I"\nAddressSpaces = ["*"]\n'
                           'RequireTLS = true\nTlsAuthLevel = "DomainValidation"\n')
    house.write("tls-domain.toml", '[organization]\nName = "C"\n[[SendConnector]]\nName = "Partners"\nAddressSpaces = ["*"]\n'
                                   'RequireTLS = true\nTlsAuthLevel = "DomainValidation"\nTlsDomain = "b.example"\n')


def greeting(name):
    def script(talk):
        talk.say(b"220 " + name.encode() + b" ESMTP\r\n")
        talk.hear()
        talk.say(b"250-x\r\n250 STARTTLS\r\n")
        talk.hear()
        talk.say(b"220 go\r\n")
        talk.tls()
        talk.hear()
        talk.say(b"250 x\r\n")
        talk.hear()
        talk.say(b"221 bye\r\n")
    return script


# The certificate names mail.woodgrovebank.com and woodgrovebank.com.
ROWS = [  # (flags, MX host, name in the greeting, code)
    ((), "smtp.hosting.example", "x", "DS131"),
    (("--names", "domain"), "smtp.hosting.example", "x", "DS131"),
    (("--names", "mx"), "mail.woodgrovebank.com", "x", "DS131"),
    (("--names", "mx"), "smtp.hosting.example", "mail.woodgrovebank.com", "DS110"),
    (("--names", "fqdn"), "smtp.hosting.example", "mail.woodgrovebank.com", "DS131"),
    (("--names", "fqdn"), "mail.woodgrovebank.com", "smtp.hosting.example", "DS110"),
    (("--names", "fqdn"), "mail.woodgrovebank.com", "[192.0.2.1]", "DS110"),
    (("--names", "fqdn"), "mail.woodgrovebank.com", "com", "DS110"),
]


def compared(house, row, *more):
    flags, host, named, code = row
    if not more:
        more = ("--require", "server", "--crl", "off", "--ca", house.path("ca.pem"))
    with Server(house, greeting(named)) as server:
        outcome = house.run("check", "woodgrovebank.com", "--connect", f"{host}:{server.port}", "--resolve", f"{host}:127.0.0.1",
                            "--timeout", "1", "--json", *more, *flags)
    findings = [each["code"] for each in session_of(outcome)["session"]["verdict"]["findings"]]
    expect((code == "DS110") == ("DS110" in findings), f"{findings} instead of {code}")
    expect_code(outcome, 1 if code == "DS110" else 0)


def configured(house):
    more = ("--config", house.path("mx.toml"))
    compared(house, ((), "mail.woodgrovebank.com", "x", ""), *more)
    compared(house, ((), "smtp.hosting.example", "x", "DS110"), *more)
    compared(house, (("--names", "domain"), "smtp.hosting.example", "x", ""), *more)


def tls_domain(house):
    outcome = house.run("check", "woodgrovebank.com", "--config", house.path("tls-domain.toml"), "--names", "mx")
    expect_code(outcome, 2)
    expect("TlsDomain" in outcome.err and "Partners" in outcome.err, outcome.err)


def cases(house):
    for row in ROWS:
        yield f"{' '.join(row[0]) or 'no --names'}: {row[1]}, greeting {row[2]}", lambda r=row: compared(house, r)
    yield "NameReference of the configuration", lambda: configured(house)
    yield "--names against TlsDomain", lambda: tls_domain(house)
