"""Both ends of an SMTP session as plain as can be, for asking a mail program about one certificate after the other in one
process: a client that presents a certificate, a server that shows one. They verify nothing and say what the program did.
"""

import socket
import ssl
import threading

ACCEPTS, REFUSES = "accepts", "refuses"


def context(protocol, chain, key):
    tls = ssl.SSLContext(protocol)
    if protocol == ssl.PROTOCOL_TLS_CLIENT:
        tls.check_hostname = False
        tls.verify_mode = ssl.CERT_NONE
    tls.set_ciphers("ALL:@SECLEVEL=0")   # weak certificates are to be shown, too
    if chain:
        tls.load_cert_chain(chain, key)
    return tls


class Lines:
    """CRLF lines over a socket; `None` at its end."""

    def __init__(self, stream):
        self.stream, self.rest = stream, b""

    def line(self):
        while b"\n" not in self.rest:
            octets = self.stream.recv(4096)
            if not octets:
                return None
            self.rest += octets
        line, _, self.rest = self.rest.partition(b"\n")
        return line.decode(errors="replace").rstrip("\r")

    def reply(self):
        """The last line of a reply."""
        line = self.line()
        while line is not None and line[3:4] == "-":
            line = self.line()
        return line

    def say(self, text):
        self.stream.sendall(text.encode() + b"\r\n")

    def ask(self, text):
        self.say(text)
        return self.reply()


def alert_of(problem):
    """`alert certificate expired` of an error of the ssl module, else its reason."""
    reason = getattr(problem, "reason", None) or str(problem)
    _, _, name = reason.partition("ALERT_")
    return "alert " + name.replace("_", " ").lower() if name else reason.replace("_", " ").lower()


def present(port, chain, key, recipient, implicit=False):
    """One session as a client with the certificate, up to RCPT: (ACCEPTS or REFUSES, how it was told)."""
    tls = context(ssl.PROTOCOL_TLS_CLIENT, chain, key)
    with socket.create_connection(("127.0.0.1", port), timeout=15) as plain:
        if not implicit:
            lines = Lines(plain)
            for asked in (lines.reply(), lines.ask("EHLO client.test"), lines.ask("STARTTLS")):
                if not asked or not asked.startswith("2"):
                    raise RuntimeError("STARTTLS was not to be had: %s" % asked)
        stage = "handshake"
        try:
            with tls.wrap_socket(plain, suppress_ragged_eofs=True) as inside:
                lines, stage = Lines(inside), "inside TLS"
                if implicit:
                    lines.reply()
                for command in ("EHLO client.test", "MAIL FROM:<a@client.test>", "RCPT TO:<%s>" % recipient):
                    reply = lines.ask(command)
                    if reply is None:
                        return REFUSES, "closed " + stage
                    if not reply.startswith("2"):
                        return REFUSES, reply
                lines.ask("QUIT")
                return ACCEPTS, reply
        except (ssl.SSLError, ConnectionError) as problem:
            return REFUSES, "%s, %s" % (alert_of(problem), stage)


class Receiver:
    """An SMTP server on a port of its own that shows one certificate and takes one message."""

    def __init__(self, chain, key):
        self.tls = context(ssl.PROTOCOL_TLS_SERVER, chain, key)
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.socket.settimeout(60)
        self.port = self.socket.getsockname()[1]
        self.result = None
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        """A program may come more than once: the first session that goes wrong, or a message, is the answer."""
        while self.result is None:
            try:
                plain, _ = self.socket.accept()
            except OSError:
                return
            with plain:
                plain.settimeout(15)
                try:
                    self.result = self.session(plain)
                except (ssl.SSLError, OSError) as problem:
                    self.result = REFUSES, alert_of(problem)

    def session(self, plain):
        lines, stage = Lines(plain), "before TLS"
        lines.say("220 mail ESMTP")
        while (line := lines.line()) is not None:
            verb = line.split(" ")[0].upper()
            if verb == "EHLO":
                lines.say("250-mail\r\n250 STARTTLS" if stage == "before TLS" else "250 mail")
            elif verb == "STARTTLS":
                lines.say("220 go ahead")
                plain = self.tls.wrap_socket(plain, server_side=True)
                lines, stage = Lines(plain), "inside TLS"
            elif verb == "DATA":
                lines.say("354 go on")
                while lines.line() not in (".", None):
                    pass
                lines.say("250 taken")
                return (ACCEPTS if stage == "inside TLS" else REFUSES), "message taken " + stage
            else:
                lines.say("250 OK")
                if verb == "QUIT":
                    break
        return REFUSES, "left " + stage

    def answer(self, seconds):
        self.thread.join(seconds)
        return self.result or (REFUSES, "nobody came")

    def stop(self):
        self.socket.close()
