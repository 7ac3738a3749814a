"""OpenSMTPD 6.8 from its unpacked package: both roles in one instance, in a mount namespace of its own, because its paths and
accounts are compiled in. Loopback only, high ports.
"""

import os
import pathlib
import shutil
import subprocess

from mta import Program, free_port, greets, read, wait_until

SHOWN = {   # what the program sees in the place of the machine's own
    "passwd": "root:x:0:0::/:/bin/false\nopensmtpd:x:901:901::/var/lib/opensmtpd/empty:/bin/false\n"
              "opensmtpq:x:902:902::/var/lib/opensmtpd/empty:/bin/false\nnobody:x:65534:65534::/:/bin/false\n",
    "group": "root:x:0:\nopensmtpd:x:901:\nopensmtpq:x:902:\nnogroup:x:65534:\n",
    "resolv.conf": "nameserver 127.0.0.1\n", "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
    "mailname": "mail.contoso.com\n",
}
FILES = "/etc/ssl/certs/ca-certificates.crt"   # the roots of its sending side are compiled in


class OpenSmtpd:
    """`routes`: recipient -> port; mail for each goes to that port of the one host `reference`, from an address of its own,
    for 6.8 waits five seconds between connections of one pair of addresses."""

    def __init__(self, place, home, reference, routes, family):
        self.place, self.home = pathlib.Path(place), pathlib.Path(home)
        self.reference, self.routes, self.family = reference, routes, family
        self.ports = {name: free_port() for name in ("clear", "starttls")}
        self.program = None

    @staticmethod
    def obstacle():
        if os.geteuid() != 0:
            return "its parent process runs for root only"
        attempt = "mount --make-rprivate / && mount --bind /var/spool /var/spool"
        if subprocess.run(["unshare", "-m", "sh", "-c", attempt], capture_output=True).returncode != 0:
            return "no mount namespace to be had"
        return None if os.path.exists(FILES) else "%s is not there to be covered" % FILES

    def configuration(self):
        family, rows = self.family, []
        rows += ['pki me cert "%s/own.pem"' % self.home, 'pki me key "%s/own.key"' % self.home, 'ca ours cert "%s"' % family.trusted,
                 "listen on 127.0.0.1 port %d" % self.ports["clear"],
                 "listen on 127.0.0.1 port %d tls-require verify pki me ca ours hostname mail.woodgrovebank.com" % self.ports["starttls"]]
        rows += ["mta limit max-conn-per-%s 200" % what for what in ("host", "source", "domain", "relay")]
        rows += ["mta limit conn-delay-%s 0" % what for what in ("host", "source", "connector", "domain", "relay")]
        rows += ['action "%s" relay host "smtp+tls://%s:%d" tls src 127.0.%d.%d' % (name, self.reference, port, 2 + number // 250, 1 + number % 250)
                 for number, (name, port) in enumerate(self.routes.items(), 1)]
        rows += ['match from any for rcpt-to "%s@woodgrovebank.com" action "%s"' % (name, name) for name in self.routes]
        return "\n".join(rows) + "\n"

    def start_script(self, with_key, system_roots):
        shown = "".join("[ ! -e /etc/%s ] || mount --bind %s/%s /etc/%s\n" % (each, self.home, each, each) for each in (*SHOWN, "hosts"))
        directories = "".join("mount --bind %s/%s /%s\n" % (self.home, each, path) for each, path in
                              (("spool", "var/spool"), ("lib", "var/lib"), ("run", "run")))
        preload = "export LD_PRELOAD=%s/give_key.so OWN_KEY=%s/own.key\n" % (self.home, self.home) if with_key else ""
        preload += "export SSL_CERT_FILE=%s\n" % system_roots if system_roots else ""
        return "set -e\nmount --make-rprivate /\n%s%smount --bind %s %s\n%sexec %s/usr/sbin/smtpd -d -f %s/configuration\n" % (
            directories, shown, self.family.trusted, FILES, preload, self.place, self.home)

    def build_key_giver(self):
        source = pathlib.Path(__file__).resolve().parent / "give_key.c"
        run = subprocess.run(["cc", "-shared", "-fPIC", "-o", self.home / "give_key.so", source, "-lssl", "-lcrypto", "-ldl"],
                             capture_output=True, text=True)
        if run.returncode != 0:
            raise RuntimeError("give_key.c cannot be built: " + run.stderr[-300:])

    def start(self, with_key, system_roots=None):
        """`system_roots`: what libcrypto takes for the roots of the machine."""
        for each in ("spool/smtpd", "lib/opensmtpd/empty", "run"):
            (self.home / each).mkdir(parents=True)
        self.home.chmod(0o711)
        (self.home / "spool/smtpd").chmod(0o711)
        for name, text in (*SHOWN.items(), ("hosts", "127.0.0.1 localhost %s\n" % self.reference)):
            (self.home / name).write_text(text)
        for source, name in ((self.family.chains["good"], "own.pem"), (self.family.keys["good"], "own.key")):
            shutil.copyfile(source, self.home / name)
            (self.home / name).chmod(0o600)
        (self.home / "configuration").write_text(self.configuration())
        if with_key:
            self.build_key_giver()
        (self.home / "start").write_text(self.start_script(with_key, system_roots))
        environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LD_LIBRARY_PATH": read(self.place / "library_path").strip()}
        self.program = Program(["unshare", "-m", "sh", self.home / "start"], self.home / "log", env=environment, cwd="/")
        for port in self.ports.values():
            wait_until(lambda: not self.program.alive() or greets(port), 20, "OpenSMTPD's port")
        if not self.program.alive():
            raise RuntimeError("OpenSMTPD ended: " + self.log()[-500:])

    def log(self):
        return read(self.home / "log")

    def stop(self):
        if self.program:
            self.program.stop()
