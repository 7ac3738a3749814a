"""Hostile certificates and revocation lists, as files and in handshakes: a finding or one sentence, the documented exit code,
in bounded time and memory. They are made by a process of their own (verification.py KIND CASE PREFIX): what this one holds
would count for the program's peak."""
import base64
import json
import os
import random
import ssl
import subprocess
import sys
import time

from der import (KEY, NULL, PRIVATE_KEY, alternative_names, authority, bits, certificate, directory,
                 distribution_points, dns, extension, generalized, inside, integer, mailbox, name, name_constraints,
                 oid, pem, plain, revocation_list, revoked, rsa_key, sequence, text, tlv, utc)
from harness import MIB, Failure, expect, expect_code, expect_sentence, one_line
from hostile_clients import Client, Serve
from hostile_servers import check_against, session_of

PATIENCE = 10  # seconds of computing for a run, under a sanitizer too; without one nothing takes a second
WAIT = 60  # seconds on a busy machine
SLOW = 1  # is told in the end
MEMORY = 1024 * MIB
HOST = "mail.woodgrovebank.com"
LEAF_NAME = name(HOST)
ROOT = certificate("Hostile Root", "Hostile Root", authority(), serial=1)


def leaf(*extensions, subject=LEAF_NAME, issuer="Hostile Root", **more):
    return certificate(subject, issuer, alternative_names(dns(HOST)), *extensions, **more)


def pems(*values):
    return pem(b"CERTIFICATE", *values)


# ---- certificates: (name, the file of a leaf and what comes with it) ----

def nested(depth):
    value = NULL
    for _ in range(depth):
        value = sequence(value)
    return value


def indefinite(der):
    """The same in BER: the length of the outer SEQUENCE left open."""
    header = 2 + (der[1] & 0x7F if der[1] & 0x80 else 0)
    return b"\x30\x80" + der[header:] + b"\0\0"


def long_length(der):
    header = 2 + (der[1] & 0x7F if der[1] & 0x80 else 0)
    return b"\x30\x84" + len(der[header:]).to_bytes(4, "big") + der[header:]


def chain(count, issuer_of):
    """Authorities 0 to count - 1; `issuer_of` says whose name each one names."""
    return [certificate(f"CA {i}", issuer_of(i), authority(), serial=100 + i) for i in range(count)]


def many_of_one_name(count):
    return [certificate("CA", "CA", authority(), serial=100 + i) for i in range(count)]


def odd_modulus(size):
    return random.Random(size).getrandbits(size) | 1 | 1 << (size - 1)


def key_of(der):
    return leaf(key=der)


def authority_with_key(der):
    """A leaf below an authority that has this key: somebody verifies with it."""
    return pems(leaf(issuer="CA 0"), certificate("CA 0", "Hostile Root", authority(), key=der))


def ec_key(curve, point):
    return sequence(sequence(oid("1.2.840.10045.2.1"), curve), bits(point))


def rich_constraints(count):
    """As many constraints in the authority as names in the leaf, and none of them fits."""
    names = [dns(f"{i}.a.example") for i in range(count)]
    return pems(certificate(LEAF_NAME, "CA 0", alternative_names(*names, dns(HOST))),
                certificate("CA 0", "Hostile Root", authority(),
                            name_constraints([dns(f"{i}.b.example") for i in range(count)])))


def policies(count):
    return extension("2.5.29.32", sequence(*(sequence(oid(f"1.3.{i}")) for i in range(count))))


BLOCKS = "a PEM file of 100,000 blocks"
GOOD = leaf()
TIMES = (b"260101000000", b"2601010000Z", b"260101000000+0100", b"261301000000Z", b"260230000000Z", b"260101240000Z",
         b"260101006000Z", b"26010100000Z", b"", b"Z", b"\0" * 13, b"-60101000000Z", b"500101000000Z", b"491231235959Z")
LONG_TIMES = (b"20260101000000", b"20260101000000.5Z", b"20260101000000-0000", b"00000101000000Z", b"99991231235959Z",
              b"20260101Z", b"20261301000000Z", b"2026010100000Z", b"19000229000000Z", b"20260101000060Z")

CERTIFICATES = [  # (name, one file or several)
    ("a good one", lambda: [GOOD]),
    ("cut anywhere", lambda: [GOOD[:n] for n in range(1, len(GOOD), 23)]),
    ("a bit flipped", lambda: [flipped(GOOD, random.Random(i).randrange(len(GOOD) * 8)) for i in range(24)]),
    ("3 MiB of a certificate", lambda: [leaf(extension("1.2.3", bytes(3 << 20)))]),
    ("just within a MiB", lambda: [leaf(extension("1.2.3", bytes((1 << 20) - 500)))]),
    ("nested 50,000 deep", lambda: [leaf(extension("1.2.3", nested(50_000))), nested(50_000)]),
    ("a name constraint nested 20,000 deep", lambda: [leaf(extension("2.5.29.30", nested(20_000)))]),
    ("an other name nested 20,000 deep",
     lambda: [certificate(LEAF_NAME, "Hostile Root", alternative_names(inside(0, oid("1.2.3"), inside(0, nested(20_000)))))]),
    ("10,000 alternative names",
     lambda: [certificate(LEAF_NAME, "Hostile Root", alternative_names(*(dns(f"{i}.example") for i in range(10_000)), dns(HOST)))]),
    ("a chain of 1,000 authorities",
     lambda: [pems(leaf(issuer="CA 0"), *chain(1_000, lambda i: f"CA {i + 1}" if i < 999 else "Hostile Root"))]),
    ("1,000 authorities of one name", lambda: [pems(leaf(issuer="CA"), *many_of_one_name(1_000))]),
    ("1,000 authorities, each of all",
     lambda: [pems(leaf(issuer="CA 0"), *(certificate(f"CA {i % 30}", f"CA {(i // 30 + 1) % 30}", authority(), serial=i)
                                          for i in range(1_000)))]),
    ("issuers in a circle", lambda: [pems(leaf(issuer="CA 0"), *chain(2, lambda i: f"CA {1 - i}")),
                                     pems(leaf(issuer="CA 0"), *chain(300, lambda i: f"CA {(i + 1) % 300}"))]),
    ("odd serial numbers", lambda: [leaf(serial_octets=o) for o in (b"", b"\0", b"\xff", b"\x80" + bytes(40), b"\x7f" * 65_000,
                                                                    b"\0\0\1", b"\xff\xff")]),
    ("odd times", lambda: [leaf(since=utc(t)) for t in TIMES] + [leaf(until=generalized(t)) for t in LONG_TIMES]),
    ("dates in the wrong order", lambda: [leaf(since=generalized("20600101000000Z"), until=utc("250101000000Z"))]),
    ("NUL and escape sequences in names",
     lambda: [certificate(name(each), "Hostile Root", alternative_names(dns(each), mailbox(each)))
              for each in (HOST.encode() + b"\0.evil.example", b"\x1b[2J\x1b]0;x\x07", b"\xe2\x80\xae moc", b"\r\n250 ok\r\n", b"\xff\xfe")]),
    ("names of 65,000 octets",
     lambda: [certificate(name("a" * 65_000), "Hostile Root", alternative_names(dns("a." * 32_500), mailbox("a" * 65_000)))]),
    ("65,000 parts of a name",
     lambda: [leaf(subject=sequence(*[tlv(0x31, sequence(oid("2.5.4.3"), text("a")))] * 50_000))]),
    ("BER", lambda: [indefinite(GOOD), long_length(GOOD)]),
    ("octets behind it", lambda: [GOOD + b"\0", GOOD + GOOD, leaf(extension("2.5.29.15", tlv(3, b"\7\x80") + b"more"))]),
    ("1,000 distribution points",
     lambda: [leaf(distribution_points(*(f"http://127.0.0.1:1/{i}.crl" for i in range(1_000))))]),
    ("10,000 name constraints and 10,000 names", lambda: [rich_constraints(10_000)]),
    ("1,000 name constraints and 1,000 names", lambda: [rich_constraints(1_000)]),
    ("10,000 policies", lambda: [leaf(policies(10_000)), pems(leaf(issuer="CA 0"), certificate("CA 0", "Hostile Root", authority(), policies(10_000)))]),
    ("10,000 extensions", lambda: [leaf(*(extension(f"1.3.{i}", b"x") for i in range(10_000)))]),
    ("one extension many times", lambda: [leaf(*[alternative_names(dns(HOST))] * 2_000)]),
    ("RSA keys of no good size",
     lambda: [key_of(rsa_key(odd_modulus(size))) for size in (16_384, 65_536)] + [key_of(rsa_key(m)) for m in (0, 1, -5)]),
    ("RSA exponents of no good size",
     lambda: [key_of(rsa_key(odd_modulus(2048), e)) for e in (-1, 0, 1, 2, 1 << 64, odd_modulus(2048))]),
    ("an authority with an RSA key of 16,384 bits",
     lambda: [authority_with_key(rsa_key(odd_modulus(16_384), e)) for e in (65_537, odd_modulus(16_384))]),
    ("unknown curves and points off them",
     lambda: [key_of(ec_key(oid("1.3.132.0.99"), b"\4" + bytes(64))), key_of(ec_key(oid("1.2.840.10045.3.1.7"), b"\4" + bytes(64))),
              key_of(ec_key(oid("1.2.840.10045.3.1.7"), b"\0")), key_of(ec_key(NULL, b"")),
              key_of(ec_key(oid("1.3.132.0.35"), b"\4" + b"\1" * 132)),
              authority_with_key(ec_key(oid("1.3.132.0.35"), b"\2" + bytes(66)))]),
    ("versions that there are not", lambda: [leaf(version=v) for v in (-1, 3, 1 << 70)]),
    (BLOCKS, lambda: [b"-----BEGIN X-----\nAAAA\n-----END X-----\n" * 100_000 + pems(GOOD), pems(*[GOOD] * 9_000)]),
    ("no certificate but a list", lambda: [revocation_list("Hostile Root"), pem(b"X509 CRL", revocation_list("Hostile Root"))]),
]


def flipped(der, bit):
    return der[:bit // 8] + bytes([der[bit // 8] ^ 1 << bit % 8]) + der[bit // 8 + 1:]


def questions(house, path, number):
    """All of them of the first file of a case, two of the others: there are hundreds."""
    root, good_list = house.path("hostile-root.pem"), house.path("hostile.crl")
    yield ["verify", "--leaf", path, "--trust", root, "--crl", good_list, "--crl-check", "chain", "--name", f"dns:{HOST}"], (0, 1, 2)
    yield ["cert", "show", path, "--ca", root], (0, 2)
    if number:
        return
    yield ["verify", "--json", "--leaf", path, "--trust", path, "--profile", "strict"], (0, 1, 2)
    yield ["cert", "match", "--cert", path, "--ca", root, "--name", HOST], (0, 1, 2)
    yield ["crl", "check", path, "--issuer", root, "--crl-file", good_list], (0, 1, 2, 3)


def hold(house, outcome, codes, where, json_too=False):
    expect_code(outcome, *codes)
    expect(outcome.computed < PATIENCE, f"{where}: {outcome.computed:.1f} s")
    if outcome.computed > SLOW:
        house.slow.append(f"{outcome.computed:.1f} s of computing, {outcome.peak // MIB} MiB: {where}")
    if outcome.code != 2:
        expect(outcome.out.strip(), f"{where}: nothing is said")
        return
    if json_too:
        outcome.out = ""  # the document says it, too
    expect_sentence(outcome, 2)


def made(house, kind, case):
    """The files of a case."""
    prefix = house.path(f"{kind} {case}".replace("/", "-"))
    done = subprocess.run([sys.executable, __file__, kind, case, prefix], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=WAIT)
    expect(done.returncode == 0, f"the case cannot be made: {one_line(done.stderr.decode()[-300:])}")
    return [f"{prefix} {number}" for number in range(int(done.stdout))]


def run(house, arguments):
    wrapper = () if house.sanitized else ("prlimit", f"--as={MEMORY * 1024}")
    return house.run(*arguments, limit=WAIT, memory=MEMORY, wrapper=wrapper)


def hostile_certificate(house, case):
    for number, path in enumerate(made(house, "certificate", case)):
        for arguments, codes in questions(house, path, number):
            outcome = run(house, arguments)
            hold(house, outcome, codes, f"{' '.join(arguments[:2])}, {case}", "--json" in arguments)
            if case == "a good one" and "strict" not in arguments:
                expect_code(outcome, 0)
        os.unlink(path)


def reason(number):
    return extension("2.5.29.21", tlv(10, bytes([number])))


def entry_octets(serial):
    return sequence(tlv(2, serial), utc("260101000000Z"))


GOOD_LIST = revocation_list("Hostile Root", revoked(77), extensions=(extension("2.5.29.20", integer(1)),))


def distribution_point(*parts):
    return extension("2.5.29.28", sequence(*parts), critical=True)


def indirect_list(count):
    entries = (revoked(2, utc("260101000000Z"), extension("2.5.29.29", sequence(directory(name(f"CA {i}"))), critical=True))
               for i in range(count))
    return revocation_list("Hostile Root", *entries, extensions=(distribution_point(plain(4, b"\xff")),))


LISTS = [
    ("a good one", lambda: [GOOD_LIST, pem(b"X509 CRL", GOOD_LIST)]),
    ("cut anywhere", lambda: [GOOD_LIST[:n] for n in range(1, len(GOOD_LIST), 17)]),
    ("a bit flipped", lambda: [flipped(GOOD_LIST, random.Random(i).randrange(len(GOOD_LIST) * 8)) for i in range(24)]),
    ("300,000 entries of one serial", lambda: [revocation_list("Hostile Root", *[revoked(2)] * 300_000)]),
    ("entries of one serial that say nothing", lambda: [revocation_list("Hostile Root", *[revoked(2, utc("260101000000Z"), reason(8))] * 100_000)]),
    ("300,000 entries", lambda: [revocation_list("Hostile Root", *(revoked(i) for i in range(1000, 301_000)))]),
    ("100,000 serials of 21 octets", lambda: [revocation_list("Hostile Root", *(revoked((1 << 162) + i) for i in range(100_000)))]),
    ("1,000 lists in a file", lambda: [pem(b"X509 CRL", *[GOOD_LIST] * 1_000)]),
    ("a PEM file of 100,000 blocks", lambda: [pem(b"X509 CRL", GOOD_LIST) + b"-----BEGIN X-----\nAAAA\n-----END X-----\n" * 100_000]),
    ("odd serial numbers", lambda: [revocation_list("Hostile Root", entry_octets(o))
                                    for o in (b"", b"\0", b"\xff", b"\x80" + bytes(40), b"\x7f" * 65_000, b"\0\0\1")]),
    ("odd times", lambda: [revocation_list("Hostile Root", revoked(2, utc(t))) for t in TIMES] +
                          [revocation_list("Hostile Root", this_update=generalized(t)) for t in LONG_TIMES]),
    ("entries of 60,000 issuers", lambda: [indirect_list(60_000)]),
    ("entries of 70,000 issuers", lambda: [indirect_list(70_000)]),
    ("BER", lambda: [indefinite(GOOD_LIST), long_length(GOOD_LIST)]),
    ("octets behind it", lambda: [GOOD_LIST + b"\0", GOOD_LIST + GOOD_LIST]),
    ("nested 50,000 deep", lambda: [revocation_list("Hostile Root", extensions=(extension("2.5.29.28", nested(50_000)),)), nested(50_000)]),
    ("an issuer of 65,000 octets", lambda: [revocation_list("a" * 65_000)]),
    ("10,000 extensions", lambda: [revocation_list("Hostile Root", extensions=[extension(f"1.3.{i}", b"x") for i in range(10_000)])]),
    ("a scope of 50,000 names",
     lambda: [revocation_list("Hostile Root", extensions=(distribution_point(inside(0, inside(0, *(plain(6, f"http://a/{i}") for i in range(50_000))))),))]),
    ("no list but a certificate", lambda: [GOOD, pems(GOOD)]),
]


def questions_of_list(house, path, number):
    root, good = house.path("hostile-root.pem"), house.path("hostile-leaf.pem")
    yield ["verify", "--leaf", good, "--trust", root, "--crl", path, "--crl-check", "leaf"], (0, 1, 2)
    yield ["crl", "show", path], (0, 2)
    if number:
        return
    yield ["crl", "check", good, "--issuer", root, "--crl-file", path], (0, 1, 2, 3)
    yield ["cert", "match", "--cert", good, "--ca", root, "--crl-file", path], (0, 1, 2)


def hostile_list(house, case):
    for number, path in enumerate(made(house, "list", case)):
        for arguments, codes in questions_of_list(house, path, number):
            outcome = run(house, arguments)
            hold(house, outcome, codes, f"{' '.join(arguments[:2])}, {case}")
            if case == "a good one":
                expect_code(outcome, 0)
        os.unlink(path)


# ---- files ----

def large_file(house):
    """200 MB: refused as a certificate; a list of that size is read, and is none."""
    for kind, beginning in (("nul", b""), ("der", b"\x30\x84\x0c\x00\x00\x00"), ("pem", b"-----BEGIN X509 CRL-----\n")):
        path = house.write(f"large-{kind}", beginning)
        os.truncate(path, 200 << 20)
        for arguments in (["verify", "--leaf", path], ["cert", "show", path], ["crl", "show", path],
                          ["cert", "match", "--cert", path], ["crl", "check", path],
                          ["verify", "--leaf", house.path("hostile-leaf.pem"), "--crl", path, "--crl-check", "leaf"]):
            hold(house, run(house, arguments), (2,), f"{' '.join(arguments[:2])}, a file of 200 MB")
        os.unlink(path)


def many_blocks(house):
    """100,000 blocks of certificates are too many; 9,000 are read."""
    over, within = made(house, "certificate", BLOCKS)
    for arguments, codes in ((["verify", "--leaf", over], (2,)), (["cert", "show", over], (2,)),
                             (["verify", "--leaf", within, "--trust", house.path("hostile-root.pem")], (0, 1)),
                             (["verify", "--leaf", house.path("hostile-leaf.pem"), "--trust", within], (0, 1))):
        hold(house, run(house, arguments), codes, f"{' '.join(arguments[:2])}, {BLOCKS}")


def requests():
    """Lines for verify --batch that no suite would write."""
    good = {"op": "verify", "leaf": base64.b64encode(GOOD).decode(), "trust": [base64.b64encode(ROOT).decode()],
            "time": "2026-11-22T00:00:00Z", "names": [{"kind": "dns", "value": HOST}]}
    yield json.dumps(good).encode()
    yield from (b"{", b"[" * 100_000, b'{"a":' * 50_000, b"\0", b"\xff\xfe", b'"' + b"x" * 2_000_000, b"null", b"[]", b"{}", b'{"op":5}')
    for field in ("leaf", "trust", "intermediates", "crls", "names", "time", "policy", "max_depth", "security_level", "purpose"):
        for value in (None, -1, 2**63, 1e308, "", "AAAA", "\0", [], [None], [[]], {}, ["AAAA"] * 2_000, [{"kind": "dns"}], True):
            yield json.dumps({**good, field: value}).encode()
    for value in (None, 5, "", "!", "AAAA", base64.b64encode(os.urandom(3_000)).decode()):
        for op, field in (("load-chain", "pem_b64"), ("address", "address_b64"), ("hostname", "host_b64"), ("reply", "bytes_b64"),
                          ("cbt", "leaf")):
            yield json.dumps({"op": op, field: value}).encode()
    yield json.dumps({**good, "intermediates": [base64.b64encode(each).decode() for each in many_of_one_name(1_000)]}).encode()
    yield json.dumps(good).encode()


def batch(house):
    """One answer a line, to the end."""
    lines = list(requests())
    outcome = house.run("verify", "--batch", stdin=b"\n".join(lines), limit=WAIT, memory=MEMORY)
    expect_code(outcome, 0)
    answers = [json.loads(line) for line in outcome.out.splitlines()]
    expect(len(answers) == len(lines), f"{len(answers)} answers to {len(lines)} requests")
    expect(all(answer["result"] in ("accept", "reject", "skip") for answer in answers), "an answer without a result")
    expect(answers[0]["result"] == answers[-1]["result"] == "accept", f"the good request: {answers[0]}, {answers[-1]}")


# ---- handshakes ----

def chains():
    """(name, chain as it is sent); each leaf has the key of der.py, and libssl lets 100 KiB pass."""
    yield "a good one", [GOOD]
    yield "2,000 alternative names", [certificate(LEAF_NAME, "Hostile Root", alternative_names(*(dns(f"{i}.example") for i in range(2_000)), dns(HOST)))]
    yield "250 authorities in a row", [leaf(issuer="CA 0"), *chain(250, lambda i: f"CA {i + 1}" if i < 249 else "Hostile Root")]
    yield "250 authorities of one name", [leaf(issuer="CA"), *many_of_one_name(250)]
    yield "issuers in a circle", [leaf(issuer="CA 0"), *chain(250, lambda i: f"CA {(i + 1) % 250}")]
    yield "odd serial numbers", [leaf(serial=-5, issuer="CA 0"), certificate("CA 0", "Hostile Root", authority(), serial_octets=b"\x7f" * 9_000)]
    yield "a NUL in the name", [certificate(name(HOST + "\0.evil.example"), "Hostile Root", alternative_names(dns(HOST + "\0.evil.example")))]
    yield "a name of 65,000 octets", [certificate(name("a" * 65_000), "Hostile Root", alternative_names(dns(HOST)))]
    yield "odd times", [leaf(since=utc("261301000000Z"))]
    yield "1,000 distribution points", [leaf(distribution_points(*(f"http://127.0.0.1:1/{i}.crl" for i in range(1_000))))]
    yield "1,200 constraints and 1,200 names", [
        certificate(LEAF_NAME, "CA 0", alternative_names(*(dns(f"{i}.a.example") for i in range(1_200)), dns(HOST))),
        certificate("CA 0", "Hostile Root", authority(), name_constraints([dns(f"{i}.b.example") for i in range(1_200)]))]
    yield "an authority with 16,384 bits of RSA", [
        leaf(issuer="CA 0"), *(certificate("CA 0", "Hostile Root", authority(), serial=i, key=rsa_key(odd_modulus(16_384), (1 << 64) - 1))
                               for i in range(35))]
    yield "an authority on an unknown curve", [leaf(issuer="CA 0"), certificate("CA 0", "Hostile Root", authority(), key=ec_key(oid("1.3.132.0.99"), b"\4" + bytes(64)))]
    yield "7,000 policies", [leaf(policies(7_000))]
    yield "nested 20,000 deep", [leaf(extension("1.2.3", nested(20_000)))]
    yield "500 extensions that nobody knows", [leaf(*(extension(f"1.3.{i}", b"x", critical=True) for i in range(500)))]


def context_with(house, word, certificates, side):
    path = house.write(f"tls-{word}.pem", pems(*certificates))
    context = ssl.SSLContext(side)
    context.set_ciphers("DEFAULT@SECLEVEL=0")
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.load_cert_chain(path, house.path("hostile.key"))
    return context


def shown_to_check(house, number, row):
    case, certificates = row
    context = context_with(house, f"server-{number}", certificates, ssl.PROTOCOL_TLS_SERVER)

    def script(talk):
        talk.to_handshake()
        talk.socket = context.wrap_socket(talk.socket, server_side=True)
        talk.buffer = b""
        talk.hear()
        talk.say(b"250 mail.woodgrovebank.com\r\n")
        talk.hear()
        talk.say(b"221 bye\r\n")

    outcome = check_against(house, script, timeout="5", ca="hostile-root.pem", limit=WAIT)
    expect_code(outcome, 0, 1, 3)
    expect(outcome.computed < PATIENCE, f"{outcome.computed:.1f} s")
    if outcome.computed > SLOW:
        house.slow.append(f"{outcome.computed:.1f} s of computing: check, {case}")
    expect(session_of(outcome)["code"], "no finding")
    if case == "a good one":
        expect_code(outcome, 0)


def shown_to_serve(house, server, number, row):
    case, certificates = row
    context = context_with(house, f"client-{number}", certificates, ssl.PROTOCOL_TLS_CLIENT)
    began = time.monotonic()
    with server.client(f"127.0.3.{number + 1}") as client:
        client.greet()
        client.expect(b"STARTTLS", b"220")
        try:
            client.socket = context.wrap_socket(client.socket)
            client.buffer = b""
            client.expect(b"EHLO mail.contoso.com", b"250")
            client.expect(b"MAIL FROM:<alice@contoso.com>", b"250", b"4", b"5")
        except (OSError, Failure) as error:
            expect(case != "a good one", f"{type(error).__name__}: {error}")
    expect(time.monotonic() - began < WAIT, f"{time.monotonic() - began:.1f} s")
    server.check_sound(f"127.0.4.{number + 1}")


def cases(house):
    house.write("hostile-root.pem", pems(ROOT))
    house.write("hostile-leaf.pem", pems(GOOD))
    house.write("hostile.crl", GOOD_LIST)
    house.write("hostile.key", pem(b"EC PRIVATE KEY", PRIVATE_KEY))
    for case, _ in CERTIFICATES:
        if case != BLOCKS:
            yield f"certificate: {case}", lambda case=case: hostile_certificate(house, case)
    for case, _ in LISTS:
        yield f"list: {case}", lambda case=case: hostile_list(house, case)
    yield "certificate: a file of 200 MB", lambda: large_file(house)
    yield f"certificate: {BLOCKS}", lambda: many_blocks(house)
    yield "batch: requests that no suite would write", lambda: batch(house)
    for number, row in enumerate(chains()):
        yield f"handshake: check is shown {row[0]}", lambda n=number, row=row: shown_to_check(house, n, row)
    running = []

    def serve():
        with house.lock:
            first = not running
            if first:
                running.append(None)
        if first:
            running[0] = Serve(house, "hostile", root="hostile-root.pem")
        end = time.monotonic() + 20
        while running[0] is None and time.monotonic() < end:
            time.sleep(0.02)
        return running[0]

    for number, row in enumerate(chains()):
        yield f"handshake: serve is shown {row[0]}", lambda n=number, row=row: shown_to_serve(house, serve(), n, row)


if __name__ == "__main__":
    contents = dict({"certificate": CERTIFICATES, "list": LISTS}[sys.argv[1]])[sys.argv[2]]()
    for number, content in enumerate(contents):
        with open(f"{sys.argv[3]} {number}", "wb") as file:
            file.write(content)
    print(len(contents))
