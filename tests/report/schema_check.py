#!/usr/bin/env python3
"""Holds the kept test reports to the schemas of JUnit XML and SARIF and to Perl's TAP parser, and broken copies to a refusal.

The kept reports are those that the unit tests compare word by word, one of them full of hostile text. Exit 77 (skipped) when a
schema or a validator cannot be had; each skip is one printed line.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
REPORTS = ROOT / "fixtures" / "report"
FORMS = ("run", "run-hostile")

problems = []
skipped = []


def schemas(directory):
    """{name: file} of what can be had."""
    told = subprocess.run([ROOT / "tests/report/schemas", directory], stdout=subprocess.PIPE, text=True, timeout=300, check=True)
    found = {}
    for line in told.stdout.splitlines():
        word, name, *rest = line.split(" ", 2)
        if word == "have":
            found[name] = rest[0]
        else:
            skipped.append(line)
    return found


def xml_trouble(schema, document):
    """xmllint's words, empty when the document is valid."""
    with tempfile.NamedTemporaryFile(suffix=".xml") as file:
        file.write(document)
        file.flush()
        told = subprocess.run(["xmllint", "--nonet", "--noout", "--schema", schema, file.name], stderr=subprocess.PIPE, text=True,
                              timeout=60, check=False)
    return told.stderr if told.returncode else ""


def replaced(text, old, new):
    assert old in text, f"{old!r} is not in the report: the broken copy would not be broken"
    return text.replace(old, new, 1)


def check_junit(schema):
    for form in FORMS:
        trouble = xml_trouble(schema, (REPORTS / f"{form}.xml").read_bytes())
        if trouble:
            problems.append(f"{form}.xml under {schema}: {trouble}")
    sound = (REPORTS / "run.xml").read_text()
    for name, broken in {
        "a suite without its number of tests": replaced(sound, ' tests="2"', ""),
        "an element that there is not": replaced(sound, "<system-err/>", "<system-error/>"),
        "a failure outside a case": replaced(sound, "<properties>", "<failure/><properties>"),
        "text that ends an attribute": replaced(sound, "&#39;fabrikam&#39;", '"fabrikam"'),
        "a character that XML cannot hold": replaced(sound, "certificate-expired", "certificate\x01expired"),
    }.items():
        if not xml_trouble(schema, broken.encode()):
            problems.append(f"{schema} lets pass {name}")


def check_sarif(schema):
    try:
        import jsonschema
    except ImportError:
        skipped.append("SKIP sarif: python3-jsonschema is not installed")
        return
    wanted = json.loads(pathlib.Path(schema).read_text())
    validator = jsonschema.validators.validator_for(wanted)(wanted)

    def first_trouble(document):
        return next((f"{'/'.join(map(str, error.path))}: {error.message[:200]}" for error in validator.iter_errors(document)), "")

    for form in FORMS:
        trouble = first_trouble(json.loads((REPORTS / f"{form}.sarif").read_text()))
        if trouble:
            problems.append(f"{form}.sarif: {trouble}")

    def broken(change):
        document = json.loads((REPORTS / "run.sarif").read_text())
        change(document["runs"][0])
        return document

    for name, change in {
        "a run without a tool": lambda run: run.pop("tool"),
        "a result without a message": lambda run: run["results"][0].pop("message"),
        "a level that there is not": lambda run: run["results"][0].update(level="fatal"),
        "a line 0": lambda run: run["results"][0]["locations"][0]["physicalLocation"]["region"].update(startLine=0),
        "a property that there is not": lambda run: run["results"][0].update(title="x"),
    }.items():
        if not first_trouble(broken(change)):
            problems.append(f"the schema of SARIF lets pass {name}")


TAP_PARSER = r"""
local $/; my $parser = TAP::Parser->new({tap => <STDIN>});
while (my $result = $parser->next) { $directives++ if $result->is_test && $result->has_directive; $blocks++ if $result->is_yaml }
print join(" ", scalar($parser->passed), scalar($parser->failed), $blocks || 0, $directives || 0, scalar($parser->parse_errors)), "\n"
"""


def tap_counts(text):
    """`passed failed blocks directives errors`, as TAP::Parser counts them."""
    told = subprocess.run(["perl", "-MTAP::Parser", "-e", TAP_PARSER], input=text, stdout=subprocess.PIPE, text=True, timeout=60,
                          check=True)
    return told.stdout.strip()


def check_tap():
    if subprocess.run(["perl", "-MTAP::Parser", "-e", "1"], stderr=subprocess.DEVNULL, check=False).returncode:
        skipped.append("SKIP tap: perl with TAP::Parser is not installed")
        return
    for form, wanted in {"run": "1 2 2 0 0", "run-hostile": "0 2 2 0 0"}.items():
        told = tap_counts((REPORTS / f"{form}.tap").read_text())
        if told != wanted:
            problems.append(f"{form}.tap: TAP::Parser counts {told}, not {wanted}")
    sound = (REPORTS / "run.tap").read_text()
    for name, broken in {
        "a plan that is not met": replaced(sound, "1..3", "1..4"),
        "a name that is a directive": replaced(sound, "not ok 3 - names", "not ok 3 - # TODO names"),
    }.items():
        if tap_counts(broken) == "1 2 2 0 0":
            problems.append(f"TAP::Parser lets pass {name}")


def main():
    check_tap()
    found = schemas(sys.argv[1])
    has_xmllint = subprocess.run(["sh", "-c", "command -v xmllint"], stdout=subprocess.DEVNULL, check=False).returncode == 0
    if not has_xmllint:
        skipped.append("SKIP junit: xmllint is not installed (libxml2-utils)")
    for name in ("junit-ant", "junit-jenkins"):
        if name in found and has_xmllint:
            check_junit(found[name])
    if "sarif" in found:
        check_sarif(found["sarif"])
    for line in skipped + problems:
        print(line)
    if problems:
        return 1
    return 77 if skipped else 0


if __name__ == "__main__":
    sys.exit(main())
