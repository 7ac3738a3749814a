"""Mail servers that a broken client meets, one client after the other: what they made of it, and what they wrote."""

import pathlib
import re
import subprocess

from broken import OWN_DOMAIN, OWN_HOST
from mta import Exim, Program, free_port, greets, read, wait_until
from sending_mtas import wait_for
from words import joined

SECONDS = 5      # their time-outs; Exim waits twice
BOUND = 13       # after which the session hangs; a broken end is silent for 15
DEBIAN_PYTHON = "/usr/bin/python3"   # the one that Debian's packages are for


class Receiver:
    """`port`; `lines()`, what the log says; `settled(lines)`, that the session is told; `delivered`, `secured`: patterns of a
    message that was taken, and of one inside TLS; `idle`: lines that tell nothing when there are others."""

    def meet(self, fault, broken):
        mark = len(self.lines())
        said = broken.client(fault, self.port, BOUND)
        fresh = lambda: self.lines()[mark:]
        wait_for(lambda: self.settled(fresh()), 5 if said else 1)
        lines = fresh()
        if said is None:
            return "hangs", ""   # what it says when our end goes is no sign of its own
        log = joined([*self.characteristic(lines), *reply_of(said)])
        if any(re.search(self.delivered, line) for line in lines):
            secured = any(re.search(self.secured, line) for line in lines)
            return ("delivered" if secured else "delivered-in-clear"), log
        if reply := re.search(r'"([45])\d\d[ -]', said):
            return ("deferred" if reply[1] == "4" else "bounced"), log
        return ("left" if not re.search(r"the peer (sent alert|ended|answered|closed)|by the peer", said) else "refused"), log

    def characteristic(self, lines):
        told = [self.trim(line) for line in lines]
        return [line for line in told if line and not re.search(self.idle, line)] or told[-1:]


def reply_of(said):
    reply = re.search(r'"([45]\d\d[ -][^"]*)"', said or "")
    return ["reply: " + reply[1]] if reply else []


class PostfixReceiver(Receiver):
    """The smtpd of the Postfix that sends as well."""
    delivered, secured, idle = r"\(queue active\)", r"TLS connection established from", r"^(connect|disconnect)\b|^client="

    def __init__(self, mta):
        self.mta, self.port = mta, mta.port

    def lines(self):
        """Those of smtpd, and of the queue for what smtpd took: the instance sends as well."""
        kept, taken = [], set()
        for line in self.mta.log().splitlines():
            if mark := re.search(r" postfix/smtpd\[\d+\]: (\w+): client=", line):
                taken.add(mark[1])
            queued = re.search(r" postfix/qmgr\[\d+\]: (\w+): from=", line)
            if " postfix/smtpd[" in line or (queued and queued[1] in taken):
                kept.append(line)
        return kept

    def settled(self, lines):
        return any("disconnect from" in line for line in lines) and (
            not any("client=" in line for line in lines) or any("(queue active)" in line for line in lines)
            or not any("data=1" in line or "bdat=1" in line for line in lines))

    def trim(self, line):
        if "/smtpd[" not in line:
            return ""
        line = line.partition("]: ")[2]
        return re.sub(r"^warning: | (from|for) unknown\[127\.0\.0\.1\]| key-exchange .*|^[0-9A-F]+: (?=client)", "", line)


class EximReceiver(Receiver):
    title = "Exim"
    as_server = "tls_verify_hosts = *, tls_verify_certificates, tls_advertise_hosts = *, smtp_receive_timeout = %ds" % SECONDS
    delivered, secured, idle = r" <= ", r" X=TLS", r"^SMTP connection from .* (closed by|lost)|no host name found|connection count"

    def __init__(self, place, home, broken):
        self.mta = Bounded(place, home / "receiver", broken)
        self.mta.receiver("required", broken.own.chain, broken.own.key)
        self.port = self.mta.ports["required"]
        self.start, self.stop = self.mta.start, self.mta.stop

    def lines(self):
        return read(self.mta.home / "log-main").splitlines()

    def settled(self, lines):
        return any(re.search(r"closed by|lost|timeout on|no MAIL in|dropped|abandoned|lost while", line) for line in lines)

    def trim(self, line):
        line = re.sub(r"^\S+ \S+ (\w{6}-\w{6}-\w\w )?", "", line)
        return re.sub(r"(?:on connection )?from (\(\S+\) )?\[127\.0\.0\.1\] ?|H=\S+ \[127\.0\.0\.1\] ?| K S=\d+| S=\d+| \(TCP/IP connection.*| D=\d\S*", "", line)


class Bounded(Exim):
    def __init__(self, place, home, broken):
        super().__init__(place, home, broken)
        broken.crls = ""

    def configuration(self):
        return super().configuration().replace("tls_crl = \n", "smtp_receive_timeout = %ds\n" % SECONDS).replace(
            "mail.woodgrovebank.com", OWN_HOST)


class AiosmtpdReceiver(Receiver):
    name, title = "aiosmtpd", "aiosmtpd"
    as_server = ("Controller(require_starttls=True, timeout=%d, tls_context with CERT_REQUIRED and load_verify_locations)" % SECONDS)
    delivered, secured, idle = r"^took a message", r"inside TLS", r"^lost$|^tls_context.verify_mode not in"

    def __init__(self, home, broken):
        home.mkdir()
        self.home, self.broken, self.port, self.program = home, broken, free_port(), None

    @staticmethod
    def obstacle():
        try:
            run = subprocess.run([DEBIAN_PYTHON, "-c", "import aiosmtpd"], capture_output=True, timeout=20)
        except OSError as problem:
            return str(problem)
        return None if run.returncode == 0 else "python3-aiosmtpd is not installed (scripts/bootstrap --test)"

    @property
    def version(self):
        return subprocess.run([DEBIAN_PYTHON, "-c", "import aiosmtpd; print(aiosmtpd.__version__)"], capture_output=True,
                              text=True, timeout=20).stdout.strip()

    def start(self):
        server = pathlib.Path(__file__).resolve().parent / "aiosmtpd_server.py"
        own = self.broken.own
        self.program = Program([DEBIAN_PYTHON, server, self.port, own.chain, own.key, self.broken.trusted, OWN_HOST, SECONDS],
                               self.home / "log", cwd="/")
        wait_until(lambda: not self.program.alive() or greets(self.port), 20, "aiosmtpd's port")
        if not self.program.alive():
            raise RuntimeError("aiosmtpd ended: " + read(self.home / "log")[-500:])

    def stop(self):
        if self.program:
            self.program.stop()

    def lines(self):
        return read(self.home / "log").splitlines()

    def settled(self, lines):
        return any(line.startswith("lost") for line in lines)

    def trim(self, line):
        return line
