#!/usr/bin/env python3
"""The requirements and the tests that prove them: check.py SOURCE. Fails when a number of the lists below is missing or is
none of them, an entry says nothing or names no test, a named test is not in the sources, or a rule's row is not in the file of
one of its tests."""
import pathlib
import re
import sys
import tomllib

# SV-7 (no UM in Exchange 2019) is not among them: no configuration says which Exchange a server is.
DEMANDED = [f"R{n}" for n in range(1, 58)] + [f"SC-{n}" for n in range(1, 12)] + [f"RC-{n}" for n in range(1, 12)] + \
           [f"SV-{n}" for n in (1, 2, 3, 4, 5, 6, 8)]
KNOWN = DEMANDED + [f"R{n}" for n in range(58, 71)]
RULE = re.compile(r"(SC|RC|SV)-")


class Sources:
    """Where each test of the source tree is: gtest names, `file.py:function`, `ctest:name`."""

    def __init__(self, source):
        self.source = pathlib.Path(source)
        self.files = {}
        for file in self.source.glob("tests/**/*_test.cpp"):
            text = file.read_text(encoding="utf-8")
            for suite, name in re.findall(r"^TEST(?:_F|_P)?\(\s*(\w+),\s*(\w+)\s*\)", text, re.M):
                self.files[f"{suite}.{name}"] = file
        for file in [*self.source.glob("tests/**/*.cmake"), self.source / "tests/CMakeLists.txt"]:
            for name in re.findall(r"add_test\(NAME (\w+)", file.read_text(encoding="utf-8")):
                self.files[f"ctest:{name}"] = file

    def file_of(self, test):
        path, colon, function = test.partition(".py:")
        if not colon:
            return self.files.get(test)
        file = self.source / (path + ".py")
        found = file.is_file() and re.search(rf"^def {re.escape(function)}\(", file.read_text(encoding="utf-8"), re.M)
        return file if found else None


def rows_of(entry):
    return [(word, row) for word in ("refuses", "accepts") for row in entry.get(word, [])]


def problems_of(number, entry, sources):
    if number not in KNOWN:
        yield "there is no such requirement"
    if not entry.get("says", "").strip():
        yield "it does not say what is required"
    tests = entry.get("tests", [])
    if not tests:
        yield "no test is named"
    files = [sources.file_of(test) for test in tests]
    for test, file in zip(tests, files):
        if file is None:
            yield f"there is no test {test}"
    for word in ("refuses", "accepts") if RULE.match(number) else ():
        if not entry.get(word):
            yield f"a rule needs a row that {word}"
    texts = [file.read_text(encoding="utf-8") for file in files if file]
    for word, row in rows_of(entry):
        if not any(f'"{row}"' in text or f'"{row} ' in text for text in texts):
            yield f"no file of its tests has the row '{row}' that {word}"
    for word in entry.keys() - {"says", "tests", "refuses", "accepts"}:
        yield f"'{word}' is no word of an entry"


def main():
    source = sys.argv[1]
    with open(pathlib.Path(__file__).with_name("requirements.toml"), "rb") as file:
        entries = tomllib.load(file)
    sources = Sources(source)
    problems = [f"{number}: no entry" for number in DEMANDED if number not in entries]
    problems += [f"{number}: {problem}" for number, entry in entries.items() for problem in problems_of(number, entry, sources)]
    for problem in problems:
        print(problem)
    if problems:
        return 1
    named = {test for entry in entries.values() for test in entry["tests"]}
    print(f"{len(entries)} requirements and rules, {len(named)} tests prove them")
    return 0


if __name__ == "__main__":
    sys.exit(main())
