#!/usr/bin/env python3
"""`domsec faults` and `domsec repro`: the catalogue as text and JSON, the broken peer met by domsec and by openssl.
faults.py PROGRAM"""
import json
import re
import subprocess
import sys
import tempfile

PROGRAM = sys.argv[1]


class Failure(Exception):
    pass


def expect(held, what):
    if not held:
        raise Failure(what)


def ran(*arguments, code=0, home):
    done = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=100,
                          env={"HOME": home, "PATH": "/usr/bin:/bin", "TMPDIR": home})
    expect(done.returncode == code, f"{arguments}: {done.returncode}, not {code}\n{done.stdout}{done.stderr}")
    return done.stdout + done.stderr


class Repro:
    """A broken server in the background; `at` is where it listens, `root` what to trust."""

    def __init__(self, home, fault, *arguments):
        self.process = subprocess.Popen([PROGRAM, "repro", fault, "--listen", "127.0.0.1:0", "--state", home + "/repro", *arguments],
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                        env={"HOME": home, "PATH": "/usr/bin:/bin"})
        self.banner = ""
        while "try " not in self.banner:
            line = self.process.stdout.readline()
            expect(line, "it ended: " + self.banner)
            self.banner += line
        self.at = re.search(r"listens +(\S+)", self.banner)[1]
        self.root = re.search(r"trust +(\S+)", self.banner)[1]

    def ended(self):
        said, _ = self.process.communicate(timeout=60)
        return self.process.returncode, said


def catalogue(home):
    listed = ran("faults", home=home)
    expect("certificate\n  wrong-name " in listed and "\nsmtp\n  no-starttls " in listed, listed)
    document = json.loads(ran("faults", "--json", home=home))
    expect(document["schema"] == "domsec.faults/1" and len(document["faults"]) >= 100, len(document["faults"]))
    every = {fault["name"]: fault for fault in document["faults"]}
    expired = every["expired"]
    expect(expired["as_server"]["code"] == "DS103" and expired["as_client"]["reply"].startswith("454 4.7.0 "), expired)
    expect(expired["as_server"]["stacks"]["postfix"] == "fails" and every["revoked"]["as_client"]["stacks"]["postfix"] == "silent", every["revoked"])
    clients = json.loads(ran("faults", "--json", "--role", "client", home=home))["faults"]
    expect(all(fault["as_server"] is None and fault["as_client"] for fault in clients), clients[0])
    expect("no-starttls" not in [fault["name"] for fault in clients], "a server's fault")
    one = ran("faults", "client/expired", home=home)
    expect("as client    who receives from it finds DS103 certificate-expired (exact)" in one and "as server" not in one, one)
    expect("there is no fault 'expird'" in ran("faults", "expird", code=2, home=home), "an unknown name")
    seen = ran("faults", "--peer", "postfix", "--family", "policy", home=home)
    expect(seen.startswith("Postfix 3.") and re.search(r"client/no-tls +bounced", seen) and "expired" not in seen, seen)
    seen = ran("faults", "client/no-tls", "--peer", "exim", home=home)
    expect("as server of client/no-tls: delivered-in-clear\n  log   <= " in seen and "\n  with  tls_verify_hosts" in seen, seen)
    expect("name one of aiosmtpd, curl, exim" in ran("faults", "--peer", "nobody", code=2, home=home), "an unknown program")
    expect(re.search(r"seen: Exim \S+ +delivered-in-clear", ran("faults", "no-tls", home=home)), "a line for each program")
    document = json.loads(ran("faults", "--json", "--peer", "postfix", "client/no-tls", home=home))
    expect([each["name"] for each in document["peers"]] == ["postfix"], document["peers"])
    expect(document["faults"][0]["peers"][0]["outcome"] == "bounced", document["faults"][0]["peers"])
    checked = ran("faults", "--check", "--family", "policy", home=home)
    expect("FAIL" not in checked and re.search(r"(\d+) of \1 faults were found as expected", checked), checked)
    checked = ran("faults", "server/expired", "--check", home=home)
    expect("1 of 1 faults" in checked, checked)


def servers(home):
    """The partner finds what the banner says; what the broken end hears of it is its own finding."""
    broken = Repro(home, "server/expired", "--for", "postfix", "--expect", "DS400")
    expect("partner       finds DS103 certificate-expired (exact); mail does not pass" in broken.banner, broken.banner)
    expect("its log" in broken.banner and "certificate has expired" in broken.banner, broken.banner)
    said = ran("check", "woodgrovebank.com", "--connect", broken.at, "--ca", broken.root, "--require", "server", "--crl", "fetch",
               code=1, home=home)
    expect("DS103 certificate-expired (exact)" in said, said)
    code, heard = broken.ended()
    expect(code == 0 and "DS400" in heard, (code, heard))

    broken = Repro(home, "server/expired", "--expect", "refused-expired")
    client = subprocess.run(["openssl", "s_client", "-connect", broken.at, "-starttls", "smtp", "-CAfile", broken.root,
                             "-verify_return_error"], input=b"", capture_output=True, timeout=30)
    expect(client.returncode != 0, client.stdout)
    code, heard = broken.ended()
    expect(code == 0 and "DS201 refused-expired" in heard, (code, heard))

    broken = Repro(home, "banner-of-stars", "--expect", "DS201", "--timeout", "2")
    said = ran("check", "woodgrovebank.com", "--connect", broken.at, "--ca", broken.root, "--require", "server", code=3, home=home)
    expect("DS013 starttls-intercepted" in said, said)
    code, heard = broken.ended()
    expect(code == 1 and "0 of 1 sessions gave DS201 refused-expired" in heard, (code, heard))


def clients(home):
    """The broken client meets a sound server of the lab's kind."""
    roots = []
    for _ in range(2):
        said = ran("repro", "client/expired", "--connect", "127.0.0.1:1", "--state", home + "/kept", home=home)
        with open(re.search(r"trust +(\S+)", said)[1], encoding="ascii") as file:
            roots.append(file.read())
    expect(roots[0] == roots[1] and "BEGIN CERTIFICATE" in roots[0], "the root changes")

    sound = Repro(home + "/sound", "server/rsa-key", "--domain", "contoso.com", "--partner", "woodgrovebank.com", "--count", "1")
    said = ran("repro", "client/sni-of-another", "--connect", sound.at, "--state", home + "/client", home=home)
    expect("mail          from woodgrovebank.com" in said, said)
    code, heard = sound.ended()
    expect(code == 0, (code, heard))


def refusals(home):
    for arguments, said in ((("repro", "expired"), "shows in both roles; write server/expired or client/expired"),
                            (("repro", "client/no-starttls"), "does not show in that role"),
                            (("repro", "nonsense"), "there is no fault 'nonsense'"),
                            (("repro", "client/expired"), "needs --connect HOST:PORT"),
                            (("repro", "client/expired", "--connect", "192.0.2.1:25"), "say --i-own-the-target"),
                            (("repro", "server/expired", "--listen", "0.0.0.0:2525"), "say --i-own-the-target"),
                            (("repro", "server/expired", "--connect", "127.0.0.1:25"), "give --listen instead"),
                            (("repro", "server/expired", "--domain", "a..b"), "is no domain"),
                            (("repro", "server/expired", "--partner", "woodgrovebank.com"), "name another"),
                            (("repro", "server/expired", "--expect", "DS999"), "there is no finding 'DS999'")):
        out = ran(*arguments, code=2, home=home)
        expect(said in out, (arguments, out))


def main():
    failed = 0
    for play in (catalogue, servers, clients, refusals):
        with tempfile.TemporaryDirectory() as home:
            try:
                play(home)
                print("ok   ", play.__name__)
            except (Failure, subprocess.TimeoutExpired) as failure:
                failed += 1
                print("FAIL ", play.__name__, failure)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
