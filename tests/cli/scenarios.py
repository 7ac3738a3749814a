#!/usr/bin/env python3
"""`domsec run` as a process: the scenarios of fixtures/, exit codes, files, bad input; `repro --from` in a circle.
scenarios.py PROGRAM SOURCE"""
import glob
import json
import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml

PROGRAM, SOURCE = sys.argv[1:3]


class Failure(Exception):
    pass


def expect(held, what):
    if not held:
        raise Failure(what)


class House:
    def __init__(self, directory):
        self.directory = directory

    def path(self, name):
        return os.path.join(self.directory, name)

    def write(self, name, text):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)
        return self.path(name)

    def read(self, name):
        with open(self.path(name), encoding="utf-8") as file:
            return file.read()

    def ran(self, *arguments, code=0, limit=280):
        done = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=limit, cwd=self.directory,
                              env={"HOME": self.directory, "PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "TMPDIR": self.directory})
        expect(done.returncode == code, f"{arguments}: {done.returncode}, not {code}\n{done.stdout}{done.stderr}")
        return done.stdout, done.stderr


PASSES = 'title = "passes"\n[[step]]\nsend = "contoso -> woodgrove"\nmail = "passes"\n'
FAILS = 'title = "fails"\n[[step]]\nsend = "contoso -> woodgrove"\nmail = "refused"\n'
STUCK = 'title = "stuck"\n[[step]]\nrun = ["no-such-program"]\n'


def fixtures(house):
    """Every fault and every requirement has its scenario, and all of them hold."""
    out, err = house.ran("run", os.path.join(SOURCE, "fixtures"), "--junit", "all.xml", "--sarif", "all.sarif", "--html", "all.html")
    expect("not ok" not in out and re.search(r"(\d+) of \1 scenarios held", err), out + err)
    names = set(re.findall(r"^ok \d+ - (\S+)", out, re.MULTILINE))
    catalogue = json.loads(house.ran("faults", "--json")[0])["faults"]
    for fault in catalogue:
        expect(f"faults/{fault['family']}/{fault['name']}" in names, f"{fault['name']} has no scenario: faults --scenarios fixtures/faults")
    for number in range(1, 31):
        expect(f"requirements/R{number}" in names, f"R{number} has no scenario")
    suites = xml.parse(house.path("all.xml")).getroot()
    expect(len(suites.findall(".//testcase")) == len(names), "JUnit has another count")
    expect(json.loads(house.read("all.sarif"))["runs"][0]["results"] == [], "SARIF has results though everything held")
    expect(house.read("all.html").lstrip().lower().startswith("<!doctype html>"), "no page")


def generated(house):
    """What stands in fixtures/faults is what the program writes."""
    house.ran("faults", "--scenarios", "written")
    ours = {os.path.relpath(file, house.path("written")) for file in glob.glob(house.path("written/*/*"))}
    theirs = os.path.join(SOURCE, "fixtures/faults")
    expect(ours == {os.path.relpath(file, theirs) for file in glob.glob(theirs + "/*/*.scenario.toml")}, "other files")
    for name in ours:
        with open(os.path.join(theirs, name), encoding="utf-8") as file:
            expect(file.read() == house.read(os.path.join("written", name)), f"{name} differs: faults --scenarios fixtures/faults")


def exit_codes(house):
    house.write("all/a.scenario.toml", PASSES)
    house.ran("run", "all")
    house.write("all/b/scenario.toml", FAILS)
    out, err = house.ran("run", "all", code=1)
    expect(re.search(r"^ok 1 - a$", out, re.MULTILINE) and re.search(r"^not ok 2 - b$", out, re.MULTILINE), out)
    expect('what: "mail"' in out and 'expected: "refused"' in out and "b/scenario.toml:2" in out, out)
    expect("1 of 2 scenarios held" in err and out.rstrip().endswith("1..2"), out + err)
    house.ran("run", "all", "--only", "a")
    stuck = house.write("stuck.toml", STUCK)
    out, err = house.ran("run", stuck, code=3)
    expect("'no-such-program' cannot be started" in out and "could not be played" in err, out + err)
    house.ran("run", "all", stuck, code=1)  # what failed goes before what could not be tried


def bad_input(house):
    """Nothing is played before every file is good, and each that is not is told."""
    house.write("bad/a.scenario.toml", PASSES)
    house.write("bad/b.scenario.toml", 'titel = "x"\n')
    house.write("bad/c.scenario.toml", PASSES + 'sender = { finding = "DS999" }\n')
    out, err = house.ran("run", "bad", code=2)
    expect(out == "" and "b.scenario.toml:1: unknown key 'titel'" in err, out + err)
    expect("c.scenario.toml:5: there is no finding 'DS999'" in err, err)
    for arguments, said in ((("run", "nowhere"), "nowhere: there is no such file or directory"),
                            (("run", house.directory + "/bad", "--only", "zzz"), "no scenario has 'zzz' in its name"),
                            (("run", "."), None), (("run",), "FILE|DIR"), (("run", "bad", "--jobs", "0"), "--jobs"),
                            (("run", "bad/a.scenario.toml", "--junit", "no/such/file.xml"), "no/such/file.xml")):
        if said is not None:
            expect(said in "".join(house.ran(*arguments, code=2)), arguments)
    os.makedirs(house.path("empty"))
    expect("there is no scenario.toml" in house.ran("run", "empty", code=2)[1], "empty")


def standard_input(house):
    piped = subprocess.run([PROGRAM, "run", "-"], input=house.ran("faults", "expired", "--scenario")[0], capture_output=True,
                           text=True, timeout=60, env={"HOME": house.directory, "PATH": "/usr/bin:/bin"})
    expect(piped.returncode == 0 and "ok 1 - standard-input" in piped.stdout, piped)
    empty = subprocess.run([PROGRAM, "run", "-"], input="", capture_output=True, text=True, timeout=60,
                           env={"HOME": house.directory, "PATH": "/usr/bin:/bin"})
    expect(empty.returncode == 2 and "standard input:1: 'title' is missing" in empty.stderr, empty)


def documents(house):
    house.write("all/a.scenario.toml", PASSES)
    document = json.loads(house.ran("run", "all/a.scenario.toml", "--json")[0])
    expect(document["schema"] == "domsec.run/1", document["schema"])
    out, _ = house.ran("run", "all/a.scenario.toml", "--timeline")
    expect("# joined by TLS exporter" in out and "the ends disagree" not in out, out)
    house.ran("run", "all/a.scenario.toml", "--keep", "kept")
    kept = [path for path in glob.glob(house.path("kept/*/lab/*/*/*")) if path.endswith("key.pem")]
    expect(len(kept) >= 3 and all(os.stat(path).st_mode & 0o777 == 0o600 for path in kept), kept)
    expect(not glob.glob(house.path("domsec.*")), "scratch directories stay")


def from_evidence(house):
    """A session that failed, as report, as log, as lines; the scenario that comes of it fails the same way."""
    listening = subprocess.Popen([PROGRAM, "repro", "server/crl-stale", "--listen", "127.0.0.1:0", "--state", house.path("peer")],
                                 stdout=subprocess.PIPE, text=True, env={"HOME": house.directory, "PATH": "/usr/bin:/bin"})
    try:
        banner = ""
        while "try " not in banner:
            banner += listening.stdout.readline()
        at, root = re.search(r"listens +(\S+)", banner)[1], re.search(r"trust +(\S+)", banner)[1]
        report, _ = house.ran("check", "woodgrovebank.com", "--connect", at, "--ca", root, "--require", "server", "--json",
                              "--log-dir", "logs", "--log-json", "lines.json", code=3)
    finally:
        listening.kill()
        listening.wait()
    house.write("report.json", report)
    [log] = glob.glob(house.path("logs/SmtpSend/*.LOG"))
    for file in (house.path("report.json"), house.path("lines.json"), log):
        out, err = house.ran("repro", "--from", file, "--scenario")
        expect("DS151" in err and "most like     server/crl-stale" in err, err)
        house.ran("run", house.write("again.scenario.toml", out))
    session = json.loads(report)["sessions"][0]["session"]["session_id"]
    house.ran("repro", "--from", house.path("report.json"), "--session", session, "--scenario")
    for arguments, said in ((("--from", "report.json", "--session", "0"), "there is no session '0'"),
                            (("--from", "nowhere.json"), "nowhere.json cannot be read"),
                            (("--from", house.write("x.json", '{"schema": "x/1"}')), "its schema is 'x/1'"),
                            (("--from", house.write("half.json", report[:200])), "half.json:1: no JSON"),
                            (("--from", house.write("x.log", "a,b\n")), "x.log:1: a record of the protocol log has nine fields"),
                            (("--from", house.write("none", "")), "no session is recorded in it"),
                            (("server/expired", "--from", "report.json"), "--from"), ((), "name a fault, or a recorded session")):
        expect(said in house.ran("repro", *arguments, code=2)[1], arguments)


def main():
    failed = 0
    for case in (fixtures, generated, exit_codes, bad_input, standard_input, documents, from_evidence):
        with tempfile.TemporaryDirectory() as directory:
            try:
                case(House(directory))
                print("ok   ", case.__name__)
            except (Failure, subprocess.TimeoutExpired) as problem:
                failed += 1
                print("FAIL ", case.__name__, problem)
    sys.exit(failed != 0)


main()
