"""--aia: a missing issuer is fetched where the certificate says, in every form that authorities serve, and no verdict changes."""
import json
import ssl

from harness import expect, expect_code, expect_sentence, openssl
from hostile_servers import Server

FORMS = ("aia-mid.der", "aia-mid.pem", "aia-mid.p7c")


class Web(Server):
    """Serves the files of the house's directory by their names."""

    def __init__(self, house):
        self.asked = []
        super().__init__(house, self.answer)

    def answer(self, talk):
        name = talk.hear().decode().split(" ")[1].lstrip("/")
        while talk.hear():
            pass
        self.asked.append(name)
        if name not in FORMS:
            talk.say(b"HTTP/1.1 404 no\r\nContent-Length: 0\r\n\r\n")
            return
        with open(self.house.path(name), "rb") as file:
            body = file.read()
        talk.say(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)


def issue(house, name, subject, issuer, extensions):
    house.write(f"{name}.cnf", extensions)
    openssl(house, "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={subject}",
            "-keyout", f"{name}.key", "-out", f"{name}.csr")
    openssl(house, "x509", "-req", "-in", f"{name}.csr", "-CA", f"{issuer}.pem", "-CAkey", f"{issuer}.key", "-days", "20",
            "-CAcreateserial", "-extfile", f"{name}.cnf", "-out", f"{name}.pem")


def prepare(house):
    """The authority below ca.pem of harness.py; its leaves name a server that lives as long as the run."""
    house.web = Web(house)
    issue(house, "aia-mid", "Example Issuing CA", "ca", "basicConstraints=critical,CA:TRUE\nkeyUsage=keyCertSign,cRLSign\n")
    openssl(house, "x509", "-in", "aia-mid.pem", "-outform", "DER", "-out", "aia-mid.der")
    openssl(house, "crl2pkcs7", "-nocrl", "-certfile", "aia-mid.pem", "-outform", "DER", "-out", "aia-mid.p7c")
    for name in (*FORMS, "aia-gone"):
        issue(house, f"leaf-of-{name}", "mail.woodgrovebank.com", "aia-mid",
              "subjectAltName=DNS:mail.woodgrovebank.com,DNS:woodgrovebank.com\nextendedKeyUsage=serverAuth,clientAuth\n"
              f"authorityInfoAccess=caIssuers;URI:{place(house, name)}\n")


def place(house, name):
    return f"http://127.0.0.1:{house.web.port}/{name}"


def leaf(house, name):
    return house.path(f"leaf-of-{name}.pem")


def joined(text):
    return " ".join(text.split())


def good(house, name):
    return f"with the intermediate from {place(house, name)} the chain is good"


def every_form(house):
    for name in FORMS:
        outcome = house.run("cert", "show", leaf(house, name), "--ca", house.path("ca.pem"), "--aia", "fetch")
        expect(good(house, name) in joined(outcome.out) and "not trusted" in outcome.out, outcome.out)
    gone = house.run("cert", "show", leaf(house, "aia-gone"), "--ca", house.path("ca.pem"), "--aia", "fetch")
    expect("aia-gone: HTTP status 404" in joined(gone.out), gone.out)


def off_fetches_nothing(house):
    for flags in ((), ("--aia", "off")):
        expect_code(house.run("verify", "--leaf", leaf(house, FORMS[0]), "--trust", house.path("ca.pem"), *flags), 1)
        shown = house.run("cert", "show", leaf(house, FORMS[0]), "--ca", house.path("ca.pem"), "--json", *flags)
        expect(json.loads(shown.out)["chains"][0]["trust"]["fetched"] is None, shown.out)
    whole = house.run("verify", "--leaf", leaf(house, FORMS[0]), "--trust", house.path("aia-mid.pem"), "--aia", "fetch")
    expect_code(whole, 0)


def verify_stays_as_it_is(house):
    what = ("verify", "--leaf", leaf(house, FORMS[0]), "--trust", house.path("ca.pem"))
    text = house.run(*what, "--aia", "fetch")
    expect_code(text, 1)
    expect(good(house, FORMS[0]) in joined(text.out) and text.out.startswith("reject"), text.out)
    answer = json.loads(house.run(*what, "--aia", "fetch", "--json").out)
    plain = json.loads(house.run(*what, "--json").out)
    expect(answer["details"].pop("fetched")["good"] is True and plain["details"].pop("fetched") is None, f"{answer}")
    expect(answer == plain, "something else changed, too")
    expect_sentence(house.run("verify", "--batch", "--aia", "fetch"), 2, "--batch", "--aia")
    expect_sentence(house.run(*what, "--aia", "always"), 2, "--aia")


def revocation_of_the_whole_path(house):
    """No peer stands behind a file: crl check goes on with what was fetched, up to the root."""
    what = ("crl", "check", leaf(house, FORMS[2]), "--ca", house.path("ca.pem"), "--json")
    alone = json.loads(house.run(*what).out)
    whole = json.loads(house.run(*what, "--aia", "fetch").out)
    expect(alone["anchor"] is None and alone["fetched"] is None and len(alone["certificates"]) == 1, f"{alone}")
    expect(whole["anchor"] == "CN=Example Root" and whole["fetched"]["good"], f"{whole}")
    expect([each["depth"] for each in whole["certificates"]] == [0, 1], f"{whole}")


def check_is_refused_exactly(house):
    """A server that presents its leaf alone."""
    def server_of(name):
        def script(talk):
            talk.to_handshake()
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(leaf(house, name), house.path(f"leaf-of-{name}.key"))
            talk.socket, talk.buffer = context.wrap_socket(talk.socket, server_side=True), b""
            talk.hear()
            talk.say(b"250 mail.woodgrovebank.com\r\n")
            talk.hear()
        return script
    found = {}
    for aia in ("off", "fetch"):
        with Server(house, server_of(FORMS[1])) as server:
            outcome = house.run("check", "woodgrovebank.com", "--connect", f"127.0.0.1:{server.port}", "--ca", house.path("ca.pem"),
                                "--crl", "off", "--timeout", "3", "--require", "server", "--aia", aia, "--json")
        expect_code(outcome, 1)
        found[aia] = json.loads(outcome.out)["sessions"][0]
    expect([found[aia]["code"] for aia in ("off", "fetch")] == ["DS102", "DS102"], f"{found}")
    expect([found[aia]["session"]["verdict"]["level"] for aia in ("off", "fetch")] == ["likely", "exact"], f"{found}")
    expect(good(house, FORMS[1]) in found["fetch"]["detail"], found["fetch"]["detail"])


def cases(house):
    for play in (every_form, off_fetches_nothing, verify_stays_as_it_is, revocation_of_the_whole_path, check_is_refused_exactly):
        yield f"aia: {play.__name__.replace('_', ' ')}", lambda p=play: p(house)
