"""A name server on loopback, UDP and TCP, whose every domain answers badly in its own way."""
import os
import socket
import struct
import threading

from harness import expect, expect_code, free_port, one_line
from hostile_servers import session_of

A, CNAME, MX, AAAA = 1, 5, 15, 28
NOERROR, SERVFAIL, NXDOMAIN, REFUSED = 0, 2, 3, 5
CLOSED_PORT = 1  # nothing listens on tcpmux of loopback


def name(text):
    return b"".join(bytes([len(label)]) + label.encode() for label in text.rstrip(".").split(".") if label) + b"\0"


def record(owner, kind, data):
    return name(owner) + struct.pack(">HHIH", kind, 1, 5, len(data)) + data


def mx(owner, preference, host):
    return record(owner, MX, struct.pack(">H", preference) + name(host))


def address(owner, text):
    return record(owner, A, socket.inet_aton(text))


def answer(query, records=(), code=NOERROR, flags=0x8400):
    """A response with the query's id and question; an SOA makes "no data" final."""
    end = 12
    while query[end]:
        end += query[end] + 1
    question = query[12:end + 5]
    soa = [] if records or code else [record("test", 6, name("ns.test") + name("x.test") + struct.pack(">IIIII", 1, 1, 1, 1, 1))]
    header = query[:2] + struct.pack(">HHHHH", flags | code, 1, len(records), len(soa), 0)
    return header + question + b"".join(records) + b"".join(soa)


def asked(query):
    labels, at = [], 12
    while query[at]:
        labels.append(query[at + 1:at + 1 + query[at]].decode("ascii", "replace").lower())
        at += query[at] + 1
    return ".".join(labels), struct.unpack(">H", query[at + 1:at + 3])[0]


def many(query, owner, kind):
    if kind == MX and owner == "many.test":
        return answer(query, [mx(owner, i, f"h{i:03}.many.test") for i in range(300)])
    if kind == A:
        return answer(query, [address(owner, "127.0.0.1")])
    return answer(query)


def circle(query, owner, _):
    other = "b.loop.test" if owner == "loop.test" else "loop.test"
    return answer(query, [record(owner, CNAME, name(other))])


def endless_alias(query, owner, _):
    return answer(query, [record(owner, CNAME, name("x" + str(len(owner)) + "." + owner)[:200] if len(owner) < 180 else name(owner))])


def pointing_at_itself(query, owner, kind):
    return answer(query, [])[:6] + struct.pack(">HHH", 1, 0, 0) + query[12:17 + len(owner) + 1] + b"\xc0\x0c" * 4 + b"\xc0\xff"


BAD = {  # what each domain answers to a question
    "nx.test": lambda q, o, k: answer(q, code=NXDOMAIN),
    "fail.test": lambda q, o, k: answer(q, code=SERVFAIL),
    "refused.test": lambda q, o, k: answer(q, code=REFUSED),
    "silent.test": lambda q, o, k: None,
    "null.test": lambda q, o, k: answer(q, [mx(o, 0, ".")] if k == MX else []),
    "loop.test": circle,
    "alias.test": endless_alias,
    "many.test": many,
    "noaddress.test": lambda q, o, k: answer(q, [mx(o, 10, "mail." + o)] if k == MX else []),
    "nohost.test": lambda q, o, k: answer(q, [mx(o, 10, "gone.nx.test")] if k == MX else []),
    "numeric.test": lambda q, o, k: answer(q, [mx(o, 10, "127.0.0.1")] if k == MX else []),
    "odd.test": lambda q, o, k: answer(q, [mx(o, 10, "a b\x01;$(reboot).test")] if k == MX else []),
    "garbage.test": lambda q, o, k: os.urandom(300),
    "garbage-behind-id.test": lambda q, o, k: q[:2] + os.urandom(300),
    "short.test": lambda q, o, k: q[:2] + b"\x84\x00\x00",
    "empty.test": lambda q, o, k: b"",
    "pointer.test": pointing_at_itself,
    "other-id.test": lambda q, o, k: bytes([q[0] ^ 0xFF]) + answer(q, [mx(o, 1, "mail.nx.test")])[1:],
    "other-question.test": lambda q, o, k: answer(q[:12] + name("bank.test") + q[-4:], [mx("bank.test", 1, "h.many.test")]),
    "counts.test": lambda q, o, k: answer(q)[:6] + b"\xff\xff\xff\xff\xff\xff" + answer(q)[12:],
    "query.test": lambda q, o, k: q,
    "truncated.test": lambda q, o, k: answer(q, flags=0x8600),
    "huge.test": lambda q, o, k: answer(q, [mx(o, i % 7, f"h{i:03}.many.test") for i in range(1500)]),
}


class NameServer:
    def __init__(self):
        while True:  # the same port for both
            self.tcp = socket.create_server(("127.0.0.1", 0))
            self.port = self.tcp.getsockname()[1]
            self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            try:
                self.udp.bind(("127.0.0.1", self.port))
                break
            except OSError:
                self.tcp.close()
                self.udp.close()
        for work in (self._answer_datagrams, self._answer_streams):
            threading.Thread(target=work, daemon=True).start()

    def respond(self, query):
        try:
            owner, kind = asked(query)
        except IndexError:
            return None
        zone = ".".join(owner.split(".")[-2:])
        return BAD[zone](query, owner, kind) if zone in BAD else answer(query, code=NXDOMAIN)

    def _answer_datagrams(self):
        while True:
            try:
                query, client = self.udp.recvfrom(4096)
            except OSError:
                return
            response = self.respond(query)
            if response is None:
                continue
            if len(response) > 1232:
                response = answer(query, flags=0x8600)
            self.udp.sendto(response, client)

    def _answer_streams(self):
        while True:
            try:
                connection, _ = self.tcp.accept()
            except OSError:
                return
            threading.Thread(target=self._stream, args=(connection,), daemon=True).start()

    def _stream(self, connection):
        connection.settimeout(5)
        try:
            with connection:
                while prefix := connection.recv(2, socket.MSG_WAITALL):
                    query = connection.recv(struct.unpack(">H", prefix)[0], socket.MSG_WAITALL)
                    response = self.respond(query)
                    if response is not None:
                        connection.sendall(struct.pack(">H", len(response)) + response)
        except (OSError, struct.error):
            pass


ROWS = [  # (domain, exit codes, a word of the report)
    ("nx.test", (3,), "the domain does not exist"),
    ("fail.test", (3,), "MX lookup"),
    ("refused.test", (3,), "MX lookup"),
    ("silent.test", (3,), "MX lookup"),
    ("null.test", (3,), "null MX"),
    ("loop.test", (3,), "alias"),
    ("alias.test", (3,), "alias"),
    ("noaddress.test", (3,), "no address"),
    ("nohost.test", (3,), "no address"),
    ("numeric.test", (3,), "no address"),
    ("odd.test", (3,), ""),
    ("garbage.test", (3,), "MX lookup"),
    ("garbage-behind-id.test", (3,), "MX lookup"),
    ("short.test", (3,), "MX lookup"),
    ("empty.test", (3,), "MX lookup"),
    ("pointer.test", (3,), "MX lookup"),
    ("other-id.test", (3,), "MX lookup"),
    ("other-question.test", (3,), ""),
    ("counts.test", (3,), "MX lookup"),
    ("query.test", (3,), "MX lookup"),
    ("truncated.test", (3,), ""),
]


def look_up(house, server, domain, *flags):
    return house.run("check", domain, "--config", house.path("port.toml"), "--dns", f"127.0.0.1:{server.port}", "--ca", house.path("ca.pem"),
                     "--crl", "off", "--timeout", "1", *flags, limit=25)


def bad_answer(house, server, row):
    domain, codes, word = row
    outcome = look_up(house, server, domain)
    expect_code(outcome, *codes)
    text = " ".join(outcome.out.split())
    expect(word in text, f"'{word}' is not said: {one_line(outcome.out)}")
    expect(outcome.seconds < 15, f"{outcome.seconds:.0f} s")
    expect_code(look_up(house, server, domain, "--json"), *codes)


def budget(house, server, domain, flags, most):
    outcome = look_up(house, server, domain, "--json", *flags)
    expect_code(outcome, 3)
    session_of(outcome)
    tried = outcome.out.count('"host":')
    expect(1 <= tried <= most, f"{tried} hosts were tried, {most} are the bound")
    if "--mx" not in flags:
        expect("budget" in outcome.err, f"that the budget is spent is not said: {one_line(outcome.err)}")
    expect("the first 50 are used" in outcome.err, f"that hosts are left out is not said: {one_line(outcome.err)}")


def no_server(house):
    outcome = house.run("check", "nx.test", "--dns", f"127.0.0.1:{free_port()}", "--ca", house.path("ca.pem"), "--timeout", "1", limit=15)
    expect_code(outcome, 3)


def cases(house):
    server = NameServer()
    house.write("port.toml", '[organization]\nName = "Contoso"\n[[SendConnector]]\nName = "Internet"\nAddressSpaces = ["*"]\n'
                             f"Port = {CLOSED_PORT}\n")
    for row in ROWS:
        yield f"dns: {row[0].removesuffix('.test')}", lambda row=row: bad_answer(house, server, row)
    yield "dns: 300 MX hosts, 32 connections", lambda: budget(house, server, "many.test", (), 32)
    yield "dns: 300 MX hosts, a budget of 7", lambda: budget(house, server, "many.test", ("--budget", "7"), 7)
    yield "dns: 300 MX hosts, 3 of them wanted", lambda: budget(house, server, "many.test", ("--mx", "3"), 3)
    yield "dns: 1500 MX records", lambda: budget(house, server, "huge.test", (), 32)
    yield "dns: nobody on the name server's port", lambda: no_server(house)
