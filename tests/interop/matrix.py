"""`domsec cert match` held against Postfix, Exim and OpenSMTPD: each certificate of the family is shown to each program in both
roles, and what the program does must be what was predicted, cell by cell. What was seen is kept in matrix.tsv, and the decisions
that the program calls proved (src/policy/proved_cells.cpp) must be those of this run, no more and no fewer.
"""

import json
import pathlib
import socket
import subprocess
import time

from exim_sender import EximSender
from family import REFERENCE, Family
from mta import Exim, Postfix
from opensmtpd import OpenSmtpd
from program import ENVIRONMENT
from wire import ACCEPTS, REFUSES, Lines, Receiver, present

STACKS = ("postfix", "exim", "opensmtpd")
ROLES = ("server", "client")   # as what the certificate is shown
TABLE = pathlib.Path(__file__).resolve().parent / "matrix.tsv"
WRITE = False   # --write-matrix
RECIPIENT = "good@woodgrovebank.com"   # for client certificates; all take it


class Seen:
    """Observed cells: (certificate, role, stack) -> (ACCEPTS or REFUSES, how it was told)."""

    def __init__(self):
        self.cells = {}

    def clients(self, family, stack, port):
        for name, chain in family.chains.items():
            self.cells[name, "client", stack] = present(port, chain, family.keys[name], RECIPIENT)
        self.cells["none", "client", stack] = present(port, None, None, RECIPIENT)

    def servers(self, family, stack, receivers, seconds=20):
        end = time.monotonic() + seconds
        for name in family.chains:
            self.cells[name, "server", stack] = receivers[name].answer(max(0.0, end - time.monotonic()))


def receivers_of(family):
    return {name: Receiver(chain, family.keys[name]) for name, chain in family.chains.items()}


def ask_postfix(place, home, family, seen):
    receivers = receivers_of(family)
    server = Postfix(place, home, {
        "myhostname": "mail.woodgrovebank.com", "smtpd_tls_CAfile": family.trusted, "smtpd_tls_req_ccert": "yes",
        "smtpd_tls_security_level": "encrypt", "smtpd_tls_key_file": family.keys["good"],
        "smtpd_tls_cert_file": family.chains["good"], "smtp_tls_CAfile": family.trusted, "smtp_tls_security_level": "secure",
        "smtp_tls_secure_cert_match": REFERENCE})
    server.receiver("required")
    for name, receiver in receivers.items():
        server.sender(name, receiver.port)
    try:
        server.start()
        seen.clients(family, "postfix", server.ports["required"])
        for name in family.chains:
            server.send(name, "a@contoso.com")
        seen.servers(family, "postfix", receivers)
    finally:
        stop(server, receivers)


def ask_exim(place, home, family, seen):
    receivers = receivers_of(family)
    server = Exim(place, home / "server", family)
    server.receiver("required", family.chains["good"], family.keys["good"])
    try:
        server.start()
        seen.clients(family, "exim", server.ports["required"])
        sender = EximSender(place, home / "sender", REFERENCE, {name: each.port for name, each in receivers.items()},
                            family.trusted, family.crls)
        for name in family.chains:
            sender.send(name)
        seen.servers(family, "exim", receivers, 10)
    finally:
        stop(server, receivers)


def ask_opensmtpd(place, home, family, seen):
    receivers = receivers_of(family)
    server = OpenSmtpd(place, home, REFERENCE, {name: each.port for name, each in receivers.items()}, family)
    try:
        server.start(with_key=True)
        seen.clients(family, "opensmtpd", server.ports["starttls"])
        submit(server.ports["clear"], family.chains)
        seen.servers(family, "opensmtpd", receivers)
    finally:
        stop(server, receivers)


def submit(port, names):
    with socket.create_connection(("127.0.0.1", port), timeout=15) as stream:
        lines = Lines(stream)
        lines.reply()
        lines.ask("EHLO contoso.com")
        for name in names:
            for text in ("MAIL FROM:<a@contoso.com>", "RCPT TO:<%s@woodgrovebank.com>" % name, "DATA", "Subject: x\r\n\r\nA line.\r\n."):
                reply = lines.ask(text)
                if not reply or reply[0] not in "23":
                    raise RuntimeError("OpenSMTPD says '%s' to %s" % (reply, text.splitlines()[0]))


def stop(server, receivers):
    server.stop()
    for receiver in receivers.values():
        receiver.stop()


def without_key(place, home, family):
    """Why OpenSMTPD is handed its own key: as Debian builds it, no client gets as far as to show a certificate."""
    server = OpenSmtpd(place, home, REFERENCE, {"good": 1}, family)
    try:
        server.start(with_key=False)
        outcome, how = present(server.ports["starttls"], family.chains["good"], family.keys["good"], RECIPIENT)
    finally:
        server.stop()
    assert outcome == REFUSES and "handshake" in how, "it can use its key after all: %s, %s; then let it" % (outcome, how)
    assert "EVP lib" in server.log(), "another reason than the one known: " + server.log()[-300:]
    return "%s (EVP lib): its server side needs give_key.c" % how


def with_system_roots(place, home, family):
    """Its receiver trusts the machine's roots beside the `ca` that it is given."""
    server = OpenSmtpd(place, home, REFERENCE, {"good": 1}, family)
    name = "untrusted-root"
    try:
        server.start(with_key=True, system_roots=family.stranger.certificate)
        outcome, how = present(server.ports["starttls"], family.chains[name], family.keys[name], RECIPIENT)
    finally:
        server.stop()
    assert outcome == ACCEPTS, how
    return "accepts what ends in a root of the system"


class Predicted:
    """`domsec cert match` over the whole family."""

    def __init__(self, binary, family):
        command = [binary, "cert", "match", "--json", "--name", REFERENCE, "--ca", family.trusted, "--crl-file", family.crls]
        for chain in family.chains.values():
            command += ["--cert", chain]
        run = subprocess.run([str(each) for each in command], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
                             env=ENVIRONMENT)
        assert run.returncode == 1 and not run.stderr, "exit %d %s" % (run.returncode, run.stderr)
        self.document = json.loads(run.stdout)
        self.cells = {(name, cell["shown_as"], cell["profile"]): cell
                      for name, certificate in zip(family.chains, self.document["certificates"]) for cell in certificate["cells"]}
        self.proved = {each["profile"]: each["proved"] for each in self.document["profiles"]}
        self.versions = {each["profile"]: each["proved_with"] for each in self.document["profiles"]}


def compare(predicted, seen, stack, role):
    """Every cell of one stack in one role: the outcome, and that it is called proved."""
    wrong, count = [], 0
    for name, cell in ((key[0], cell) for key, cell in predicted.cells.items() if key[1:] == (role, stack)):
        outcome, how = seen.cells[name, role, stack]
        count += 1
        said = {"warns": ACCEPTS}.get(cell["outcome"], cell["outcome"])
        if said != outcome:
            wrong.append("%s: predicted %s (%s), it %s (%s)" % (name, cell["outcome"], cell["code"], outcome, how))
        elif not cell["standing"].startswith("proved"):
            wrong.append("%s: %s is called %s" % (name, cell["code"], cell["standing"]))
    assert not wrong, "; ".join(wrong)
    return "%d cells as predicted" % count


def compare_proof(predicted, seen, stack):
    """Exactly the decisions of this run are called proved."""
    for role in ROLES:
        met = {ACCEPTS: set(), REFUSES: set()}
        for key, cell in predicted.cells.items():
            if key[1:] != (role, stack):
                continue
            codes = [finding["code"] for finding in cell["findings"]] or ["DS000"]
            outcome = seen.cells[key][0]
            met[outcome].update(codes if outcome == ACCEPTS else [cell["code"]])
        for outcome, codes in met.items():
            claimed = set(predicted.proved[stack][role][outcome])
            assert claimed == codes, "%s %s: claimed and not met %s, met and not claimed %s" % (
                role, outcome, sorted(claimed - codes) or "none", sorted(codes - claimed) or "none")
    return "%d decisions" % sum(len(codes) for role in ROLES for codes in predicted.proved[stack][role].values())


def table_of(seen, names):
    """One line a certificate and role; how a refusal looked is for people."""
    lines = ["certificate\tshown as\t" + "\t".join(STACKS)]
    for name in [*names, "none"]:
        for role in ROLES:
            cells = [seen.cells.get((name, role, stack)) for stack in STACKS]
            if all(cells):
                lines.append("\t".join([name, role, *(shown(*cell) for cell in cells)]))
    return lines


def shown(outcome, how):
    if outcome == ACCEPTS:
        return outcome
    if how.startswith("alert"):
        return "%s, %s" % (outcome, how.partition(",")[0])
    return "%s, %s" % (outcome, how[:9] if how[:3].isdigit() else "leaves")


def compare_table(seen, names, versions):
    head = "# What %s did, by tests/interop/run --write-matrix. Only accepts and refuses are compared." % ", ".join(
        "%s %s" % pair for pair in versions.items())
    lines = table_of(seen, names)
    if WRITE:
        TABLE.write_text("\n".join([head, *lines]) + "\n")
        return "written"
    outcomes = lambda rows: [[cell.partition(",")[0] for cell in row.split("\t")] for row in rows]
    kept = outcomes(TABLE.read_text().splitlines()[1:])
    now = outcomes(lines)
    differing = ["%s -> %s" % (was, got) for was, got in zip(kept, now) if was != got]
    assert kept == now, "%d rows kept, %d seen; %s" % (len(kept), len(now), "; ".join(differing[:5]))
    return "%d rows" % len(now)


def compare_version(predicted, stack, version):
    """The release (3.7) must be the one that is named as the proof; what another update of it does, the cells say."""
    release = lambda text: text.split(".")[:2]
    named = predicted.versions[stack].split(" ")[-1]
    assert release(named) == release(version.partition("-")[0]), \
        "the proof is of %s, this is %s: look at the matrix and say so in proved_cells.cpp" % (named, version)
    return version


def run(report, peers, scratch, pki, domsec, started):
    del pki, started
    if not any(report.wanted("matrix: %s" % stack) for stack in (*STACKS, "table")):
        return
    asked = {"postfix": (ask_postfix, Postfix.obstacle()), "exim": (ask_exim, None), "opensmtpd": (ask_opensmtpd, OpenSmtpd.obstacle())}
    family, seen, versions = Family(scratch / "family"), Seen(), {}
    predicted = Predicted(domsec.binary, family)
    for stack, (ask, obstacle) in asked.items():
        where, why = peers.get(stack, (None, "tests/interop/peers says nothing about it"))
        if why or obstacle:
            report.skip("matrix: " + stack, why or obstacle)
            continue
        place, home = pathlib.Path(where), scratch / ("matrix-" + stack)
        home.mkdir()
        home.chmod(0o711)
        versions[stack] = (place / "version").read_text().strip()
        ask(place, home / "asked", family, seen)
        report.case("matrix: %s version" % stack, lambda: compare_version(predicted, stack, versions[stack]))
        for role in ROLES:
            report.case("matrix: %s, shown a %s certificate" % (stack, role), lambda: compare(predicted, seen, stack, role))
        report.case("matrix: %s, what is called proved" % stack, lambda: compare_proof(predicted, seen, stack))
        if stack == "opensmtpd":
            report.case("matrix: opensmtpd and the system's roots", lambda: with_system_roots(place, home / "system-roots", family))
            report.case("matrix: opensmtpd without its key", lambda: without_key(place, home / "without-key", family))
    if len(versions) == len(STACKS):
        report.case("matrix: table", lambda: compare_table(seen, family.chains, versions))
    else:
        report.skip("matrix: table", "not every stack was there")
