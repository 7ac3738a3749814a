"""faults/peers/<peer>.toml: what a peer did, a table a fault."""

import pathlib
import tomllib

OUTCOMES = ("delivered", "delivered-in-clear", "deferred", "bounced", "refused", "left", "hangs", "crashes", "varies")
HEAD = """# What %s of Debian does when it meets each fault of the catalogue. Seen, not thought: written by tests/oracle/run --write,
# which also compares. fault: server/NAME is a broken server that it sends to, client/NAME a broken client that it receives from.
# What differs from run to run stands as PORT, TIME, ID, HEX or FILE; a log of 400 characters is cut.
"""


def quoted(text):
    return '"%s"' % text.replace("\\", "\\\\").replace('"', '\\"')


class Record:
    """`about` is title, version and configuration; `met` is fault -> (outcome, log)."""

    def __init__(self, directory, name):
        self.name, self.file = name, pathlib.Path(directory) / (name + ".toml")
        self.about, self.met = {}, {}
        if self.file.exists():
            document = tomllib.loads(self.file.read_text())
            self.about = document["peer"]
            self.met = {each["fault"]: (each["outcome"], each.get("log", "")) for each in document.get("met", [])}

    def differences(self, about, seen, faults, whole):
        """(fault, recorded, seen) where they differ; `faults` were to be met, `whole` when these are all of the catalogue."""
        found = [(fault, self.met.get(fault), seen.get(fault)) for fault in faults if self.met.get(fault) != seen.get(fault)]
        if whole:
            found += [(fault, self.met[fault], None) for fault in self.met if fault not in seen and fault not in faults]
            found += [(key, (self.about.get(key, ""), ""), (value, "")) for key, value in about.items()
                      if key != "version" and self.about.get(key) != value]
        return found

    def write(self, about, seen, order):
        self.about = about
        self.met.update({fault: each for fault, each in seen.items() if each[0] in OUTCOMES})
        self.met = {fault: self.met[fault] for fault in order if fault in self.met}
        lines = [HEAD % about["title"], "[peer]"] + ["%s = %s" % (key, quoted(value)) for key, value in about.items()]
        for fault, (outcome, log) in self.met.items():
            lines += ["", "[[met]]", "fault = " + quoted(fault), "outcome = " + quoted(outcome)]
            lines += ["log = " + quoted(log)] if log else []
        self.file.parent.mkdir(exist_ok=True)
        self.file.write_text("\n".join(lines) + "\n")
