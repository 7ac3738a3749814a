#!/usr/bin/env python3
"""What goes wrong round the certificates of a store, by the built program: bad_certificates.py PROGRAM. One clear sentence, the
right exit code, and nothing half done."""
import json
import os
import subprocess
import sys
import tempfile

CONFIGURATION = """[organization]
ServerFqdn = "mail1.contoso.com"
TrustedRoots = ["authority/root.pem"]
Store = "domsec.db"

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
        with open(self.path("domsec.toml"), "w", encoding="utf-8") as file:
            file.write(CONFIGURATION)
        self.cert("authority", "authority")

    def path(self, name):
        return os.path.join(self.directory, name)

    def write(self, name, octets):
        with open(self.path(name), "wb") as file:
            file.write(octets)

    def ran(self, *arguments, stdout=subprocess.PIPE):
        return subprocess.run([self.program, *arguments], stdin=subprocess.DEVNULL, stdout=stdout, stderr=subprocess.PIPE, text=True,
                              timeout=60, cwd=self.directory, env=self.environment, check=False)

    def cert(self, *arguments, code=0, **keywords):
        ended = self.ran("cert", *arguments, **keywords)
        expect(ended.returncode == code, f"cert {arguments}: ended with {ended.returncode}: {ended.stdout}{ended.stderr}")
        if code:
            expect(ended.stderr.count("\n") == 1, f"cert {arguments}: not one sentence: {ended.stderr}")
        return (ended.stdout or "") + ended.stderr

    def listed(self):
        return json.loads(self.cert("list", "--json"))["certificates"]

    def signed(self, name, *faults):
        """A certificate of the authority's with its key in the store; its thumbprint."""
        self.cert("request", "--subject", f"CN={name}", "--out", "one.req")
        self.cert("sign", "one.req", "--authority", "authority", "--out", "one.pem", *(f"--fault={fault}" for fault in faults))
        self.cert("import", "one.pem")
        return next(entry["thumbprint"] for entry in self.listed() if entry["subject"] == f"CN={name}")


def requests_that_cannot_be_written(house):
    """A request that nobody got waits for nothing: it is not kept."""
    owned = house.signed("mail.contoso.com")
    os.mkdir(house.path("taken"))
    before = house.listed()
    for way in (["request"], ["renew", owned]):
        for out in ("nowhere/a.req", "taken", "one.pem/a.req"):
            said = house.cert(*way, "--out", out, code=2)
            expect(f"{out} cannot be written" in said, said)
        if os.path.exists("/dev/full"):
            with open("/dev/full", "w", encoding="utf-8") as full:
                said = house.cert(*way, stdout=full, code=2)
            expect("the request cannot be written to standard output" in said, said)
        expect(house.listed() == before, f"{way} left something behind: {house.listed()}")
    expect(os.listdir(house.path("taken")) == [], "something is left in the directory")


def results_that_cannot_be_written(house):
    """No room for what was asked for is no success; a reader who has enough is no failure."""
    if os.path.exists("/dev/full"):
        for arguments in (["cert", "list"], ["explain", "DS110"], ["--help"], ["--version"]):
            with open("/dev/full", "w", encoding="utf-8") as full:
                ended = house.ran(*arguments, stdout=full)
            expect(ended.returncode == 3 and ended.stderr.startswith("domsec: standard output cannot be written: ")
                   and ended.stderr.count("\n") == 1, f"{arguments}: {ended}")
    reader, writer = os.pipe()
    os.close(reader)
    ended = house.ran("explain", stdout=writer)
    os.close(writer)
    expect(ended.returncode == 0 and not ended.stderr, str(ended))


def what_cannot_be_assigned(house):
    """R47: a status that is not Valid, each in its words; and the certificate keeps no service."""
    for name, faults, status in (("expired", ["expired"], "DateInvalid"), ("early", ["not-yet-valid"], "DateInvalid"),
                                 ("stranger", ["untrusted-root"], "Untrusted")):
        thumbprint = house.signed(name + ".contoso.com", *faults)
        said = house.cert("enable", thumbprint, "--services", "SMTP", "--no", code=2)
        expect("SV-3" in said and f"has the status {status}" in said, said)
        entry = next(one for one in house.listed() if one["thumbprint"] == thumbprint)
        expect(entry["services"] == [] and entry["status"] == status, entry)


def files_of_windows(house):
    """A pass-phrase as Notepad saves it; a certificate whose lines a mail program has indented; two strangers in one file."""
    house.cert("request", "--subject", "CN=moves.contoso.com", "--exportable", "--out", "one.req")
    house.cert("sign", "one.req", "--authority", "authority", "--out", "one.pem")
    house.cert("import", "one.pem")
    thumbprint = next(entry["thumbprint"] for entry in house.listed() if entry["subject"] == "CN=moves.contoso.com")
    house.write("pass", b"\xef\xbb\xbfP\xc3\xa4ss\r\n")
    house.write("pass.unix", "Päss\n".encode())
    house.write("pass.utf16", "Päss\r\n".encode("utf-16"))
    house.cert("export", thumbprint, "--out", "moves.pfx", "--password-file", "pass")
    house.cert("import", "moves.pfx", "--password-file", "pass.unix", "--store", "other.db")
    said = house.cert("import", "moves.pfx", "--password-file", "pass.utf16", "--store", "none.db", code=2)
    expect("pass.utf16 is UTF-16 text: save it as ASCII or UTF-8" in said, said)
    with open(house.path("one.pem"), encoding="ascii") as file:
        text = file.read()
    house.write("quoted.pem", "".join("> " + line for line in text.splitlines(True)).encode())
    said = house.cert("import", "quoted.pem", "--store", "none.db", code=2)
    expect("stands by itself" in said, said)
    with open(house.path("authority/root.pem"), encoding="ascii") as file:
        root = file.read()
    house.signed("stranger2.contoso.com")
    with open(house.path("one.pem"), encoding="ascii") as file:
        stranger = file.read()
    house.write("both.pem", (text + root + stranger).encode())
    said = house.cert("import", "both.pem", "--store", "both.db")
    expect("1 other certificate of the file (CN=stranger2.contoso.com) issued nothing of its chain" in said, said)
    openssl = f"SHA1 Fingerprint={':'.join(thumbprint[i:i + 2] for i in range(0, 40, 2))}"
    house.cert("remove", openssl, "--yes")
    expect(thumbprint not in house.cert("list"), "the line of openssl was not understood")


def main():
    with tempfile.TemporaryDirectory() as directory:
        try:
            house = House(os.path.abspath(sys.argv[1]), directory)
            for step in (requests_that_cannot_be_written, results_that_cannot_be_written, what_cannot_be_assigned,
                         files_of_windows):
                step(house)
        except Failure as failure:
            print(f"bad_certificates: {failure}")
            return 1
    print("bad_certificates: what goes wrong is one sentence, and nothing is half done")
    return 0


if __name__ == "__main__":
    sys.exit(main())
