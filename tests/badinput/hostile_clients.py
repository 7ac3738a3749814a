"""Clients that do what no client should: `serve` stays alive, its memory and its waits stay bounded, nothing that was not
acknowledged is in the spool and everything that was is."""
import os
import re
import signal
import socket
import ssl
import struct
import time

from harness import Failure, Skipped, expect, expect_sentence, free_port, one_line

MESSAGE_LIMIT = 65536
FAR_BEYOND = 24 << 20  # more than serve reads of one message, whatever its limit
PATIENCE = 12


class Serve:
    """A running `domsec serve` on a free port, with a spool."""

    def __init__(self, house, name, parameters="", flags=(), wrapper=(), root="ca.pem"):
        self.house = house
        self.spool = house.path(name + "-spool")
        config = house.write(name + ".toml", f"""
[organization]
Name = "Woodgrove Bank"
ServerFqdn = "mail.woodgrovebank.com"
TrustedRoots = ["{root}"]
[TransportConfig]
TLSReceiveDomainSecureList = ["contoso.com"]
[[ReceiveConnector]]
Name = "Partner"
Bindings = ["127.0.0.1:0"]
DomainSecureEnabled = true
MaxMessageSize = {MESSAGE_LIMIT}
{parameters}
[[Certificate]]
CertificateFile = "theirs.pem"
KeyFile = "theirs.key"
[Revocation]
Mode = "off"
""")
        self.process = house.start(["serve", "--config", config, "--spool", self.spool, *flags], wrapper=wrapper)
        self.port = house.port_of(self.process)

    def client(self, source="127.0.0.1"):
        return Client(socket.create_connection(("127.0.0.1", self.port), PATIENCE, source_address=(source, 0)))

    def spooled(self):
        """(.eml files, .json files, others)"""
        names = os.listdir(self.spool)
        kinds = [[n for n in names if n.endswith(end)] for end in (".eml", ".json")]
        return (*kinds, [n for n in names if not n.endswith((".eml", ".json"))])

    def holds(self, text):
        for name in self.spooled()[0]:
            with open(os.path.join(self.spool, name), "rb") as file:
                if text in file.read():
                    return name
        return None

    def memory(self):
        with open(f"/proc/{self.process.pid}/status", encoding="ascii", errors="replace") as file:
            return int(re.search(r"VmHWM:\s+(\d+)", file.read())[1])

    def check_sound(self, source):
        """Alive, within its memory, and a good message still goes through."""
        mark = f"good-{source}-{time.monotonic_ns()}".encode()
        with self.client(source) as client:
            client.greet()
            client.envelope()
            client.expect(b"DATA", b"354")
            client.expect(b"Subject: good\r\n\r\n" + mark + b"\r\n.", b"250")
            expect(self.holds(mark), "a message that was acknowledged is not in the spool")
        memory = self.memory()
        self.house.remember_peak(memory)
        expect(memory <= self.house.most_memory, f"serve used {memory >> 10} MiB")
        expect("internal error" not in self.house.read(self.process, "err"),
               f"internal error: {one_line(self.house.read(self.process, 'err')[-300:])}")

    def end(self, with_signal=signal.SIGTERM):
        os.kill(self.process.pid, with_signal)
        return self.house.wait(self.process, 6)[0]


class Client:
    def __init__(self, connection):
        self.socket = connection
        self.buffer = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def reply(self, limit=PATIENCE):
        """One whole reply, or what came before the end."""
        self.socket.settimeout(limit)
        while not re.search(rb"(?m)^\d{3} .*\r\n", self.buffer):
            try:
                part = self.socket.recv(65536)
            except TimeoutError:
                raise Failure(f"no reply within {limit} s") from None
            except OSError:
                part = b""
            if not part:
                text, self.buffer = self.buffer, b""
                return text
            self.buffer += part
        end = re.search(rb"(?m)^\d{3} .*\r\n", self.buffer).end()
        text, self.buffer = self.buffer[:end], self.buffer[end:]
        return text

    def say(self, octets):
        self.socket.settimeout(PATIENCE)
        self.socket.sendall(octets)

    def expect(self, line, *codes):
        self.say(line + b"\r\n")
        text = self.reply()
        expect(text.startswith(codes), f"{line[:40]!r} was answered {text[:120]!r}")
        return text

    def greet(self):
        greeting = self.reply()
        expect(greeting.startswith(b"220"), f"the greeting is {greeting[:80]!r}")
        self.expect(b"EHLO mail.fabrikam.com", b"250")

    def envelope(self):
        self.expect(b"MAIL FROM:<alice@fabrikam.com>", b"250")
        self.expect(b"RCPT TO:<bob@woodgrovebank.com>", b"250")

    def to_data(self):
        self.greet()
        self.envelope()
        self.expect(b"DATA", b"354")

    def expect_end(self, limit=PATIENCE):
        """The server closes, and what it said until then."""
        said, end = self.buffer, time.monotonic() + limit
        while True:
            self.socket.settimeout(max(0.1, end - time.monotonic()))
            try:
                part = self.socket.recv(65536)
            except TimeoutError:
                raise Failure(f"the server does not end the connection within {limit} s") from None
            except OSError:
                return said
            if not part:
                return said
            said = (said + part)[-65536:]
            expect(time.monotonic() < end, f"the server still talks after {limit} s")

    def abort(self):
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()


def pour(client, octets, times):
    """Until the server ends the connection; True when it did."""
    try:
        for _ in range(times):
            client.say(octets)
    except OSError:
        return True
    return False


# ---- waits: a server with ConnectionInactivityTimeout 1 s, ConnectionTimeout 4 s ----

def silent(after):
    def play(server, client):
        after(client)
        said = client.expect_end(8)
        expect(b"421" in said or after is start_handshake, f"no 421, but {said[-100:]!r}")
    return play


def start_handshake(client):
    client.greet()
    client.expect(b"STARTTLS", b"220")


def start_chunk(client):
    client.greet()
    client.envelope()
    client.say(b"BDAT 1000 LAST\r\nabc")


def drip(octets, pause=0.4):
    """Never silent long enough for the inactivity limit: ConnectionTimeout has to end it."""
    def play(server, client):
        end = time.monotonic() + 9
        client.socket.settimeout(PATIENCE)
        for at in range(10_000):
            try:
                client.socket.sendall(octets[at % len(octets):at % len(octets) + 1])
            except OSError:
                break
            expect(time.monotonic() < end, "the session goes on beyond ConnectionTimeout")
            time.sleep(pause)
        client.expect_end(4)
    return play


def drip_data(server, client):
    client.to_data()
    drip(b"drip drip\r\n", 0.3)(server, client)
    expect(not server.holds(b"drip drip"), "a message without its end is in the spool")


def never_reading(server, client):
    """NOOPs whose replies nobody reads: the write has to end."""
    client.greet()
    client.socket.settimeout(9)
    try:
        for _ in range(2000):
            client.socket.sendall(b"NOOP\r\n" * 4096)
    except (TimeoutError, OSError):
        pass
    client.buffer = b""
    client.expect_end(9)


# ---- octets ----

def long_line(server, client):
    client.greet()
    client.say(b"X" * 10_000_000)
    client.expect(b"", b"500")
    client.expect(b"NOOP", b"250")


def endless_line(server, client):
    client.greet()
    expect(pour(client, b"X" * 65536, FAR_BEYOND // 65536), "a line without an end is read for ever")


def nuls(server, client):
    client.greet()
    for line in (b"\0", b"NO\0OP", b"MAIL FROM:<a\0@fabrikam.com>", b"EHLO a\0b", b"RCPT TO:<\0>"):
        client.expect(line, b"5")


def eight_bits(server, client):
    client.reply()
    client.expect(b"EHLO \xff\xfe\xc0\x80", b"5")
    client.expect(b"EHLO mail.fabrikam.com", b"250")
    client.expect(b"MAIL FROM:<\xe2\x80\xae\x1b[31m@fabrikam.com>", b"5")


def bare_line_ends(server, client):
    client.to_data()
    client.say(b"Subject: smuggled\r\n\r\nfirst\n.\nMAIL FROM:<x@fabrikam.com>\r\n\n.\r\nsecond\r.\r")
    client.expect(b"\r\n.", b"550")
    expect(not server.holds(b"smuggled"), "a message with bare line ends was kept")


def garbage(server, client):
    client.reply()
    client.say(os.urandom(200_000).replace(b"\n", b"") + b"\r\nX\r\n" * 20)
    expect(b"421" in client.expect_end(), "protocol errors without a bound")


def http(server, client):
    client.reply()
    client.say(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Type: x\r\nA: b\r\nC: d\r\nE: f\r\nG: h\r\n\r\nMAIL FROM:<a@fabrikam.com>\r\n")
    expect(b"421" in client.expect_end(), "a browser is taken for a mail client")


def command_flood(server, client):
    client.greet()
    expect(pour(client, b"NOOP\r\n" * 100, 1000) or b"421" in client.expect_end(), "commands without a bound")


def envelope_flood(server, client):
    client.greet()
    ended = pour(client, b"MAIL FROM:<a@contoso.com>\r\nRSET\r\n" * 50, 1000)
    expect(ended or b"421" in client.expect_end(), "envelopes without a bound")


def recipients(server, client):
    client.greet()
    client.expect(b"MAIL FROM:<alice@fabrikam.com>", b"250")
    for _ in range(200):
        client.expect(b"RCPT TO:<bob@woodgrovebank.com>", b"250")
    client.expect(b"RCPT TO:<one.more@woodgrovebank.com>", b"452")


# ---- content ----

def data_too_large(server, client):
    client.to_data()
    client.say((b"too large " * 7 + b"\r\n") * 2000)
    client.expect(b".", b"552")
    client.expect(b"NOOP", b"250")
    expect(not server.holds(b"too large"), "a message beyond the limit was kept")


def endless_data(server, client):
    client.to_data()
    expect(pour(client, b"endless " * 8000, FAR_BEYOND // 64000), "data without an end is read for ever")
    expect(not server.holds(b"endless"), "a message beyond the limit was kept")


def chunks_too_large(server, client):
    client.greet()
    client.envelope()
    client.say(b"BDAT 60000\r\n" + b"big chunk " * 6000)
    expect(client.reply().startswith(b"250"), "the first chunk was not taken")
    client.say(b"BDAT 60000\r\n" + b"big chunk " * 6000)
    expect(client.reply().startswith(b"552"), "chunks beyond the limit")
    client.say(b"BDAT 0 LAST\r\n")
    expect(client.reply().startswith(b"5"), "a message beyond the limit was taken")
    expect(not server.holds(b"big chunk"), "a message beyond the limit was kept")


def chunk_without_end(server, client):
    client.greet()
    client.envelope()
    client.say(b"BDAT 18446744073709551615 LAST\r\n")
    client.say(b"abc")
    said = client.expect_end()
    expect(b"552" in said or b"501" in said, f"a chunk of 16 EiB was answered {said!r}")


def endless_chunks(server, client):
    client.greet()
    client.envelope()
    ended = pour(client, b"BDAT 1\r\nx" * 1000, 40)
    expect(ended or b"421" in client.expect_end(), "chunks without a bound")


def abort_in_data(server, client):
    client.to_data()
    client.say(b"Subject: aborted\r\n\r\nhalf a mess")
    client.abort()
    time.sleep(0.2)
    expect(not server.holds(b"aborted"), "half a message is in the spool")


def end_in_chunk(server, client):
    client.greet()
    client.envelope()
    client.say(b"BDAT 100 LAST\r\nhalf a chunk")
    client.socket.shutdown(socket.SHUT_WR)
    expect(b"250" not in client.expect_end(), "half a chunk was acknowledged")
    expect(not server.holds(b"half a chunk"), "half a chunk is in the spool")


# ---- TLS ----

def injection(server, client):
    client.greet()
    client.say(b"STARTTLS\r\nMAIL FROM:<injected@fabrikam.com>\r\n")
    said = client.expect_end()
    expect(said.startswith(b"501"), f"commands behind STARTTLS were answered {said[:100]!r}")


def clear_text_handshake(server, client):
    start_handshake(client)
    client.say(b"MAIL FROM:<a@fabrikam.com>\r\nRCPT TO:<b@woodgrovebank.com>\r\n")
    expect(b"250" not in client.expect_end(), "clear text passes for TLS")


def flood_handshake(octets):
    def play(server, client):
        start_handshake(client)
        expect(pour(client, octets * 1000, 2000) or client.expect_end() is not None, "a handshake without an end")
    return play


def garbage_inside_tls(server, client):
    start_handshake(client)
    under = os.dup(client.socket.fileno())
    context = ssl._create_unverified_context()
    with context.wrap_socket(client.socket, server_hostname="mail.woodgrovebank.com") as inside:
        inside.sendall(b"EHLO mail.fabrikam.com\r\n")
        inside.recv(4096)
        with socket.socket(fileno=under) as raw:
            raw.settimeout(PATIENCE)
            raw.sendall(b"\x17\x03\x03\x00\x40" + os.urandom(64))
            while raw.recv(4096):
                pass


def listed_without_certificate(server, client):
    start_handshake(client)
    context = ssl._create_unverified_context()
    with context.wrap_socket(client.socket, server_hostname="mail.woodgrovebank.com") as inside:
        inside.sendall(b"EHLO mail.contoso.com\r\nMAIL FROM:<eve@contoso.com>\r\n")
        said = b""
        while b"454" not in said:
            part = inside.recv(4096)
            expect(part, f"no refusal, but {said[-100:]!r}")
            said += part


WAITS = [
    ("silence after the greeting", silent(lambda c: c.reply())),
    ("silence after EHLO", silent(Client.greet)),
    ("silence in DATA", silent(Client.to_data)),
    ("silence in BDAT", silent(start_chunk)),
    ("silence in the handshake", silent(start_handshake)),
    ("NOOP octet by octet", drip(b"NOOP\r\n")),
    ("a line octet by octet that never ends", drip(b"X")),
    ("DATA octet by octet", drip_data),
    ("replies that nobody reads", never_reading),
]
PLAYS = [
    ("a line of 10 MB", long_line),
    ("a line without an end", endless_line),
    ("NULs in commands", nuls),
    ("octets above 127 and escapes", eight_bits),
    ("bare line ends in DATA", bare_line_ends),
    ("garbage", garbage),
    ("an HTTP request", http),
    ("endless NOOP", command_flood),
    ("endless MAIL and RSET", envelope_flood),
    ("one recipient too many", recipients),
    ("DATA beyond the limit", data_too_large),
    ("DATA without an end", endless_data),
    ("BDAT beyond the limit", chunks_too_large),
    ("a chunk of 16 EiB", chunk_without_end),
    ("endless chunks of one octet", endless_chunks),
    ("a reset in the middle of DATA", abort_in_data),
    ("an end in the middle of a chunk", end_in_chunk),
    ("commands behind STARTTLS", injection),
    ("clear text where TLS is due", clear_text_handshake),
    ("endless alerts where TLS is due", flood_handshake(b"\x15\x03\x01\x00\x02\x01\x00")),
    ("endless empty records where TLS is due", flood_handshake(b"\x16\x03\x01\x00\x00")),
    ("endless garbage where TLS is due", flood_handshake(os.urandom(100))),
    ("garbage inside TLS", garbage_inside_tls),
    ("a listed sender without a certificate", listed_without_certificate),
]


def one(servers, kind, number, play):
    """Each case has a source address of its own, so that the limits of one source do not mix."""
    server = servers(kind)
    source = f"127.0.{1 if kind == 'short' else 2}.{number + 1}"
    with server.client(source) as client:
        try:
            play(server, client)
        except OSError as error:
            raise Failure(f"{type(error).__name__}: {error}") from None
    server.check_sound(source)


# ---- many connections ----

def quick_connections(servers):
    server = servers("long")
    for number in range(1000):
        connection = socket.create_connection(("127.0.0.1", server.port), PATIENCE, source_address=("127.0.3.1", 0))
        if number % 3 == 0:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()
    server.check_sound("127.0.3.2")
    wait_for_room(server, "127.0.3.1")


def wait_for_room(server, source):
    end = time.monotonic() + PATIENCE
    while True:
        with server.client(source) as client:
            greeting = client.reply()
        if greeting.startswith(b"220"):
            return
        expect(time.monotonic() < end, f"places of ended sessions are not given back: {greeting[:80]!r}")
        time.sleep(0.1)


def too_many_of_one_source(servers):
    server = servers("long")
    held = [server.client("127.0.4.1") for _ in range(20)]
    try:
        for client in held:
            expect(client.reply().startswith(b"220"), "a connection within the limit is refused")
        with server.client("127.0.4.1") as client:
            expect(client.reply().startswith(b"421"), "a connection beyond MaxInboundConnectionPerSource is served")
        server.check_sound("127.0.4.2")
    finally:
        for number, client in enumerate(held):
            client.abort() if number % 2 else client.socket.close()
    wait_for_room(server, "127.0.4.1")


def others_get_their_turn(servers):
    """While one client pours data without a pause, another is served."""
    server = servers("long")
    with server.client("127.0.5.1") as client:
        client.to_data()
        client.socket.setblocking(False)
        slowest = 0.0
        for _ in range(5):
            for _ in range(40):
                try:
                    client.socket.send(b"x" * 4096)
                except BlockingIOError:
                    break
                except OSError:
                    break
            began = time.monotonic()
            server.check_sound("127.0.5.2")
            slowest = max(slowest, time.monotonic() - began)
        expect(slowest < 8, f"another client waited {slowest:.1f} s")


# ---- what was acknowledged lasts ----

def killed_after_the_reply(house):
    server = Serve(house, "killed")
    with server.client() as client:
        client.to_data()
        client.expect(b"Subject: lasts\r\n\r\nacknowledged\r\n.", b"250")
        os.kill(server.process.pid, signal.SIGKILL)
    try:
        house.wait(server.process, 6)
    except Failure:
        raise
    name = server.holds(b"acknowledged")
    expect(name, "a message that was acknowledged is not in the spool after kill -9")
    expect(name.removesuffix(".eml") + ".json" in server.spooled()[1], "the message has no .json")


def spool_gone(house):
    server = Serve(house, "gone")
    aside = server.spool + "-aside"
    os.rename(server.spool, aside)
    with server.client() as client:
        client.to_data()
        client.expect(b"Subject: lost\r\n\r\nlost\r\n.", b"451")
        os.rename(aside, server.spool)
        expect(not server.holds(b"lost"), "a message that was not acknowledged is in the spool")
        client.envelope()
        client.expect(b"DATA", b"354")
        client.expect(b"Subject: again\r\n\r\nagain\r\n.", b"250")
    expect(server.holds(b"again"), "the second message is not in the spool")
    expect(server.end() == 0, "serve does not end with 0")


def spool_full(house):
    """RLIMIT_FSIZE: the file system takes the first octets only."""
    server = Serve(house, "full", wrapper=("prlimit", "--fsize=20000"))
    with server.client() as client:
        client.to_data()
        client.expect(b"Subject: full\r\n\r\n" + b"full full full\r\n" * 2000 + b".", b"451")
        expect(server.spooled() == ([], [], []), f"something of it is in the spool: {server.spooled()}")
        client.envelope()
        client.expect(b"DATA", b"354")
        client.expect(b"Subject: small\r\n\r\nsmall\r\n.", b"250")
    expect(server.holds(b"small"), "a message that was acknowledged is not in the spool")
    expect(server.end() == 0, "serve does not end with 0")


def spool_not_writable(house):
    if os.geteuid() == 0:
        house.write("a-file", "")
        where, wrapper = house.path("a-file/spool"), ()
    else:
        os.mkdir(house.path("read-only"), 0o500)
        where, wrapper = house.path("read-only"), ()
    outcome = house.run("serve", "--listen", f"127.0.0.1:{free_port()}", "--spool", where, "--ca", house.path("ca.pem"), "--cert",
                        house.path("theirs.pem"), "--key", house.path("theirs.key"), limit=10, wrapper=wrapper)
    expect_sentence(outcome, 2, where)


def terminated(house):
    server = Serve(house, "terminated")
    with server.client() as idle, server.client() as busy:
        idle.greet()
        busy.to_data()
        expect(server.end() == 0, "SIGTERM does not end serve with 0")
    expect(server.spooled() == ([], [], []), "half a message is in the spool")


def files_of_sessions_full(house):
    """--log-json on a full device: sessions go on."""
    if not os.path.exists("/dev/full"):
        raise Skipped("no /dev/full")
    server = Serve(house, "log", flags=("--log-json", "/dev/full"))
    for _ in range(3):
        server.check_sound("127.0.0.1")
    expect(server.end() == 0, "serve does not end with 0")


def cases(house):
    running = {}

    def servers(kind):
        with house.lock:
            missing = kind not in running
            if missing:
                running[kind] = None
        if missing:
            times = 'ConnectionInactivityTimeout = "00:00:01"\nConnectionTimeout = "00:00:04"' if kind == "short" else ""
            running[kind] = Serve(house, kind, times)
        end = time.monotonic() + 20
        while running[kind] is None and time.monotonic() < end:
            time.sleep(0.02)
        expect(running[kind] is not None, "serve did not start")
        return running[kind]

    for number, (name, play) in enumerate(WAITS):
        yield f"client: {name}", lambda n=number, p=play: one(servers, "short", n, p)
    for number, (name, play) in enumerate(PLAYS):
        yield f"client: {name}", lambda n=number, p=play: one(servers, "long", n, p)
    for play in (quick_connections, too_many_of_one_source, others_get_their_turn):
        yield f"client: {play.__name__.replace('_', ' ')}", lambda p=play: play_on(p, servers)
    for play in (killed_after_the_reply, spool_gone, spool_full, spool_not_writable, terminated, files_of_sessions_full):
        yield f"serve: {play.__name__.replace('_', ' ')}", lambda p=play: play_on(p, house)


def play_on(play, ground):
    try:
        play(ground)
    except OSError as error:
        raise Failure(f"{type(error).__name__}: {error}") from None
