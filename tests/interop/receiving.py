"""Our receiving end (`domsec serve`) against other people's clients. Woodgrove Bank's server has contoso.com on its list, so
each MAIL FROM of Contoso is judged by the client certificate of its session; mail of anybody else passes.
"""

from clients import Curl, Gnutls, Openssl, PosttlsFinger, Swaks
from mta import Postfix, wait_until

LISTED, UNLISTED = "a@contoso.com", "c@fabrikam.com"


def channel(status):
    return "454 4.7.0 Failed to establish appropriate TLS channel: %s: Access Denied" % status


STARTTLS_REQUIRED = "451 5.7.3 STARTTLS is required to send mail"

# The client's certificate -> finding, and the reply to MAIL FROM where it is refused. DS121 is a warning unless --strict-eku.
CERTIFICATES = [
    ("good", "DS000", None),
    ("wildcard", "DS000", None),
    ("server-auth-only", "DS000", None),
    (None, "DS130", channel("EmptyCertificate")),
    ("wrong-name", "DS110", channel("SubjectMismatch")),
    ("untrusted-root", "DS100", channel("UntrustedRoot")),
    ("self-signed", "DS101", channel("UntrustedRoot")),
    ("missing-intermediate", "DS102", channel("InternalChainFailure")),
    ("expired", "DS103", channel("CertificateExpired")),
    ("not-yet-valid", "DS104", channel("CertificateExpired")),
    ("revoked", "DS105", channel("Revoked")),
]

# For a program that sends its leaf only.
LEAVES = [
    ("direct", "DS000", None),
    ("direct-server-auth-only", "DS000", None),
    (None, "DS130", channel("EmptyCertificate")),
    ("direct-wrong-name", "DS110", channel("SubjectMismatch")),
    ("self-signed", "DS101", channel("UntrustedRoot")),
    ("good", "DS102", channel("InternalChainFailure")),
    ("direct-expired", "DS103", channel("CertificateExpired")),
    ("direct-revoked", "DS105", channel("Revoked")),
]

# What the server itself may have wrong, and Postfix's word for it. A client that verifies leaves.
SERVER_FAULTS = {"wrong-name": "hostname mismatch", "untrusted-root": "untrusted issuer", "expired": "certificate has expired"}


def judged(session, code, reply):
    """The verdict of a session of ours."""
    verdict = session["verdict"] or {}
    assert verdict.get("code") == code and verdict.get("smtp_reply") == reply, "wanted %s %s, got %s %s (helo %s, alert %s)" % (
        code, reply, verdict.get("code"), verdict.get("smtp_reply"), session["helo"], session["tls"]["alert"])
    return verdict


def meet(client, server, certificate, sender, **how):
    """How the client ended, and the session that it was for the server."""
    before = server.count()
    ended = client.mail(server.port, certificate, sender, "client.contoso.com", **how)
    return ended, server.sessions(before)[0]


def hold(client, server, certificate, code, reply, sender=LISTED, messages=None, also=None, **how):
    """One session of a client that verifies nothing or finds nothing wrong with the server."""
    ended, session = meet(client, server, certificate, sender, **how)
    verdict = judged(session, code, reply)
    findings = [finding["code"] for finding in verdict["findings"]]
    assert also is None or also in findings, "wanted %s among the findings, got %s" % (also, ",".join(findings))
    if reply:
        assert reply in ended.output, "the client did not show the reply: " + ended.output[-300:]
        assert client.refused_exit in (None, ended.exit_code), "the client's exit is %d" % ended.exit_code
    else:
        assert ended.exit_code == 0, "the client's exit is %d: %s" % (ended.exit_code, ended.output[-300:])
    assert len(session["messages"]) == (messages if not reply and messages else 0), "%d messages" % len(session["messages"])
    return "%s%s %s" % (code, " " + also if also else "", reply[:9] if reply else "accepted")


def hold_refused_client(client, server, codes, words, certificate=None, **how):
    """A server that refuses the TLS session of a client without a good certificate, by 421 or alert."""
    ended, session = meet(client, server, certificate, LISTED, **how)
    code = session["verdict"]["code"] if session["verdict"] else None
    assert code in codes, "wanted %s, got %s" % (codes, code)
    assert any(word in ended.output for word in words), "the client shows none of %s: %s" % (words, ended.output[-400:])
    assert ended.exit_code != 0 or client.refused_exit is None, "the client is content"
    return "%s, exit %d" % (code, ended.exit_code)


def hold_leaving(client, server, codes):
    """A client that refuses our certificate: it must end in failure, no mail may arrive, and we say what we can tell."""
    ended, session = meet(client, server, "good", LISTED)
    assert ended.exit_code != 0, "the client is content: " + ended.output[-300:]
    assert not session["messages"], "a message arrived"
    code = session["verdict"]["code"] if session["verdict"] else None
    assert code in codes, "wanted %s, got %s, alert %s" % (codes, code, session["tls"]["alert"])
    return "%s, alert %s, exit %d" % (code, (session["tls"]["alert"] or {}).get("name"), ended.exit_code)


def client_cases(report, name, client, certificates, servers, messages, clear=True):
    case = lambda what, check: report.case("%s -> domsec: %s" % (name, what), check)
    usual = servers["usual"]
    for certificate, code, reply in certificates:
        also = "DS121" if certificate and certificate.endswith("server-auth-only") else None
        case(certificate or "no certificate", lambda: hold(client, usual, certificate, code, reply, messages=messages, also=also))
    case("unlisted sender, no certificate", lambda: hold(client, usual, None, "DS001", None, UNLISTED, messages))
    if clear:
        case("in clear", lambda: hold(client, usual, None, "DS014", STARTTLS_REQUIRED, tls=False))
        case("unlisted sender in clear", lambda: hold(client, usual, None, "DS002", None, UNLISTED, messages, tls=False))
    only_server = "server-auth-only" if certificates is CERTIFICATES else "direct-server-auth-only"
    case("--permanent", lambda: hold(client, servers["permanent"], None, "DS130", channel("EmptyCertificate").replace(
        "454 4.7.0", "550 5.7.1")))
    case("--strict-eku", lambda: hold(client, servers["strict-eku"], only_server, "DS121", channel("WrongUsage")))


def run_clients(report, peers, pki, servers):
    rows = [("swaks", Swaks, LEAVES, 1), ("curl", Curl, CERTIFICATES, 1), ("openssl", Openssl, CERTIFICATES, 0),
            ("gnutls-cli", Gnutls, CERTIFICATES, 0)]
    for name, kind, certificates, messages in rows:
        where, why = peers.get(name, (None, "tests/interop/peers says nothing about it"))
        if not where:
            report.skip(name + " -> domsec", why)
            continue
        client = kind(pki)
        case = lambda what, check: report.case("%s -> domsec: %s" % (name, what), check)
        client_cases(report, name, client, certificates, servers, messages, clear=messages == 1)
        case("--client-cert require-421", lambda: hold_refused_client(client, servers["require-421"], ["DS130"], ["421 4.7.1"]))
        case("--client-cert require-421, self-signed", lambda: hold_refused_client(
            client, servers["require-421"], ["DS101"], ["Client certificate not trusted"], "self-signed"))
        case("--client-cert require-421, good", lambda: hold(
            client, servers["require-421"], certificates[0][0], "DS000", None, messages=messages))
        case("--client-cert require-alert, self-signed", lambda: hold_refused_client(
            client, servers["require-alert"], ["DS101"], ["unknown ca", "unknown CA", "CA is unknown", "closed"], "self-signed"))
        case("--client-cert require-alert, good", lambda: hold(
            client, servers["require-alert"], certificates[0][0], "DS000", None, messages=messages))
        case("--client-cert require-alert", lambda: hold_refused_client(
            client, servers["require-alert"], ["DS130"], ["certificate required", "Certificate is required", "closed"]))
        if kind is not Swaks:
            case("--client-cert require-alert, TLS 1.2", lambda: hold_refused_client(
                client, servers["require-alert"], ["DS130"], ["handshake failure", "Handshake failed", "alert"], version="1.2"))
            case("good, TLS 1.2", lambda: hold(client, servers["usual"], "good", "DS000", None, messages=messages, version="1.2"))
            for fault in SERVER_FAULTS:
                case("our certificate: " + fault, lambda: hold_leaving(client, servers[fault], ["DS200", "DS201", "DS204", "DS206", "DS400"]))


def postfix_client(where, home, pki, servers):
    client = Postfix(where, home, {"myhostname": "mail.contoso.com", "smtp_tls_CAfile": pki.trusted,
                                   "smtp_tls_security_level": "encrypt", "smtp_tls_key_file": pki.contoso.key})
    usual = servers["usual"].port
    for certificate, _, _ in CERTIFICATES:
        client.sender(certificate or "none", usual, **({"smtp_tls_cert_file": pki.contoso.files[certificate]} if certificate else {
            "smtp_tls_key_file": ""}))
    client.sender("clear", usual, smtp_tls_security_level="none", smtp_tls_key_file="")
    client.sender("unlisted", usual, smtp_tls_key_file="")
    for fault in SERVER_FAULTS:
        client.sender("secure-" + fault, servers[fault].port, smtp_tls_security_level="secure",
                      smtp_tls_secure_cert_match="mail.woodgrovebank.com", smtp_tls_cert_file=pki.contoso.files["good"])
    return client


def run_postfix(report, peers, scratch, pki, servers, started):
    where, why = peers.get("postfix", (None, "tests/interop/peers says nothing about it"))
    why = why or Postfix.obstacle()
    if why:
        report.skip("postfix -> domsec", why)
        return
    client = postfix_client(where, scratch / "postfix-client", pki, servers)
    started.append(client)
    wanted = [(certificate or "none", code, reply) for certificate, code, reply in CERTIFICATES]
    wanted += [("clear", "DS014", STARTTLS_REQUIRED), ("unlisted", "DS001", None)]
    client.start()
    before = servers["usual"].count()
    seen = {fault: servers[fault].count() for fault in SERVER_FAULTS}
    for name in client.senders:
        client.send(name, UNLISTED if name == "unlisted" else LISTED)
    sessions = {session["helo"]: session for session in servers["usual"].sessions(before, len(wanted))}

    def fate(name, code, reply):
        session = sessions.get(name + ".sender.test")
        assert session, "no session of it"
        judged(session, code, reply)
        line = wait_until(lambda: client.fate(name), 15, "the fate of the message")
        assert ("status=sent" if not reply else reply) in line and ("status=deferred" in line) == bool(reply), line
        return "%s %s" % (code, reply[:9] if reply else "accepted")

    def fate_secure(fault):
        line = wait_until(lambda: client.fate("secure-" + fault), 15, "the fate of the message")
        assert "status=deferred (Server certificate not verified)" in line, line
        session = servers[fault].sessions(seen[fault])[0]
        assert session["tls"]["own_cert_sent"] and not session["messages"], session["tls"]
        return judged(session, "DS400", None)["code"] + " left without MAIL"

    for name, code, reply in wanted:
        report.case("postfix -> domsec: " + name, lambda: fate(name, code, reply))
    for fault in SERVER_FAULTS:
        report.case("postfix -> domsec: our certificate: " + fault, lambda: fate_secure(fault))


def run_finger(report, peers, pki, servers):
    """Postfix's probe: it ends with 0 whatever it finds, so its words count, and our session."""
    where, why = peers.get("postfix", (None, "tests/interop/peers says nothing about it"))
    if why:
        report.skip("posttls-finger -> domsec", why)
        return

    def probe(server, certificate, words):
        ended, session = meet(PosttlsFinger(pki, where), server, certificate, LISTED)
        assert words in ended.output, "wanted '%s', got %s" % (words, ended.output[-300:])
        assert session["peer_cert"]["presented"] == bool(certificate), session["peer_cert"]
        return words

    case = lambda what, check: report.case("posttls-finger -> domsec: " + what, check)
    case("good", lambda: probe(servers["usual"], "good", "Verified TLS connection established"))
    case("no certificate", lambda: probe(servers["require-421"], None, "421 4.7.1"))
    for fault, words in SERVER_FAULTS.items():
        case("our certificate: " + fault, lambda: probe(servers[fault], "good", words))


def run(report, peers, scratch, pki, domsec, started):
    servers = {"usual": domsec.serve("good"), "strict-eku": domsec.serve("good", "--strict-eku"),
               "permanent": domsec.serve("good", "--permanent"),
               "require-421": domsec.serve("good", "--client-cert", "require-421"),
               "require-alert": domsec.serve("good", "--client-cert", "require-alert")}
    for fault in SERVER_FAULTS:
        servers[fault] = domsec.serve(fault)
    run_clients(report, peers, pki, servers)
    run_finger(report, peers, pki, servers)
    run_postfix(report, peers, scratch, pki, servers, started)
