"""cert show: chains of files and of mail servers, whatever they are worth, and nothing of a stranger's text on the terminal."""
import json
import shutil
import subprocess

from harness import expect, expect_code, expect_sentence, openssl
from hostile_servers import Server, Talk
from lab_house import Lab

HOSTILE = "Mail\x1b[31m\r\n\u202eevil"


def prepare(house):
    house.lab = Lab(house)
    house.write("hostile.cnf", "[req]\ndistinguished_name=dn\nutf8=yes\nprompt=no\nx509_extensions=ext\n[dn]\n0.CN=x\n"
                               "[ext]\nsubjectAltName=DNS:a\\;b.example,email:a@b.example\n"
                               "authorityInfoAccess=caIssuers;URI:http://a.example/ca.cer,OCSP;URI:http://o.example/\n"
                               "certificatePolicies=1.2.3.4\nextendedKeyUsage=serverAuth,emailProtection\n"
                               "basicConstraints=critical,CA:TRUE,pathlen:3\nkeyUsage=keyCertSign,digitalSignature\n")
    openssl(house, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "3", "-config", "hostile.cnf",
            "-utf8", "-subj", f"/CN={HOSTILE}", "-keyout", "hostile.key", "-out", "hostile.pem")


def handshake(talk):
    talk.to_handshake()
    talk.tls()
    talk.wait()


def show(house, *flags):
    return house.run("cert", "show", *flags)


def document(outcome):
    return json.loads(outcome.out.strip().splitlines()[-1])


def same_facts(house):
    """Text and JSON tell what openssl tells."""
    found = show(house, house.path("ours.pem"), "--ca", house.path("ca.pem"), "--json")
    expect_code(found, 0)
    certificate = document(found)["chains"][0]["certificates"][0]
    told = subprocess.run(["openssl", "x509", "-in", house.path("ours.pem"), "-noout", "-fingerprint", "-sha256", "-serial"],
                          capture_output=True, text=True, check=True, timeout=10).stdout.replace(":", "")
    expect(certificate["sha256"] in told and certificate["serial"].lstrip("0") in told, f"{certificate} is not {told}")
    key = subprocess.run("openssl x509 -in ours.pem -pubkey -noout | openssl pkey -pubin -outform DER | sha256sum", shell=True,
                         cwd=house.directory, capture_output=True, text=True, check=True, timeout=10).stdout.split()[0]
    expect(certificate["spki_sha256"].lower() == key, f"{certificate['spki_sha256']} is not {key}")
    text = show(house, house.path("ours.pem"), "--ca", house.path("ca.pem")).out
    for part in (certificate["sha1"], certificate["sha256"], key, "mail.contoso.com, contoso.com", "days left",
                 "trusted, the path ends in CN=Example Root"):
        expect(part in text, f"'{part}' is not shown in {text}")


def every_extension(house):
    text = show(house, house.path("hostile.pem"), "--system-ca").out
    for part in ("1.2.3.4", "http://a.example/ca.cer", "http://o.example/", "serverAuth, emailProtection", "email:a@b.example",
                 "at most 3 authorities", "digitalSignature, keyCertSign", "basicConstraints", "self-signed"):
        expect(part in text, f"'{part}' is not shown in {text}")


def hostile_text(house):
    """The harness refuses control characters in any output; the escapes have to be there."""
    for form in ((), ("--json",), ("--verify",)):
        outcome = show(house, house.path("hostile.pem"), *form)
        expect_code(outcome, 1 if form == ("--verify",) else 0)
        expect("\u202e" not in outcome.out, "the reading direction is changed")
        expect("x1B" in outcome.out and "u202E" in outcome.out, f"the name is not shown: {outcome.out[:300]}")


def forms(house):
    openssl(house, "pkcs12", "-export", "-in", "ours.pem", "-inkey", "ours.key", "-passout", "pass:secret", "-out", "shown.pfx")
    pem = show(house, house.path("ours.pem"), "--pem").out
    expect(pem.count("BEGIN CERTIFICATE") == 1, f"not one certificate: {pem}")
    expect(show(house, house.path("ours.der"), "--pem").out == pem, "DER is shown otherwise")
    expect(show(house, house.path("shown.pfx"), "--key-pass-file", house.path("right.pass"), "--pem").out == pem, "PKCS#12 is shown otherwise")
    expect_sentence(show(house, house.path("shown.pfx")), 2, "shown.pfx", "pass-phrase")
    expect_sentence(show(house, house.path("gone.pem")), 2, "gone.pem", "check the path")
    expect_sentence(show(house, house.path("ca.key")), 2, "ca.key", "no certificate")


def server_chain(house):
    """Untrusted and presented all the same; --verify makes it a failure."""
    with Server(house, handshake) as server:
        target = f"127.0.0.1:{server.port}"
        expect_code(show(house, target, "--timeout", "2"), 0)
        expect_code(show(house, target, "--timeout", "2", "--verify"), 1)
        expect_code(show(house, f"smtp://{target}", "--timeout", "2", "--verify", "--ca", house.path("ca.pem")), 0)
        late = show(house, target, "--timeout", "2", "--verify", "--ca", house.path("ca.pem"), "--at", "2050-01-01T00:00:00Z", "--json")
        expect_code(late, 1)
        chain = document(late)["chains"][0]
        expect({p["fault"] for p in chain["trust"]["problems"]} == {"expired"}, f"problems {chain['trust']}")
        expect(chain["certificates"][0]["days_left"] < 0, "days are left")
        pem = show(house, target, "--timeout", "2", "--pem").out
        with open(house.path("theirs.pem"), encoding="ascii") as file:
            expect(pem.strip() == file.read().strip(), "--pem is not the chain that was presented")


def implicit_tls(house):
    def script(talk):
        talk.tls()
        talk.wait()
    with Server(house, script) as server:
        outcome = show(house, f"smtps://127.0.0.1:{server.port}", "--timeout", "2", "--verify", "--ca", house.path("ca.pem"))
    expect_code(outcome, 0)


def nobody_there(house):
    outcome = show(house, "127.0.0.1:1", "--timeout", "1")
    expect_code(outcome, 3)
    expect("no certificate, DS010" in outcome.out, f"no reason: {outcome.out}")
    with Server(house, lambda talk: talk.to_starttls(b"")) as server:
        expect_code(show(house, f"127.0.0.1:{server.port}", "--timeout", "1"), 3)
    both = show(house, "127.0.0.1:1", house.path("ours.pem"), "--timeout", "1", "--json")
    expect_code(both, 3)
    expect([json.loads(line)["exit_code"] for line in both.out.splitlines()] == [3, 0], f"codes of {both.out[:200]}")


def domain(house):
    """The MX hosts of a domain of the lab; what is expired is shown and said to be so."""
    lab = house.lab
    whole = show(house, "woodgrovebank.com", "--lab", lab.state, "--dns", lab.dns, "--verify")
    expect_code(whole, 0)
    expect("MX 10 mail1.woodgrovebank.com -> 127.0.0.4:" in whole.out, whole.out[:200])
    lab.breaks("contoso", "expired")
    outcome = show(house, "contoso.com", "--lab", lab.state, "--dns", lab.dns, "--verify", "--json", "-4")
    expect_code(outcome, 1)
    chains = document(outcome)["chains"]
    expect([c["preference"] for c in chains] == sorted(c["preference"] for c in chains), "not in MX order")
    expect(all("expired" in {p["fault"] for p in c["trust"]["problems"]} for c in chains), f"not expired: {chains}")
    expect(all(c["certificates"] for c in chains), "no certificates")


def usage(house):
    expect_sentence(show(house, house.path("ours.pem"), "--purpose", "mail"), 2, "--purpose", "server")
    expect_sentence(show(house, house.path("ours.pem"), "--at", "today"), 2, "--at", "2026")
    expect_sentence(show(house, "not a domain"), 2, "not a domain")
    expect_code(show(house), 2)
    expect_code(show(house, house.path("ours.pem"), "--pem", "--json"), 2)


def cases(house):
    if shutil.which("openssl") is None:
        return
    for play in (same_facts, every_extension, hostile_text, forms, server_chain, implicit_tls, nobody_there, domain, usage):
        yield f"cert show: {play.__name__.replace('_', ' ')}", lambda p=play: p(house)
