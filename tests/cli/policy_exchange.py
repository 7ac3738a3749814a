"""domsec policy import and export: real files in, one file out, and nothing changed by what is refused.

    policy_exchange.py DOMSEC FIXTURES
"""
import json
import os
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

DOMSEC, FIXTURES = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
problems = []


def run(*arguments, cwd):
    return subprocess.run([str(DOMSEC), "policy", *map(str, arguments)], cwd=cwd, capture_output=True, text=True,
                          env={key: value for key, value in os.environ.items() if not key.startswith("DOMSEC_")})


def expect(holds, what, outcome=None):
    if not holds:
        problems.append(what + (f"\n  {outcome.returncode} {outcome.stdout}{outcome.stderr}" if outcome else ""))


def names(directory):
    return sorted(path.name for path in Path(directory).iterdir())


def imports_every_fixture_in_both_forms(home):
    for suffix in ("xml", "json"):
        files = sorted(FIXTURES.glob(f"*.{suffix}"))
        outcome = run("import", *files, "--config", f"{suffix}.toml", cwd=home)
        expect(outcome.returncode == 0 and "not understood" not in outcome.stdout, f"import of all .{suffix}", outcome)
    (home / "json.toml").write_text((home / "json.toml").read_text().replace('Services = ["SMTP"]\n', "")
                                    .replace('Services = ["None"]\n', ""))
    expect((home / "xml.toml").read_text() == (home / "json.toml").read_text(), "CLIXML and JSON give the same configuration")
    expect(len([name for name in names(home) if name.endswith(".pem")]) == 2, "certificates stand beside the configuration")
    expect(not [name for name in names(home) if ".toml." in name], "no temporary file is left")
    expect(run("show", "--config", "xml.toml", cwd=home).returncode == 0, "what was written can be read")


def exports_come_back(home):
    for form in ("toml", "json"):
        first = run("export", "--config", "xml.toml", "--format", form, cwd=home)
        expect(first.returncode == 0, f"export --format {form}", first)
        (home / f"exported.{form}").write_text(first.stdout)
        config = "exported.toml"
        if form == "json":
            config = "again.toml"
            outcome = run("import", "exported.json", "--config", config, cwd=home)
            expect(outcome.returncode == 0, "import of our own JSON", outcome)
        second = run("export", "--config", config, "--format", form, cwd=home)
        expect(second.stdout == first.stdout, f"the round trip over {form} is identity")
    for config in ("xml.toml", FIXTURES / "complete.toml"):
        script_comes_back(home, config)
    expect(run("export", "--config", "xml.toml", "--format", "yaml", cwd=home).returncode == 2, "an unknown form")


def objects_of_cmdlets(home, config):
    outcome = run("export", "--config", config, "--format", "json", cwd=home)
    kinds = ("TransportConfig", "SendConnector", "ReceiveConnector", "InboundConnector", "OutboundConnector")
    return [one for one in json.loads(outcome.stdout) if one["$type"] in kinds]


def script_comes_back(home, config):
    """Into a configuration that has the sections which no cmdlet sets."""
    script = run("export", "--config", config, "--format", "powershell", cwd=home)
    (home / "exported.ps1").write_text(script.stdout)
    (home / "scripted.toml").write_text("[organization]\nUseDownGradedExchangeServerAuth = true\n# mine\n")
    wanted = objects_of_cmdlets(home, config)
    for flags in ((), ("--replace",)):
        outcome = run("import", "exported.ps1", "--config", "scripted.toml", *flags, cwd=home)
        expect(outcome.returncode == 0 and "SendConnector Internet: " in outcome.stdout, "import of our own script", outcome)
        expect(objects_of_cmdlets(home, "scripted.toml") == wanted, f"the round trip of {config} over powershell is identity")
    expect("# mine" in (home / "scripted.toml").read_text(), "comments stay")
    outcome = run("import", "exported.ps1", "--config", "scripted.toml", cwd=home)
    expect(outcome.returncode == 2 and outcome.stderr.startswith("exported.ps1:"), "New-SendConnector of one that is there", outcome)


def scripts_change_what_is_there(home):
    config = home / "c.toml"
    config.write_text('[[SendConnector]]\nName = "Internet"   # to all\nFqdn = "a.contoso.com"\n')
    (home / "edge.ps1").write_text("""# from the documents
$config = Get-TransportConfig
$config.TLSSendDomainSecureList += "woodgrovebank.com"
Set-TransportConfig -TLSSendDomainSecureList $config.TLSSendDomainSecureList
Set-SendConnector Internet -Fqdn mail.contoso.com -DomainSecureEnabled $true
Get-SendConnector Internet | Format-List Name,DNSRoutingEnabled,FQDN,DomainSecureEnabled
Set-TransportService EDGE1 -SendProtocolLogMaxAge 7.00:00:00
""")
    outcome = run("import", "edge.ps1", FIXTURES / "receive-connectors.xml", "--config", "c.toml", cwd=home)
    expect(outcome.returncode == 0 and "edge.ps1:5:" in outcome.stdout and "Format" not in outcome.stdout, "a script", outcome)
    text = config.read_text()
    expect('Name = "Internet"   # to all\nFqdn = "mail.contoso.com"\nDomainSecureEnabled = true\n' in text and
           'TLSSendDomainSecureList = ["woodgrovebank.com"]' in text and 'SendProtocolLogMaxAge = "7.00:00:00"' in text, text)
    before = config.read_bytes()
    for script, sentence in (("Set-SendConnector Internet `\n  -RequireTLS perhaps", "bad.ps1:2:"),
                             ("Set-SendConnector Nobody -RequireTLS $true", "bad.ps1:1:"),
                             ("Get-Content C:\\secret", "an import opens no files"),
                             ("Remove-SendConnector Internet", "-Confirm:$false"),
                             ("Set-SendConnector Internet -Port 26\nSet-SendConnector Internet -Prot 26", "bad.ps1:2:"),
                             ("while ($true) {}", "bad.ps1:1:"), ("if ($true) {", "bad.ps1:")):
        (home / "bad.ps1").write_text(script)
        outcome = run("import", "bad.ps1", "--config", "c.toml", cwd=home)
        expect(outcome.returncode == 2 and sentence in outcome.stderr and outcome.stderr.startswith("bad.ps1:"), script, outcome)
        expect(config.read_bytes() == before, f"{script} left the configuration as it was")


def a_refused_import_changes_nothing(home):
    config = home / "kept.toml"
    config.write_text('[[SendConnector]]\nName = "Internet"\nPort = 2525\n')
    before = config.read_bytes()
    known = names(home)
    utf16 = (FIXTURES / "send-connectors.xml").read_bytes()
    rows = [
        ("truncated.json", b'[{"Name": "a",\n "AddressSpaces"', ":2:17: the text ends in the middle of the JSON"),
        ("truncated.xml", utf16[:2000], ": this is no XML ("),
        ("type.json", b'{"Name":"a","AddressSpaces":[],"Port":"x"}', ":1:39: Port cannot be a text; "),
        ("entity.xml", b'<Objs><Obj RefId="0"><ToString>&a;</ToString></Obj></Objs>', ":1:32: CLIXML has no entities; "),
        ("twice.json", b'[{"Name":"a","Bindings":[]},\n{"Name":"a","Bindings":[]}]',
         ':2:1: ReceiveConnector "a" stands in line 1 already; '),
        ("overlap.json", b'[{"Name":"a","Bindings":["0.0.0.0:25"]},\n{"Name":"b","Bindings":["0.0.0.0:25"]}]',
         "overlap.json:"),
        ("other.json", b'{"DomainName":"contoso.com"}', ": there is no object that domsec knows; "),
        ("script.txt", b"Hello", ":1:1: "),
        ("empty.json", b"", ":1:1: the file is empty; "),
        ("deep.json", b"[" * 100, ":1:65: the JSON nests deeper than 64 levels; "),
    ]
    for name, octets, sentence in rows:
        (home / name).write_bytes(octets)
        others = [] if name == "other.json" else [FIXTURES / "transport-config.json"]
        outcome = run("import", *others, name, "--config", config, cwd=home)
        expect(outcome.returncode == 2 and sentence in outcome.stderr and outcome.stderr.startswith(name) and
               outcome.stderr.count("\n") == 1 and not outcome.stdout, f"{name} is refused in one sentence", outcome)
        expect(config.read_bytes() == before, f"{name} left the configuration as it was")
        (home / name).unlink()
    with open(home / "large.xml", "wb") as large:
        large.truncate(3 << 30)   # a sparse file: refused by its size, before it is read
    outcome = run("import", "large.xml", "--config", config, cwd=home)
    expect(outcome.stderr == "large.xml: the file is larger than 64 MiB; export fewer objects at a time\n", "3 GiB", outcome)
    (home / "large.xml").unlink()
    for name, sentence in (("missing.xml", "there is no such file"), (".", "this is a directory"), ("/dev/zero", "not a regular file")):
        outcome = run("import", name, "--config", config, cwd=home)
        expect(outcome.returncode == 2 and sentence in outcome.stderr, f"{name}", outcome)
    outcome = run("import", FIXTURES / "exchange-certificates.xml", "--dry-run", "--config", config, cwd=home)
    expect(outcome.returncode == 0 and "not written" in outcome.stdout, "--dry-run", outcome)
    expect(config.read_bytes() == before and names(home) == sorted(known), "a dry run writes nothing")


def nothing_is_left_of_a_write_that_fails(home):
    place = home / "read-only"
    place.mkdir()
    (place / "c.toml").write_text("[organization]\n")
    if os.geteuid() == 0:   # root writes everywhere; a directory in the way stops him, too
        (place / "d.toml").mkdir()
        outcome = run("import", FIXTURES / "exchange-certificates.xml", "--config", place / "d.toml", cwd=home)
        expect(outcome.returncode == 2, "a directory instead of the file", outcome)
    else:
        place.chmod(0o500)
        outcome = run("import", FIXTURES / "exchange-certificates.xml", "--config", place / "c.toml", cwd=home)
        expect(outcome.returncode == 2 and "cannot be written" in outcome.stderr, "a directory without permission", outcome)
        place.chmod(0o700)
    expect(not [name for name in names(place) if name.endswith(".pem")], "no certificate is left")
    expect((place / "c.toml").read_text() == "[organization]\n", "the configuration is as it was")


def merges_replaces_and_keeps_mode_link_and_paths(home):
    place = home / "conf"
    place.mkdir()
    (place / "real.toml").write_text('[organization]\nTrustedRoots = ["roots.pem"]\n[[SendConnector]]\nName = "Old"\n'
                                     '[[SendConnector]]\nName = "Internet"\nUsage = "Partner"\n')
    (place / "real.toml").chmod(0o640)
    (place / "link.toml").symlink_to("real.toml")
    outcome = run("import", FIXTURES / "send-connectors.json", "--config", "conf/link.toml", "--json", cwd=home)
    report = json.loads(outcome.stdout)
    expect(report["written"] and report["mode"] == "merge" and report["objects"][0]["kind"] == "SendConnector", "--json", outcome)
    text = (place / "real.toml").read_text()
    expect((place / "link.toml").is_symlink(), "the link stays")
    expect(stat.S_IMODE((place / "real.toml").stat().st_mode) == 0o640, "the mode stays")
    expect('TrustedRoots = ["roots.pem"]' in text, "a path is relative to the configuration still")
    expect('Name = "Old"' in text and 'Usage = "Partner"' in text, "merge keeps what the export does not have")
    run("import", FIXTURES / "send-connectors.json", "--config", "conf/link.toml", "--replace", cwd=home)
    text = (place / "real.toml").read_text()
    expect('Name = "Old"' not in text and 'Usage = "Partner"' not in text and text.count("[[SendConnector]]") == 2, "--replace")
    (place / "more.toml").write_text('Include = ["real.toml"]   # the connectors\n[Revocation]\nMode = "off"\n')
    (place / "real.toml").write_text(text.replace("[[SendConnector]]", "# by hand\n[[SendConnector]]", 1).replace(
        'Name = "Internet"', 'Name = "Internet"\nPort = 2525'))
    outcome = run("import", FIXTURES / "send-connectors.json", FIXTURES / "auth-config.json", "--config", "conf/more.toml", cwd=home)
    expect(outcome.returncode == 0, "a file that includes others", outcome)
    expect("# by hand" in (place / "real.toml").read_text() and "Port = 25\n" in (place / "real.toml").read_text(),
           "a connector is changed in the file where it stands")
    expect("# the connectors" in (place / "more.toml").read_text() and "[AuthConfig]" in (place / "more.toml").read_text(),
           "what is new stands in the main file")


with tempfile.TemporaryDirectory() as directory:
    for test in (imports_every_fixture_in_both_forms, exports_come_back, scripts_change_what_is_there, a_refused_import_changes_nothing,
                 nothing_is_left_of_a_write_that_fails, merges_replaces_and_keeps_mode_link_and_paths):
        home = Path(directory) / test.__name__
        home = Path(directory) / "shared" if test in (imports_every_fixture_in_both_forms, exports_come_back) else home
        home.mkdir(exist_ok=True)
        test(home)
for problem in problems:
    print(problem)
sys.exit(1 if problems else 0)
