"""OpenSMTPD as a client of broken servers and as a server of broken clients, an instance for each: what one breaks is not to
trouble the other.
"""

import pathlib
import re

from broken import DOMAIN, HOST, OWN_DOMAIN
from matrix import submit
from opensmtpd import OpenSmtpd
from receiving_mtas import Receiver
from sending_mtas import BOUND, Sender, short, wait_for
from words import joined

# What ends the process that sends: each meets an instance of its own.
DEADLY = ("server/clear-text-after-220", "server/garbage-after-220", "server/starttls-injection")


class Receiving(OpenSmtpd):
    def configuration(self):
        return super().configuration() + (
            'action "hold" relay host "smtp://127.0.0.1:1"\nmatch from any for domain "%s" action "hold"\n' % OWN_DOMAIN)


class OpenSmtpdPeer(Sender):
    """It has no time-outs to be set."""
    name, title = "opensmtpd", "OpenSMTPD"
    as_client = 'relay host "smtp+tls://HOST" tls: the certificate is verified; it shows none of its own'
    as_server = "listen ... tls-require verify pki ... ca ...: a client certificate is demanded"
    obstacle = staticmethod(OpenSmtpd.obstacle)

    def __init__(self, place, home, broken, ports):
        self.version = (pathlib.Path(place) / "version").read_text().strip()
        self.place, self.home, self.broken, self.ports = place, home, broken, ports
        self.mta = self.instance("sender", {fault: port for fault, port in ports.items() if fault not in DEADLY})
        self.receiver = Receiving(place, home / "receiver", HOST, {}, broken)

    def instance(self, name, ports):
        return OpenSmtpd(self.place, self.home / name, HOST, {short(fault): port for fault, port in ports.items()}, self.broken)

    def start(self):
        if self.mta.routes:  # without a rule it would not start
            self.mta.start(with_key=False)
        self.receiver.start(with_key=True)   # without, nobody gets as far as to show a certificate (tests/interop/matrix.py)

    def stop(self):
        for each in (self.mta, self.receiver):
            each.stop()

    def deliver(self, fault):
        if fault not in DEADLY:
            submit(self.mta.ports["clear"], [short(fault)])
            return self.fate(fault, self.mta)
        mta = self.instance(short(fault), {fault: self.ports[fault]})
        try:
            mta.start(with_key=False)
            submit(mta.ports["clear"], [short(fault)])
            return self.fate(fault, mta)
        finally:
            mta.stop()

    def fate(self, fault, mta):
        address = "to=<%s@%s>" % (short(fault), DOMAIN)
        line = wait_for(lambda: next((each for each in mta.log().splitlines() if address in each and "result=" in each),
                                     None if mta.program.alive() else "crashes"))
        lines = mta.log().splitlines()
        port = ":%d " % self.ports[fault]
        sessions = {each.split(" ")[0] for each in lines if port in each + " " and " mta connecting " in each}
        said = [each.split(" ", 1)[1] for each in lines if each.split(" ")[0] in sessions
                and re.search(r" mta (error|tls|cert-check|disconnected)", each)]
        if line is None or line == "crashes":
            # How the memory was found to be spoilt (mostly "double free") is not the same each time.
            return ("hangs" if line is None else "crashes"), joined(said)
        result = re.search(r'result="?(\w+)"? stat="(.*)"', line)
        outcome = {"Ok": "delivered", "TempFail": "deferred", "PermFail": "bounced", "Loop": "bounced"}[result[1]]
        if outcome == "delivered" and not any("mta tls " in each for each in said):
            outcome = "delivered-in-clear"
        return outcome, joined([*said, "result=%s %s" % (result[1], result[2])])


class OpenSmtpdReceiver(Receiver):
    delivered, secured = r" smtp message ", r" smtp tls "
    idle = r"^smtp (connected|tls)|^smtp disconnected +reason=(quit|disconnect)"

    def __init__(self, mta):
        self.mta, self.port = mta, mta.ports["starttls"]

    def lines(self):
        return [line for line in self.mta.log().splitlines() if re.search(r"^\w{16} smtp |^warn", line)]

    def settled(self, lines):
        return any("disconnected" in line for line in lines)

    def trim(self, line):
        return re.sub(r"^\w{16} |msgid=\w+ |size=\d+ |evpid=\w+ ", "", line)
