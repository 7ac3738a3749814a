#!/usr/bin/env python3
"""The life of a certificate by `domsec cert`, with openssl and certtool as the programs that others use:
certificate_life.py PROGRAM. What they make is read, what is made here they accept; what cannot be taken in is one sentence
and changes nothing."""
import json
import os
import pty
import re
import select
import shutil
import stat
import subprocess
import sys
import tempfile

CONFIGURATION = """[organization]
ServerFqdn = "mail1.contoso.com"
TrustedRoots = ["root.pem"]
Store = "domsec.db"

[[SendConnector]]
Name = "Internet"
Fqdn = "mail.contoso.com"
AddressSpaces = ["*"]

[Revocation]
Mode = "off"
"""


class Failure(Exception):
    pass


def expect(condition, what):
    if not condition:
        raise Failure(what)


class House:
    def __init__(self, program, directory):
        self.program, self.directory = program, directory
        self.environment = dict(os.environ, XDG_STATE_HOME=self.path("state"), HOME=directory)
        self.environment.pop("DOMSEC_CONFIG", None)
        self.write("domsec.toml", CONFIGURATION)
        self.write("right", "P@ss w0rd\n")
        self.write("wrong", "guess\n")
        self.openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "root.key", "-out", "root.pem", "-days", "30",
                     "-subj", "/O=Contoso/CN=Contoso Root CA")

    def path(self, name):
        return os.path.join(self.directory, name)

    def write(self, name, text):
        with open(self.path(name), "wb") as file:
            file.write(text if isinstance(text, bytes) else text.encode())

    def read(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()

    def cert(self, *arguments, code=0, environment=None):
        ended = subprocess.run([self.program, "cert", *arguments], stdin=subprocess.DEVNULL, capture_output=True, timeout=60,
                               cwd=self.directory, env=dict(self.environment, **(environment or {})), check=False)
        out, err = ended.stdout.decode("utf-8", "replace"), ended.stderr.decode("utf-8", "replace")
        expect(ended.returncode == code, f"cert {arguments}: ended with {ended.returncode}: {out}{err}")
        if code:
            expect(err.count("\n") == 1, f"cert {arguments}: not one sentence: {err}")
        return out + err

    def tool(self, name, *arguments, text=None):
        ended = subprocess.run([name, *arguments], capture_output=True, text=True, cwd=self.directory, input=text or "",
                               timeout=60, check=False)
        expect(ended.returncode == 0, f"{name} {arguments}: {ended.stdout}{ended.stderr}")
        return ended.stdout + ended.stderr

    def openssl(self, *arguments):
        return self.tool("openssl", *arguments)

    def listed(self, *arguments):
        """Only what the command prints: the rest are warnings."""
        return json.loads(self.cert("list", "--json", *arguments))["certificates"]

    def sign(self, request, certificate):
        self.openssl("x509", "-req", "-in", request, "-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial", "-days", "20",
                     "-copy_extensions", "copyall", "-out", certificate)


def mode_of(path):
    return stat.S_IMODE(os.stat(path).st_mode)


def request_and_import(house):
    """R16, R17, R21: what openssl and certtool say of the request, and the answer in each form an authority sends."""
    forms = {
        "pem": lambda name: None,
        "p7b.der": lambda name: house.openssl("crl2pkcs7", "-nocrl", "-certfile", name, "-certfile", "root.pem", "-outform", "DER",
                                              "-out", name + ".p7b.der"),
        "p7b": lambda name: house.openssl("crl2pkcs7", "-nocrl", "-certfile", "root.pem", "-certfile", name, "-out", name + ".p7b"),
        "crlf": lambda name: house.write(name + ".crlf", b"\xef\xbb\xbf" + house.read(name).replace(b"\n", b"\r\n") + b"Regards\r\n"),
    }
    for number, (form, convert) in enumerate(forms.items(), 1):
        name = f"mail{number}.contoso.com"
        said = house.cert("request", "--subject", f"DC=com,DC=Contoso,CN={name}", "--name", "mail.contoso.com", "--out", "mail.req",
                          "--friendly-name", f"Internet {form}")
        expect("its key waits in the store" in said, said)
        shown = house.openssl("req", "-verify", "-noout", "-text", "-in", "mail.req")
        for part in ("verify OK", f"DNS:mail.contoso.com, DNS:{name}", "RSA", "2048 bit"):
            expect(part in shown, f"{part} is not in {shown}")
        if shutil.which("certtool"):
            shown = house.tool("certtool", "--crq-info", "--infile", "mail.req")
            expect("Self signature: verified" in shown and f"DNSname: {name}" in shown, shown)
        house.sign("mail.req", "answer")
        convert("answer")
        said = house.cert("import", "answer" if form == "pem" else "answer." + form)
        expect("no private key" not in said, said)
    entries = house.listed()
    expect([entry["friendly_name"] for entry in entries] == [f"Internet {form}" for form in forms], entries)
    expect(all(entry["has_private_key"] and entry["status"] == "Valid" and not entry["private_key_exportable"] for entry in entries),
           entries)
    expect("--out" in house.cert("request", "--json", code=2), "--json and the request cannot share standard output")
    said = house.cert("request", "--subject", "CN=elliptic.contoso.com", "--key", "ec-p256", "--der", "--out", "ec.der", "--json")
    expect(json.loads(said)["certificates"][0]["key_algorithm"] == "EC P-256", said)
    shown = house.openssl("req", "-verify", "-noout", "-text", "-inform", "DER", "-in", "ec.der")
    expect("verify OK" in shown and "P-256" in shown, shown)
    pending = [entry for entry in house.listed() if entry["kind"] == "request"]
    house.cert("export", pending[0]["thumbprint"], "--out", "again.der", "--der")
    expect(house.read("again.der") == house.read("ec.der"), "the pending request is another one")
    return entries


def enable_and_ask(house, entries):
    """R42, R43, R45, R50: the question, who answers it, and thumbprints as people spell them."""
    first, second = entries[0]["thumbprint"], entries[1]["thumbprint"]
    house.cert("enable", first, "--services", "SMTP")
    said = house.cert("enable", second, "--services", "SMTP", code=2)
    expect("--yes or --no" in said, said)
    expect(not house.listed()[1]["services"], "an unanswered question has changed something")
    spelled = "\u200e" + " ".join(re.findall("..", second.lower()))
    house.cert("enable", spelled, "--services", "SMTP,POP", "--no")
    states = house.listed()
    expect(states[0]["default_smtp"] and not states[1]["default_smtp"], states)
    expect(states[1]["services"] == ["POP", "SMTP"], states[1])
    colons = ":".join(re.findall("..", second))
    said = at_a_terminal(house, ["enable", colons, "--services", "SMTP"], "maybe\ny\n")
    expect(re.search(r"Confirm\r\nOverwrite the existing default SMTP certificate\?\r\n\r\nCurrent certificate: '" + first +
                     r"' \(expires [0-9/]+ [0-9:]+ [AP]M\)\r\nReplace it with certificate: '" + second, said), said)
    expect(house.listed()[1]["default_smtp"], "the answer did not count")
    at_a_terminal(house, ["enable", first, "--services", "SMTP"], "l\n")
    expect(house.listed()[1]["default_smtp"], "no to all is a no")
    at_a_terminal(house, ["enable", first, "--services", "SMTP"], "\n")
    expect(house.listed()[0]["default_smtp"], "an empty line is a yes")
    at_a_terminal(house, ["enable", second, "--services", "SMTP"], "A\n")
    expect(house.listed()[1]["default_smtp"], "yes to all is a yes")
    house.cert("enable", first, "--services", "SMTP", "--yes-to-all")
    expect("DS600 assign-irrevocable" in house.cert("enable", first, "--services", "None", code=2), "DS600")
    expect("DS605 thumbprint-not-found" in house.cert("enable", "A" * 40, "--services", "SMTP", code=2), "DS605")
    expect("is no thumbprint" in house.cert("enable", "mail", "--services", "SMTP", code=2), "mail")
    expect("'FTP' is no service" in house.cert("enable", first, "--services", "FTP", code=2), "FTP")
    expect("presented" in house.cert("select", "--connector", "Internet", "--direction", "send"), "select")
    inside = house.cert("list", "--name", "mail.contoso.com")
    expect(len(inside.splitlines()) == 4, inside)
    shown = house.cert("list", "--all")
    for name in ("ServicesStringForm", "RootCAType", "KeyIdentifier", "CertificateRequest"):
        expect(re.search(f"^{name} ", shown, re.M), f"{name} is not in {shown}")


def at_a_terminal(house, arguments, typed):
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(house.directory)
        os.execve(house.program, [house.program, "cert", *arguments], house.environment)
    os.write(terminal, typed.encode())
    said = b""
    while select.select([terminal], [], [], 30)[0]:
        try:
            part = os.read(terminal, 4096)
        except OSError:
            break
        if not part:
            break
        said += part
    os.close(terminal)
    _, status = os.waitpid(pid, 0)
    expect(os.waitstatus_to_exitcode(status) == 0, f"cert {arguments}: {said}")
    return said.decode()


def export_and_read(house, entries):
    """R15, R19: what leaves the store is opened by openssl and certtool, and taken in elsewhere."""
    said = house.cert("export", entries[0]["thumbprint"], "--out", "no.pfx", "--password-file", "right", code=2)
    expect("SV-8" in said and not os.path.exists(house.path("no.pfx")), said)
    house.cert("request", "--subject", "CN=free.contoso.com", "--exportable", "--out", "free.req")
    house.sign("free.req", "free.pem")
    house.cert("import", "free.pem")
    free = next(entry for entry in house.listed() if entry["subject"] == "CN=free.contoso.com")["thumbprint"]
    expect("password" in house.cert("export", free, "--out", "free.pfx", code=2), "a password is needed")
    house.cert("export", free, "--out", "free.pfx", "--password-file", "right")
    expect(mode_of(house.path("free.pfx")) == 0o600, "mode")
    shown = house.openssl("pkcs12", "-in", "free.pfx", "-passin", "file:right", "-nodes", "-info")
    expect("BEGIN PRIVATE KEY" in shown and "free.contoso.com" in shown and "AES-256-CBC" in shown, shown)
    if shutil.which("certtool"):
        shown = house.tool("certtool", "--p12-info", "--inder", "--infile", "free.pfx", "--password", "P@ss w0rd")
        expect("free.contoso.com" in house.tool("certtool", "-i", text=shown) and "ENCRYPTED PRIVATE KEY" in shown, shown)
    house.cert("import", "free.pfx", "--password-file", "right", "--store", "second.db", "--exportable")
    house.cert("import", "free.pfx", "--password-file", "right", "--store", "third.db")
    expect(house.listed("--store", "second.db")[0]["thumbprint"] == free, "the second server's")
    expect("already" in house.cert("import", "free.pfx", "--password-file", "right", "--store", "third.db", code=2), "twice")
    expect(mode_of(house.path("second.db")) == 0o600, "mode of the store")


def one_bundle_on_two_servers(house):
    """R15: two servers of their own, each with the same .pfx, present the same certificate to who asks."""
    said = []

    def use(port):
        said.append(house.tool("openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-starttls", "smtp"))

    def both(first):
        use(first)
        serving(house, "serve-third.toml", use)

    free = house.listed("--store", "second.db")[0]["thumbprint"]
    for name in ("second", "third"):
        house.write(f"serve-{name}.toml", CONFIGURATION.replace("domsec.db", name + ".db"))
        house.cert("enable", free, "--services", "SMTP", "--config", f"serve-{name}.toml")
    serving(house, "serve-second.toml", both)
    for shown in said:
        pem = re.search("-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", shown, re.DOTALL)
        expect(pem, shown)
        print_of = house.tool("openssl", "x509", "-noout", "-fingerprint", "-sha1", text=pem.group(0) + "\n")
        expect(print_of.strip().split("=")[1].replace(":", "") == free, f"{print_of} instead of {free}")
    expect(len(said) == 2, "one of them was not asked")


def read_theirs(house):
    """What other programs export; each goes into a store of its own."""
    def taken(name, file, password="right", environment=None):
        house.cert("import", file, "--password-file", password, "--store", name + ".db", environment=environment)
        entries = house.listed("--store", name + ".db")
        expect(len(entries) == 1 and entries[0]["has_private_key"], f"{name}: {entries}")

    house.openssl("pkcs12", "-in", "free.pfx", "-passin", "file:right", "-nodes", "-out", "free.all.pem")
    export = ["pkcs12", "-export", "-in", "free.all.pem", "-certfile", "root.pem", "-passout", "file:right"]
    house.openssl(*export, "-out", "aes.pfx")
    taken("aes", "aes.pfx")
    house.openssl(*export, "-legacy", "-out", "rc2.pfx")
    taken("rc2", "rc2.pfx")
    house.openssl(*export, "-keypbe", "PBE-SHA1-3DES", "-certpbe", "PBE-SHA1-3DES", "-macalg", "sha1", "-out", "3des.pfx")
    taken("3des", "3des.pfx")
    taken("pem", "free.all.pem")
    house.openssl("pkey", "-in", "free.all.pem", "-aes256", "-passout", "file:right", "-out", "sealed.key")
    house.write("sealed.pem", house.read("free.pem") + house.read("sealed.key"))
    taken("sealed", "sealed.pem")
    said = house.cert("import", "sealed.pem", "--store", "none.db", code=2)
    expect("pass-phrase" in said, said)
    if shutil.which("certtool"):
        house.openssl("pkey", "-in", "free.all.pem", "-out", "free.key")
        house.tool("certtool", "--to-p12", "--load-privkey", "free.key", "--load-certificate", "free.pem", "--p12-name", "free",
                   "--password", "P@ss w0rd", "--outder", "--outfile", "certtool.pfx")
        taken("certtool", "certtool.pfx")
        house.tool("certtool", "--p7-generate", "--load-certificate", "free.pem", "--outfile", "certtool.p7b")
        said = house.cert("import", "certtool.p7b", "--store", "p7.db")
        expect("no private key" in said, said)
    said = house.cert("import", "rc2.pfx", "--password-file", "right", "--store", "none.db", code=2,
                      environment={"OPENSSL_MODULES": house.path("nowhere")})
    expect("legacy provider" in said and "openssl pkcs12 -legacy" in said, said)
    for file, password, part in (("aes.pfx", "wrong", "does not open it"), ("aes.pfx", None, "none was given"),
                                 ("domsec.toml", None, "neither PEM"), ("free.req", None, "but a NEW CERTIFICATE REQUEST"),
                                 ("root.key", None, "but a private key"), ("nothing", None, "nothing")):
        arguments = ["--password-file", password] if password else []
        said = house.cert("import", file, *arguments, "--store", "none.db", code=2)
        expect(part in said, f"{file}: {said}")
    house.openssl("pkcs12", "-export", "-nokeys", "-in", "free.pem", "-passout", "file:right", "-out", "nokey.pfx")
    said = house.cert("import", "nokey.pfx", "--password-file", "right", "--store", "none.db", code=2)
    expect("no private key" in said, said)
    expect(not house.listed("--store", "none.db"), "something was taken in")


def renew_and_remove(house, entries):
    """R48: the old one goes when the new one has its place."""
    old = house.listed()[0]
    house.cert("renew", old["thumbprint"], "--out", "renew.req")
    shown = house.openssl("req", "-verify", "-noout", "-text", "-in", "renew.req")
    expect("verify OK" in shown and "DC = com, DC = Contoso, CN = mail1.contoso.com" in shown, shown)
    house.sign("renew.req", "renewed.pem")
    house.cert("import", "renewed.pem")
    new = house.listed()[-2] if house.listed()[-1]["kind"] == "request" else house.listed()[-1]
    expect((new["subject"], new["dns_names"], new["friendly_name"]) == (old["subject"], old["dns_names"], old["friendly_name"]), new)
    said = house.cert("remove", old["thumbprint"], "--yes", code=2)
    expect("DS603 remove-in-use" in said, said)
    house.cert("enable", new["thumbprint"], "--services", "SMTP", "--yes")
    expect("--yes or --no" in house.cert("remove", old["thumbprint"], code=2), "remove without an answer")
    house.cert("remove", old["thumbprint"], "--yes")
    expect(old["thumbprint"] not in house.cert("list"), "it is still there")
    made = json.loads(house.cert("new", "--json", "--services", "IIS"))["certificates"][0]
    expect(made["self_signed"] and made["services"] == ["IIS"] and made["dns_names"] == ["mail1", "mail1.contoso.com"], made)
    again = json.loads(house.cert("renew", made["thumbprint"], "--json"))["certificates"][0]
    expect(again["services"] == ["IIS"] and again["subject"] == made["subject"] and again["thumbprint"] != made["thumbprint"], again)
    auth = json.loads(house.cert("new", "--profile", "auth", "--json"))["certificates"][0]
    expect(auth["private_key_exportable"] and not auth["dns_names"] and not auth["default_smtp"], auth)


def serving(house, configuration, use):
    """Runs `use` with the port of a server; what was logged."""
    server = subprocess.Popen([house.program, "serve", "--config", configuration, "--listen", "127.0.0.1:0", "--log-dir", "logs"],
                              stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, cwd=house.directory,
                              env=house.environment)
    try:
        for line in server.stderr:
            listening = re.search(r"listening on 127\.0\.0\.1:(\d+)", line)
            if listening:
                break
        else:
            raise Failure(f"serve --config {configuration} does not listen")
        use(int(listening[1]))
    finally:
        server.terminate()
        server.communicate(timeout=20)
    logged = ""
    for directory, _, files in os.walk(house.path("logs")):
        for file in files:
            logged += house.read(os.path.join(directory, file)).decode()
    shutil.rmtree(house.path("logs"), ignore_errors=True)
    return logged


def versions_and_ciphers(house):
    """R36: TLS 1.2 or 1.3, ECDHE where it is offered beside something else, nothing weak."""
    def asked(port, *arguments):
        ended = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-starttls", "smtp", *arguments],
                               capture_output=True, text=True, stdin=subprocess.DEVNULL, cwd=house.directory, timeout=30,
                               check=False)
        return ended.stdout + ended.stderr

    def use(port):
        for old in ("-tls1", "-tls1_1"):
            said = asked(port, old, "-cipher", "ALL:@SECLEVEL=0")
            expect("Cipher is (NONE)" in said, said)
        said = asked(port, "-tls1_2", "-cipher", "AES128-SHA:AES256-GCM-SHA384:ECDHE-RSA-AES128-GCM-SHA256")
        expect("Cipher is ECDHE-RSA-AES128-GCM-SHA256" in said, said)
        expect("Cipher is TLS_" in asked(port, "-tls1_3"), "TLS 1.3")
        if shutil.which("gnutls-cli"):
            for weak in ("+3DES-CBC", "+ARCFOUR-128:+MD5"):
                ended = subprocess.run(["gnutls-cli", "--insecure", "--starttls-proto=smtp", "--priority",
                                        f"NORMAL:-VERS-ALL:+VERS-TLS1.2:-CIPHER-ALL:{weak}", "-p", str(port), "127.0.0.1"],
                                       capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=30, check=False)
                expect(ended.returncode != 0, f"{weak}: {ended.stdout}")

    house.write("serve.toml", CONFIGURATION.replace("domsec.db", "aes.db"))
    house.cert("enable", house.listed("--store", "aes.db")[0]["thumbprint"], "--services", "SMTP", "--config", "serve.toml")
    serving(house, "serve.toml", use)


def without_its_key(house):
    """R18: the certificate is there, its key is not, and the session says so."""
    house.write("keyless.toml", CONFIGURATION.replace("domsec.db", "keyless.db").replace("mail1.contoso.com", "free.contoso.com"))
    said = house.cert("import", "free.pem", "--config", "keyless.toml")
    expect("has no private key here" in said, said)
    said = house.cert("enable", house.listed("--config", "keyless.toml")[0]["thumbprint"], "--services", "SMTP", "--config",
                      "keyless.toml", code=2)
    expect("DS213 own-key-missing" in said and "PrivateKeyMissing" in said, said)


def at_the_same_time(house):
    """Twelve commands on one store: each is done, or says that another one was first."""
    for number in range(6):
        house.openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", f"k{number}", "-out", f"c{number}", "-days", "9",
                      "-subj", f"/CN=many{number}.contoso.com")
        house.write(f"b{number}", house.read(f"c{number}") + house.read(f"k{number}"))
    running = [subprocess.Popen([house.program, "cert", "import", f"b{number % 6}", "--store", "many.db"], cwd=house.directory,
                                env=house.environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
               for number in range(12)]
    ended = [(process.communicate(timeout=60)[1], process.returncode) for process in running]
    expect(sorted(code for _, code in ended) == [0] * 6 + [2] * 6, ended)
    expect(all("already" in said for said, code in ended if code), ended)
    expect(len(house.listed("--store", "many.db")) == 6, "not all are there")


def main():
    with tempfile.TemporaryDirectory() as directory:
        house = House(os.path.abspath(sys.argv[1]), directory)
        try:
            entries = request_and_import(house)
            enable_and_ask(house, entries)
            export_and_read(house, entries)
            one_bundle_on_two_servers(house)
            read_theirs(house)
            versions_and_ciphers(house)
            without_its_key(house)
            renew_and_remove(house, entries)
            at_the_same_time(house)
        except Failure as failure:
            print(f"certificate_life: {failure}")
            return 1
    print("certificate_life: requested, signed, imported, enabled, exported, renewed and removed; others agree")
    return 0


if __name__ == "__main__":
    sys.exit(main())
