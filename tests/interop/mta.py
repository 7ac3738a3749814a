"""Postfix and Exim from their unpacked packages: loopback only, high ports, everything under one scratch directory. Neither
sees the machine's own mail system. One instance of each serves all cases: a case is a port with its own settings.
"""

import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import time

ACCOUNT = "daemon"      # owns the queue; any account but root that each Debian has
DROP_GROUP = "mail"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(ready, seconds, what):
    """Polls, because other programs' start has no other sign. Raises when `seconds` are over."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = ready()
        if value:
            return value
        time.sleep(0.02)
    raise RuntimeError("waited %g s for %s" % (seconds, what))


def greets(port):
    """True when a server on the port says 220."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as stream:
            stream.settimeout(10)
            greeting = stream.recv(512)
            stream.sendall(b"QUIT\r\n")
            return greeting.startswith(b"220")
    except OSError:
        return False


class Program:
    """A process with everything it starts: one process group, ended as one."""

    def __init__(self, arguments, output, **options):
        self.output = open(output, "ab")
        self.process = subprocess.Popen([str(each) for each in arguments], stdin=subprocess.DEVNULL, stdout=self.output,
                                        stderr=self.output, start_new_session=True, **options)

    def alive(self):
        return self.process.poll() is None

    def stop(self, seconds=5):
        for number in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self.process.pid, number)
            except ProcessLookupError:
                break
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                continue
        self.output.close()


def read(path):
    try:
        return pathlib.Path(path).read_text(errors="replace")
    except FileNotFoundError:
        return ""


class Postfix:
    """`receivers` and `senders` are settings by case; a sender has `port`, where its mail goes."""

    def __init__(self, place, home, common):
        self.place, self.home = pathlib.Path(place), pathlib.Path(home)
        self.common = common
        self.receivers, self.senders = {}, {}
        self.ports = {}
        self.program = None
        self.log_file = self.home / "log"

    @staticmethod
    def obstacle():
        return None if os.geteuid() == 0 else "its master process runs for root only"

    def receiver(self, name, **settings):
        self.receivers[name] = settings
        self.ports[name] = free_port()

    def sender(self, name, port, **settings):
        self.senders[name] = dict(settings, smtp_helo_name=name + ".sender.test")
        self.ports["to " + name] = port

    def environment(self):
        return {"PATH": "/usr/bin:/bin", "LD_LIBRARY_PATH": read(self.place / "library_path").strip(),
                "MAIL_CONFIG": str(self.home / "etc")}

    def main_settings(self):
        settings = {
            "compatibility_level": "3.6", "import_environment": "LD_LIBRARY_PATH MAIL_CONFIG TZ",
            "export_environment": "LD_LIBRARY_PATH MAIL_CONFIG TZ",
            "command_directory": self.place / "usr/sbin", "daemon_directory": self.place / "usr/lib/postfix/sbin",
            "shlib_directory": self.place / "usr/lib/postfix", "meta_directory": self.home / "etc",
            "sendmail_path": self.place / "usr/sbin/sendmail",
            "queue_directory": self.home / "queue", "data_directory": self.home / "data",
            "mail_owner": ACCOUNT, "setgid_group": DROP_GROUP, "default_privs": "nobody",
            "maillog_file": self.log_file, "maillog_file_prefixes": self.home,
            "inet_interfaces": "127.0.0.1", "inet_protocols": "ipv4", "mynetworks": "127.0.0.1", "smtp_dns_support_level": "disabled",
            "smtpd_peername_lookup": "no", "mydestination": "woodgrovebank.com", "local_recipient_maps": "",
            "local_transport": "discard:", "alias_maps": "", "alias_database": "", "notify_classes": "",
            "transport_maps": "texthash:%s" % (self.home / "etc/transport"), "bounce_queue_lifetime": "1h",
            "smtpd_relay_restrictions": "reject_unauth_destination", "smtp_tls_session_cache_database": "",
            "smtp_address_preference": "ipv4", "smtp_connection_cache_on_demand": "no", "biff": "no",
            "smtpd_tls_loglevel": "1", "smtp_tls_loglevel": "1",
        }
        settings.update(self.common)
        return "".join("%s = %s\n" % pair for pair in settings.items())

    def service_table(self):
        options = lambda settings: "".join(" -o %s=%s" % (key, str(value).replace(" ", ",")) for key, value in settings.items())
        rows = ["127.0.0.1:%d inet n - n - - smtpd%s" % (self.ports[name], options(settings))
                for name, settings in self.receivers.items()]
        rows += ["%s unix - - n - - smtp%s" % (name, options(settings)) for name, settings in self.senders.items()]
        rows += ["pickup unix n - n 60 1 pickup", "cleanup unix n - n - 0 cleanup", "qmgr unix n - n 300 1 qmgr",
                 "tlsmgr unix - - n 1000? 1 tlsmgr", "rewrite unix - - n - - trivial-rewrite", "anvil unix - - n - 1 anvil",
                 "postlog unix-dgram n - n - 1 postlogd", "smtp unix - - n - - smtp"]
        rows += ["%s unix - - n - 0 %s" % pair for pair in
                 [("bounce", "bounce"), ("defer", "bounce"), ("trace", "bounce"), ("discard", "discard"), ("error", "error"),
                  ("retry", "error")]]
        return "\n".join(rows) + "\n"

    def make_directories(self):
        queue = self.home / "queue"
        owned = [self.home / "data", *(queue / each for each in "incoming active bounce defer deferred flush hold saved trace "
                                       "corrupt private public maildrop".split())]
        for directory in [self.home / "etc", queue / "pid", *owned]:
            directory.mkdir(parents=True)
        for directory in owned:
            directory.chmod(0o700)
            shutil.chown(directory, ACCOUNT)
        for name, mode in (("public", 0o710), ("maildrop", 0o730)):
            shutil.chown(queue / name, ACCOUNT, DROP_GROUP)
            (queue / name).chmod(mode)

    def start(self):
        self.make_directories()
        (self.home / "etc/main.cf").write_text(self.main_settings())
        (self.home / "etc/master.cf").write_text(self.service_table())
        (self.home / "etc/transport").write_text(
            "".join("%s@woodgrovebank.com %s:[127.0.0.1]:%d\n" % (name, name, self.ports["to " + name]) for name in self.senders))
        master = self.place / "usr/lib/postfix/sbin/master"
        self.program = Program([master, "-c", self.home / "etc", "-d"], self.home / "master.out", env=self.environment(), cwd="/")
        for name in self.receivers:
            wait_until(lambda: not self.program.alive() or greets(self.ports[name]), 20, "Postfix's port of " + name)
        if not self.program.alive():
            raise RuntimeError("Postfix ended: " + read(self.home / "master.out") + self.log())

    def send(self, name, sender):
        """Puts a message in the queue as a user does."""
        command = [self.place / "usr/sbin/sendmail", "-C", self.home / "etc", "-f", sender, name + "@woodgrovebank.com"]
        run = subprocess.run([str(each) for each in command], input="Subject: %s\n\nA line.\n" % name, text=True,
                             capture_output=True, timeout=20, env=self.environment())
        if run.returncode != 0:
            raise RuntimeError("Postfix's sendmail: " + run.stderr)

    def fate(self, name):
        """What the queue says of the message of a sender: the log line with its status, once it is there."""
        for line in self.log().splitlines():
            if "to=<%s@woodgrovebank.com>" % name in line and "status=" in line:
                return line
        return None

    def log(self):
        return read(self.log_file)

    def stop(self):
        if self.program:
            self.program.stop()


def unprivileged():
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())


def exim_account(place, home, **more):
    """Environment and Popen arguments for Exim without privileges: the account it was compiled for is ours, or nobody's."""
    account = unprivileged()
    (home / "passwd").write_text("root:x:0:0::/:/bin/false\nDebian-exim:x:%d:%d::/:/bin/false\n"
                                 % (account.pw_uid, account.pw_gid))
    (home / "group").write_text("root:x:0:\nDebian-exim:x:%d:\n" % account.pw_gid)
    os.chown(home, account.pw_uid, account.pw_gid)
    environment = {"PATH": "/usr/bin:/bin", "LD_LIBRARY_PATH": read(place / "library_path").strip(),
                   "LD_PRELOAD": "libnss_wrapper.so", "NSS_WRAPPER_PASSWD": str(home / "passwd"),
                   "NSS_WRAPPER_GROUP": str(home / "group"), **more}
    identity = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if os.geteuid() == 0 else {}
    return environment, identity


class Exim:
    """Receives only. Runs unprivileged; a wrapper library shows it the account that it was compiled for."""

    def __init__(self, place, home, pki):
        self.place, self.home, self.pki = pathlib.Path(place), pathlib.Path(home), pki
        self.ports, self.receivers = {}, {}
        self.program = None

    def receiver(self, name, certificate, key, verify="required", starttls="offered"):
        self.ports[name] = free_port()
        self.receivers[name] = (certificate, key, verify, starttls)

    def configuration(self):
        ports_with = lambda index, value: ":".join(str(self.ports[name]) for name, row in self.receivers.items()
                                                   if row[index] == value) or "0"
        where = self.home
        return f"""
primary_hostname = mail.woodgrovebank.com
spool_directory = {where}/spool
log_file_path = {where}/log-%s
keep_environment = ^LD_ : ^NSS_WRAPPER_
exim_path = {self.place}/usr/sbin/exim4
pid_file_path = {where}/pid
queue_only = true
daemon_smtp_ports = {" : ".join(str(port) for port in self.ports.values())}
local_interfaces = 127.0.0.1
host_lookup =
rfc1413_query_timeout = 0s
log_selector = +tls_peerdn +tls_certificate_verified +smtp_connection
acl_smtp_rcpt = accept
tls_advertise_hosts = ${{if inlist{{$received_port}}{{{ports_with(3, "missing")}}}{{}}{{*}}}}
tls_verify_hosts = ${{if inlist{{$received_port}}{{{ports_with(2, "required")}}}{{*}}{{}}}}
tls_try_verify_hosts =
tls_certificate = {where}/$received_port.pem
tls_privatekey = {where}/$received_port.key
tls_verify_certificates = {self.pki.trusted}
tls_crl = {self.pki.crls}
begin routers
all:
  driver = redirect
  data = :blackhole:
"""

    def start(self):
        self.home.mkdir(parents=True)
        account = unprivileged()
        for name, (certificate, key, _, _) in self.receivers.items():
            for source, suffix in ((certificate, ".pem"), (key, ".key")):
                copy = self.home / (str(self.ports[name]) + suffix)
                shutil.copyfile(source, copy)
                os.chown(copy, account.pw_uid, account.pw_gid)
                copy.chmod(0o600)
        (self.home / "configuration").write_text(self.configuration())
        environment, as_account = exim_account(self.place, self.home)
        self.program = Program([self.place / "usr/sbin/exim4", "-C", self.home / "configuration", "-bdf"],
                               self.home / "out", env=environment, cwd="/", **as_account)
        for name, port in self.ports.items():
            wait_until(lambda: not self.program.alive() or greets(port), 20, "Exim's port of " + name)
        if not self.program.alive():
            raise RuntimeError("Exim ended: " + read(self.home / "out") + self.log())

    def log(self):
        return read(self.home / "log-main") + read(self.home / "log-panic")

    def stop(self):
        if self.program:
            self.program.stop()
