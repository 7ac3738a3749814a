"""How a run ends: the exit code and what says it."""
import json

from harness import expect, expect_code, one_line
from hostile_servers import Talk, check_against, send_against, session_of


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


def cases(house):
    yield "--fail-on warn", lambda: warnings(house)
    yield "--fail-on inconclusive", lambda: inconclusive(house)
    yield "exit code of a refused recipient", lambda: refused_recipient(house)
    yield "--fail-on of serve", lambda: serving(house)
