"""Probe tools and small mail programs as clients of a broken server: one run a fault."""

import os
import re
import signal
import subprocess
import threading

from broken import HOST, OWN_HOST
from words import joined

SECONDS = 6      # the time-out of each that has one
BOUND = 13        # after which one hangs
SENDER, MESSAGE = "a@contoso.com", "From: a@contoso.com\nTo: b@woodgrovebank.com\nSubject: oracle\n\nA line.\n"


def run(command, text=""):
    """(exit code or None, output)."""
    process = subprocess.Popen([str(each) for each in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, start_new_session=True)
    try:
        output, _ = process.communicate(text.encode(), BOUND)
        return process.returncode, output.decode(errors="replace")
    except subprocess.TimeoutExpired:
        process.kill()
        output, _ = process.communicate()
        return None, output.decode(errors="replace")


class Tool:
    """`meet` gives (outcome, log)."""

    def __init__(self, version, broken):
        self.version, self.broken = version, broken

    def judge(self, code, output):
        if code is None:
            return "hangs", joined(self.characteristic(output))
        return "delivered" if code == 0 else "refused", joined(self.characteristic(output))


class Swaks(Tool):
    name, title = "swaks", "swaks"
    as_client = ("--tls --tls-verify --tls-ca-path FILE --tls-cert FILE --tls-key FILE --timeout %ds" % SECONDS)

    def meet(self, fault, port):
        own = self.broken.own
        code, output = run(["swaks", "--server", "127.0.0.1", "--port", port, "--from", SENDER, "--to", "b@woodgrovebank.com",
                            "--ehlo", OWN_HOST, "--timeout", "%ds" % SECONDS, "--tls", "--tls-verify", "--tls-ca-path",
                            self.broken.trusted, "--tls-cert", own.chain, "--tls-key", own.key])
        return self.judge(code, output)

    def characteristic(self, output):
        said = [line for line in output.splitlines() if re.match(r"\*\*\* |<(\*\*|~\*) |=== TLS started", line)]
        return said


class Curl(Tool):
    name, title = "curl", "curl"
    as_client = "--ssl-reqd --cacert FILE --cert FILE --key FILE --resolve %s --max-time %d" % (HOST, SECONDS + 2)

    def meet(self, fault, port):
        own = self.broken.own
        code, output = run(["curl", "-v", "-s", "-S", "--max-time", SECONDS + 2, "--resolve", "%s:%d:127.0.0.1" % (HOST, port),
                            "--ssl-reqd", "--cacert", self.broken.trusted, "--cert", own.chain, "--key", own.key, "--mail-from",
                            SENDER, "--mail-rcpt", "b@woodgrovebank.com", "--upload-file", "-",
                            "smtp://%s:%d/%s" % (HOST, port, OWN_HOST)], MESSAGE.replace("\n", "\r\n"))
        return self.judge(code, output)

    def characteristic(self, output):
        return [line for line in output.splitlines() if re.match(r"curl: \(|\* SSL connection using", line)]


class Msmtp(Tool):
    """It has no queue: whatever goes wrong, its caller is told so and the message is not kept."""
    name, title = "msmtp", "msmtp"
    as_client = ("tls on, tls_starttls on, tls_trust_file FILE, tls_cert_file FILE, tls_key_file FILE, tls_host_override %s, "
                 "timeout %d" % (HOST, SECONDS))

    def meet(self, fault, port):
        own = self.broken.own
        code, output = run(["msmtp", "-C", "/dev/null", "--host=127.0.0.1", "--port=%d" % port, "--from=" + SENDER,
                            "--domain=" + OWN_HOST, "--tls=on", "--tls-starttls=on", "--tls-trust-file=%s" % self.broken.trusted,
                            "--tls-crl-file=", "--tls-cert-file=%s" % own.chain, "--tls-key-file=%s" % own.key,
                            "--tls-host-override=" + HOST, "--timeout=%d" % SECONDS, "b@woodgrovebank.com"], MESSAGE)
        return self.judge(code, output)

    def characteristic(self, output):
        return [line for line in output.splitlines() if line.startswith("msmtp: ")]


class Session(Tool):
    """A program that makes the TLS connection and no more: the dialogue inside is EHLO and QUIT of ours, so an answered EHLO is
    all that it can be content with."""

    def command(self, port):
        raise NotImplementedError

    def meet(self, fault, port):
        process = subprocess.Popen([str(each) for each in self.command(port)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, start_new_session=True)
        bound = threading.Timer(BOUND, process.kill)
        bound.start()
        seen = b""
        mark = None   # where the reply to our EHLO begins
        try:
            while octets := os.read(process.stdout.fileno(), 65536):
                seen += octets
                if mark is None and (ready := re.search(self.ready, seen, re.MULTILINE)):
                    mark = ready.end()
                    process.stdin.write(b"EHLO %s\n" % OWN_HOST.encode())
                    process.stdin.flush()
                elif mark is not None and re.search(rb"^\d\d\d( |\r?$)", seen[mark:], re.MULTILINE):
                    process.stdin.write(b"QUIT\n")
                    process.stdin.close()
                    break
            seen += process.stdout.read()
        except BrokenPipeError:
            seen += process.stdout.read()
        finally:
            code = process.wait()
            late = code == -signal.SIGKILL
            bound.cancel()
            process.stdout.close()
        output = seen.decode(errors="replace")
        reply = re.search(rb"^(\d\d\d)( .*)?\r?$", seen[mark:], re.MULTILINE) if mark is not None else None
        if reply and reply[1] < b"400":
            return "delivered", joined(self.characteristic(output))
        said = [reply[0].decode(errors="replace")] if reply else []
        return ("hangs" if late else "refused"), joined(self.characteristic(output) + said)


class Openssl(Session):
    name, title = "openssl", "openssl s_client"
    as_client = ("s_client -starttls smtp -CAfile FILE -verify_hostname %s -verify_return_error -cert FILE -key FILE; EHLO, QUIT "
                 "inside" % HOST)
    ready = rb"^---\nCertificate chain(.|\n)*\n---\n(Post-Handshake|.*\n)*?250 .*\n"

    def command(self, port):
        own = self.broken.own
        return ["openssl", "s_client", "-crlf", "-nocommands", "-starttls", "smtp", "-name", OWN_HOST, "-connect",
                "127.0.0.1:%d" % port, "-CAfile", self.broken.trusted, "-verify_hostname", HOST, "-verify_return_error", "-cert",
                own.chain, "-key", own.key]

    def characteristic(self, output):
        lines = output.splitlines()
        wrong = [line for line in lines if re.search(r"^verify error:|:error:|^[Dd]idn't f|errno", line)]
        return wrong or [line for line in lines if re.match(r"Verification|New, ", line)]


class Gnutls(Session):
    name, title = "gnutls-cli", "gnutls-cli"
    as_client = ("--starttls-proto=smtp --x509cafile FILE --verify-hostname %s --x509certfile FILE --x509keyfile FILE; EHLO, QUIT "
                 "inside" % HOST)
    ready = rb"Simple Client Mode:\n"

    def command(self, port):
        own = self.broken.own
        return ["gnutls-cli", "--crlf", "--starttls-proto=smtp", "--port", port, "--x509cafile", self.broken.trusted,
                "--verify-hostname", HOST, "--x509certfile", own.chain, "--x509keyfile", own.key, "127.0.0.1"]

    def characteristic(self, output):
        return [line for line in output.splitlines() if re.match(r"\*\*\* [^P]|- Status:|- Description:|error", line)]
