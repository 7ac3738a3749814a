"""Certificates and revocation lists octet by octet, right or wrong in any place, thousands of them in a second: DER, and an
ECDSA signature on P-256 that costs one multiplication. Its private key is 1 and its nonce, too: good for tests alone."""
import base64
import hashlib

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
GENERATOR = bytes.fromhex("046B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296"
                          "4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5")


def tlv(tag, *parts):
    content = b"".join(parts)
    if len(content) < 0x80:
        return bytes([tag, len(content)]) + content
    length = len(content).to_bytes((len(content).bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def sequence(*parts):
    return tlv(0x30, *parts)


def integer(number):
    return tlv(0x02, number.to_bytes(number.bit_length() // 8 + 1, "big", signed=True))


def octets(*parts):
    return tlv(0x04, *parts)


def bits(content):
    return tlv(0x03, b"\0", content)


def text(string, tag=0x0C):
    return tlv(tag, string if isinstance(string, bytes) else string.encode())


def ia5(string):
    return text(string, 0x16)


def oid(dotted):
    first, second, *rest = map(int, dotted.split("."))
    content = b""
    for number in (first * 40 + second, *rest):
        part = [number & 0x7F]
        while number := number >> 7:
            part.insert(0, 0x80 | number & 0x7F)
        content += bytes(part)
    return tlv(0x06, content)


def inside(number, *parts):
    """[number], constructed."""
    return tlv(0xA0 | number, *parts)


def plain(number, content):
    """[number], primitive."""
    return tlv(0x80 | number, content if isinstance(content, bytes) else content.encode())


TRUE = tlv(0x01, b"\xff")
NULL = tlv(0x05)
ECDSA_SHA256 = sequence(oid("1.2.840.10045.4.3.2"))
KEY = sequence(sequence(oid("1.2.840.10045.2.1"), oid("1.2.840.10045.3.1.7")), bits(GENERATOR))
PRIVATE_KEY = sequence(integer(1), octets((1).to_bytes(32, "big")), inside(0, oid("1.2.840.10045.3.1.7")),
                       inside(1, bits(GENERATOR)))
RSA = oid("1.2.840.113549.1.1.1")


def rsa_key(modulus, exponent=65537):
    return sequence(sequence(RSA, NULL), bits(sequence(integer(modulus), integer(exponent))))


def signature(octets_signed):
    r = int.from_bytes(GENERATOR[1:33], "big") % ORDER
    s = (int.from_bytes(hashlib.sha256(octets_signed).digest(), "big") + r) % ORDER
    return bits(sequence(integer(r), integer(s)))


def signed(tbs, algorithm=ECDSA_SHA256):
    return sequence(tbs, algorithm, signature(tbs))


def name(common_name, tag=0x0C):
    return sequence(tlv(0x31, sequence(oid("2.5.4.3"), text(common_name, tag))))


def utc(string):
    return text(string, 0x17)


def generalized(string):
    return text(string, 0x18)


FROM, UNTIL = utc("250101000000Z"), generalized("20600101000000Z")


def extension(dotted, *value, critical=False):
    return sequence(oid(dotted), TRUE if critical else b"", octets(*value))


def authority(path_length=None):
    more = b"" if path_length is None else integer(path_length)
    return extension("2.5.29.19", sequence(TRUE, more), critical=True)


def dns(host):
    return plain(2, host)


def mailbox(address):
    return plain(1, address)


def uri(where):
    return plain(6, where)


def address(octets_of_it):
    return plain(7, octets_of_it)


def directory(whole_name):
    return inside(4, whole_name)


def alternative_names(*names):
    return extension("2.5.29.17", sequence(*names))


def name_constraints(permitted=(), excluded=()):
    """Of general names."""
    trees = [inside(which, *map(sequence, names)) for which, names in ((0, permitted), (1, excluded)) if names]
    return extension("2.5.29.30", sequence(*trees), critical=True)


def distribution_points(*uris):
    return extension("2.5.29.31", sequence(*(sequence(inside(0, inside(0, uri(each)))) for each in uris)))


def certificate(subject, issuer, *extensions, serial=2, key=KEY, since=FROM, until=UNTIL, serial_octets=None, version=2,
                sign=signed):
    """Names are DER, or the text of a common name."""
    subject, issuer = (name(n) if isinstance(n, str) else n for n in (subject, issuer))
    number = integer(serial) if serial_octets is None else tlv(0x02, serial_octets)
    more = inside(3, sequence(*extensions)) if extensions else b""
    return sign(sequence(inside(0, integer(version)), number, ECDSA_SHA256, issuer, sequence(since, until), subject, key, more))


def revoked(serial, at=utc("260101000000Z"), *extensions):
    return sequence(integer(serial), at, sequence(*extensions) if extensions else b"")


def list_body(*entries, this_update=utc("260101000000Z"), next_update=UNTIL, extensions=()):
    """What stands behind the issuer."""
    return b"".join((this_update, next_update, sequence(*entries) if entries else b"",
                     inside(0, sequence(*extensions)) if extensions else b""))


def revocation_list(issuer, *entries, **more):
    whole = name(issuer) if isinstance(issuer, str) else issuer
    return signed(sequence(integer(1), ECDSA_SHA256, whole, list_body(*entries, **more)))


def sealed(iterations):
    """A private key behind a pass-phrase, as far as its encryption goes: PBES2, PBKDF2, AES-128."""
    derivation = sequence(oid("1.2.840.113549.1.5.12"), sequence(octets(b"12345678"), integer(iterations)))
    cipher = sequence(oid("2.16.840.1.101.3.4.1.2"), octets(bytes(16)))
    return sequence(sequence(oid("1.2.840.113549.1.5.13"), sequence(derivation, cipher)), octets(bytes(32)))


def pem(label, *values):
    return b"".join(b"-----BEGIN %s-----\n%s-----END %s-----\n" % (label, base64.encodebytes(value), label) for value in values)
