"""sendmail from its unpacked packages: a delivery in the foreground for each broken server, and a daemon that receives."""

import os
import pathlib
import re
import shutil
import subprocess

from broken import DOMAIN, OWN_DOMAIN, OWN_HOST
from mta import Program, free_port, greets, read, wait_until
from receiving_mtas import Receiver
from sending_mtas import BOUND, SECONDS, SENDER, Sender, short
from words import joined

HERE = pathlib.Path(__file__).resolve().parent
TIMES = "INITIAL CONNECT ICONNECT HELO MAIL RCPT DATAINIT DATABLOCK DATAFINAL RSET QUIT MISC COMMAND STARTTLS".split()
TOLD = r"verifymsg=|cert verify|ruleset=|STARTTLS=\w+, error|STARTTLS=\w+: error|lost input|timeout|did not issue|SYSERR"


class SendmailPeer(Sender):
    name, title = "sendmail", "sendmail"
    as_client = "access map TLS_Srv: VERIFY, confCACERT, confCLIENT_CERT; the name is not compared; confTO_* %ds" % SECONDS
    as_server = "access map TLS_Clt: VERIFY, confCACERT, confSERVER_CERT; confTO_* %ds" % SECONDS

    def __init__(self, place, home, broken, ports):
        self.place, self.home, self.broken, self.ports = pathlib.Path(place), home, broken, ports
        self.version = (self.place / "version").read_text().strip()
        self.log_file = home / "log"
        self.receiver = SendmailReceiver(self)

    @staticmethod
    def obstacle():
        return None if os.geteuid() == 0 else "it wants files of root's"

    def environment(self, log_file):
        return {"PATH": "/usr/bin:/bin", "LD_LIBRARY_PATH": read(self.place / "library_path").strip(),
                "LD_PRELOAD": "%s libnss_wrapper.so" % (self.home / "give_log.so"), "LOG_FILE": str(log_file),
                "NSS_WRAPPER_HOSTS": str(self.home / "hosts")}

    def macros(self):
        own, home = self.broken.own, self.home
        words = {"DOMAIN_NAME": OWN_HOST, "CACERT": self.broken.trusted, "CACERT_PATH": home / "no-more-roots",
                 "SERVER_CERT": own.chain, "SERVER_KEY": own.key, "CLIENT_CERT": own.chain, "CLIENT_KEY": own.key,
                 "PID_FILE": home / "pid", "SERVICE_SWITCH_FILE": home / "switch", "LOG_LEVEL": "14", "TRUSTED_USER": "root",
                 "REFUSE_LA": "1000", "QUEUE_LA": "1000", "DONT_BLAME_SENDMAIL": "TrustStickyBit,MapInUnsafeDirPath"}
        words.update({"TO_" + each: "%ds" % SECONDS for each in TIMES})
        rows = ["define(`conf%s', `%s')dnl" % pair for pair in words.items()]
        rows += ["define(`QUEUE_DIR', `%s/queue')dnl" % home, "define(`STATUS_FILE', `%s/status')dnl" % home,
                 "define(`ALIAS_FILE', `')dnl", "define(`ESMTP_MAILER_ARGS', `TCP $h @PORT@')dnl",
                 "define(`SMART_HOST', `esmtp:[127.0.0.1]')dnl", "FEATURE(`accept_unresolvable_domains')dnl",
                 "FEATURE(`access_db', `hash -T<TMPF> %s/access')dnl" % home]
        return "\n".join(["divert(0)dnl", "OSTYPE(`linux')dnl", *rows, "MAILER(smtp)dnl"]) + "\n"

    def tool(self, *command, given=""):
        run = subprocess.run([str(each) for each in command], input=given, capture_output=True, text=True, timeout=30,
                             env=self.environment("/dev/null"))
        if run.returncode != 0:
            raise RuntimeError("%s: %s" % (pathlib.Path(command[0]).name, run.stderr[-300:]))
        return run.stdout

    def start(self):
        for each in ("queue", "no-more-roots"):
            (self.home / each).mkdir(mode=0o700)
        (self.home / "status").touch()
        (self.home / "switch").write_text("hosts\tfiles\naliases\tfiles\npasswd\tfiles\n")
        # Without a name with a dot for the machine it would wait for one for a minute.
        (self.home / "hosts").write_text("127.0.0.1 %s %s\n" % (OWN_HOST, os.uname().nodename))
        shutil.copyfile(HERE / "give_log.c", self.home / "give_log.c")
        compiled = subprocess.run(["cc", "-shared", "-fPIC", "-o", self.home / "give_log.so", self.home / "give_log.c"],
                                  capture_output=True, text=True)
        if compiled.returncode != 0:
            raise RuntimeError("give_log.c cannot be built: " + compiled.stderr[-300:])
        macros = self.place / "usr/share/sendmail/cf"
        (self.home / "macros").write_text(self.macros())
        self.configuration = self.tool(self.place / "usr/bin/m4", "-D_CF_DIR_=%s/" % macros, macros / "m4/cf.m4",
                                       self.home / "macros")
        self.tool(self.place / "usr/libexec/sendmail/makemap", "-C", "/dev/null", "hash", self.home / "access",
                  given="TLS_Srv:\tVERIFY\nTLS_Clt:\tVERIFY\nTo:%s\tRELAY\n" % OWN_DOMAIN)
        self.receiver.start()

    def stop(self):
        self.receiver.stop()

    def command(self, name, port, *more):
        file = self.home / (name + ".cf")
        file.write_text(self.configuration.replace("@PORT@", str(port)))
        return [str(self.place / "usr/libexec/sendmail/sendmail"), "-C", str(file), *more]

    def send(self, fault):
        command = self.command(short(fault), self.ports[fault], "-odi", "-N", "never", "-f", SENDER,
                               "%s@%s" % (short(fault), DOMAIN))
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                   env=self.environment(self.log_file), cwd="/", start_new_session=True)
        try:
            process.communicate(b"Subject: x\n\nA line.\n", BOUND)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def fate(self, fault):
        address = "to=%s@%s," % (short(fault), DOMAIN)
        lines = read(self.log_file).splitlines()
        last = [line for line in lines if address in line and re.search(r"dsn=\d.* stat=", line)]
        if not last:
            return "hangs", ""
        process = last[-1].partition(" ")[0]
        mine = [line for line in lines if line.startswith(process)]
        said = [trimmed(line) for line in mine if re.search(TOLD, line)]
        status = re.search(r"dsn=(\d)[\d.]+, (.*)", last[-1])
        secured = any("STARTTLS=client" in line and "version=TLS" in line for line in mine)
        outcome = {"2": "delivered" if secured else "delivered-in-clear", "4": "deferred", "5": "bounced"}[status[1]]
        return outcome, joined([*said, status[2]])


def trimmed(line):
    line = re.sub(r"^\[\d+\]: (\w{14}: )?", "", line)
    if found := re.search(r"verifymsg=.*", line):
        return found[0]
    line = re.sub(r", relay=(localhost )?\[127\.0\.0\.1\]|, (SSL_error|errno|retry|state)=-?\d+|depth=\d+ \S+( Bank,)?", "", line)
    return re.sub(r"localhost \[127\.0\.0\.1\]( \(may be forged\))? ?", "", line)


class SendmailReceiver(Receiver):
    delivered = r"from=<.*nrcpts=[1-9].*msgid="
    secured = r"STARTTLS=server.*version=TLS"
    idle = r"^(?!verifymsg|STARTTLS|ruleset|lost|timeout|did not|from=)|^did not issue|SSL_shutdown"

    def __init__(self, sender):
        self.sender, self.port, self.program = sender, free_port(), None
        self.log_file = sender.home / "receiver.log"

    def start(self):
        command = self.sender.command("receiver", 1, "-bD", "-odq", "-O", "DaemonPortOptions=Port=%d,Addr=127.0.0.1" % self.port)
        self.program = Program(command, self.sender.home / "out", env=self.sender.environment(self.log_file), cwd="/")
        wait_until(lambda: not self.program.alive() or greets(self.port), 20, "sendmail's port")
        if not self.program.alive():
            raise RuntimeError("sendmail ended: " + read(self.sender.home / "out") + read(self.log_file)[-300:])

    def stop(self):
        if self.program:
            self.program.stop()

    def lines(self):
        return [line for line in read(self.log_file).splitlines() if re.search(TOLD + r"|STARTTLS=server, relay|from=<", line)]

    def settled(self, lines):
        return any(re.search(r"did not issue|from=<|lost input|timeout waiting|tls_client, .*reject=", line) for line in lines)

    def trim(self, line):
        return re.sub(r", cipher=.*|msgid=\S+ |, daemon=\w+|size=\d+, class=0, ", "", trimmed(line))
