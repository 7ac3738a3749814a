"""What a log says with everything taken out that differs from run to run."""

import re

CHANGES = [
    (r"\s+", " "),
    (r"(127\.0\.\d+\.\d+)(\[127\.0\.0\.1\])?:\d{4,5}\b", r"\1\2:PORT"),
    (r"(mail\.woodgrovebank\.com):\d{4,5}\b", r"\1:PORT"),
    (r"(.)\1{20,}", r"\1\1\1..."),
    (r"\[(127\.0\.0\.1)\]:\d{4,5}\b", r"[\1]:PORT"),
    (r"\b(port|Port|PORT)[ =]\d{4,5}\b", r"\1 PORT"),
    (r"\b[0-9A-F]{12,16}:error:", "error:"),
    (r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?( UTC|Z|[+-]\d{4})?", "TIME"),
    (r"\b\w{3}, +\d+ \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4}", "TIME"),
    (r"\b(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) )?\w{3} +\d+ \d\d:\d\d:\d\d( \d{4})?( GMT| UTC)?", "TIME"),
    (r"\b\d{8}T\d{9}-\d+-\d+", "ID"),
    (r"\[InternalId=\w+,", "[InternalId=ID,"),
    (r"\bInternalId=\w+", "InternalId=ID"),
    (r"\b[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){9,}\b", "HEX"),
    (r"\b[0-9a-fA-F]{24,}\b", "HEX"),
    (r"\b\d+ (milliseconds|ms)\b", "N ms"),
    (r"\b\d+ bytes (?=Queued)", "N bytes "),
    (r"\bafter \d+ seconds?\b", "after N seconds"),
    (r"/[^\s']*domsec-oracle-[^\s']*", "FILE"),
    (r"\b\d+\.\d{3,} s(econds)?\b", "N s"),
]
LONGEST = 400   # octets of a line of the record

# Who is first, the reset or the reader, decides about the words: no log is kept of these.
RACES = r"reset|no-close-notify|ehlo-again-cut|-behind-finished|-after-220"
# And of these not even the outcome: whether text in clear comes in one piece with the 220 before it.
OPEN = {(peer, "server/%s-after-220" % what): outcomes for what in ("clear-text", "garbage") for peer, outcomes in (
    ("opensmtpd", "crashes or deferred"), ("openssl", "refused or hangs"), ("gnutls-cli", "refused or hangs"),
    ("swaks", "refused or hangs"), ("sendmail", "deferred or hangs"))}


def steady(peer, fault, outcome, log):
    """(outcome, log) as far as they are the same in each run."""
    if (peer, fault) in OPEN:
        return "varies", OPEN[peer, fault]
    return outcome, "" if re.search(RACES, fault) else log


def plain(text):
    for pattern, replacement in CHANGES:
        text = re.sub(pattern, replacement, text)
    text = "".join(each if " " <= each < "\x7f" else "?" for each in text.strip())
    return text if len(text) <= LONGEST else text[:LONGEST - 3] + "..."


def joined(lines):
    """Each line once, in the order of their first appearance."""
    return plain("; ".join(dict.fromkeys(line.strip() for line in lines if line.strip())))
