"""Servers that do what no server should: `check` and `send` end in time, with bounded memory, the documented exit code,
and a report that names the step."""
import json
import os
import socket
import ssl
import struct
import subprocess
import threading
import time

from harness import Failure, expect, expect_code, free_port, one_line

PATIENCE = 8  # seconds; no script runs longer, and no run of the program either


class Server:
    """One listener; each connection is a run of `script(talk)` in a thread."""

    def __init__(self, house, script):
        self.house, self.script = house, script
        self.context = None
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.settimeout(0.2)
        self.port = self.listener.getsockname()[1]
        self.open = True
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while self.open:
            try:
                connection, _ = self.listener.accept()
            except TimeoutError:
                continue
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        connection.settimeout(PATIENCE)
        talk = Talk(connection, self.house)
        try:
            self.script(talk)
        except (OSError, ssl.SSLError, EOFError, ValueError):
            pass
        finally:
            talk.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.open = False
        self.listener.close()


class Talk:
    """A server's side of one connection."""

    def __init__(self, connection, house):
        self.socket, self.house = connection, house
        self.buffer = b""
        self.end = time.monotonic() + PATIENCE

    def say(self, octets):
        self.socket.sendall(octets)

    def hear(self):
        while b"\n" not in self.buffer:
            part = self.socket.recv(65536)
            if not part:
                raise EOFError
            self.buffer += part
        line, self.buffer = self.buffer.split(b"\n", 1)
        return line.strip()

    def hear_message(self):
        while self.hear() != b".":
            pass

    def wait(self):
        """Silence until the client goes."""
        while self.socket.recv(65536):
            pass

    def flood(self, octets):
        while time.monotonic() < self.end:
            self.socket.sendall(octets)

    def trickle(self, octets, pause=0.15):
        for octet in octets:
            self.socket.sendall(bytes([octet]))
            time.sleep(pause)
            if time.monotonic() > self.end:
                return

    def tls(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.house.path("theirs.pem"), self.house.path("theirs.key"))
        self.socket = context.wrap_socket(self.socket, server_side=True)
        self.buffer = b""

    def close(self):
        try:
            self.socket.close()
        except OSError:
            pass

    # How far a well-behaved server goes before the trouble.
    def to_greeting(self):
        self.say(b"220 mail.woodgrovebank.com ESMTP\r\n")

    def to_ehlo(self):
        self.to_greeting()
        self.hear()

    def to_starttls(self, keywords=b"250-STARTTLS\r\n"):
        self.to_ehlo()
        self.say(b"250-mail.woodgrovebank.com\r\n" + keywords + b"250 8BITMIME\r\n")
        self.hear()

    def to_handshake(self):
        self.to_starttls()
        self.say(b"220 go\r\n")

    def to_second_ehlo(self):
        self.to_handshake()
        self.tls()
        self.hear()

    def to_quit(self):
        self.to_second_ehlo()
        self.say(b"250 mail.woodgrovebank.com\r\n")
        self.hear()

    # In clear, for `send --require none`.
    def to_mail(self, keywords=b""):
        self.to_starttls(keywords)

    def to_rcpt(self):
        self.to_mail()
        self.say(b"250 ok\r\n")
        self.hear()

    def to_data(self):
        self.to_rcpt()
        self.say(b"250 ok\r\n")
        self.hear()

    def to_dot(self):
        self.to_data()
        self.say(b"354 go\r\n")
        self.hear_message()

    def delivered(self):
        self.to_dot()
        self.say(b"250 kept\r\n")
        self.hear()
        self.say(b"221 bye\r\n")


def check_against(house, script, *flags, limit=PATIENCE + 4, require="server", timeout="1", ca="ca.pem"):
    with Server(house, script) as server:
        return house.run("check", "woodgrovebank.com", "--connect", f"127.0.0.1:{server.port}", "--ca", house.path(ca),
                         "--crl", "off", "--timeout", timeout, "--require", require, "--json", *flags, limit=limit)


def send_against(house, script, *flags, limit=PATIENCE + 4):
    with Server(house, script) as server:
        return house.run("send", "--to", "bob@woodgrovebank.com", "--from", "alice@contoso.com", "--connect",
                         f"127.0.0.1:{server.port}", "--ca", house.path("ca.pem"), "--crl", "off", "--timeout", "1",
                         "--require", "none", "--json", *flags, limit=limit)


def session_of(outcome):
    try:
        report = json.loads(outcome.out)
        return report["sessions"][0]
    except (ValueError, LookupError) as error:
        raise Failure(f"no JSON report ({error}): {one_line(outcome.out + outcome.err)}") from None


def expect_break(outcome, codes, step, kind=None):
    expect_code(outcome, *codes)
    session = session_of(outcome)
    breaks = [check for check in session["session"]["checks"] if check["step"] == "break"]
    expect(breaks, f"no break is reported, but {session['code']} {session['detail']}")
    expect(breaks[0]["at"] == step, f"the break is said to be at {breaks[0]['at']}, not at {step}")
    expect(kind is None or breaks[0]["kind"] == kind, f"the break is {breaks[0]['kind']}, not {kind}")
    expect(session["detail"], "the verdict says no word about it")


SILENCE = [  # (step, how far the server goes, which command, exit codes)
    ("greeting", lambda t: None, "check", (3,)),
    ("ehlo", Talk.to_ehlo, "check", (3,)),
    ("starttls", Talk.to_starttls, "check", (1, 3)),
    ("handshake", Talk.to_handshake, "check", (1, 3)),
    ("ehlo inside TLS", Talk.to_second_ehlo, "check", (1, 3)),
    ("mail", Talk.to_mail, "send", (1, 3)),
    ("rcpt", Talk.to_rcpt, "send", (1, 3)),
    ("data", Talk.to_data, "send", (1, 3)),
    ("end of data", Talk.to_dot, "send", (1, 3)),
]


def silence(house, row):
    step, go, command, codes = row

    def script(talk):
        go(talk)
        talk.wait()

    run = check_against if command == "check" else send_against
    outcome = run(house, script)
    expect_break(outcome, codes, step, "timed out")


def sudden_end(house, row):
    step, go, command, codes = row

    def script(talk):
        go(talk)
        if step != "handshake":
            talk.say(b"250 mid li")

    run = check_against if command == "check" else send_against
    expect_break(run(house, script), codes, step)


def flooding(octets):
    return lambda talk: talk.flood(octets)


def after(go, then):
    def script(talk):
        go(talk)
        then(talk)
    return script


def say(octets):
    return lambda talk: (talk.say(octets), talk.wait())


ALERT = bytes([21, 3, 3, 0, 2])
FULL_RECORD = bytes([23, 3, 3, 0x40, 0])

CHECKS = [  # (name, script, exit codes, step of the break or None)
    ("a greeting octet by octet", lambda t: t.trickle(b"220 " + b"x" * 4000), (3,), "greeting"),
    ("the reply to EHLO octet by octet", after(Talk.to_ehlo, lambda t: t.trickle(b"250-x\r\n" * 4000)), (3,), "ehlo"),
    ("the handshake octet by octet", after(Talk.to_handshake, lambda t: t.trickle(b"\x16\x03\x03\x40\x00" + b"\x02" * 400)),
     (1, 3), "handshake"),
    ("a greeting of 10 MB without an end", say(b"220 " + b"x" * 10_000_000), (3,), "greeting"),
    ("a greeting without an end", flooding(b"x" * 65536), (3,), "greeting"),
    ("10 MB in one line to EHLO", after(Talk.to_ehlo, say(b"250-" + b"x" * 10_000_000)), (3,), "ehlo"),
    ("NULs in the greeting", say(b"220 \0\0\0\r\n"), (3,), "greeting"),
    ("NULs in the reply to EHLO", after(Talk.to_ehlo, say(b"250-STARTTLS\0\r\n250 ok\r\n")), (3,), "ehlo"),
    ("NULs alone", flooding(b"\0" * 65536), (3,), "greeting"),
    ("endless lines in the greeting", flooding(b"220-more\r\n" * 4096), (3,), "greeting"),
    ("endless lines to EHLO", after(Talk.to_ehlo, flooding(b"250-X-MORE\r\n" * 4096)), (3,), "ehlo"),
    ("endless lines to STARTTLS", after(Talk.to_starttls, flooding(b"220-more\r\n" * 4096)), (1, 3), "starttls"),
    ("endless lines inside TLS", after(Talk.to_second_ehlo, flooding(b"250-X-MORE\r\n" * 4096)), (1, 3), "ehlo inside TLS"),
    ("more clear text behind the 220 to STARTTLS", after(Talk.to_starttls, say(b"220 go\r\n250 injected\r\n")), (1, 3), "starttls"),
    ("clear text where TLS is due", after(Talk.to_handshake, lambda t: (t.socket.recv(9), t.say(b"250 in clear\r\n"), t.wait())),
     (1, 3), "handshake"),
    ("garbage where TLS is due", after(Talk.to_handshake, lambda t: (t.socket.recv(9), t.say(os.urandom(4096)), t.wait())),
     (1, 3), "handshake"),
    ("endless garbage where TLS is due", after(Talk.to_handshake, flooding(b"\xff" * 65536)), (1, 3), None),
    ("endless warning alerts", after(Talk.to_handshake, lambda t: (t.socket.recv(9), t.flood((ALERT + b"\x01\x5a") * 4096))),
     (1, 3), "handshake"),
    ("endless empty records", after(Talk.to_handshake, lambda t: (t.socket.recv(9), t.flood(bytes([22, 3, 3, 0, 0]) * 4096))),
     (1, 3), "handshake"),
    ("a fatal alert", after(Talk.to_handshake, lambda t: (t.socket.recv(9), t.say(ALERT + b"\x02\x28"))), (1, 3), "handshake"),
    ("a close in the handshake", after(Talk.to_handshake, lambda t: t.socket.recv(9)), (1, 3), "handshake"),
    ("a reset in the handshake", after(Talk.to_handshake, lambda t: (t.socket.recv(9), reset(t))), (1, 3), "handshake"),
    ("a reset instead of a greeting", lambda t: reset(t), (3,), None),  # it may arrive with the connection
    ("garbage inside TLS", after(Talk.to_second_ehlo, lambda t: t.say(os.urandom(3000))), (1, 3), "ehlo inside TLS"),
    ("raw records behind the handshake",
     after(Talk.to_second_ehlo, lambda t: (raw(t, FULL_RECORD + os.urandom(0x4000)), time.sleep(2))), (1, 3), "ehlo inside TLS"),
    ("a greeting of 554", say(b"554 no\r\n"), (1, 3), None),
    ("a greeting of 421", say(b"421 busy\r\n"), (3,), None),
    ("a greeting of 250", say(b"250 hello\r\n"), (1, 3), None),
    ("a greeting of 999", say(b"999 hello\r\n"), (3,), "greeting"),
    ("a greeting in HTTP", say(b"HTTP/1.1 400 Bad Request\r\n\r\n"), (3,), "greeting"),
    ("two codes in one reply", after(Talk.to_ehlo, say(b"250-STARTTLS\r\n220 ok\r\n")), (3,), "ehlo"),
    ("421 to EHLO", after(Talk.to_ehlo, say(b"421 later\r\n")), (3,), None),
    ("454 to STARTTLS", after(Talk.to_starttls, say(b"454 no TLS\r\n")), (1, 3), None),
    ("250 to STARTTLS", after(Talk.to_starttls, say(b"250 ok\r\n")), (1, 3), None),
    ("334 to STARTTLS", after(Talk.to_starttls, say(b"334 eh\r\n")), (1, 3), None),
    ("550 to EHLO inside TLS", after(Talk.to_second_ehlo, say(b"550 no\r\n")), (1, 3), None),
    ("no STARTTLS at all", lambda t: (t.to_ehlo(), t.say(b"250 x\r\n"), t.wait()), (1,), None),
    ("a flood behind QUIT", after(Talk.to_quit, flooding(b"221-bye\r\n" * 4096)), (0, 1, 3), None),
]

SENDS = [
    ("550 to MAIL", after(Talk.to_mail, say(b"550 no\r\n")), (1,)),
    ("354 to MAIL", after(Talk.to_mail, say(b"354 go\r\n")), (1, 3)),
    ("550 to RCPT", after(Talk.to_rcpt, say(b"550 no\r\n")), (1,)),
    ("250 to DATA", after(Talk.to_data, say(b"250 kept\r\n")), (1, 3)),
    ("354 to the dot", after(Talk.to_dot, say(b"354 go on\r\n")), (1, 3)),
    ("452 to the dot", after(Talk.to_dot, say(b"452 full\r\n")), (1, 3)),
    ("a close after the dot", Talk.to_dot, (1, 3)),
    ("endless lines to the dot", after(Talk.to_dot, flooding(b"250-kept\r\n" * 4096)), (1, 3)),
    ("half a reply to the dot", after(Talk.to_dot, say(b"250-kept\r\n250")), (1, 3)),
    ("a SIZE smaller than the message", after(lambda t: t.to_mail(b"250-SIZE 10\r\n"), say(b"250 ok\r\n")), (1, 3)),
]


def reset(talk):
    talk.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    talk.close()


def raw(talk, octets):
    """Below TLS, on the same connection."""
    with socket.socket(fileno=os.dup(talk.socket.fileno())) as under:
        under.sendall(octets)


def hostile_check(house, row):
    _, script, codes, step = row
    outcome = check_against(house, script)
    if step:
        expect_break(outcome, codes, step)
    else:
        expect_code(outcome, *codes)
        expect(session_of(outcome)["code"], "no finding")


def hostile_send(house, row):
    _, script, codes = row
    outcome = send_against(house, script)
    expect_code(outcome, *codes)
    expect(not session_of(outcome)["session"]["messages"], "a message counts as delivered that nobody took")


def good_servers(house):
    """The same scripts without the trouble pass: what fails above fails for its own reason."""
    outcome = check_against(house, lambda t: (t.to_quit(), t.say(b"221 bye\r\n")))
    expect_code(outcome, 0)
    outcome = send_against(house, Talk.delivered)
    expect_code(outcome, 0)
    expect(session_of(outcome)["session"]["messages"], "the delivered message is not in the report")


def renegotiation(house):
    """`openssl s_server` asks for one in the middle of the session; TLS without a fresh judgement is never taken."""
    port = free_port()
    server = subprocess.Popen(["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-cert", house.path("theirs.pem"), "-key",
                               house.path("theirs.key"), "-tls1_2"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL)
    try:
        if not server.stdout.readline():
            raise Failure("openssl s_server does not start")
        threading.Thread(target=provoke, args=(server,), daemon=True).start()
        outcome = house.run("check", f"smtps://127.0.0.1:{port}", "--verify-name", "woodgrovebank.com", "--ca", house.path("ca.pem"),
                            "--crl", "off", "--timeout", "2", "--json", limit=PATIENCE + 6)
        expect_code(outcome, 1, 3)
        expect(session_of(outcome)["session"]["tls"]["negotiated"], "the first handshake did not come about")
    finally:
        server.kill()
        server.wait()
        server.stdin.close()
        server.stdout.close()


def provoke(server):
    try:
        for line in iter(server.stdout.readline, b""):
            if b"CIPHER is" in line:
                server.stdin.write(b"220 mail.woodgrovebank.com\n")
                server.stdin.flush()
                time.sleep(0.3)
                server.stdin.write(b"r\n")
                server.stdin.flush()
    except (OSError, ValueError):
        pass


def cases(house):
    yield "server: the scripts without trouble pass", lambda: good_servers(house)
    for row in SILENCE:
        yield f"server: silence at {row[0]}", lambda row=row: silence(house, row)
        yield f"server: a close in the middle of a line at {row[0]}", lambda row=row: sudden_end(house, row)
    for row in CHECKS:
        yield f"server: {row[0]}", lambda row=row: hostile_check(house, row)
    for row in SENDS:
        yield f"server: {row[0]}", lambda row=row: hostile_send(house, row)
    yield "server: a renegotiation", lambda: renegotiation(house)
