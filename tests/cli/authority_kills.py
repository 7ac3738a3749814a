#!/usr/bin/env python3
"""40 times SIGKILL for `cert sign` and `crl issue`, at random moments and at the moment when they write, two processes at a time on one
authority: its register is whole, what was said to be done stands in it, no serial number and no number of a list is used twice:
authority_kills.py PROGRAM [KILLS [SEED]]"""
import collections
import hashlib
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import threading
import time

WORKERS = 2
MOST_RUNS = 8  # for each kill that is wanted: a process may end before its moment
LISTS = ("root.crl", "issuing.crl")


class Failure(Exception):
    pass


def expect(condition, what):
    if not condition:
        raise Failure(what)


class Authority:
    """The directory, and what must be in it."""

    def __init__(self, program, directory, wanted):
        self.program, self.directory, self.wanted = program, directory, wanted
        self.lock = threading.Lock()
        self.killed, self.runs, self.seconds = collections.Counter(), 0, {}
        self.signed, self.revoked, self.lists = set(), set(), {}  # what was said to be done; number and file -> content
        self.last_number, self.trouble = 0, []
        self.environment = {key: value for key, value in os.environ.items() if not key.startswith("DOMSEC_")}
        self.tool("openssl", "req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", "mail.key", "-out", "mail.csr", "-subj",
                  "/O=Contoso/CN=mail.contoso.com", "-addext", "subjectAltName=DNS:mail.contoso.com")
        self.tool(program, "cert", "authority", "pki", "--intermediate", "CN=Contoso Issuing CA", "--crl-base", "http://crl.example/pki")
        self.issuing = self.register()["issued"][0]["serial"]

    def path(self, *names):
        return os.path.join(self.directory, *names)

    def tool(self, *command):
        ended = subprocess.run(command, capture_output=True, text=True, cwd=self.directory, env=self.environment, timeout=60, check=False)
        expect(ended.returncode == 0, f"{command}: {ended.stdout}{ended.stderr}")
        return ended.stdout

    def register(self):
        with open(self.path("pki", "authority.json"), encoding="utf-8") as file:
            return json.load(file)

    def check(self):
        """At any moment, whoever works or has just died."""
        with self.lock:
            signed, revoked, last = set(self.signed), set(self.revoked), self.last_number
        register = self.register()
        serials = [one["serial"] for one in register["issued"]]
        expect(len(serials) == len(set(serials)), "a serial number stands twice in the register")
        expect(signed <= set(serials), f"signed and not in the register: {signed - set(serials)}")
        times = {one["serial"]: one["revoked_at"] for one in register["issued"]}
        for serial in revoked:
            expect(times[serial] is not None, f"{serial} was revoked, and is not any more")
        expect(register["crl_number"] >= last, f"the number of the lists falls from {last} to {register['crl_number']}")
        for name in LISTS:
            self.check_list(name)
        with self.lock:
            self.last_number = max(self.last_number, register["crl_number"])

    def check_list(self, name):
        with open(self.path("pki", "public", name), "rb") as file:
            content = file.read()
        told = subprocess.run(["openssl", "crl", "-inform", "DER", "-noout", "-crlnumber"], input=content, capture_output=True, timeout=60,
                              check=False)
        expect(told.returncode == 0, f"{name} is no list: {told.stderr}")
        number = int(told.stdout.decode().strip().split("=")[1], 16)
        digest = hashlib.sha256(content).hexdigest()
        with self.lock:
            expect(self.lists.setdefault((name, number), digest) == digest, f"two lists {name} have the number {number}")
        expect(number <= self.register()["crl_number"], f"{name} has the number {number}, which the register does not know")


class Worker(threading.Thread):
    def __init__(self, authority, seed, number):
        super().__init__()
        self.authority, self.number, self.count = authority, number, 0
        self.random = random.Random(f"{seed} {number}")

    def run(self):
        authority = self.authority
        try:
            while True:
                with authority.lock:
                    if sum(authority.killed.values()) >= authority.wanted or authority.trouble:
                        return
                    expect(authority.runs < MOST_RUNS * authority.wanted, f"only {authority.killed} in {authority.runs} runs")
                    authority.runs += 1
                    known = sorted(authority.signed)
                if known and self.random.random() < 0.5:
                    self.revoke(self.random.choice(known))
                else:
                    self.sign()
                authority.check()
        except Exception as error:  # pylint: disable=broad-except
            authority.trouble.append(error)

    def killed_at(self, what, *arguments):
        """What it printed; nothing when it was killed. Each command is timed before any is killed."""
        authority = self.authority
        began = time.monotonic()
        process = subprocess.Popen([authority.program, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True, cwd=authority.directory, env=authority.environment)
        if what in authority.seconds:
            if self.random.random() < 0.5:
                self.wait_for_writing(process, 2 * authority.seconds[what])
                self.wait(process, self.random.uniform(0, 0.004))
            else:
                self.wait(process, self.random.uniform(0, 1.1 * authority.seconds[what]))
            process.kill()
        out, err = process.communicate(timeout=60)
        if process.returncode == -9:
            with authority.lock:
                authority.killed[what] += 1
            return None
        expect(process.returncode == 0, f"{arguments}: {process.returncode}: {out}{err}")
        authority.seconds.setdefault(what, time.monotonic() - began)
        return out

    def wait_for_writing(self, process, seconds):
        """A new file beside the register or the lists is what replaces one of them in a moment."""
        places = (self.authority.path("pki"), self.authority.path("pki", "public"))
        before = [set(os.listdir(place)) for place in places]
        until = time.monotonic() + seconds
        while process.poll() is None and time.monotonic() < until:
            if any(set(os.listdir(place)) - old for place, old in zip(places, before)):
                return
            time.sleep(0.0002)

    @staticmethod
    def wait(process, seconds):
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            pass

    def sign(self):
        self.count += 1
        file = f"w{self.number}n{self.count}.pem"
        out = self.killed_at("sign", "cert", "sign", "mail.csr", "--authority", "pki", "--out", file)
        if out is not None:
            with self.authority.lock:
                self.authority.signed.add(re.search(r"^  serial +([0-9A-F]+)$", out, re.M).group(1))
        if os.path.exists(self.authority.path(file)):  # whole, and never without its line in the register
            serial = self.authority.tool("openssl", "x509", "-in", file, "-noout", "-serial").strip().split("=")[1]
            expect(serial in {one["serial"] for one in self.authority.register()["issued"]}, f"{file} is not in the register")

    def revoke(self, serial):
        out = self.killed_at("issue", "crl", "issue", "--authority", "pki", "--revoke", serial, "--reason", "superseded")
        if out is not None:
            with self.authority.lock:
                self.authority.revoked.add(serial)


def finish(authority):
    """The next command finds everything usable, and its list says what the register says."""
    authority.tool(authority.program, "cert", "sign", "mail.csr", "--authority", "pki", "--out", "last.pem")
    authority.tool(authority.program, "crl", "issue", "--authority", "pki")
    authority.check()
    text = authority.tool("openssl", "crl", "-inform", "DER", "-in", "pki/public/issuing.crl", "-noout", "-text")
    listed = set(re.findall(r"Serial Number: ([0-9A-F]+)", text))
    told = {one["serial"] for one in authority.register()["issued"] if one["revoked_at"] and one["authority"] == "issuing"}
    expect(listed == told and authority.revoked <= told, f"the list has {listed}, the register {told}")
    expect(authority.issuing in {one["serial"] for one in authority.register()["issued"]}, "the issuing authority is gone")
    authority.tool("openssl", "crl", "-inform", "DER", "-in", "pki/public/issuing.crl", "-out", "issuing-crl.pem")
    authority.tool("openssl", "verify", "-crl_check", "-CAfile", "pki/root.pem", "-untrusted", "pki/issuing.pem", "-CRLfile",
                   "issuing-crl.pem", "last.pem")


def main():
    if len(sys.argv) < 2:
        sys.exit("usage: authority_kills.py PROGRAM [KILLS [SEED]]")
    wanted = int(sys.argv[2]) if len(sys.argv) > 2 else 40
    seed = sys.argv[3] if len(sys.argv) > 3 else str(random.randrange(10**9))
    print(f"seed {seed}", flush=True)
    with tempfile.TemporaryDirectory() as directory:
        try:
            authority = Authority(os.path.abspath(sys.argv[1]), directory, wanted)
            workers = [Worker(authority, seed, number) for number in range(WORKERS)]
            for worker in workers:
                worker.start()
            for worker in workers:
                worker.join()
            expect(not authority.trouble, "; ".join(map(str, authority.trouble)))
            finish(authority)
        except Failure as failure:
            print(f"FAIL {failure}")
            sys.exit(1)
        print(f"{sum(authority.killed.values())} kills in {authority.runs} runs: {dict(authority.killed)}; {len(authority.signed)} "
              f"certificates and {len(authority.revoked)} revocations were acknowledged, none lost; {authority.last_number} numbers of lists")


main()
