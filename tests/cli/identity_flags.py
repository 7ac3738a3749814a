"""--pfx: the identity of a PKCS#12 file, and every way in which it cannot be one."""
import ssl

from harness import expect, expect_code, expect_sentence, openssl
from hostile_servers import Server, check_against, session_of


def prepare(house):
    """Ours as Windows exports it, and its troubles."""
    export = ("pkcs12", "-export", "-in", "ours.pem", "-inkey", "ours.key", "-passout", "pass:secret")
    openssl(house, *export, "-out", "ours.pfx")
    openssl(house, *export, "-legacy", "-descert", "-out", "old.pfx")
    openssl(house, *export, "-legacy", "-out", "rc2.pfx")
    openssl(house, *export[:-1], "pass:", "-out", "open.pfx")
    openssl(house, "pkcs12", "-export", "-nokeys", "-in", "ours.pem", "-passout", "pass:secret", "-out", "keyless.pfx")
    with open(house.path("ours.pfx"), "rb") as file:
        house.write("half.pfx", file.read()[:700])
    house.write("pfx.toml", '[organization]\nName = "C"\nServerFqdn = "mail.contoso.com"\nTrustedRoots = ["ca.pem"]\n'
                            '[Revocation]\nMode = "off"\n[TransportConfig]\nTLSSendDomainSecureList = ["woodgrovebank.com"]\n'
                            '[[SendConnector]]\nName = "I"\nAddressSpaces = ["*"]\nDomainSecureEnabled = true\n'
                            '[[Certificate]]\nPfxFile = "ours.pfx"\nKeyPassFile = "right.pass"\n')


def client_names(talk):
    """A whole session; the names of the certificate that the client presented."""
    talk.to_handshake()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(talk.house.path("theirs.pem"), talk.house.path("theirs.key"))
    context.load_verify_locations(talk.house.path("ca.pem"))
    context.verify_mode = ssl.CERT_OPTIONAL
    talk.socket = context.wrap_socket(talk.socket, server_side=True)
    shown = talk.socket.getpeercert() or {}
    for _ in range(2):
        talk.hear()
        talk.say(b"250 mail.woodgrovebank.com\r\n")
    return [name for kind, name in shown.get("subjectAltName", ()) if kind == "DNS"]


def presents(house, *flags):
    seen = []
    outcome = check_against(house, lambda talk: seen.append(client_names(talk)), *flags, require="mutual")
    expect_code(outcome, 0)
    expect(session_of(outcome)["treatment"] == "domain-secured", f"treatment {session_of(outcome)['treatment']}")
    expect(seen and "mail.contoso.com" in seen[0], f"the server was shown {seen}")


def files(house, *names):
    return [house.path(name) if "." in name and not name.startswith("-") else name for name in names]


GOOD = [
    ("as OpenSSL 3 writes it", ("--pfx", "ours.pfx", "--key-pass-file", "right.pass")),
    ("with triple DES", ("--pfx", "old.pfx", "--key-pass-file", "right.pass")),
    ("with RC2-40, as old Windows", ("--pfx", "rc2.pfx", "--key-pass-file", "right.pass")),
    ("with the empty pass-phrase", ("--pfx", "open.pfx")),
]

BAD = [  # (name, flags, parts of the sentence)
    ("wrong pass-phrase", ("--pfx", "ours.pfx", "--key-pass-file", "wrong.pass"), ("ours.pfx", "pass-phrase", "give the one")),
    ("no pass-phrase", ("--pfx", "ours.pfx"), ("ours.pfx", "pass-phrase", "none was given")),
    ("no PKCS#12 file", ("--pfx", "ours.pem"), ("ours.pem", "is no PKCS#12 file", ".pfx")),
    ("half a file", ("--pfx", "half.pfx"), ("half.pfx", "is no PKCS#12 file")),
    ("no key in it", ("--pfx", "keyless.pfx", "--key-pass-file", "right.pass"), ("keyless.pfx", "no private key", "export it again")),
    ("no file", ("--pfx", "gone.pfx"), ("gone.pfx",)),
    ("PKCS#12 as --cert", ("--cert", "ours.pfx"), ("ours.pfx", "is a PKCS#12 file", "--pfx")),
    ("PKCS#12 as --key", ("--cert", "ours.pem", "--key", "ours.pfx"), ("ours.pfx", "is a PKCS#12 file", "--pfx")),
    ("PKCS#12 as --ca", ("--ca", "ours.pfx"), ("ours.pfx", "is a PKCS#12 file")),
    ("--pfx and --cert", ("--pfx", "ours.pfx", "--cert", "ours.pem"), ("--pfx", "without --cert")),
    ("--pfx and --key", ("--pfx", "ours.pfx", "--key", "ours.key"), ("--pfx", "--key")),
    ("--pfx and --chain", ("--pfx", "ours.pfx", "--chain", "ca.pem"), ("--pfx", "--chain")),
    ("--chain alone", ("--chain", "ca.pem"), ("--chain without --cert",)),
    ("--key-pass-file alone", ("--key-pass-file", "right.pass"), ("--key-pass-file without --cert or --pfx",)),
]


def commands(house):
    return {"check": ["check", "woodgrovebank.com", "--connect", "127.0.0.1:1", "--timeout", "1"],
            "send": ["send", "--to", "bob@woodgrovebank.com", "--connect", "127.0.0.1:1", "--timeout", "1"],
            "serve": ["serve", "--listen", "127.0.0.1:0", "--count", "1"]}


def refused(house, flags, parts):
    given = files(house, *flags)
    roots = [] if "--ca" in flags else ["--ca", house.path("ca.pem")]
    for command in commands(house).values():
        expect_sentence(house.run(*command, *roots, *given, limit=10), 2, *parts)


def old_cipher_without_provider(house):
    """Without OpenSSL's legacy provider RC2-40 is refused; the sentence says so, and what to do."""
    outcome = house.run(*commands(house)["check"], "--ca", house.path("ca.pem"), *files(house, "--pfx", "rc2.pfx",
                        "--key-pass-file", "right.pass"), wrapper=("env", "OPENSSL_MODULES=/nonexistent"), limit=10)
    expect_sentence(outcome, 2, "rc2.pfx", "legacy provider", "openssl pkcs12 -legacy")


def from_environment(house):
    house_flags = files(house, "--key-pass-file", "right.pass")
    outcome = house.run(*commands(house)["check"], "--ca", house.path("ca.pem"), *house_flags,
                        wrapper=("env", f"DOMSEC_PFX={house.path('keyless.pfx')}"), limit=10)
    expect_sentence(outcome, 2, "keyless.pfx", "no private key")


def serve_presents(house):
    """serve takes it, too: STARTTLS is offered with that certificate."""
    process = house.start(["serve", "--listen", "127.0.0.1:0", "--count", "1", "--ca", house.path("ca.pem"),
                           *files(house, "--pfx", "ours.pfx", "--key-pass-file", "right.pass")])
    port = house.port_of(process)
    outcome = house.run("check", "contoso.com", "--connect", f"127.0.0.1:{port}", "--ca", house.path("ca.pem"), "--crl", "off",
                        "--require", "server", "--json")
    house.wait(process, 10)
    expect_code(outcome, 0)


def presents_by_configuration(house):
    seen = []
    with Server(house, lambda talk: seen.append(client_names(talk))) as server:
        outcome = house.run("check", "woodgrovebank.com", "--connect", f"127.0.0.1:{server.port}", "--config",
                            house.path("pfx.toml"), "--timeout", "1", "--json")
    expect_code(outcome, 0)
    expect(seen and "mail.contoso.com" in seen[0], f"the server was shown {seen}")


def cases(house):
    for name, flags in GOOD:
        yield f"--pfx {name}", lambda f=flags: presents(house, *files(house, *f))
    yield "PfxFile of the configuration", lambda: presents_by_configuration(house)
    for name, flags, parts in BAD:
        yield f"refused: {name}", lambda f=flags, p=parts: refused(house, f, p)
    for play in (old_cipher_without_provider, from_environment, serve_presents):
        yield f"--pfx {play.__name__.replace('_', ' ')}", lambda p=play: p(house)
