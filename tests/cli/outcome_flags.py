"""How a run ends: the exit code and what says it."""
import json
import socket
import ssl

from harness import expect, expect_code, one_line
from hostile_servers import Server, Talk, check_against, send_against, session_of


def prepare(house):
    pass


def good(talk):
    talk.to_quit()
    talk.say(b"221 bye\r\n")


def ends(house, script, code, *flags, run=check_against):
    """The program's exit code, and the same in its document."""
    outcome = run(house, script, *flags)
    expect_code(outcome, code)
    said = json.loads(outcome.out)["exit_code"]
    expect(said == code, f"the document says {said}, the program ended with {code}")
    return outcome


def warnings(house):
    """The certificates of the house expire soon."""
    findings = session_of(ends(house, good, 0))["session"]["verdict"]["findings"]
    expect(any(each["severity"] == "warning" for each in findings), f"no warning to fail on: {findings}")
    ends(house, good, 0, "--fail-on", "fail")
    ends(house, good, 0, "--fail-on", "inconclusive")
    ends(house, good, 1, "--fail-on", "warn")
    ends(house, good, 1, "--fail-on", "warn,inconclusive")
    ends(house, good, 1, "--fail-on", "inconclusive", "--fail-on", "warn")


def inconclusive(house):
    closed = ("check", "woodgrovebank.com", "--connect", "127.0.0.1:1", "--ca", house.path("ca.pem"), "--timeout", "1")
    expect_code(house.run(*closed), 3)
    expect_code(house.run(*closed, "--fail-on", "warn"), 3)
    expect_code(house.run(*closed, "--fail-on", "inconclusive"), 1)
    expect_code(house.run(*closed, wrapper=("env", "DOMSEC_FAIL_ON=warn,inconclusive")), 1)


def refused_recipient(house):
    """The partner proved himself and refuses the recipient: not delivered, in the document, too."""
    def script(talk):
        talk.to_rcpt()
        talk.say(b"550 5.1.1 no such user\r\n")
        talk.hear()
        talk.say(b"250 ok\r\n")
    ends(house, script, 1, run=send_against)
    ends(house, Talk.delivered, 0, run=send_against)


def serve(house, mail, *flags):
    """What `serve --count 1` ends with after one client."""
    process = house.start(["serve", "--listen", "127.0.0.1:0", "--count", "1", "--ca", house.path("ca.pem"), "--cert",
                           house.path("theirs.pem"), "--key", house.path("theirs.key"), "--crl", "off", "--domain-secure",
                           "contoso.com", *flags])
    port = house.port_of(process)
    more = ["--until", "rcpt", "--to", "bob@woodgrovebank.com"] if mail else []
    outcome = house.run("check", "woodgrovebank.com", "--connect", f"127.0.0.1:{port}", "--ca", house.path("ca.pem"), "--crl", "off",
                        "--require", "none", "--from", f"{mail}@contoso.com", *more)
    code, _ = house.wait(process, 10)
    expect(code >= 0, f"died of signal {-code}: {one_line(outcome.err)}")
    return code


def serving(house):
    for flags, judged, nobody in (((), 0, 0), (("--fail-on", "fail"), 1, 3), (("--fail-on", "inconclusive"), 1, 1)):
        code = serve(house, "alice", *flags)
        expect(code == judged, f"{flags}: {code} instead of {judged} for a refused sender")
        code = serve(house, "", *flags)
        expect(code == nobody, f"{flags}: {code} instead of {nobody} when nobody was judged")


def with_another_name(talk):
    talk.to_handshake()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(talk.house.path("ours.pem"), talk.house.path("ours.key"))
    talk.socket = context.wrap_socket(talk.socket, server_side=True)
    talk.hear()
    talk.say(b"250 x\r\n")


def plugin(house, script, code, word, *flags):
    """One run as a monitoring plugin: the status line first, one bar in the whole output."""
    with Server(house, script) as server:
        outcome = house.run("check", "woodgrovebank.com", "--connect", f"127.0.0.1:{server.port}", "--ca", house.path("ca.pem"),
                            "--crl", "off", "--timeout", "1", "--require", "server", "--exit-style", "nagios", *flags)
    expect_code(outcome, code)
    line = outcome.out.splitlines()[0]
    expect(line.startswith(f"DOMSEC {word} - woodgrovebank.com: DS"), f"status line {line}")
    expect(outcome.out.count("|") == 1 and "|" in line, f"bars in {one_line(outcome.out)}")
    expect("'woodgrovebank.com connections'=1" in line.split("|")[1], f"performance data {line}")
    return outcome


def nagios(house):
    warned = plugin(house, good, 1, "WARNING")  # the certificates of the house expire soon
    expect(len(warned.out.splitlines()) > 3 and "certificate days'=" in warned.out, "report or days are missing")
    expect(len(plugin(house, good, 1, "WARNING", "-q").out.splitlines()) == 1, "-q leaves the report")
    plugin(house, good, 2, "CRITICAL", "--fail-on", "warn")
    expect("DS110" in plugin(house, with_another_name, 2, "CRITICAL").out.splitlines()[0], "the finding is not in the status line")
    plugin(house, lambda talk: talk.say(b"421 busy | later\r\n"), 3, "UNKNOWN")
    plugin(house, lambda talk: None, 2, "CRITICAL", "--fail-on", "inconclusive")


def nagios_without_a_check(house):
    """What Nagios must not take for CRITICAL."""
    for arguments in (("check", "a.example", "--exit-style", "nagios", "--nonsense"),
                      ("check", "a.example", "--exit-style=nagios", "--ca", house.path("missing")),
                      ("check", "a b", "--exit-style", "nagios"), ("check", "--exit-style", "nagios")):
        outcome = house.run(*arguments, limit=10)
        expect_code(outcome, 3)
        expect(outcome.out.startswith("DOMSEC UNKNOWN - ") and outcome.out.count("\n") == 1, f"{arguments}: {outcome.out}")
    outcome = house.run("check", "--nonsense", wrapper=("env", "DOMSEC_EXIT_STYLE=nagios"))
    expect_code(outcome, 3)
    for flag in ("--json", "--ndjson"):
        outcome = house.run("check", "a.example", "--exit-style", "nagios", flag)
        expect_code(outcome, 3)
        expect("UNKNOWN - --exit-style nagios prints a status line" in outcome.out, outcome.out)


def lines_of(outcome):
    return [json.loads(line) for line in outcome.out.splitlines()]


def ndjson(house):
    with Server(house, good) as server:
        outcome = house.run("check", "woodgrovebank.com", "--connect", f"127.0.0.1:{server.port}", "--ca", house.path("ca.pem"),
                            "--crl", "off", "--timeout", "1", "--require", "server", "--ndjson")
    expect_code(outcome, 0)
    lines = lines_of(outcome)
    expect([line["schema"] for line in lines] == ["domsec.event/1"] * (len(lines) - 1) + ["domsec.session/1"], "schemas")
    names = [line["event"] for line in lines[:-1]]
    for name in ("connected", "tls-established", "name-compared", "policy-decided", "disconnected"):
        expect(name in names, f"no {name} in {names}")
    expect(lines[-1]["verdict"]["result"] == "pass", "no pass in the session")


def ndjson_of_serve(house):
    """The events come while the session goes on."""
    process = house.start(["serve", "--listen", "127.0.0.1:0", "--count", "1", "--ndjson", "--cert", house.path("theirs.pem"),
                           "--key", house.path("theirs.key"), "--ca", house.path("ca.pem"), "--crl", "off"])
    with socket.create_connection(("127.0.0.1", house.port_of(process)), 5) as client:
        client.recv(512)
        client.sendall(b"EHLO mail.contoso.com\r\n")
        client.recv(4096)
        seen = house.read(process, "out")
        expect('"line":"EHLO mail.contoso.com"' in seen and "domsec.session/1" not in seen, f"not live: {one_line(seen)}")
        client.sendall(b"QUIT\r\n")
        client.recv(512)
    expect(house.wait(process, 10)[0] == 0, "exit code")
    lines = [json.loads(line) for line in house.read(process, "out").splitlines()]
    expect(lines[-1]["schema"] == "domsec.session/1" and lines[0]["schema"] == "domsec.event/1", "schemas")


def cases(house):
    yield "--exit-style nagios", lambda: nagios(house)
    yield "--exit-style nagios without a check", lambda: nagios_without_a_check(house)
    yield "--ndjson of check", lambda: ndjson(house)
    yield "--ndjson of serve", lambda: ndjson_of_serve(house)
    yield "--fail-on warn", lambda: warnings(house)
    yield "--fail-on inconclusive", lambda: inconclusive(house)
    yield "exit code of a refused recipient", lambda: refused_recipient(house)
    yield "--fail-on of serve", lambda: serving(house)
