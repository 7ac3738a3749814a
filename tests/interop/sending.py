"""Our sending end (`domsec check`, `domsec send`) against Postfix and Exim as receiving servers that demand a client
certificate. First the server is at fault in one thing, then our own end.
"""

from mta import Exim, Postfix, free_port, wait_until

# The server's certificate -> finding, exit code. Judged by us, so it is the same whoever serves it.
SERVER_CERTIFICATES = [
    ("good", "DS000", 0),
    ("wildcard", "DS000", 0),
    ("server-auth-only", "DS000", 0),
    ("wrong-name", "DS110", 1),
    ("untrusted-root", "DS100", 1),
    ("self-signed", "DS101", 1),
    ("missing-intermediate", "DS102", 1),
    ("expired", "DS103", 1),
    ("not-yet-valid", "DS104", 1),
    ("revoked", "DS105", 1),
    ("client-auth-only", "DS120", 1),
]

# Our certificate -> finding, exit code, a word of the server's log. Postfix has no revocation lists and says nothing but 421.
POSTFIX_REFUSALS = [
    ("revoked", "DS000", 0, "Trusted TLS connection established"),
    ("client-auth-only", "DS000", 0, "Trusted TLS connection established"),
    ("server-auth-only", "DS204", 1, "not designated for use as a client certificate"),
    ("untrusted-root", "DS204", 1, "Client certificate not trusted"),
    ("self-signed", "DS204", 1, "Client certificate not trusted"),
    ("missing-intermediate", "DS204", 1, "Client certificate not trusted"),
    ("expired", "DS204", 1, "Client certificate not trusted"),
]

# Exim asks GnuTLS, has the lists, and does not ask for the clientAuth usage. Its alert comes after the handshake.
EXIM_REFUSALS = [
    ("server-auth-only", "DS000", 0, "CV=yes"),
    ("revoked", "DS204", 1, "certificate revoked"),
    ("untrusted-root", "DS204", 1, "certificate invalid"),
    ("self-signed", "DS204", 1, "certificate invalid"),
    ("missing-intermediate", "DS204", 1, "certificate invalid"),
    ("expired", "DS204", 1, "certificate invalid"),
]


def hold(outcome, code, exit_code, also=None):
    """One session, with this finding as its headline and this exit code; `also` is a further finding."""
    exit_seen, document, error = outcome
    sessions = document.get("sessions", [])
    codes = [session["code"] for session in sessions]
    assert codes == [code] and exit_seen == exit_code, "wanted %s exit %d, got %s exit %d %s; %s" % (
        code, exit_code, ",".join(codes) or "no session", exit_seen, error, sessions[0]["detail"] if sessions else "")
    assert document["exit_code"] == exit_code, "the document says exit %d" % document["exit_code"]
    verdict = sessions[0]["session"]["verdict"] or {}
    assert verdict.get("code") == code, "the session's own verdict is %s" % verdict.get("code")
    findings = [finding["code"] for finding in verdict["findings"]]
    assert also is None or also in findings, "wanted %s among the findings, got %s" % (also, ",".join(findings))
    return "%s%s exit %d" % (code, " " + also if also else "", exit_seen)


def with_log(server, words, check):
    """`check`, and what the server's log must say about it; the server may write a little later than we end."""
    before = len(server.log())
    seen = check()
    try:
        wait_until(lambda: words in server.log()[before:], 5, "it")
    except RuntimeError:
        raise AssertionError("the server's log lacks '%s': %s" % (words, server.log()[before:][-300:])) from None
    return seen


def postfix_server(where, home, pki):
    woodgrove = pki.woodgrove
    server = Postfix(where, home, {
        "myhostname": "mail.woodgrovebank.com", "smtpd_tls_CAfile": pki.trusted, "smtpd_tls_req_ccert": "yes",
        "smtpd_tls_security_level": "encrypt", "smtpd_tls_key_file": woodgrove.key,
        "smtpd_tls_cert_file": woodgrove.files["good"]})
    for name, _, _ in SERVER_CERTIFICATES:
        server.receiver(name, smtpd_tls_cert_file=woodgrove.files[name])
    server.receiver("no-starttls", smtpd_tls_security_level="none")
    server.receiver("starttls-454", smtpd_tls_security_level="may", smtpd_tls_key_file=woodgrove.other_key)
    server.receiver("asks", smtpd_tls_req_ccert="no", smtpd_tls_ask_ccert="yes")
    server.receiver("asks-nothing", smtpd_tls_req_ccert="no", smtpd_tls_ask_ccert="no")
    server.receiver("tls1.2", smtpd_tls_mandatory_protocols="TLSv1.2")
    return server


def postfix_cases(report, domsec, server):
    ports = server.ports
    case = lambda name, check: report.case("domsec -> postfix: " + name, check)
    for name, code, exit_code in SERVER_CERTIFICATES:
        case(name, lambda: hold(domsec.check(ports[name], "good"), code, exit_code))
    case("no-starttls", lambda: hold(domsec.check(ports["no-starttls"], "good"), "DS011", 1))
    case("starttls-454", lambda: hold(domsec.check(ports["starttls-454"], "good"), "DS012", 1))
    case("good, TLS 1.2", lambda: hold(domsec.check(ports["tls1.2"], "good"), "DS000", 0))
    case("asks for a certificate only", lambda: hold(domsec.check(ports["asks"], "good"), "DS000", 0))
    case("asks for no certificate", lambda: hold(domsec.check(ports["asks-nothing"], "good"), "DS131", 0))
    for version in ("good", "tls1.2"):
        case("our certificate: none, " + version, lambda: with_log(server, "No client certificate presented", lambda: hold(
            domsec.check(ports[version], None, require="server"), "DS205", 1)))
    case("our certificate: none, mutual", lambda: hold(domsec.check(ports["good"], None), "DS212", 2))
    for name, code, exit_code, words in POSTFIX_REFUSALS:
        case("our certificate: " + name, lambda: with_log(server, words, lambda: hold(
            domsec.check(ports["good"], name), code, exit_code)))
    case("our key of another certificate", lambda: hold(
        domsec.check(ports["good"], "good", key=domsec.pki.contoso.other_key), "DS211", 2))
    case("nobody listens", lambda: hold(domsec.check(free_port(), "good"), "DS010", 3))
    case("a message", lambda: with_log(server, "status=sent", lambda: hold(domsec.send(ports["good"], "good"), "DS000", 0)))
    case("no message to a wrong name", lambda: hold(domsec.send(ports["wrong-name"], "good"), "DS110", 1))


def exim_server(where, home, pki):
    server = Exim(where, home, pki)
    woodgrove = pki.woodgrove
    for name, _, _ in SERVER_CERTIFICATES:
        server.receiver(name, woodgrove.files[name], woodgrove.key)
    server.receiver("no-starttls", woodgrove.files["good"], woodgrove.key, starttls="missing")
    server.receiver("key-mismatch", woodgrove.files["good"], woodgrove.other_key)
    server.receiver("asks-nothing", woodgrove.files["good"], woodgrove.key, verify="no")
    return server


def exim_cases(report, domsec, server):
    ports = server.ports
    case = lambda name, check: report.case("domsec -> exim: " + name, check)
    for name, code, exit_code in SERVER_CERTIFICATES:
        case(name, lambda: hold(domsec.check(ports[name], "good"), code, exit_code))
    case("no-starttls", lambda: hold(domsec.check(ports["no-starttls"], "good"), "DS011", 1))
    case("key of another certificate", lambda: hold(domsec.check(ports["key-mismatch"], "good"), "DS012", 1))
    case("asks for no certificate", lambda: hold(domsec.check(ports["asks-nothing"], "good"), "DS131", 0))
    case("our certificate: none", lambda: with_log(server, "Certificate is required", lambda: hold(
        domsec.check(ports["good"], None, require="server"), "DS205", 1)))
    for name, code, exit_code, words in EXIM_REFUSALS:
        case("our certificate: " + name, lambda: with_log(server, words, lambda: hold(
            domsec.send(ports["good"], name), code, exit_code)))
    case("a message", lambda: with_log(server, "CV=yes DN=", lambda: hold(domsec.send(ports["good"], "good"), "DS000", 0)))


def run(report, peers, scratch, pki, domsec, started):
    for name, make, cases, obstacle in (("postfix", postfix_server, postfix_cases, Postfix.obstacle()),
                                        ("exim", exim_server, exim_cases, None)):
        where, why = peers.get(name, (None, "tests/interop/peers says nothing about it"))
        if not where or obstacle:
            report.skip("domsec -> " + name, why or obstacle)
            continue
        server = make(where, scratch / (name + "-server"), pki)
        started.append(server)
        server.start()
        cases(report, domsec, server)
