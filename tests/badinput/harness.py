"""Runs the built program under bounds, and keeps the list of cases. Every wait has a limit; everything that is started is
ended. The cases are in the other modules; run.py puts them together."""
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time

import der

MIB = 1024  # of the KiB that the kernel counts in
NO_CODE = -1


class Failure(Exception):
    """What was expected and what came, as one line."""


class Skipped(Exception):
    """Why this machine cannot run the case."""


class Outcome:
    def __init__(self, code, out, err, seconds, peak, computed):
        self.code, self.out, self.err, self.peak = code, out, err, peak
        self.seconds, self.computed = seconds, computed  # on the clock, and on a processor


class House:
    """One run: the program, a directory, certificates, and what is still running."""

    def __init__(self, program):
        self.program = program
        self.directory = tempfile.mkdtemp(prefix="domsec-badinput-")
        self.running = {}
        self.lock = threading.Lock()
        self.sanitized = self._is_sanitized()
        self.most_memory = (800 if self.sanitized else 100) * MIB  # a sanitizer's shadow memory is not the program's
        self.peak = 0
        self.slow = []
        self.environment = {k: v for k, v in os.environ.items()
                            if not k.startswith("DOMSEC_") and k.lower() not in ("http_proxy", "no_proxy")}
        self.environment.update(HOME=self.directory, XDG_STATE_HOME=self.directory, NO_COLOR="1", LC_ALL="C",
                                DOMSEC_DNS="127.0.0.1:1")  # no name server: nothing leaves the machine
        if self.sanitized:
            self.environment["ASAN_OPTIONS"] = "quarantine_size_mb=16"  # what was freed is not the program's either

    def _is_sanitized(self):
        """Read in small parts: what this process holds when it starts a child counts for the child's peak."""
        wanted, carried = b"__asan_init", b""
        with open(self.program, "rb") as file:
            while part := file.read(1 << 20):
                if wanted in carried + part:
                    return True
                carried = part[-len(wanted):]
        return False

    def path(self, name):
        return os.path.join(self.directory, name)

    def write(self, name, content):
        path = self.path(name)
        with open(path, "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())
        return path

    def start(self, arguments, stdin=b"", wrapper=()):
        place = tempfile.mkdtemp(dir=self.directory)
        streams = {}
        with open(os.path.join(place, "in"), "wb") as file:
            file.write(stdin)
        for name in ("out", "err"):
            streams[name] = open(os.path.join(place, name), "wb")
        with open(os.path.join(place, "in"), "rb") as given:
            process = subprocess.Popen([*wrapper, self.program, *arguments], stdin=given, stdout=streams["out"],
                                       stderr=streams["err"], env=self.environment, cwd=self.directory)
        for stream in streams.values():
            stream.close()
        process.place = place
        with self.lock:
            self.running[process.pid] = process
        return process

    def read(self, process, name):
        with open(os.path.join(process.place, name), "rb") as file:
            return file.read(8 << 20).decode("utf-8", "replace")

    def wait(self, process, limit):
        """The exit code (negative for a signal) and the peak of memory; kills what does not end."""
        end = time.monotonic() + limit
        while True:
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            if pid:
                break
            if time.monotonic() > end:
                os.kill(process.pid, signal.SIGKILL)
                os.wait4(process.pid, 0)
                status = None
                break
            time.sleep(0.01)
        with self.lock:
            self.running.pop(process.pid, None)
        if status is None:
            process.returncode = -9
            raise Failure(f"did not end within {limit} s; stderr: {one_line(self.read(process, 'err'))}")
        process.returncode = os.waitstatus_to_exitcode(status)
        process.computed = usage.ru_utime + usage.ru_stime
        return process.returncode, usage.ru_maxrss

    def port_of(self, process, limit=15):
        """Where a `serve` that was started listens."""
        end = time.monotonic() + limit
        while time.monotonic() < end:
            found = re.search(r"listening on 127\.0\.0\.1:(\d+)", self.read(process, "err"))
            if found:
                return int(found.group(1))
            time.sleep(0.01)
        raise Failure(f"serve does not listen: {one_line(self.read(process, 'err'))}")

    def run(self, *arguments, limit=20, stdin=b"", wrapper=(), memory=0):
        """`memory`: a larger bound than most runs have, in KiB."""
        began = time.monotonic()
        process = self.start([str(a) for a in arguments], stdin, wrapper)
        code, peak = self.wait(process, limit)
        outcome = Outcome(code, self.read(process, "out"), self.read(process, "err"), time.monotonic() - began, peak,
                          process.computed)
        shutil.rmtree(process.place, ignore_errors=True)
        self.hold(outcome, max(memory, self.most_memory))
        return outcome

    def hold(self, outcome, most_memory):
        """What holds for every run, whatever the input."""
        self.remember_peak(outcome.peak)
        if outcome.code == 4 or "internal error" in outcome.err:
            raise Failure(f"internal error: {one_line(outcome.err)}")
        if outcome.code < 0:
            raise Failure(f"died of signal {-outcome.code}: {one_line(outcome.err)}")
        if outcome.peak > most_memory:
            raise Failure(f"used {outcome.peak // MIB} MiB")
        if re.search(r"[\x00-\x08\x0b-\x1f\x7f]", outcome.err + outcome.out):
            raise Failure(f"control characters reach the terminal: {one_line(outcome.err + outcome.out)}")

    def remember_peak(self, peak):
        with self.lock:
            self.peak = max(self.peak, peak)

    def close(self):
        with self.lock:
            left = list(self.running.values())
        for process in left:
            try:
                os.kill(process.pid, signal.SIGKILL)
                os.wait4(process.pid, 0)
            except (ProcessLookupError, ChildProcessError):
                pass
        shutil.rmtree(self.directory, ignore_errors=True)


def one_line(text, most=300):
    return " / ".join(text.strip().splitlines())[:most]


def expect(condition, sentence):
    if not condition:
        raise Failure(sentence)


def expect_code(outcome, *codes):
    expect(outcome.code in codes,
           f"exit code {outcome.code} instead of {' or '.join(map(str, codes))}: {one_line(outcome.err + outcome.out)}")


def expect_sentence(outcome, code, *parts):
    """One sentence on standard error, nothing on standard output, and the documented exit code."""
    expect_code(outcome, code)
    lines = [line for line in outcome.err.strip().splitlines() if line]
    # The parser of the command line adds where help is.
    if len(lines) == 2 and lines[1].startswith("Run with --help"):
        lines.pop()
    expect(len(lines) == 1, f"{len(lines)} lines instead of one sentence: {one_line(outcome.err)}")
    expect(15 <= len(lines[0]) <= 600, f"no sentence: {one_line(outcome.err)}")
    expect(not outcome.out, f"something on standard output: {one_line(outcome.out)}")
    for part in parts:
        expect(part in outcome.err, f"'{part}' is not named: {one_line(outcome.err)}")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def openssl(house, *arguments):
    done = subprocess.run(["openssl", *arguments], cwd=house.directory, stdin=subprocess.DEVNULL,
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=30)
    if done.returncode:
        raise Failure(f"openssl {arguments[0]}: {one_line(done.stderr.decode('utf-8', 'replace'))}")


def make_certificates(house):
    """An authority, both partners' leaves, and every odd form of a key that the cases want."""
    openssl(house, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
            "-subj", "/CN=Example Root", "-keyout", "ca.key", "-out", "ca.pem")
    for name, host in (("ours", "mail.contoso.com"), ("theirs", "mail.woodgrovebank.com")):
        house.write("san.cnf", f"subjectAltName=DNS:{host},DNS:{host.removeprefix('mail.')}\nbasicConstraints=CA:FALSE\n")
        openssl(house, "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={host}",
                "-keyout", f"{name}.key", "-out", f"{name}.csr")
        openssl(house, "x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-days", "20",
                "-CAcreateserial", "-extfile", "san.cnf", "-out", f"{name}.pem")
    openssl(house, "ec", "-in", "ours.key", "-aes256", "-passout", "pass:secret", "-out", "encrypted.key")
    openssl(house, "x509", "-in", "ours.pem", "-outform", "DER", "-out", "ours.der")
    openssl(house, "ec", "-in", "ours.key", "-outform", "DER", "-out", "ours.key.der")
    house.write("rounds.key", der.pem(b"ENCRYPTED PRIVATE KEY", der.sealed(2**31 - 1)))
    house.write("right.pass", "secret\n")
    house.write("wrong.pass", "guess\n")
