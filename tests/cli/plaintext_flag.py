"""--try-plaintext: a second connection that stays in clear and never sends content."""
import json

from harness import expect, expect_code
from hostile_servers import Server


def prepare(house):
    pass


def partner(lines, to_mail=b"250 ok\r\n", to_rcpt=b"250 ok\r\n"):
    """Takes TLS when it comes; notes what is said in clear behind EHLO."""
    def script(talk):
        talk.to_ehlo()
        talk.say(b"250-mail.woodgrovebank.com\r\n250 STARTTLS\r\n")
        line = talk.hear()
        if line.upper() == b"STARTTLS":
            talk.say(b"220 go\r\n")
            talk.tls()
            talk.hear()
            talk.say(b"250 x\r\n")
            talk.hear()
            return talk.say(b"221 bye\r\n")
        while True:
            lines.append(line)
            verb = line[:4].upper()
            talk.say(to_mail if verb == b"MAIL" else to_rcpt if verb == b"RCPT" else b"221 bye\r\n")
            line = talk.hear()
    return script


def tried(house, script, code, *flags):
    with Server(house, script) as server:
        outcome = house.run("check", "woodgrovebank.com", "--connect", f"127.0.0.1:{server.port}", "--ca", house.path("ca.pem"),
                            "--crl", "off", "--timeout", "1", "--require", "server", "--from", "alice@contoso.com", "--json", *flags)
    expect_code(outcome, code)
    return json.loads(outcome.out), outcome


def answer(house, wanted, finding, code, *flags, **replies):
    lines = []
    document, _ = tried(house, partner(lines, **replies), code, "--try-plaintext", *flags)
    plaintext = document["plaintext"]
    expect(plaintext["answer"] == wanted, f"{plaintext['answer']} instead of {wanted}: {plaintext['detail']}")
    expect(finding is None or plaintext["code"] == finding, f"{plaintext['code']} instead of {finding}")
    expect(document["connections"] == 2 and len(document["sessions"]) == 1, "connections")
    expect(document["exit_code"] == code, "exit code of the document")
    expect(lines[0].startswith(b"MAIL FROM:<alice@contoso.com>"), f"{lines}")
    verbs = {line[:4].upper() for line in lines}
    expect(verbs <= {b"MAIL", b"RCPT", b"QUIT"} and (b"RCPT" in verbs) == ("--to" in flags and "to_mail" not in replies), f"{lines}")


def budget(house):
    lines = []
    document, outcome = tried(house, partner(lines), 0, "--try-plaintext", "--budget", "1")
    expect("plaintext" not in document and not lines, "tried beyond the budget")
    expect("--budget leaves no connection" in outcome.err, outcome.err)
    document, _ = tried(house, partner(lines), 0)
    expect("plaintext" not in document and not lines, "tried though nobody asked")


def text(house):
    lines = []
    with Server(house, partner(lines)) as server:
        outcome = house.run("check", "woodgrovebank.com", "--connect", f"127.0.0.1:{server.port}", "--ca", house.path("ca.pem"),
                            "--crl", "off", "--timeout", "1", "--require", "server", "--try-plaintext", "--from", "alice@contoso.com")
    expect("in clear taken  DS002 delivered-in-clear\n" in outcome.out, outcome.out)


def cases(house):
    to = ("--to", "bob@woodgrovebank.com")
    demand = b"451 5.7.3 STARTTLS is required to send mail\r\n"
    yield "--try-plaintext taken", lambda: answer(house, "taken", "DS002", 0)
    yield "--try-plaintext taken with a recipient", lambda: answer(house, "taken", "DS002", 0, *to)
    yield "--try-plaintext refused", lambda: answer(house, "refused", "DS014", 0, to_mail=demand)
    yield "--try-plaintext refused at RCPT", lambda: answer(house, "refused", "DS014", 0, *to, to_rcpt=b"530 5.7.0 Must issue a STARTTLS "
                                                            b"command first\r\n")
    yield "--try-plaintext untold", lambda: answer(house, "untold", None, 0, *to, to_rcpt=b"550 5.1.1 User unknown\r\n")
    yield "--try-plaintext in the budget", lambda: budget(house)
    yield "--try-plaintext in the text", lambda: text(house)
