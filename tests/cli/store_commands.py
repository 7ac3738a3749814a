#!/usr/bin/env python3
"""domsec store check and backup, and what every command says of a store that cannot be used: busy, damaged, foreign, newer, read-only,
a full disk, open to others. One sentence each, and nothing is changed: store_commands.py PROGRAM."""
import contextlib
import json
import os
import re
import resource
import shutil
import sqlite3
import stat
import subprocess
import sys
import tempfile
import threading

CONFIGURATION = """[organization]
ServerFqdn = "mail1.contoso.com"
Store = "domsec.db"

[AuthConfig]
CurrentCertificateThumbprint = "1111111111111111111111111111111111111111"
"""
NOBODY = 65534


class Failure(Exception):
    pass


def expect(condition, what):
    if not condition:
        raise Failure(what)


class House:
    def __init__(self, program, directory):
        self.program, self.directory = program, directory
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("DOMSEC_")}
        self.environment.update(XDG_STATE_HOME=self.path("state"), HOME=directory, LC_ALL="C")
        self.shell("New-ExchangeCertificate -SubjectName CN=mail1.contoso.com -Services SMTP | Out-Null\n"
                   "New-ExchangeCertificate -GenerateRequest -SubjectName CN=mail2.contoso.com | Out-Null")

    def path(self, name):
        return os.path.join(self.directory, name)

    def write(self, name, content):
        with open(self.path(name), "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())

    def run(self, *arguments, **more):
        return subprocess.run([self.program, *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
                              cwd=self.directory, env=self.environment, check=False, **more)

    def domsec(self, code, *arguments, **more):
        ended = self.run(*arguments, **more)
        expect(ended.returncode == code, f"{arguments}: ended with {ended.returncode}: {ended.stdout}{ended.stderr}")
        return ended

    def shell(self, script, code=0, **more):
        return self.domsec(code, "shell", "--store", "domsec.db", "-c", script, **more)

    def octets(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()


def sentence(ended, *parts):
    """One line on standard error, with the cause and the remedy."""
    lines = ended.stderr.splitlines()
    expect(len(lines) >= 1 and not ended.stdout, f"no sentence but {ended.stdout!r} {ended.stderr!r}")
    for part in parts:
        expect(part in lines[0], f"{part!r} is not in {lines[0]!r}")


def check(house):
    said = house.domsec(0, "store", "check", "--store", "domsec.db").stdout
    expect(re.fullmatch(r"store   domsec\.db, version \d+: 1 certificate, 1 pending request, 0 queued messages\n"
                        r"ok      whole, private, and everything in it belongs together\n", said), said)
    document = json.loads(house.domsec(0, "store", "check", "--store", "domsec.db", "--json").stdout)
    expect(document["schema"] == "domsec.store-check/1" and document["usable"] and document["problems"] == [], document)
    house.write("domsec.toml", CONFIGURATION)
    ended = house.domsec(2, "store", "check")
    expect("FAIL    [AuthConfig] CurrentCertificateThumbprint names 1111" in ended.stdout and "        next: " in ended.stdout and
           ended.stdout.endswith("1 problem\n"), ended.stdout)
    document = json.loads(house.domsec(2, "store", "check", "--json").stdout)
    expect([(one["about"], bool(one["remedy"])) for one in document["problems"]] == [("auth configuration", True)], document)
    expect(document["exit_code"] == 2, document)
    os.remove(house.path("domsec.toml"))


def open_to_others(house):
    os.chmod(house.path("domsec.db"), 0o644)
    said = house.domsec(2, "store", "check", "--store", "domsec.db").stdout
    expect("domsec.db has mode 0644, so that others may read or write the keys in it\n        next: chmod 600 domsec.db" in said, said)
    house.shell("Get-ExchangeCertificate | Out-Null")  # every use closes it
    house.domsec(0, "store", "check", "--store", "domsec.db")


def missing(house):
    ended = house.domsec(3, "store", "check", "--store", "nothing.db")
    sentence(ended, "domsec: there is no store nothing.db: name the one that is meant with --store")
    expect(not os.path.exists(house.path("nothing.db")), "a check made a store")
    document = json.loads(house.domsec(3, "store", "check", "--store", "nothing.db", "--json").stdout)
    expect(not document["usable"] and "there is no store" in document["error"] and document["exit_code"] == 3, document)


def backup(house):
    ended = house.domsec(0, "store", "backup", "--store", "domsec.db", "--out", "backup.db")
    expect(re.fullmatch(r"backup  backup\.db, \d+ octets, of domsec\.db\n", ended.stdout), ended.stdout)
    expect(stat.S_IMODE(os.stat(house.path("backup.db")).st_mode) == 0o600, "the backup is open to others")
    house.domsec(0, "store", "check", "--store", "backup.db")
    sentence(house.domsec(3, "store", "backup", "--store", "domsec.db", "--out", "backup.db"), "is there already", "--replace")
    document = json.loads(house.domsec(0, "store", "backup", "--store", "domsec.db", "--out", "backup.db", "--replace", "--json").stdout)
    expect(document["schema"] == "domsec.store-backup/1" and document["octets"] == len(house.octets("backup.db")), document)


def backups_beside_writers(house):
    """Twelve backups while another process makes requests: each is whole and of one moment."""
    shutil.copy(house.path("backup.db"), house.path("written.db"))
    script = "; ".join(f"New-ExchangeCertificate -GenerateRequest -SubjectName CN=m{i}.contoso.com | Out-Null" for i in range(12))
    writer = threading.Thread(target=house.domsec, args=(0, "shell", "--store", "written.db", "-c", script))
    writer.start()
    seen = []
    for i in range(12):
        house.domsec(0, "store", "backup", "--store", "written.db", "--out", f"copy{i}.db")
        seen.append(json.loads(house.domsec(0, "store", "check", "--store", f"copy{i}.db", "--json").stdout)["requests"])
    writer.join()
    expect(seen == sorted(seen), f"requests go and come: {seen}")
    expect(json.loads(house.domsec(0, "store", "check", "--store", "written.db", "--json").stdout)["requests"] == 13, "writes are lost")


def restore(house):
    """As the guide says."""
    before = house.shell("(Get-ExchangeCertificate).Thumbprint").stdout
    house.shell("Get-ExchangeCertificate | where { $_.Status -eq 'PendingRequest' } | "
                "foreach { Remove-ExchangeCertificate $_.Thumbprint -Confirm:$false }")
    expect(house.shell("(Get-ExchangeCertificate).Thumbprint").stdout != before, "nothing was removed")
    for name in ("domsec.db-wal", "domsec.db-shm"):
        with contextlib.suppress(FileNotFoundError):
            os.remove(house.path(name))
    shutil.copy(house.path("backup.db"), house.path("domsec.db"))
    house.domsec(0, "store", "check", "--store", "domsec.db")
    expect(house.shell("(Get-ExchangeCertificate).Thumbprint").stdout == before, "the restored store is another")


def busy(house):
    """A program that keeps the store locked: waited for, then said. A writer of SQLite's kind does not keep a check from reading."""
    holder = sqlite3.connect(house.path("domsec.db"), isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    house.domsec(0, "store", "check", "--store", "domsec.db")
    house.domsec(0, "store", "backup", "--store", "domsec.db", "--out", "beside.db")
    ended = house.shell("New-ExchangeCertificate -GenerateRequest -SubjectName CN=mail9.contoso.com", code=2)
    sentence(ended, "the store domsec.db is kept locked by another process", "end it, or try again later")
    holder.execute("ROLLBACK")
    holder.close()


def unusable(house):
    """Each kind, with the commands that use a store."""
    whole = house.octets("backup.db")
    newer = sqlite3.connect(house.path("newer.db"))
    newer.executescript("PRAGMA application_id = 1684894565; PRAGMA user_version = 99;")
    newer.close()
    other = sqlite3.connect(house.path("other.db"))
    other.executescript("CREATE TABLE a (b);")
    other.close()
    house.write("text.db", "From: alice\n" * 400)
    house.write("random.db", os.urandom(20000))
    house.write("cut.db", whole[:5000])
    house.write("page.db", whole[:100] + b"\xff" * 3000 + whole[3100:])
    os.makedirs(house.path("directory.db"), exist_ok=True)
    kinds = {"newer.db": "was written by a newer domsec (version 99, ", "other.db": "is a database of another program",
             "text.db": "is damaged or is no store", "random.db": "is damaged or is no store", "cut.db": "is damaged or is no store",
             "page.db": "is damaged or is no store", "directory.db": "cannot be "}
    for name, cause in kinds.items():
        before = None if name == "directory.db" else house.octets(name)
        for command in (["store", "check", "--store", name], ["store", "backup", "--store", name, "--out", "never.db"],
                        ["queue", "ls", "--store", name], ["shell", "--store", name, "-c", "Get-ExchangeCertificate"]):
            ended = house.run(*command)
            said = ended.stderr + ended.stdout
            expect(ended.returncode == (2 if command[0] == "shell" else 3), f"{command}: ended with {ended.returncode}: {said}")
            expect(cause in said and "internal" not in said, f"{command}: {said}")
        if before is not None:
            expect(house.octets(name) == before, f"{name} was changed")
    expect(not os.path.exists(house.path("never.db")), "a backup of nothing was kept")


def read_only(house):
    """A directory that the user may not write, and a file that he may not read."""
    if os.geteuid() != 0:
        return
    place = house.path("shut")
    os.makedirs(place)
    shutil.copy(house.path("backup.db"), os.path.join(place, "domsec.db"))
    os.chmod(os.path.join(place, "domsec.db"), 0o644)
    os.chmod(house.directory, 0o755)
    os.chmod(place, 0o555)
    program = house.program
    house.program = shutil.copy(program, house.path("domsec-of-nobody"))
    try:
        said = house.run("store", "check", "--store", "shut/domsec.db", user=NOBODY)
        expect(said.returncode in (2, 3) and "internal" not in said.stderr + said.stdout, said.stdout + said.stderr)
        sentence(house.domsec(3, "queue", "ls", "--store", "shut/domsec.db", user=NOBODY), "the store shut/domsec.db cannot be written (",
                 "make its directory writable")
        sentence(house.domsec(3, "store", "backup", "--store", "domsec.db", "--out", "x.db", user=NOBODY), "the store domsec.db cannot be")
        os.chmod(os.path.join(place, "domsec.db"), 0o600)
        sentence(house.domsec(3, "store", "check", "--store", "shut/domsec.db", user=NOBODY), "cannot be")
        os.chmod(house.path("domsec.db"), 0o600)
    finally:
        house.program = program
        os.chmod(place, 0o755)


def limited(octets):
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (octets, octets))


def without_room(house):
    """A file that may not grow, and where this machine lets us a disk that is full. What was stored stays."""
    shutil.copy(house.path("backup.db"), house.path("full.db"))
    script = "foreach ($i in 1..200) { New-ExchangeCertificate -GenerateRequest -SubjectName CN=mail9.contoso.com | Out-Null }"
    sentence(house.domsec(2, "shell", "--store", "full.db", "-c", script, preexec_fn=limited(100_000)),
             "the store full.db cannot grow", "make room on the disk; what was stored is safe")
    house.domsec(0, "store", "check", "--store", "full.db")
    sentence(house.domsec(3, "store", "backup", "--store", "domsec.db", "--out", "small.db", preexec_fn=limited(20_000)),
             "cannot grow", "make room on the disk")
    left = [name for name in os.listdir(house.directory) if name.startswith("small.db")]
    expect(not left, f"a backup without room left {left}")
    place = house.path("small-disk")
    os.makedirs(place)
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k,mode=700", "none", place]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        print("no tmpfs on this machine: the disk that is full was left out")
        return
    try:
        shutil.copy(house.path("backup.db"), place)
        sentence(house.domsec(2, "shell", "--store", "small-disk/backup.db", "-c", script), "the store small-disk/backup.db cannot grow")
        house.domsec(0, "store", "check", "--store", "small-disk/backup.db")
        sentence(house.domsec(3, "store", "backup", "--store", "domsec.db", "--out", "small-disk/other.db"), "cannot grow")
        expect(not os.path.exists(house.path("small-disk/other.db")), "half a backup was kept")
    finally:
        subprocess.run(["umount", place], check=True)


def main(program):
    with tempfile.TemporaryDirectory(prefix="domsec-store-") as directory:
        house = House(os.path.abspath(program), directory)
        for step in (check, open_to_others, missing, backup, backups_beside_writers, restore, busy, unusable, read_only, without_room):
            try:
                step(house)
            except Failure as failure:
                sys.exit(f"FAIL {step.__name__}: {failure}")
    print("the store's commands do what they say")


main(sys.argv[1])
