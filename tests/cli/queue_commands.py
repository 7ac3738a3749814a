#!/usr/bin/env python3
"""`send --queue` and `domsec queue` over real sockets: queue_commands.py PROGRAM [WORD...] (only cases whose name holds a WORD)."""
import email
import email.policy
import json
import os
import re
import sys
import time

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "badinput")]

from harness import Failure, House, expect, expect_code, expect_sentence, free_port, make_certificates, openssl  # noqa: E402


class Case:
    """A store of its own, and servers as the case wants them."""

    def __init__(self, house, name):
        self.house = house
        self.directory = house.path(name)
        os.mkdir(self.directory)
        self.spool = os.path.join(self.directory, "mail")
        self.store = os.path.join(self.directory, "store.db")
        self.port = free_port()
        self.server = None

    def serve(self, *more):
        """On the case's own port, so that a server can come back."""
        self.server = self.house.start(
            ["serve", "--listen", f"127.0.0.1:{self.port}", "--spool", self.spool, "--crl", "off", "--cert",
             self.house.path("theirs.pem"), "--key", self.house.path("theirs.key"), "--ca", self.house.path("ca.pem"),
             "--domain-secure", "contoso.com", "-q", *more])
        self.house.port_of(self.server)

    def way(self, ca="ca.pem"):
        return ["--store", self.store, "--cert", self.house.path("ours.pem"), "--key", self.house.path("ours.key"), "--ca",
                self.house.path(ca), "--crl", "off", "--helo", "mail.contoso.com", "--connect", f"127.0.0.1:{self.port}"]

    def send(self, *more, ca="ca.pem", to=("bob@woodgrovebank.com",), sender="alice@contoso.com", stdin=b""):
        recipients = [word for address in to for word in ("--to", address)]
        return self.house.run("send", "--queue", *self.way(ca), "--from", sender, *recipients, *more, stdin=stdin)

    def queue(self, *words):
        return self.house.run("queue", *words, "--store", self.store)

    def run(self, *words, ca="ca.pem"):
        return self.house.run("queue", "run", *self.way(ca), *words)

    def listed(self):
        outcome = self.queue("ls", "--json", "--all")
        expect_code(outcome, 0)
        return json.loads(outcome.out)

    def only_queue(self):
        queues = self.listed()["queues"]
        expect(len(queues) == 1, f"{len(queues)} queues")
        return queues[0]

    def mail(self):
        names = sorted(os.listdir(self.spool)) if os.path.isdir(self.spool) else []
        texts = []
        for name in names:
            if name.endswith(".eml"):
                with open(os.path.join(self.spool, name), encoding="utf-8") as file:
                    texts.append(file.read())
        return texts

    def end(self):
        if self.server:
            self.server.terminate()
            self.server.wait(10)


def delivered_at_once(case):
    case.serve()
    outcome = case.send("--subject", "at once")
    expect_code(outcome, 0)
    lines = outcome.out.splitlines()
    expect(re.fullmatch(r"1  woodgrovebank\.com  queued  <\S+>", lines[0]), f"first line: {lines[0]}")
    expect(re.match(r"1  woodgrovebank\.com  delivered  250 2\.6\.0 ", lines[-1]), f"last line: {lines[-1]}")
    expect(len(case.mail()) == 1 and "Subject: at once" in case.mail()[0], "it did not arrive")
    expect_code(case.queue("ls"), 0)
    expect(case.queue("ls").out == "the queue is empty\n", case.queue("ls").out)
    shown = case.queue("show", "1").out
    for part in ("message     1, delivered", "bob@woodgrovebank.com  delivered  250 2.6.0", "completed"):
        expect(part in shown, f"{part} is not in {shown}")
    document = json.loads(case.queue("show", "1", "--json").out)
    expect(document["schema"] == "domsec.queued-message/1" and document["attempts"][0]["answered"], str(document))


def host_that_comes_back(case):
    outcome = case.send()
    expect_code(outcome, 3)
    expect("retry  421 4.2.1 Unable to connect; next attempt" in outcome.out, outcome.out)
    queue = case.only_queue()
    expect((queue["status"], queue["connection_failures"], queue["error"]) == ("Retry", 1, "421 4.2.1 Unable to connect"), str(queue))
    expect(queue["last_error"].startswith("[{LED=421 4.2.1 Unable to connect};{MSG=};{FQDN="), queue["last_error"])
    expect(queue["tls_domain"] == "woodgrovebank.com", str(queue))
    expect_code(case.run("--once"), 0)
    expect(case.only_queue()["connection_failures"] == 1, "it was tried although it was not due")
    second = case.send()
    expect_code(second, 3)
    expect("waiting  its queue is Retry" in second.out, second.out)
    case.serve()
    outcome = case.run("--until-empty", "--now")
    expect_code(outcome, 0)
    expect(len(case.mail()) == 2, f"{len(case.mail())} messages arrived")
    expect(not case.listed()["queues"], "a queue is left")


def failed_mutual_tls_delivers_nothing(case):
    case.serve()
    outcome = case.send(ca="other.pem")
    expect_code(outcome, 1)
    queue = case.only_queue()
    expect(queue["status"] == "Retry", str(queue))
    expect(queue["error"] == "454 4.7.5 Certificate validation failure, Reason:InternalChainFailure", str(queue))
    expect('responded with: "454 4.7.5 Certificate validation failure, Reason:InternalChainFailure" Attempted failover'
           in queue["last_error_classic"], queue["last_error_classic"])
    expect_code(case.run("--once", "--now", ca="other.pem"), 1)
    expect(case.only_queue()["connection_failures"] == 2, "the second attempt is not counted")
    expect(not case.mail(), "something was delivered")
    expect_code(case.run("--once", "--now"), 0)
    expect(len(case.mail()) == 1, "it did not arrive when the trust was right")


def never_under_less_than_it_was_queued_with(case):
    expect_code(case.send(), 3)
    case.serve()
    for weaker in ("none", "tls", "server"):
        outcome = case.run("--once", "--now", "--require", weaker)
        expect_code(outcome, 2)
        expect("was queued as 'domain secured'" in outcome.out, outcome.out)
    expect(not case.mail(), "it was delivered under less")
    expect(case.only_queue()["status"] == "Retry", "the queue is not in Retry")
    expect_code(case.run("--once", "--now"), 0)
    expect(len(case.mail()) == 1, "it did not arrive")


def ndr_of(case, number="1"):
    outcome = case.queue("ndr", number)
    expect_code(outcome, 0)
    return email.message_from_string(outcome.out, policy=email.policy.default)


def refused_for_good_makes_the_ndr(case):
    case.serve("--accept", "elsewhere.example")
    outcome = case.send("--subject", "to nobody")
    expect_code(outcome, 1)
    expect("failed  550 5." in outcome.out and "NDR: domsec queue ndr 1" in outcome.out, outcome.out)
    ndr = ndr_of(case)
    expect(ndr.get_content_type() == "multipart/report" and ndr.get_param("report-type") == "delivery-status", str(ndr["content-type"]))
    parts = list(ndr.iter_parts())
    expect([part.get_content_type() for part in parts] == ["text/plain", "message/delivery-status", "text/rfc822-headers"],
           str([part.get_content_type() for part in parts]))
    of_message, of_recipient = parts[1].get_payload()
    expect(of_message["Reporting-MTA"] == "dns; mail.contoso.com", str(of_message))
    expect(of_recipient["Final-Recipient"] == "rfc822; bob@woodgrovebank.com" and of_recipient["Action"] == "failed", str(of_recipient))
    expect(of_recipient["Status"].startswith("5."), str(of_recipient))
    expect("Subject: to nobody" in parts[2].get_content(), parts[2].get_content())
    expect_sentence(case.house.run("queue", "ndr", "2", "--store", case.store), 2, "no message 2")


def null_reverse_path_has_no_ndr(case):
    case.serve("--accept", "elsewhere.example")
    outcome = case.send(sender="<>")
    expect_code(outcome, 1)
    expect("no NDR: its reverse-path is null" in outcome.out, outcome.out)
    expect_sentence(case.queue("ndr", "1"), 2, "reverse-path is null")


def permanent_refusal_of_our_certificate(case):
    openssl(case.house, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
            "/CN=mail.contoso.com", "-keyout", "alone.key", "-out", "alone.pem")
    case.serve("--permanent")
    outcome = case.house.run("send", "--queue", "--store", case.store, "--cert", case.house.path("alone.pem"), "--key",
                             case.house.path("alone.key"), "--ca", case.house.path("ca.pem"), "--crl", "off", "--connect",
                             f"127.0.0.1:{case.port}", "--from", "alice@contoso.com", "--to", "bob@woodgrovebank.com")
    expect_code(outcome, 1)
    expect("failed  550 5.7.1" in outcome.out, outcome.out)
    expect("550 5.7.1" in case.queue("ndr", "1").out, "the NDR does not tell why")


def temporary_refusal_of_our_certificate(case):
    case.serve()
    outcome = case.house.run("send", "--queue", "--store", case.store, "--cert", case.house.path("alone2.pem"), "--key",
                             case.house.path("alone2.key"), "--ca", case.house.path("ca.pem"), "--crl", "off", "--connect",
                             f"127.0.0.1:{case.port}", "--from", "alice@contoso.com", "--to", "bob@woodgrovebank.com")
    expect_code(outcome, 1)
    queue = case.only_queue()
    expect(queue["status"] == "Retry" and queue["error"].startswith("454 4.7.0 Failed to establish appropriate TLS channel"), str(queue))


def suspended_resumed_removed(case):
    expect_code(case.send(), 3)
    expect_code(case.queue("suspend", "woodgrovebank.com"), 0)
    expect(case.only_queue()["status"] == "Suspended", "not suspended")
    case.serve()
    expect_code(case.run("--once", "--now"), 0)
    expect(not case.mail(), "a suspended queue delivered")
    held = case.send()
    expect_code(held, 3)
    expect("waiting  its queue is Suspended" in held.out, held.out)
    expect_code(case.queue("remove", "1", "--with-ndr"), 0)
    expect("4.3.2" in case.queue("ndr", "1").out, "no NDR")
    expect_code(case.queue("resume", "woodgrovebank.com"), 0)
    expect_code(case.queue("retry", "woodgrovebank.com"), 0)
    expect_code(case.run("--until-empty"), 0)
    expect(len(case.mail()) == 1, "only the second one was to be delivered")
    expect_code(case.queue("remove", "2"), 0)
    expect_sentence(case.queue("show", "2"), 2, "no message 2")
    expect_sentence(case.queue("suspend", "elsewhere.example"), 2, "no queue for elsewhere.example")


def what_another_process_delivers_is_left_to_it(case):
    expect_code(case.send(), 3)
    case.serve()
    # A server that falls silent holds the first process in its session.
    import socket
    with socket.create_server(("127.0.0.1", 0)) as silent:
        way = case.way()
        way[way.index("--connect") + 1] = f"127.0.0.1:{silent.getsockname()[1]}"
        first = case.house.start(["queue", "run", "--once", "--now", *way])
        connection, _ = silent.accept()
        outcome = case.queue("remove", "1")
        expect_code(outcome, 3)
        expect("being delivered by another process" in outcome.err, outcome.err)
        expect(case.only_queue()["status"] == "Connecting", case.only_queue()["status"])
        expect_code(case.run("--once", "--now"), 0)
        expect(not case.mail(), "two processes delivered one message at a time")
        first.kill()
        first.wait()
        connection.close()
    outcome = case.run("--once", "--now")
    expect_code(outcome, 0)
    expect("interrupted  nothing was delivered by it" in outcome.out, outcome.out)
    expect(len(case.mail()) == 1, "it did not arrive after its owner was killed")


def one_message_for_each_domain(case):
    case.serve()
    text = b"Subject: for two\r\n\r\nHello.\r\n"
    outcome = case.send("--data", "-", "--verify-name", "woodgrovebank.com",
                        to=("bob@woodgrovebank.com", "eve@mail.woodgrovebank.com"), stdin=text)
    expect_code(outcome, 0)
    mail = case.mail()
    expect(len(mail) == 2 and all("Subject: for two" in one and "Hello." in one for one in mail), "not both have the content")
    ids = {re.search(r"^Message-ID: (\S+)", one, re.M).group(1) for one in mail}
    expect(len(ids) == 2, "a message without Message-ID gets one of its own")


def output_forms(case):
    case.serve()
    outcome = case.send("--json")
    documents = [json.loads(line) for line in outcome.out.splitlines()]
    expect([document["schema"] for document in documents] == ["domsec.queue-event/1", "domsec.report/1", "domsec.queue-event/1"],
           str([document["schema"] for document in documents]))
    expect([document.get("event") for document in documents] == ["queued", None, "delivered"], outcome.out)
    expect(case.send("-q").out == "", "-q says something")
    nagios = case.send("--exit-style", "nagios")
    expect(nagios.out.startswith("DOMSEC ") and "1 message" not in nagios.out and "  delivered  250" in nagios.out, nagios.out)
    expect_sentence(case.send("--until", "rcpt"), 2, "--until")
    expect_sentence(case.run("--once", "--until-empty"), 2, "exclude each other")
    expect_sentence(case.run("--once", "--role", "hub"), 2, "neither mailbox nor edge")


def stores_that_cannot_be_used(case):
    with open(case.store, "wb") as file:
        file.write(b"this is no database, but it is long enough for the header of one" * 40)
    before = os.path.getsize(case.store)
    for outcome in (case.send(), case.queue("ls"), case.run("--once")):
        expect_sentence(outcome, 3, "damaged or is no store", "--store")
    expect(os.path.getsize(case.store) == before, "it was changed")
    case.store = case.directory
    expect_sentence(case.queue("ls"), 3, "cannot be written")


def bad_configuration_is_said_before_the_message_is_taken(case):
    outcome = case.house.run("send", "--queue", "--store", case.store, "--cert", case.house.path("missing.pem"), "--to",
                             "bob@woodgrovebank.com")
    expect_sentence(outcome, 2, "missing.pem")
    expect(not case.listed()["messages"], "it was stored")


CASES = (delivered_at_once, host_that_comes_back, failed_mutual_tls_delivers_nothing, never_under_less_than_it_was_queued_with,
         refused_for_good_makes_the_ndr, null_reverse_path_has_no_ndr, permanent_refusal_of_our_certificate,
         temporary_refusal_of_our_certificate, suspended_resumed_removed, what_another_process_delivers_is_left_to_it,
         one_message_for_each_domain, output_forms, stores_that_cannot_be_used,
         bad_configuration_is_said_before_the_message_is_taken)


def main():
    if len(sys.argv) < 2:
        sys.exit("usage: queue_commands.py PROGRAM [WORD...]")
    house = House(os.path.abspath(sys.argv[1]))
    failed = passed = 0
    try:
        make_certificates(house)
        openssl(house, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
                "/CN=Another Root", "-keyout", "other.key", "-out", "other.pem")
        openssl(house, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
                "/CN=mail.contoso.com", "-keyout", "alone2.key", "-out", "alone2.pem")
        for flow in CASES:
            name = flow.__name__
            if sys.argv[2:] and not any(word in name for word in sys.argv[2:]):
                continue
            case, why, began = Case(house, name), "", time.monotonic()
            try:
                flow(case)
            except Failure as failure:
                why = str(failure)
            except (OSError, LookupError, ValueError) as error:
                why = f"{type(error).__name__}: {error}"
            case.end()
            failed += bool(why)
            passed += not why
            print(f"{'FAIL' if why else 'ok':4}  {name.replace('_', ' ')}  {time.monotonic() - began:.1f} s{': ' + why if why else ''}",
                  flush=True)
    finally:
        house.close()
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed or not passed else 0)


main()
