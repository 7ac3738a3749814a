"""What the operator gives: files, flags, addresses, the environment. One sentence, the documented exit code, no wait."""
import itertools
import os
import shutil
import socket
import time

from harness import Skipped, expect, expect_code, expect_sentence, free_port, one_line
from hostile_servers import Server, Talk, check_against, send_against, session_of

COMMANDS = ("check", "send", "serve")


def basic(house, command):
    """Good enough to go on to what the case is about; nobody listens on the port."""
    if command == "serve":
        return ["serve", "--listen", "127.0.0.1:0", "--count", "1"]
    first = ["check", "woodgrovebank.com"] if command == "check" else ["send", "--to", "bob@woodgrovebank.com"]
    return [*first, "--connect", "127.0.0.1:1", "--timeout", "1"]


def odd_files(house):
    """Every way in which a file is none; made once."""
    house.write("garbage", os.urandom(5000))
    house.write("text", "this is no certificate\n" * 50)
    house.write("empty", b"")
    house.write("nul", b"\0" * 4096)
    house.write("half.pem", open(house.path("ours.pem"), "rb").read()[:300])
    house.write("broken.pem", b"-----BEGIN CERTIFICATE-----\nMIIBAAAA\n-----END CERTIFICATE-----\n")
    with open(house.path("huge"), "wb") as file:
        file.truncate(300 << 20)  # sparse
    os.mkdir(house.path("directory"))
    os.symlink("loop", house.path("loop"))
    os.mkfifo(house.path("pipe"))
    os.symlink("/proc/self/mem", house.path("memory"))
    return ("garbage", "text", "empty", "nul", "half.pem", "broken.pem", "huge", "directory", "missing", "loop", "pipe", "memory")


def identity(house):
    return ["--cert", house.path("ours.pem"), "--key", house.path("ours.key")]


def file_flags(house, flag):
    """What else the flag needs to be looked at."""
    return {
        "--cert": ["--key", house.path("ours.key")],
        "--key": ["--cert", house.path("ours.pem")],
        "--chain": identity(house),
        "--pfx": ["--key-pass-file", house.path("right.pass")],
        "--key-pass-file": ["--cert", house.path("ours.pem"), "--key", house.path("encrypted.key")],
        "--crl-file": ["--crl", "cached"],
    }.get(flag, [])


# The pass-phrase of the key may be any text, and a certificate of the file may do without the rest.
FINE = {("--key-pass-file", "text"), ("--key-pass-file", "garbage"), ("--key-pass-file", "empty"), ("--key-pass-file", "nul"),
        ("--key-pass-file", "half.pem"), ("--key-pass-file", "broken.pem"), ("--ca", "directory"),
        ("--data", "garbage"), ("--data", "text"), ("--data", "empty"), ("--data", "nul"), ("--data", "half.pem"),
        ("--data", "broken.pem"),
        ("--key", "broken.pem")}  # no key in it is a verdict of the session


def bad_file(house, command, flag, name):
    more = [] if flag == "--ca" else ["--ca", house.path("ca.pem")]
    path = house.path(name)
    outcome = house.run(*basic(house, command), *more, *file_flags(house, flag), flag, path, limit=15)
    expect(outcome.seconds < 10, f"{outcome.seconds:.0f} s")
    expect_sentence(outcome, 2, path)


def fine_enough(house):
    """A message may be anything; the run ends at the closed port."""
    for name in ("garbage", "text", "empty", "nul"):
        outcome = house.run(*basic(house, "send"), "--ca", house.path("ca.pem"), "--require", "none", "--data", house.path(name))
        expect_code(outcome, 3)


def strange_message(house):
    """Octets of any kind arrive as they are, or the server's answer says why not."""
    for name in ("text", "empty"):
        outcome = send_against(house, Talk.delivered, "--data", house.path(name))
        expect_code(outcome, 0)


def huge_standard_input(house):
    with open("/dev/zero", "rb") as zero:
        outcome = house.run(*basic(house, "send"), "--ca", house.path("ca.pem"), "--data", "-", stdin=zero.read(1 << 20))
    expect_code(outcome, 3)


def offered_tls(talk):
    talk.to_quit()
    talk.say(b"221 bye\r\n")


def key_trouble(house, row):
    """check: the certificate of ours that cannot be used is the verdict; serve does not begin to listen."""
    _, flags, code, slug, word = row
    given = [house.path(f) if os.path.exists(house.path(f)) else f for f in flags]
    outcome = check_against(house, offered_tls, *given, require="mutual")
    expect_code(outcome, code)
    if slug:
        expect(session_of(outcome)["slug"] == slug, f"{session_of(outcome)['slug']} instead of {slug}")
    if code:
        expect_sentence(house.run(*basic(house, "serve"), "--ca", house.path("ca.pem"), *given, limit=10), 2, word)


KEYS = [  # (name, flags, exit code of check, its finding, a word of serve's sentence)
    ("a key in DER", ("--cert", "ours.pem", "--key", "ours.key.der"), 0, "", ""),
    ("a certificate in DER", ("--cert", "ours.der", "--key", "ours.key"), 0, "", ""),
    ("an encrypted key with its pass-phrase", ("--cert", "ours.pem", "--key", "encrypted.key", "--key-pass-file", "right.pass"), 0, "", ""),
    ("an encrypted key without a pass-phrase", ("--cert", "ours.pem", "--key", "encrypted.key"), 2, "own-key-protected", "encrypted.key"),
    ("an encrypted key with a wrong pass-phrase", ("--cert", "ours.pem", "--key", "encrypted.key", "--key-pass-file", "wrong.pass"), 2,
     "own-key-protected", "encrypted.key"),
    ("the key of another certificate", ("--cert", "ours.pem", "--key", "theirs.key"), 2, "own-key-mismatch", "theirs.key"),
    ("a certificate without a key", ("--cert", "ours.pem"), 2, "own-key-missing", "ours.pem"),
]

def endless_key(house):
    """The file says how often its pass-phrase is hashed: 2^31 times are refused, not done."""
    for command in ("check", "serve"):
        outcome = house.run(*basic(house, command), "--ca", house.path("ca.pem"), "--cert", house.path("ours.pem"), "--key",
                            house.path("rounds.key"), "--key-pass-file", house.path("right.pass"), limit=10)
        expect_sentence(outcome, 2, "rounds.key", "hashed")


CONFIGURATIONS = [  # (name, text, parts of the sentence)
    ("an unknown key", '[organization]\nName = "C"\nServerFqnd = "a.example"\n', (":3:", "ServerFqdn")),
    ("an unknown section", '[organization]\nName = "C"\n[transport]\nA = 1\n', (":3:",)),
    ("a wrong type", '[organization]\nName = 7\n', (":2:", "Name")),
    ("a wrong type in a list", '[organization]\nName = "C"\n[TransportConfig]\nTLSSendDomainSecureList = ["a.example", 7]\n', (":4:",)),
    ("* in a list", '[organization]\nName = "C"\n[TransportConfig]\nTLSSendDomainSecureList = ["*"]\n', (":4:", "*")),
    ("*. in a list", '[organization]\nName = "C"\n[TransportConfig]\nTLSReceiveDomainSecureList = ["*.a.example"]\n', (":4:", "*")),
    ("a NUL", b'[organization]\nName = "C\0D"\n', (":2",)),
    ("an escaped NUL", '[organization]\nName = "C\\u0000D"\nServerFqdn = "a.example"\n', (":2:",)),
    ("octets that are not UTF-8", b'[organization]\nName = "\xff\xfe"\n', (":2:", "UTF-8")),
    ("no end of a string", '[organization]\nName = "C\n', (":2:",)),
    ("the same key twice", '[organization]\nName = "C"\nName = "D"\n', (":3:",)),
    ("a number beyond the range", '[organization]\nName = "C"\n[[SendConnector]]\nName = "I"\nPort = 99999999999999999999\n', (":5:",)),
    ("a port of 0", '[organization]\nName = "C"\n[[SendConnector]]\nName = "I"\nPort = 0\n', (":5:",)),
    ("a time that is none", '[organization]\nName = "C"\n[[ReceiveConnector]]\nName = "I"\nConnectionTimeout = "soon"\n', (":5:",)),
    ("a binding without a port", '[organization]\nName = "C"\n[[ReceiveConnector]]\nName = "I"\nBindings = ["127.0.0.1"]\n', (":5:",)),
    ("a binding to a name", '[organization]\nName = "C"\n[[ReceiveConnector]]\nName = "I"\nBindings = ["localhost:25"]\n', (":5:",)),
    ("lists in lists", "[organization]\nName = " + "[" * 5000 + "]" * 5000 + "\n", (":2:",)),
    ("1,000 levels of tables", "[" + ".".join(["a"] * 1000) + "]\n", (":1:",)),
    ("a file of 2 MB", "# " + "x" * 2_000_000 + "\n", ()),
    ("a certificate file that is missing", '[organization]\nName = "C"\n[[Certificate]]\nCertificateFile = "gone.pem"\nKeyFile = "gone.key"\n',
     ("gone.pem",)),
    ("no connector for the partner", '[organization]\nName = "C"\n[[SendConnector]]\nName = "I"\nAddressSpaces = ["other.example"]\n',
     ("connector",)),
]


def bad_configuration(house, name, text, parts):
    file = house.write("conf-" + name.replace(" ", "-").replace("*", "star") + ".toml", text)
    commands = ("check", "send") if "connector for" in name else COMMANDS
    for command in commands:
        arguments = [a for a in basic(house, command)]
        outcome = house.run(*arguments, "--ca", house.path("ca.pem"), "--config", file, limit=10)
        expect_sentence(outcome, 2, *parts)


FLAGS = [  # (arguments, exit code, part of the sentence)
    (["check"], 2, "TARGET"),
    (["check", ""], 2, ""),
    (["check", "no domain"], 2, "no domain"),
    (["check", "a" * 70 + ".example"], 2, "a" * 70),
    (["check", "-"], 2, "'-'"),
    (["check", "a..example"], 2, "a..example"),
    (["check", "user@"], 2, ""),
    (["check", "127.0.0.1:25"], 2, "--verify-name"),
    (["check", "[::1]:25"], 2, "--verify-name"),
    (["check", "[::1"], 2, "]"),
    (["check", "a.example:"], 2, "port"),
    (["check", "a.example:0"], 2, "port"),
    (["check", "a.example:65536"], 2, "port"),
    (["check", "a.example:25x"], 2, "port"),
    (["check", "a.example:-1"], 2, "port"),
    (["check", "smtp://"], 2, ""),
    (["check", "http://a.example"], 2, ""),
    (["check", "a.example", "--nonsense"], 2, "--nonsense"),
    (["check", "a.example", "--cert"], 2, "--cert"),
    (["check", "a.example", "-4", "-6"], 2, "-4 and -6"),
    (["check", "a.example", "--until", "later"], 2, "--until"),
    (["check", "a.example", "--until", "dot", "--to", "a@a.example"], 2, "send"),
    (["check", "a.example", "--until", "rcpt"], 2, "--to"),
    (["check", "a.example", "--until", "rcpt", "--to", "garbage"], 2, "--to"),
    (["check", "a.example", "--until", "rcpt", "--to", "a@a.example", "--from", "garbage"], 2, "--from"),
    (["check", "a.example", "--resolve", "a.example"], 2, "--resolve"),
    (["check", "a.example", "--resolve", ":127.0.0.1"], 2, "--resolve"),
    (["check", "a.example", "--resolve", "a.example:"], 2, "--resolve"),
    (["check", "a.example", "--resolve", "a.example:b.example"], 2, "--resolve"),
    (["check", "a.example", "--timeout", "nan"], 2, "--timeout"),
    (["check", "a.example", "--timeout", "inf"], 2, "--timeout"),
    (["check", "a.example", "--timeout=-1"], 2, "--timeout"),
    (["check", "a.example", "--timeout", "1e300"], 2, "--timeout"),
    (["check", "a.example", "--timeout", "soon"], 2, "--timeout"),
    (["check", "a.example", "--mx", "0"], 2, "--mx"),
    (["check", "a.example", "--mx", "5x"], 2, "--mx"),
    (["check", "a.example", "--mx", "99999999999999999999"], 2, "--mx"),
    (["check", "a.example", "--budget=-1"], 2, "--budget"),
    (["check", "a.example", "--budget", "many"], 2, "--budget"),
    (["check", "a.example", "--dns", "ns.example"], 2, "ns.example"),
    (["check", "a.example", "--dns", "127.0.0.1:x"], 2, "port"),
    (["check", "a.example", "--connect", "127.0.0.1:x"], 2, "port"),
    (["check", "a.example", "--verify-name", "a b"], 2, "--verify-name"),
    (["check", "a.example", "--helo", "a b"], 2, "--helo"),
    (["check", "a.example", "--profile", "qmail"], 2, "--profile"),
    (["check", "a.example", "--require", "maybe"], 2, "--require"),
    (["check", "a.example", "--crl", "maybe"], 2, "--crl"),
    (["check", "a.example", "--crl-fail", "maybe"], 2, "--crl-fail"),
    (["check", "a.example", "--name-match", "maybe"], 2, "--name-match"),
    (["check", "a.example", "--color", "maybe", "--connect", "127.0.0.1:1"], 2, "--color"),
    (["check", "a.example", "--connector", "None"], 2, "--connector"),
    (["check", "a.example", "--exit-style", "maybe"], 2, "--exit-style"),
    (["check", "a.example", "--json", "--ndjson"], 2, "--ndjson"),
    (["serve", "--listen", "127.0.0.1:0", "--json", "--ndjson"], 2, "--ndjson"),
    (["serve", "--listen", "127.0.0.1:0", "--exit-style", "nagios"], 2, "--exit-style"),
    (["check", "a.example", "--try-plaintext", "--require", "none"], 2, "--require none"),
    (["check", "a.example", "--try-plaintext", "--until", "tls"], 2, "--until tls"),
    (["check", "smtps://a.example", "--try-plaintext"], 2, "smtps"),
    (["check", "a.example", "--try-plaintext", "--from", "garbage"], 2, "--from"),
    (["send", "--to", "a@a.example", "--try-plaintext"], 2, "--try-plaintext"),
    (["check", "a.example", "--names", "maybe"], 2, "--names"),
    (["check", "a.example", "--names", "mx", "--verify-name", "b.example"], 2, "--verify-name"),
    (["check", "a.example", "--names", "fqdn", "--name-match", "subdomains"], 2, "--name-match"),
    (["check", "a.example", "--names", "mx", "--connect", "127.0.0.1:1"], 2, "127.0.0.1"),
    (["check", "smtps://a.example", "--names", "fqdn"], 2, "smtps"),
    (["serve", "--names", "mx"], 2, "--names"),
    (["serve", "--listen", "127.0.0.1:0", "--match", "p3"], 2, "--match"),
    (["check", "a.example", "--key-decoding", "fast"], 2, "--key-decoding"),
    (["check", "a.example", "--fail-on", "maybe"], 2, "--fail-on"),
    (["check", "a.example", "--fail-on", "warn,maybe"], 2, "--fail-on"),
    (["send", "--to", "a@a.example", "--fail-on", "error"], 2, "--fail-on"),
    (["serve", "--listen", "127.0.0.1:0", "--fail-on", "maybe"], 2, "--fail-on"),
    (["check", "a.example", "--key", "ours.key"], 2, "--cert"),
    (["check", "a.example", "--connect", "127.0.0.1:1", "--log-dir", "/dev/null/logs"], 2, "/dev/null/logs"),
    (["check", "a.example", "--connect", "127.0.0.1:1", "-q", "--log-json", "/nowhere/file"], 2, "/nowhere/file"),
    (["check", "a.example", "--connect", "127.0.0.1:1", "-q", "--log-json", "/dev/full"], 2, "/dev/full"),
    (["check", "a.example", "--connect", "127.0.0.1:1", "-q", "--json-file", "directory"], 2, "directory"),
    (["send"], 2, "--to"),
    (["send", "--to", ""], 2, "--to"),
    (["send", "--to", "nobody"], 2, "--to"),
    (["send", "--to", "@a.example"], 2, "--to"),
    (["send", "--to", "a@b@a.example"], 2, "--to"),
    (["send", "--to", "a@[127.0.0.1]"], 2, "--to"),
    (["send", "--to", "a b@a.example"], 2, "--to"),
    (["send", "--to", "<a@a.example>"], 2, "--to"),
    (["send", "--to", "a@a.example\r\nRCPT TO:<x@a.example>"], 2, "--to"),
    (["send", "--to", "x" * 5000 + "@a.example"], 2, "--to"),
    (["send", "--to", "a@a.example", "--from", "nobody"], 2, "--from"),
    (["send", "--to", "a@a.example", "--from", "a@a.example> SIZE=1"], 2, "--from"),
    (["send", "--to", "a@a.example", "--from", "<a@a.example>"], 2, "--from"),
    (["send", "--to", "a@a.example", "--subject", "a\r\nBcc: x@a.example"], 2, "--subject"),
    (["serve"], 2, "--listen"),
    (["serve", "--listen", "localhost:25"], 2, "--listen"),
    (["serve", "--listen", "127.0.0.1:99999"], 2, "--listen"),
    (["serve", "--listen", "127.0.0.1:x"], 2, "--listen"),
    (["serve", "--listen", ""], 2, "--listen"),
    (["serve", "--listen", "127.0.0.1:0", "--client-cert", "maybe"], 2, "--client-cert"),
    (["serve", "--listen", "127.0.0.1:0", "--domain-secure", "*"], 2, "--domain-secure"),
    (["serve", "--listen", "127.0.0.1:0", "--accept", "a b"], 2, "--accept"),
    (["serve", "--listen", "127.0.0.1:0", "--count=-1"], 2, "--count"),
    (["serve", "--listen", "127.0.0.1:0", "--tls-on-connect"], 2, "certificate"),
    (["serve", "--listen", "127.0.0.1:0", "--log-json", "/nowhere/file"], 2, "/nowhere/file"),
    (["serve", "--listen", "192.0.2.1:2525"], 3, "192.0.2.1:2525"),
    (["frobnicate"], 2, "frobnicate"),
    (["--frobnicate"], 2, "--frobnicate"),
    (["explain", "DS999"], 2, "DS999"),
    (["lab", "frobnicate"], 2, "subcommand"),
    (["lab", "break", "nobody", "expired", "--state", "no-lab"], 3, ""),
    (["policy", "show", "--config", "missing"], 2, "missing"),
]


def flag(house, arguments, code, part):
    more = ["--ca", house.path("ca.pem")] if arguments[0] in COMMANDS and len(arguments) > 1 else []
    outcome = house.run(arguments[0], *more, *arguments[1:], limit=10)
    if "--log-json" in arguments and "serve" not in arguments or "--json-file" in arguments:
        expect_code(outcome, 2)
        expect(part in outcome.err, f"'{part}' is not named: {one_line(outcome.err)}")
        return
    # serve says beforehand that it has no certificate
    outcome.err = "".join(line for line in outcome.err.splitlines(True) if "STARTTLS is not offered" not in line)
    expect_sentence(outcome, code, part)


def environment(house):
    house.environment["DOMSEC_TIMEOUT_"] = ""  # no flag of that name: not heard
    for name, value in (("DOMSEC_TIMEOUT", "soon"), ("DOMSEC_BUDGET", "x"), ("DOMSEC_CRL", "maybe")):
        outcome = house.run("check", "a.example", wrapper=("env", f"{name}={value}"), limit=10)
        expect_sentence(outcome, 2)


def used_port(house):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        text = f"127.0.0.1:{taken.getsockname()[1]}"
        outcome = house.run("serve", "--listen", text, *identity(house), "--ca", house.path("ca.pem"), limit=10)
    outcome.err = "".join(line for line in outcome.err.splitlines(True) if "STARTTLS is not offered" not in line)
    expect_sentence(outcome, 3, text)


def privileged_port(house):
    with open("/proc/sys/net/ipv4/ip_unprivileged_port_start", encoding="ascii") as file:
        if int(file.read()) <= 24:
            raise Skipped("every port is open to everybody here")
    wrapper = ()
    if os.geteuid() == 0:
        if not shutil.which("setpriv"):
            raise Skipped("setpriv is missing")
        wrapper = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all", "--bounding-set=-all")
        if house.run("--version", wrapper=wrapper, limit=10).code != 0:
            raise Skipped("the program is not readable for another user")
    outcome = house.run("serve", "--listen", "127.0.0.1:24", wrapper=wrapper, limit=10)
    outcome.err = "".join(line for line in outcome.err.splitlines(True) if "STARTTLS is not offered" not in line)
    expect_sentence(outcome, 3, "127.0.0.1:24")


def privileged_files(house):
    """A key that only its owner may read, asked for by another user."""
    if os.geteuid() != 0 or not shutil.which("setpriv"):
        raise Skipped("needs root and setpriv")
    wrapper = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all", "--bounding-set=-all")
    if house.run("--version", wrapper=wrapper, limit=10).code != 0:
        raise Skipped("the program is not readable for another user")
    os.chmod(house.directory, 0o755)
    house.write("secret.key", open(house.path("ours.key"), "rb").read())
    os.chmod(house.path("secret.key"), 0o600)
    outcome = house.run(*basic(house, "check"), "--cert", house.path("ours.pem"), "--key", house.path("secret.key"), "--ca",
                        house.path("ca.pem"), wrapper=wrapper, limit=10)
    expect_sentence(outcome, 2, "secret.key", "right to read")


def closed_output(house):
    """A reader that goes away ends nothing by a signal."""
    import subprocess
    began = time.monotonic()
    reader, writer = os.pipe()
    os.close(reader)
    process = subprocess.Popen([house.program, "explain"], stdout=writer, stderr=subprocess.DEVNULL, env=house.environment)
    os.close(writer)
    try:
        code = process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        raise
    expect(code >= 0, f"died of signal {-code}")
    expect(time.monotonic() - began < 10, "it waits for a reader")


def several_targets(house):
    """The worst counts, and a bad one among them is said before anything is done."""
    outcome = house.run("check", "a.example", "b example", "--connect", "127.0.0.1:1", "--ca", house.path("ca.pem"), limit=10)
    expect_code(outcome, 2)
    expect("b example" in outcome.err, "the bad target is not named")


def cases(house):
    names = odd_files(house)
    rows = list(itertools.product(("--cert", "--key", "--chain", "--pfx", "--ca", "--crl-file", "--key-pass-file", "--config"), names))
    for flag_name, name in rows + [("--data", n) for n in names]:
        if (flag_name, name) in FINE:
            continue
        for command in ("send",) if flag_name == "--data" else COMMANDS if name in ("garbage", "missing", "pipe") else ("check",):
            yield f"file: {command} {flag_name} {name}", lambda c=command, f=flag_name, n=name: bad_file(house, c, f, n)
    yield "file: messages of any octets", lambda: fine_enough(house)
    yield "file: strange messages are delivered", lambda: strange_message(house)
    yield "file: NULs on standard input", lambda: huge_standard_input(house)
    for row in KEYS:
        yield f"key: {row[0]}", lambda row=row: key_trouble(house, row)
    yield "key: an encrypted key of 2^31 iterations", lambda: endless_key(house)
    for name, text, parts in CONFIGURATIONS:
        yield f"configuration: {name}", lambda n=name, t=text, p=parts: bad_configuration(house, n, t, p)
    for arguments, code, part in FLAGS:
        shown = " ".join(a if len(a) < 40 else a[:37] + "..." for a in arguments).encode("unicode_escape").decode()
        yield f"flag: {shown}", lambda a=arguments, c=code, p=part: flag(house, a, c, p)
    for play in (environment, used_port, privileged_port, privileged_files, closed_output, several_targets):
        yield f"flag: {play.__name__.replace('_', ' ')}", lambda p=play: p(house)
