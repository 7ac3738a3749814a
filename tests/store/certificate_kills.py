#!/usr/bin/env python3
"""200 times SIGKILL for commands that change certificates, at random moments and at the moment when they write: each command is done
whole or not at all, what was said to be done is there afterwards, and `store check` finds nothing wrong:
certificate_kills.py PROGRAM [KILLS [SEED]]"""
import collections
import contextlib
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

WORKERS = 2    # each with a store of its own
MOST_RUNS = 6  # for each kill that is wanted: a process may end before its moment

CONFIGURATION = """[organization]
ServerFqdn = "mail1.contoso.com"
TrustedRoots = ["root.pem"]
DnsServers = ["127.0.0.1:9"]
Store = "domsec.db"

[Revocation]
Mode = "off"
"""


class Failure(Exception):
    pass


def expect(condition, what):
    if not condition:
        raise Failure(what)


class Certificate(collections.namedtuple("Certificate", "name key services default")):
    pass


class Worker(threading.Thread):
    def __init__(self, program, directory, wanted, seed):
        super().__init__()
        self.program, self.directory, self.wanted = program, directory, wanted
        self.random = random.Random(seed)
        self.killed, self.changed, self.runs, self.number = collections.Counter(), collections.Counter(), 0, 0
        self.seconds = {}  # how long a command takes that nobody kills
        self.trouble = None
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("DOMSEC_")}
        self.environment.update(XDG_STATE_HOME=directory, HOME=directory, LC_ALL="C")

    def path(self, name):
        return os.path.join(self.directory, name)

    def tool(self, *command):
        ended = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, cwd=self.directory,
                               env=self.environment, timeout=60, check=False)
        expect(ended.returncode == 0, f"{command}: {ended.stdout}{ended.stderr}")
        return ended.stdout

    def run(self):
        try:
            self.prepare()
            while sum(self.killed.values()) < self.wanted and self.runs < self.wanted * MOST_RUNS:
                self.one()
            expect(sum(self.killed.values()) == self.wanted, f"only {self.killed} were killed in {self.runs} runs")
        except Exception as error:  # pylint: disable=broad-except
            self.trouble = error

    def prepare(self):
        with open(self.path("domsec.toml"), "w", encoding="utf-8") as file:
            file.write(CONFIGURATION)
        self.tool("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "root.key", "-out", "root.pem", "-days", "30",
                  "-subj", "/O=Contoso/CN=Contoso Root CA")
        self.tool(self.program, "shell", "-c", "New-ExchangeCertificate -SubjectName CN=mail1.contoso.com -FriendlyName first "
                  "-Services SMTP | Out-Null")

    # What the store holds, read by another program than domsec.

    def rows(self, sql):
        with contextlib.closing(sqlite3.connect(self.path("domsec.db"))) as database:
            return database.execute(sql).fetchall()

    def certificates(self):
        return {row[0]: Certificate(*row[1:]) for row in self.rows(
            "SELECT c.thumbprint, friendly_name, key IS NOT NULL, services, d.thumbprint IS NOT NULL FROM certificates c "
            "LEFT JOIN default_certificates d ON d.thumbprint = c.thumbprint")}

    def requests(self):
        return dict(self.rows("SELECT friendly_name, thumbprint FROM certificate_requests"))

    # One command, killed or not, and what may have become of it.

    def one(self):
        self.runs += 1
        self.number += 1
        act = self.random.choice([self.request, self.request, self.answer, self.answer, self.self_signed, self.enable, self.remove,
                                  self.pkcs12, self.backup])
        act(act.__name__, f"n{self.number}")
        document = json.loads(self.tool(self.program, "store", "check", "--json"))
        expect(document["exit_code"] == 0 and document["problems"] == [], f"after {act.__name__}: {document}")

    def killed_at(self, name, *arguments):
        """True when it said that it is done. At first it is only timed."""
        began = time.monotonic()
        process = subprocess.Popen([self.program, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True, cwd=self.directory, env=self.environment)
        if name in self.seconds:
            if self.random.random() < 0.5:
                self.wait_for_writing(process)
                self.wait(process, self.random.uniform(0, 0.004))
            else:
                self.wait(process, self.random.uniform(0, 1.1 * self.seconds[name]))
            process.kill()
        out, err = process.communicate(timeout=60)
        if process.returncode == -9:
            self.killed[name] += 1
            return False
        self.seconds.setdefault(name, time.monotonic() - began)
        expect(process.returncode == 0, f"{arguments}: {out}{err}")
        return True

    @staticmethod
    def wait(process, seconds):
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)

    def wait_for_writing(self, process):
        """Until the write-ahead log is another."""
        def log():
            with contextlib.suppress(OSError):
                status = os.stat(self.path("domsec.db-wal"))
                return status.st_size, status.st_mtime_ns
            return 0, 0
        before = log()
        while process.poll() is None and log() == before:
            time.sleep(0.0002)

    def shell(self, name, script):
        return self.killed_at(name, "shell", "-c", script)

    def request(self, name, title):
        done = self.shell(name, f"New-ExchangeCertificate -GenerateRequest -FriendlyName {title} -SubjectName CN={title}.contoso.com | Out-Null")
        there = title in self.requests()
        expect(there or not done, f"{title} was requested and is not there")
        self.changed[name] += there

    def answer(self, name, title):
        waiting = self.requests()
        if not waiting:
            return
        request = self.random.choice(sorted(waiting))
        with open(self.path("request.der"), "wb") as file:
            file.write(self.rows(f"SELECT der FROM certificate_requests WHERE friendly_name = '{request}'")[0][0])
        self.tool("openssl", "x509", "-req", "-inform", "DER", "-in", "request.der", "-CA", "root.pem", "-CAkey", "root.key",
                  "-CAcreateserial", "-days", "20", "-copy_extensions", "copyall", "-out", f"{title}.pem")
        done = self.import_file(name, f"{title}.pem")
        kept = [one for one in self.certificates().values() if one.name == request]
        still = request in self.requests()
        if kept:
            expect(len(kept) == 1 and kept[0].key and not still, f"{request}: half imported: {kept}, request {still}")
        else:
            expect(still and not done, f"{request}: neither request nor certificate is there")
        self.changed[name] += bool(kept)

    def import_file(self, name, file, more=""):
        return self.shell(name, "Import-ExchangeCertificate -FileData ([Byte[]]$(Get-Content -Path " + file +
                          f" -Encoding Byte -ReadCount 0)) {more} | Out-Null")

    def pkcs12(self, name, title):
        self.tool("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "own.key", "-out", "own.pem",
                  "-subj", f"/CN={title}.contoso.com")
        self.tool("openssl", "pkcs12", "-export", "-in", "own.pem", "-inkey", "own.key", "-out", "own.pfx", "-passout", "pass:secret")
        done = self.import_file(name, "own.pfx", f"-Password secret -FriendlyName {title}")
        kept = [one for one in self.certificates().values() if one.name == title]
        expect(all(one.key for one in kept), f"{title} came without its key")
        expect(kept or not done, f"{title} was imported and is not there")
        self.changed[name] += bool(kept)

    def self_signed(self, name, title):
        done = self.shell(name, f"New-ExchangeCertificate -SubjectName CN={title}.contoso.com -FriendlyName {title} -Services IMAP,SMTP "
                          "-Force | Out-Null")
        kept = [one for one in self.certificates().values() if one.name == title]
        for one in kept:
            expect(one.key and one.services == 17 and one.default, f"{title} is half made: {one}")
        expect(kept or not done, f"{title} was made and is not there")
        self.changed[name] += bool(kept)

    def enable(self, name, _):
        before = {thumbprint: one for thumbprint, one in self.certificates().items() if one.key and not one.services}
        if not before:
            return
        thumbprint = self.random.choice(sorted(before))
        status = self.tool(self.program, "shell", "-c", f"(Get-ExchangeCertificate {thumbprint}).Status")
        if status.strip() != "Valid":
            return
        done = self.shell(name, f"Enable-ExchangeCertificate {thumbprint} -Services POP,SMTP -Force")
        after = self.certificates()[thumbprint]
        expect((after.services, after.default) in ((18, 1), (0, 0)), f"{thumbprint} is half enabled: {after}")
        expect(after.services or not done, f"{thumbprint} was enabled and is not")
        self.changed[name] += bool(after.services)

    def remove(self, name, _):
        certificates = self.certificates()
        free = [thumbprint for thumbprint, one in certificates.items() if not one.services] + list(self.requests().values())
        if len(free) < 4:
            return
        thumbprint = self.random.choice(sorted(free))
        done = self.shell(name, f"Remove-ExchangeCertificate {thumbprint} -Confirm:$false")
        now = self.certificates()
        there = thumbprint in now or thumbprint in self.requests().values()
        expect(not (there and done), f"{thumbprint} was removed and is there")
        if thumbprint in now:
            expect(now[thumbprint] == certificates[thumbprint], f"{thumbprint} is half removed")
        self.changed[name] += not there

    def backup(self, name, _):
        done = self.killed_at(name, "store", "backup", "--out", "backup.db", "--replace")
        if os.path.exists(self.path("backup.db")):
            document = json.loads(self.tool(self.program, "store", "check", "--store", "backup.db", "--json"))
            expect(document["exit_code"] == 0, document)
        expect(os.path.exists(self.path("backup.db")) or not done, "the backup is not there")
        self.changed[name] += done


def main(program, kills=200, seed=None):
    seed = int(seed if seed is not None else time.time())
    directory = tempfile.mkdtemp(prefix="domsec-certificate-kills-")
    workers = []
    try:
        for i in range(WORKERS):
            place = os.path.join(directory, str(i))
            os.makedirs(place)
            workers.append(Worker(os.path.abspath(program), place, int(kills) // WORKERS, seed + i))
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    for worker in workers:
        if worker.trouble:
            sys.exit(f"FAIL with seed {seed}: {type(worker.trouble).__name__}: {worker.trouble}")
    killed, changed = (sum((getattr(one, which) for one in workers), collections.Counter()) for which in ("killed", "changed"))
    print(f"seed {seed}: {sum(killed.values())} kills in {sum(one.runs for one in workers)} commands: " +
          ", ".join(f"{name} {killed[name]} (took effect {changed[name]})" for name in sorted(killed)))


main(*sys.argv[1:])
