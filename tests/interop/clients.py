"""Other people's SMTP clients, each as Contoso's side of one session: what they said and how they ended. TLS 1.3 unless told."""

import pathlib
import re
import select
import subprocess
import time

from mta import ACCOUNT, DROP_GROUP

RECIPIENT = "b@woodgrovebank.com"
SERVER_NAME = "mail.woodgrovebank.com"


class Ended:
    def __init__(self, exit_code, output):
        self.exit_code, self.output = exit_code, output


def run(command, text=""):
    done = subprocess.run([str(each) for each in command], input=text, capture_output=True, text=True, errors="replace", timeout=30)
    return Ended(done.returncode, done.stdout + done.stderr)


class Client:
    """`certificate` is a name of the holder's, or None; `tls` is False for a session in clear."""

    def __init__(self, pki):
        self.pki = pki

    def own(self, certificate, certificate_flag, key_flag):
        holder = self.pki.contoso
        return [certificate_flag, holder.files[certificate], key_flag, holder.key] if certificate else []


class Swaks(Client):
    """Sends its leaf only, whatever the file holds; does not verify the server."""
    refused_exit = 23

    def mail(self, port, certificate, sender, helo, tls=True):
        flags = ["--tls", *self.own(certificate, "--tls-cert", "--tls-key")] if tls else []
        return run(["swaks", "--server", "127.0.0.1", "--port", port, "--from", sender, "--to", RECIPIENT, "--ehlo", helo,
                    "--timeout", "15", *flags])


class Curl(Client):
    """Verifies the server by the name of the URL. Exit 55: MAIL FROM was refused."""
    refused_exit = 55

    def mail(self, port, certificate, sender, helo, tls=True, version="1.3"):
        flags = ["--ssl-reqd", "--cacert", self.pki.trusted, *self.own(certificate, "--cert", "--key"), "--tls-max", version] \
            if tls else []
        return run(["curl", "-v", "-s", "--max-time", "15", "--resolve", "%s:%d:127.0.0.1" % (SERVER_NAME, port), *flags,
                    "--mail-from", sender, "--mail-rcpt", RECIPIENT, "--upload-file", "-",
                    "smtp://%s:%d/%s" % (SERVER_NAME, port, helo)], "Subject: interop\r\n\r\nA line.\r\n")


class PosttlsFinger(Client):
    """Out of the unpacked Postfix; never says MAIL. Needs no account and no queue."""

    def __init__(self, pki, place):
        super().__init__(pki)
        self.place = pathlib.Path(place)

    def mail(self, port, certificate, sender, helo):
        own = self.own(certificate, "-k", "-K")
        environment = {"LD_LIBRARY_PATH": (self.place / "library_path").read_text().strip(), "PATH": "/usr/bin:/bin",
                       "MAIL_CONFIG": str(self.place / "finger")}
        (self.place / "finger").mkdir(exist_ok=True)
        (self.place / "finger/main.cf").write_text("compatibility_level = 3.6\nsmtp_dns_support_level = disabled\n"
                                                   "inet_protocols = ipv4\nmail_owner = %s\nsetgid_group = %s\n"
                                                   "default_privs = nobody\n" % (ACCOUNT, DROP_GROUP))
        return run(["env", "-i", *("%s=%s" % pair for pair in environment.items()), self.place / "usr/sbin/posttls-finger", "-c",
                    "-l", "secure", "-F", self.pki.trusted, "-L", "summary,untrusted", "-T", "15", "-t", "15", *own,
                    "[127.0.0.1]:%d" % port, SERVER_NAME])


class Dialogue(Client):
    """Programs that only make the TLS connection: the SMTP dialogue is ours, a command at a time."""
    refused_exit = None   # ends well whatever the replies
    ready = None   # what the program says when the dialogue is ours

    def command(self, port, certificate, helo, version):
        raise NotImplementedError

    def mail(self, port, certificate, sender, helo, tls=True, version="1.3"):
        command = [str(each) for each in self.command(port, certificate, helo, version)]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.output = b""
        try:
            self.read_until(process, lambda: re.search(self.ready, self.output, re.MULTILINE), 15)
            for line in ("EHLO " + helo, "MAIL FROM:<%s>" % sender, "RCPT TO:<%s>" % RECIPIENT, "RSET", "QUIT"):
                code = self.say(process, line)
                if code is None or code >= 400 and not line.startswith(("MAIL", "RCPT")):
                    break
            return self.end(process)
        except BrokenPipeError:
            return self.end(process)
        except subprocess.TimeoutExpired:
            raise RuntimeError("the client did not end: " + self.output.decode(errors="replace")[-300:]) from None
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
            process.stdout.close()
            try:
                process.stdin.close()
            except BrokenPipeError:
                pass

    def end(self, process):
        """Everything that it still says, and its exit."""
        self.read_until(process, lambda: False, 10)
        return Ended(process.wait(5), self.output.decode(errors="replace"))

    def say(self, process, line):
        """The code of the reply, or None when the connection is gone."""
        mark = len(self.output)
        process.stdin.write(line.encode() + b"\n")
        process.stdin.flush()
        reply = lambda: re.findall(rb"^(\d\d\d) .*\n", self.output[mark:], re.MULTILINE)
        self.read_until(process, reply, 15)
        return int(reply()[-1]) if reply() else None

    def read_until(self, process, done, seconds):
        end = time.monotonic() + seconds
        while not done() and time.monotonic() < end:
            if not select.select([process.stdout], [], [], 0.2)[0]:
                continue
            octets = process.stdout.read1(65536)
            if not octets:
                return
            self.output += octets


class Openssl(Dialogue):
    """-quiet leaves the octets alone; the name of the server is only looked at because it is asked for."""
    ready = rb"^250 "

    def command(self, port, certificate, helo, version):
        flags = self.own(certificate, "-cert", "-key")
        if certificate and self.pki.contoso.sent.get(certificate) and self.pki.contoso.sent[certificate].read_text():
            flags += ["-cert_chain", self.pki.contoso.sent[certificate]]
        return ["openssl", "s_client", "-quiet", "-nocommands", "-crlf", "-starttls", "smtp", "-name", helo, "-connect",
                "127.0.0.1:%d" % port, "-CAfile", self.pki.trusted, "-verify_hostname", SERVER_NAME, "-verify_return_error",
                "-no_tls1_3" if version == "1.2" else "-tls1_3", *flags]


class Gnutls(Dialogue):
    ready = rb"Simple Client Mode"

    def command(self, port, certificate, helo, version):
        priority = "NORMAL:-VERS-ALL:+VERS-TLS" + version
        return ["gnutls-cli", "--crlf", "--starttls-proto=smtp", "--port", port, "--x509cafile", self.pki.trusted,
                "--verify-hostname", SERVER_NAME, "--disable-sni", "--priority", priority,
                *self.own(certificate, "--x509certfile", "--x509keyfile"), "127.0.0.1"]
