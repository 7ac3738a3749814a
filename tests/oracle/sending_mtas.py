"""Mail servers as clients of a broken server: a message a fault, and what became of it."""

import pathlib
import re
import subprocess
import time

from broken import DOMAIN, HOST, OWN_DOMAIN, OWN_HOST
from mta import Postfix, exim_account, read
from words import joined

SECONDS = 6      # their time-outs
BOUND = 13       # after which a message that is still on its way hangs; a broken end is silent for 15
SENDER = "a@" + OWN_DOMAIN


def short(fault):
    return fault.partition("/")[2]


def wait_for(seen, seconds=BOUND):
    """What `seen` gives, or None when `seconds` are over."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if value := seen():
            return value
        time.sleep(0.05)
    return None


class Sender:
    def deliver(self, fault):
        """(outcome, log)"""
        self.send(fault)
        return self.fate(fault)


class PostfixPeer(Sender):
    """One Postfix: a transport of its own for each broken server, and one smtpd."""
    name, title = "postfix", "Postfix"
    as_client = ("smtp_tls_security_level = secure, smtp_tls_secure_cert_match = DOMAIN:.DOMAIN, smtp_tls_CAfile, smtp_tls_cert_file,"
                 " smtp_*_timeout = %ds" % SECONDS)
    as_server = ("smtpd_tls_security_level = encrypt, smtpd_tls_req_ccert = yes, smtpd_tls_CAfile, smtpd_timeout = %ds" % SECONDS)
    obstacle = staticmethod(Postfix.obstacle)

    def __init__(self, place, home, broken, ports):
        self.version = (pathlib.Path(place) / "version").read_text().strip()
        own = broken.own
        common = {"myhostname": OWN_HOST, "mydestination": OWN_DOMAIN, "max_use": "1", "smtp_tls_CAfile": broken.trusted,
                  "smtp_tls_security_level": "secure", "smtp_tls_cert_file": own.chain, "smtp_tls_key_file": own.key,
                  "smtpd_tls_CAfile": broken.trusted, "smtpd_tls_req_ccert": "yes", "smtpd_tls_security_level": "encrypt",
                  "smtpd_tls_cert_file": own.chain, "smtpd_tls_key_file": own.key, "smtpd_timeout": "%ds" % SECONDS,
                  "smtpd_starttls_timeout": "%ds" % SECONDS, "smtpd_delay_reject": "yes"}
        common.update({"smtp_%s_timeout" % each: "%ds" % SECONDS for each in (
            "connect helo starttls mail rcpt data_init data_xfer data_done quit rset".split())})
        self.mta = Postfix(place, home, common)
        for fault, port in ports.items():
            domain = "branch.eu." + DOMAIN if short(fault) == "wildcard-two-labels" else DOMAIN
            self.mta.sender(short(fault), port, smtp_tls_secure_cert_match="%s:.%s" % (domain, domain))
        self.mta.receiver("required")
        self.port = self.mta.ports["required"]
        self.start, self.stop, self.log = self.mta.start, self.mta.stop, self.mta.log

    def send(self, fault):
        self.mta.send(short(fault), SENDER)

    def fate(self, fault):
        line = wait_for(lambda: self.mta.fate(short(fault)))
        if line is None:
            return "hangs", ""
        process = re.search(r"postfix/[\w.-]+/?smtp\[(\d+)\]|\[(\d+)\]:", line)
        number = process[1] or process[2]
        said = [each.partition("]: ")[2] for each in self.log().splitlines() if "[%s]:" % number in each]
        status = re.search(r"status=(\w+) (.*)", line)
        outcome = {"sent": "delivered", "deferred": "deferred", "bounced": "bounced"}[status[1]]
        causes = [re.sub(r"^warning: ", "", each) for each in said if re.search(
            r"TLS connection established|verification failed|TLS library problem|SSL_connect error|mismatch|untrusted|expired", each)
            and "status=" not in each]
        causes = [re.sub(r" (to|for) 127\.0\.0\.1\[127\.0\.0\.1\]:\d+|^server | key-exchange .*", "", each) for each in causes]
        if outcome == "delivered" and not any("TLS connection established" in each for each in causes):
            outcome = "delivered-in-clear"
        return outcome, joined([*causes, "status=%s %s" % (status[1], status[2])])


class EximPeer(Sender):
    """A delivery in the foreground for each broken server."""
    name, title = "exim", "Exim"
    as_client = ("hosts_require_tls = *, tls_verify_hosts = *, tls_verify_cert_hostnames = *, tls_verify_certificates, tls_certificate,"
                 " command_timeout = %ds" % SECONDS)
    obstacle = staticmethod(lambda: None)

    def __init__(self, place, home, broken, ports):
        self.place, self.home, self.ports = pathlib.Path(place), home / "sender", ports
        self.version = (self.place / "version").read_text().strip()
        self.home.mkdir(parents=True)
        self.trusted = broken.trusted
        (self.home / "hosts").write_text("127.0.0.1 %s\n" % HOST)
        (self.home / "ports").write_text("".join("%s: %d\n" % (short(fault), port) for fault, port in ports.items()))
        for each, name in ((broken.own.chain, "own.pem"), (broken.own.key, "own.key")):
            (self.home / name).write_text(pathlib.Path(each).read_text())
            (self.home / name).chmod(0o644)   # the account that Exim runs as is nobody's
        (self.home / "configuration").write_text(self.configuration())
        self.environment, self.identity = exim_account(self.place, self.home, NSS_WRAPPER_HOSTS=str(self.home / "hosts"))

    def configuration(self):
        return f"""
primary_hostname = {OWN_HOST}
spool_directory = {self.home}/spool
log_file_path = {self.home}/log-%s
log_selector = +tls_certificate_verified +tls_cipher
keep_environment = ^LD_ : ^NSS_WRAPPER_
exim_path = {self.place}/usr/sbin/exim4
host_lookup =
begin routers
bounces:
  driver = redirect
  domains = {OWN_DOMAIN}
  data = :blackhole:
all:
  driver = manualroute
  host_find_failed = defer
  route_data = {HOST}::${{lookup{{$local_part}}lsearch{{{self.home}/ports}}}}
  transport = verified
  self = send
begin transports
verified:
  driver = smtp
  allow_localhost
  hosts_require_tls = *
  tls_verify_certificates = {self.trusted}
  tls_verify_hosts = *
  tls_verify_cert_hostnames = *
  tls_certificate = {self.home}/own.pem
  tls_privatekey = {self.home}/own.key
  dnssec_request_domains = :
  connection_max_messages = 1
  connect_timeout = {SECONDS}s
  command_timeout = {SECONDS}s
  data_timeout = {SECONDS}s
  final_timeout = {SECONDS}s
begin retry
* * F,1h,15m
"""

    def start(self):
        pass

    def stop(self):
        pass

    def send(self, fault):
        address = "%s@%s" % (short(fault), DOMAIN)
        process = subprocess.Popen([str(self.place / "usr/sbin/exim4"), "-C", str(self.home / "configuration"), "-odf", "-f",
                                    SENDER, address], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL, env=self.environment, cwd="/", start_new_session=True,
                                   **self.identity)
        try:
            process.communicate(b"Subject: x\n\nA line.\n", BOUND)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def fate(self, fault):
        address = "%s@%s" % (short(fault), DOMAIN)
        lines = read(self.home / "log-main").splitlines()
        last = [line for line in lines if re.search(r" (=>|==|\*\*) %s " % re.escape(address), line)]
        if not last:
            return "hangs", ""
        message, sign = last[-1].split(" ")[2:4]
        said = [line.split(" ", 3)[3] for line in lines if line.split(" ")[2:3] == [message]]
        causes = [each for each in said if not re.match(r"<=|=>|==|\*\*|Completed", each)]
        if sign == "=>":
            tls = re.search(r" X=\S+( CV=\S+)?", last[-1])
            return ("delivered", joined([tls[0] + re.search(r' C=".*?"', last[-1])[0]])) if tls else ("delivered-in-clear", "")
        end = re.sub(r"^\S+ \S+ \S+ (==|\*\*) \S+ (R=\S+ )?(T=\S+ )?(defer )?", "", last[-1])
        end = re.sub(r"^(\(-?\d+\):? )?(H=\S+ \[127\.0\.0\.1\]:? ?)?", "", end)
        return ("deferred" if sign == "==" else "bounced"), joined([*(each for each in causes if end not in each), end])


