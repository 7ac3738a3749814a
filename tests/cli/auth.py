#!/usr/bin/env python3
"""The document about the Auth certificate (seed 003) in `domsec shell`, then `domsec auth` on a virtual clock, with a real
store and a configuration that people have written in: auth.py PROGRAM SOURCE."""
import datetime
import json
import os
import re
import subprocess
import sys
import tempfile

CONFIGURATION = """# Contoso's first Edge
[organization]
ServerFqdn = "ex1.contoso.com"
Store = "ex1.db"

[AuthConfig]   # who signs
# the one that setup made
"""

NEW = ('(New-ExchangeCertificate -KeySize 2048 -PrivateKeyExportable ${exportable} -SubjectName '
       '"cn=Microsoft Exchange Server Auth Certificate" -FriendlyName "Auth" -Services None -DomainName {names} -Force).Thumbprint')


class Failure(Exception):
    pass


def expect(condition, what):
    if not condition:
        raise Failure(what)


def instant(text):
    return datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ")


def later(at, **delta):
    return (instant(at) + datetime.timedelta(**delta)).strftime("%Y-%m-%dT%H:%M:%SZ")


class House:
    def __init__(self, program, source, directory):
        self.program, self.source, self.directory = program, source, directory
        self.environment = dict(os.environ, XDG_STATE_HOME=self.path("state"), HOME=directory)
        self.write("domsec.toml", CONFIGURATION)

    def path(self, name):
        return os.path.join(self.directory, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)

    def text(self, name):
        with open(self.path(name), encoding="utf-8") as file:
            return file.read()

    def domsec(self, *arguments, code=0, text=""):
        ended = subprocess.run([self.program, *arguments], input=text, capture_output=True, text=True, timeout=60,
                               cwd=self.directory, env=self.environment, check=False)
        expect(ended.returncode == code, f"{arguments}: ended with {ended.returncode}: {ended.stdout}{ended.stderr}")
        return ended.stdout + ended.stderr

    def auth(self, *arguments, code=0):
        return self.domsec("auth", *arguments, code=code)

    def auth_json(self, *arguments, code=0):
        answer = json.loads(self.auth(*arguments, "--json", code=code))
        expect(answer["schema"] == "domsec.auth/1" and answer["exit_code"] == code, answer)
        return answer

    def shell(self, script, code=0, text="", store=None):
        self.write("script.ps1", script)
        more = ["--store", store] if store else []
        return self.domsec("shell", *more, "script.ps1", code=code, text=text)

    def new(self, exportable="true", names="@()", store=None):
        return self.shell(NEW.format(exportable=exportable, names=names), store=store).strip().splitlines()[-1]


def has(text, *parts):
    for part in parts:
        expect(part in text, f"{part!r} is not in {text}")


def codes(answer):
    return [finding["code"] for finding in answer["findings"]]


def document(house):
    """Seed 003 as it is printed, N to the question about SMTP, then the servicelet at 48, 49 and 61 hours (R51 to R54)."""
    default = house.shell('(New-ExchangeCertificate -Services SMTP).Thumbprint').strip()
    current = house.new()
    house.write("domsec.toml", CONFIGURATION + f'CurrentCertificateThumbprint = "{current}"\n')
    said = house.shell(house_document(house), text="N\n")
    has(said, "Overwrite the existing default SMTP certificate?",
        "A special Rpc error occurs on server ex1: The certificate with thumbprint  was not found.")
    answer = house.auth_json("show")
    staged, effective = answer["next"]["thumbprint"], answer["next"]["effective_date"]
    expect(answer["current"]["thumbprint"] == current and answer["current"]["status"] == "Valid", answer)
    expect(answer["next"]["key_exportable"] and codes(answer) == [], answer)
    has(house.shell("Get-ExchangeCertificate | Where-Object { $_.Services -match 'SMTP' } | Format-List Thumbprint,Services"), default)
    start = later(effective, hours=-49)
    at48 = house.auth("run", "--at", later(start, hours=48), "--service-start", start)
    has(at48, f"{later(start, hours=48)}  nothing published: the staged certificate takes effect at {effective}\n",
        f"next run  {later(start, hours=60)}, which publishes what is staged\n")
    at49 = house.auth("run", "--at", effective, "--service-start", start)
    has(at49, "nothing published", f"next run  {later(start, hours=60)}, which publishes", "info  DS654 auth-publish-pending: ")
    has(house.auth("show", "--at", effective), "DS654")
    at61 = house.auth("run", "--at", later(start, hours=61), "--service-start", start)
    has(at61, f"{later(start, hours=60)}  published {staged}: the effective date {effective} is reached\n",
        "  Source:        MSExchange AuthAdmin\n", "  Event ID:      2014\n", "  Description:   The current signing certificate for "
        f"Exchange has been updated to certificate with thumbprint {staged}.\n", "Restart-WebAppPool MSExchangeOWAAppPool\n",
        "Restart-WebAppPool MSExchangeECPAppPool\n", "Hybrid Configuration Wizard again")
    has(house.text("domsec.toml"), "[AuthConfig]   # who signs\n# the one that setup made\n",
        f'CurrentCertificateThumbprint = "{staged}"\n', f'PreviousCertificateThumbprint = "{current}"\n')
    expect("NextCertificate" not in house.text("domsec.toml"), house.text("domsec.toml"))
    has(house.auth("run", "--at", later(start, hours=73), "--service-start", start), "nothing published: no certificate is staged")
    has(house.auth("clear"), f"cleared: {current} is the previous certificate no more")
    expect("Previous" not in house.text("domsec.toml"), house.text("domsec.toml"))
    has(house.auth("clear"), "there is no previous certificate")
    return staged


def house_document(house):
    with open(os.path.join(house.source, "fixtures/shell/auth-certificate.ps1"), encoding="utf-8") as file:
        return file.read()


def stage(house, current):
    """R52, R53: what is not staged changes nothing."""
    before = house.text("domsec.toml")
    at = "2026-11-22T10:00:00Z"
    good, with_names, locked = house.new(), house.new(names="mail.contoso.com"), house.new(exportable="false")
    absent = "BC6BF9240000000000000000000000000000BEEF"
    has(house.auth("stage", absent, code=2), "nothing is staged\n",
        f"DS650 auth-cert-missing: A special Rpc error occurs on server ex1: The certificate with thumbprint {absent} was not found.")
    house.auth("stage", absent, "--force", code=2)
    has(house.auth("stage", with_names, code=2), "DS656 auth-cert-profile", "subject alternative name, mail.contoso.com",
        "--force stages it all the same")
    has(house.auth("stage", locked, code=2), "DS656", "cannot be exported")
    has(house.auth("stage", good, "--at", at, "--effective", "+47h", code=2), "warn  DS653 auth-lead-too-short: ", "2026-11-24T09:00:00Z")
    for wrong in ("12", absent[:-1], "G" * 40):
        has(house.auth("stage", wrong, code=2), "is no thumbprint; write its 40 hexadecimal digits")
    for wrong in ("tomorrow", "+h", "+-4h", "+4", "+4w", "+99999999h", ""):
        has(house.auth("stage", good, "--effective", wrong, code=2), "is no time; write one such as")
    has(house.auth("stage", current, code=2), "is the current certificate already")
    # Set-AuthConfig takes what Exchange may take, and says what is wrong with it.
    command = "Set-AuthConfig -WhatIf -NewCertificateThumbprint {} -NewCertificateEffectiveDate (Get-Date).AddHours(49)"
    has(house.shell(command.format(absent)), f"WARNING: DS650 A special Rpc error occurs on server ex1: The certificate with thumbprint {absent} was not")
    has(house.shell(command.format(locked)), "WARNING: DS656 the next Auth certificate", "cannot be exported")
    expect("WARNING" not in house.shell(command.format(good)), "a good one is warned of")
    has(house.auth("publish", code=2), "no certificate is staged; stage one with domsec auth stage THUMBPRINT first")
    expect(house.text("domsec.toml") == before, house.text("domsec.toml"))

    has(house.auth("stage", good, "--at", at, "--effective", "+47h", "--force"), "takes effect 2026-11-24T09:00:00Z", "DS653")
    # As Windows copies it: blanks, lower case, and a left-to-right mark in front.
    spelled = "\u200e" + " ".join(good.lower()[i:i + 2] for i in range(0, 40, 2))
    has(house.auth("stage", spelled, "--at", at), f"staged {good}, takes effect 2026-11-24T11:00:00Z")
    has(house.text("domsec.toml"), f'NextCertificateThumbprint = "{good}"\nNextCertificateEffectiveDate = "2026-11-24T11:00:00Z"')
    has(house.auth("publish", "--hybrid"), f"published {good}: it signs from now on, and {current} did before",
        "Exchange Online has the old certificate")
    house.auth("clear")
    return good


def plan(house):
    at = "2026-11-22T10:00:00Z"
    answer = house.auth_json("plan", "--at", at, "--service-start", at)
    expect(answer["plan"]["kind"] == "rotation" and answer["plan"]["due_from"] is not None, answer)
    steps = {step["step"]: step for step in answer["plan"]["steps"]}
    expect(steps["effective"]["at"] == "2026-11-24T11:00:00Z" and steps["publish"]["at"] == "2026-11-24T22:00:00Z", steps)
    # What the plan tells to type is what the shell takes; what only a server can do it passes over.
    script = "\n".join(command for step in answer["plan"]["steps"] for command in step["commands"]
                       if step["step"] in ("generate", "stage"))
    house.shell(script, text="N\n")
    answer = house.auth_json("plan")
    expect(answer["plan"]["kind"] == "staged", answer)
    house.shell("Set-AuthConfig -PublishCertificate; Set-AuthConfig -ClearPreviousCertificate")
    years = later(at, days=365 * 6)
    expired = house.auth("plan", "--at", years)
    has(expired, "replacement: the current certificate expired on ", "(Get-Date) -Force", "Restart-Service MSExchangeServiceHost")
    order = [expired.index(word) for word in ("  generate ", "  stage ", "  publish ", "  clear ", "  restart ", "  recycle ")]
    expect(order == sorted(order), expired)
    has(house.auth("show", "--at", years, "--hybrid", code=2), "FAIL  DS651 auth-cert-expired: ", "DateInvalid",
        "monitor   MonitorExchangeAuthCertificate would do this: replace the current certificate; as the organisation is hybrid")
    current = house.auth_json("show")["current"]
    near = later(current["not_after"], days=-60)
    has(house.auth("show", "--at", near), "60 days left", "warn  DS652 auth-next-unconfigured: ", "effective in 30 days")
    expect("DS652" not in house.auth("show", "--at", later(current["not_after"], days=-62)), "asked for too early")


def sites(house):
    """R56: EX2 is in this site, EX3 and EX4 in another."""
    for store in ("ex2.db", "ex3.db", "ex4.db"):
        house.new(store=store)
    servers = [part for name in ("ex2=ex2.db", "ex3=ex3.db@Dublin", "ex4=ex4.db@Dublin") for part in ("--server", name)]
    answer = house.auth_json("show", *servers)
    ways = [(one["to"], one["from"], one["way"]) for one in answer["replication"]]
    expect(ways == [("ex2", "ex1", "servicelet"), ("ex3", "ex1", "export-import"), ("ex4", "ex3", "servicelet")], answer)
    expect(codes(answer) == ["DS655"], answer)
    at = "2026-11-22T10:00:00Z"
    said = house.auth("run", "--at", at, *servers)
    has(said, "copied the current certificate ", "from ex1 to ex2\n", "nothing published: no certificate is staged", "DS655")
    expect("to ex4" not in said, said)
    # What is told to be typed, here with the stores as servers: then EX4 gets it from EX3.
    current = answer["current"]["thumbprint"]
    carry(house, current, "ex3.db")
    said = house.auth("run", "--at", at, *servers)
    has(said, "from ex3 to ex4\n")
    answer = house.auth_json("show", *servers)
    expect(answer["replication"] == [] and codes(answer) == [] and all(one["current"] for one in answer["servers"]), answer)
    for wrong, text in (("ex2", "is no server; write NAME=STORE"), ("=x", "is no server"), ("ex2=ex2.db@", "is no server"),
                        ("ex1=ex2.db", "is named twice, or is this server"), ("ex9=none.db", "there is no store none.db")):
        has(house.auth("show", "--server", wrong, code=2), text)


def carry(house, thumbprint, store):
    """What an administrator does with Export- and Import-ExchangeCertificate, by the servicelet of a site of two."""
    house.write("carry.toml", f'[organization]\nServerFqdn = "ex1.contoso.com"\nStore = "ex1.db"\n\n[AuthConfig]\nCurrentCertificateThumbprint = "{thumbprint}"\n')
    has(house.auth("run", "--config", "carry.toml", "--server", "ex3=" + store), "from ex1 to ex3")


def until(house):
    """Twelve hours at a time, to the end of a week; EX2 gets the staged one before it is published."""
    staged = house.new()
    at = "2026-11-22T10:00:00Z"
    house.auth("stage", staged, "--at", at, "--effective", "+72h")
    answer = house.auth_json("run", "--at", at, "--until", later(at, days=7), "--server", "ex2=ex2.db")
    deeds = [(run["deed"], run["at"], run["runs"]) for run in answer["runs"]]
    expect(deeds == [("not-effective-yet", at, 6), ("published", later(at, hours=72), 1), ("nothing-staged", later(at, hours=84), 8)], deeds)
    expect([one["to"] for one in answer["runs"][0]["copied"]] == ["ex2"], answer)
    expect(answer["runs"][1]["event"]["id"] == 2014 and answer["current"]["thumbprint"] == staged, answer)
    expect(answer["next_run"] == later(at, days=7, hours=12), answer)
    has(house.auth("run", "--at", at, "--until", later(at, hours=-1), code=2), "--until is before --at")
    has(house.auth("run", "--at", at, "--service-start", later(at, hours=1), code=2), "--service-start is after --at")


def refusals(house):
    """What is staged and gone is not published; without a store nothing can be said."""
    staged = house.new()
    at = "2026-11-22T10:00:00Z"
    house.auth("stage", staged, "--at", at)
    house.shell(f"Remove-ExchangeCertificate {staged} -Confirm:$false")
    said = house.auth("run", "--at", later(at, hours=60), code=2)
    has(said, "nothing published: the staged certificate is not on this server with its key", "FAIL  DS650")
    has(house.auth("publish", code=2), "nothing is published", "DS650")
    house.write("bare.toml", "[AuthConfig]\n")
    has(house.auth("show", "--config", "bare.toml", code=2), "there is no store for certificates")
    has(house.auth("show", "--config", "bare.toml", "--store", "new.db", code=2), "the store new.db is not there yet", "DS650")
    expect(not os.path.exists(house.path("new.db")), "looking made a store")
    has(house.auth("show", "--config", "none.toml", code=2), "there is no such file")


def main():
    with tempfile.TemporaryDirectory() as directory:
        house = House(os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]), directory)
        try:
            current = document(house)
            stage(house, current)
            plan(house)
            sites(house)
            until(house)
            refusals(house)
        except Failure as failure:
            print(f"auth: {failure}")
            return 1
    print("auth: the certificate of the document is staged, published at the run that is due, and cleared")
    return 0


if __name__ == "__main__":
    sys.exit(main())
