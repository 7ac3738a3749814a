#!/usr/bin/env python3
"""`domsec shell` as a process: scripts, -c, standard input, a terminal, files below --root: shell.py PROGRAM SOURCE."""
import os
import pty
import select
import stat
import subprocess
import sys
import tempfile
import termios
import time

CONFIGURATION = """# Contoso's edge
[organization]
Name = "Contoso"
ServerFqdn = "mail1.contoso.com"

[[SendConnector]]
Name = "Internet"
Fqdn = "mail.contoso.com"
AddressSpaces = ["*"]

[[ReceiveConnector]]
Name = "Internet"
Bindings = ["127.0.0.1:2525"]
"""


class Failure(Exception):
    pass


def expect(condition, what):
    if not condition:
        raise Failure(what)


class Shell:
    def __init__(self, program, source, directory):
        self.program, self.source, self.directory = program, source, directory
        self.config = os.path.join(directory, "domsec.toml")
        self.root = os.path.join(directory, "root")
        os.makedirs(self.root, exist_ok=True)
        with open(self.config, "w", encoding="utf-8") as file:
            file.write(CONFIGURATION)
        self.environment = dict(os.environ, XDG_STATE_HOME=os.path.join(directory, "state"), TERM="xterm",
                                HOME=directory)
        self.environment.pop("DOMSEC_CONFIG", None)

    def run(self, *arguments, text=""):
        return subprocess.run([self.program, "shell", *arguments], input=text, capture_output=True, text=True,
                              timeout=30, cwd=self.directory, env=self.environment, check=False)

    def expect(self, arguments, code, out=None, err=None, text=""):
        ended = self.run(*arguments, text=text)
        expect(ended.returncode == code, f"{arguments}: ended with {ended.returncode}: {ended.stdout}{ended.stderr}")
        if out is not None:
            expect(ended.stdout == out, f"{arguments}: printed {ended.stdout!r}")
        if err is not None:
            expect(ended.stderr == err, f"{arguments}: said {ended.stderr!r}")
        return ended


class Talk:
    """A conversation at a pseudo-terminal."""

    def __init__(self, shell, *arguments):
        self.seen = ""
        self.process, self.terminal = pty.fork()
        if self.process == 0:
            os.chdir(shell.directory)
            os.execve(shell.program, [shell.program, "shell", *arguments], shell.environment)

    def read_until(self, wanted):
        """What came up to `wanted`, which is passed."""
        end = time.monotonic() + 20
        while wanted not in self.seen:
            ready, _, _ = select.select([self.terminal], [], [], max(0.0, end - time.monotonic()))
            expect(ready, f"no {wanted!r} came at the terminal, but {self.seen!r}")
            try:
                octets = os.read(self.terminal, 4096)
            except OSError:
                octets = b""
            expect(octets, f"the terminal closed before {wanted!r}: {self.seen!r}")
            self.seen += octets.decode("utf-8", "replace")
        self.seen = self.seen[self.seen.index(wanted) + len(wanted):]

    def type(self, text):
        """Into the line editor: a key that comes earlier is the terminal's."""
        end = time.monotonic() + 20
        while termios.tcgetattr(self.terminal)[3] & termios.ICANON:
            expect(time.monotonic() < end, "the editor does not take the terminal over")
            time.sleep(0.005)
        self.press(text)

    def press(self, text):
        os.write(self.terminal, text.encode())

    def end(self):
        end = time.monotonic() + 20
        while True:
            process, status = os.waitpid(self.process, os.WNOHANG)
            if process:
                os.close(self.terminal)
                return os.waitstatus_to_exitcode(status)
            if time.monotonic() > end:
                os.kill(self.process, 9)
                os.waitpid(self.process, 0)
                raise Failure(f"the conversation does not end: {self.seen!r}")
            if select.select([self.terminal], [], [], 0.02)[0]:
                try:
                    self.seen += os.read(self.terminal, 4096).decode("utf-8", "replace")
                except OSError:
                    time.sleep(0.02)  # it is about to end


def commands(shell):
    shell.expect(["-c", "1 + 1; 'a','b' | ForEach-Object { $_.ToUpper() }"], 0, "2\nA\nB\n", "")
    shell.expect(["-c", "exit 7"], 7, "")
    shell.expect(["-c", "'before'; Get-Contnt x; 'after'"], 2, "before\n",
                 "-c:1:11: there is no cmdlet 'Get-Contnt'; did you mean Get-Content?\n"
                 "  'before'; Get-Contnt x; 'after'\n            ^\n")
    shell.expect(["-c", "1", "script.ps1"], 2, "")


def standard_input(shell):
    shell.expect([], 0, "3\n", "", text="1 + `\n 2\n")
    ended = shell.run("-", text="'x'\n$a=\"b\n")
    expect(ended.returncode == 2 and ended.stdout == "" and "stdin:2:4: this text has no end" in ended.stderr,
           f"an open text: {ended}")
    ended = shell.run(text="Remove-SendConnector Internet\nY\n")
    expect(ended.returncode == 2 and "nobody answers the question" in ended.stderr, f"a question without an answer: {ended}")


def script_changes_the_configuration(shell):
    with open(os.path.join(shell.source, "fixtures/shell/domain-security.ps1"), encoding="utf-8") as file:
        text = file.read()
    script = os.path.join(shell.directory, "connectors.ps1")
    with open(script, "w", encoding="utf-8") as file:
        file.write(text[text.index("Set-TransportConfig"):])
    os.chmod(shell.config, 0o640)
    shell.expect(["--config", "domsec.toml", script], 0,
                 "\nName                : Internet\nDNSRoutingEnabled   : True\nFqdn                : mail.contoso.com\n"
                 "DomainSecureEnabled : True\n\n")
    shown = subprocess.run([shell.program, "policy", "show", "--config", shell.config], capture_output=True, text=True,
                           check=False).stdout
    for line in ('TLSSendDomainSecureList = ["woodgrovebank.com"]', 'TLSReceiveDomainSecureList = ["woodgrovebank.com"]',
                 "DomainSecureEnabled = true", 'ProtocolLoggingLevel = "Verbose"'):
        expect(line in shown, f"{line} is not in the configuration afterwards")
    with open(shell.config, encoding="utf-8") as file:
        expect(file.read().startswith("# Contoso's edge\n[organization]"), "a comment of the configuration is gone")
    expect(stat.S_IMODE(os.stat(shell.config).st_mode) == 0o640, "the configuration's mode has changed")


def refusal_keeps_the_file(shell):
    with open(shell.config, encoding="utf-8") as file:
        before = file.read()
    ended = shell.expect(["-c", "Set-SendConnector Internet -TlsDomain contoso.com"], 2, "")
    expect(ended.stderr.startswith("-c:1:39: The TLSDomain parameter can only be set if the TLSAuthLevel parameter is set to "
                                   "DomainValidation.\n"), ended.stderr)
    with open(shell.config, encoding="utf-8") as file:
        expect(file.read() == before, "a refused Set has changed the file")


def exported_cmdlets_make_the_same_configuration(shell):
    """policy export --format powershell, run over a configuration without connectors."""
    with open(shell.config, "a", encoding="utf-8") as file:
        file.write('AuthMechanism = ["Tls", "ExchangeServer"]\nDomainSecureEnabled = true\n'
                   'RemoteIPRanges = ["192.0.2.0/24"]\n'
                   '[[InboundConnector]]\nName = "it\'s $100"\nSenderDomains = ["contoso.com"]\n'
                   '[[OutboundConnector]]\nName = "Out"\nRecipientDomains = ["fabrikam.com"]\n')

    def policy(*arguments):
        return subprocess.run([shell.program, "policy", *arguments], capture_output=True, text=True, cwd=shell.directory,
                              check=True).stdout

    script = os.path.join(shell.directory, "exported.ps1")
    with open(script, "w", encoding="utf-8") as file:
        file.write(policy("export", "--config", "domsec.toml", "--format", "powershell"))
    with open(os.path.join(shell.directory, "bare.toml"), "w", encoding="utf-8") as file:
        file.write(CONFIGURATION[:CONFIGURATION.index("[[")])
    shell.expect(["--config", "bare.toml", script], 0)

    def values(name):
        return [line.split("  #")[0] for line in policy("show", "--config", name).splitlines()]

    expect(values("bare.toml") == values("domsec.toml"), "the script makes another configuration than the one it came from")


def another_program_changes_the_file(shell):
    talk = Talk(shell)
    talk.read_until("domsec> ")
    with open(shell.config, "a", encoding="utf-8") as file:
        file.write("RequireTLS = true\n")
    talk.type("Set-SendConnector Internet -Port 2525\r")
    talk.read_until("was changed by another program")
    talk.read_until("domsec> ")
    talk.type("Set-SendConnector Internet -Port 2525; (Get-ReceiveConnector).RequireTLS; 'p' + (Get-SendConnector).Port\r")
    talk.read_until("True")
    talk.read_until("p2525")
    talk.read_until("domsec> ")  # a key that comes earlier is the terminal's, not the editor's
    talk.type("\x04")
    expect(talk.end() == 0, "Ctrl-D did not end with 0")


def answers(shell):
    script = os.path.join(shell.directory, "remove.ps1")
    with open(script, "w", encoding="utf-8") as file:
        file.write("New-SendConnector Second -AddressSpaces b.example | Out-Null\nRemove-SendConnector Second\n"
                   "(Get-SendConnector).Count\n")
    ended = shell.expect([script], 0, text="?\nN\n")
    expect(ended.stdout.endswith('(default is "Y"): 2\n') and "Removing send connector \"Second\"." in ended.stdout, ended.stdout)
    shell.expect(["-c", "Remove-SendConnector Second -Confirm:$false; @(Get-SendConnector).Count"], 0, "1\n")


def files_below_the_root(shell):
    shell.expect(["--root", "root", "-c", r'Set-Content -Path "C:\Certificates\a.req" -Value x; cat C:\Certificates\a.req'], 0, "x\n")
    made = os.path.join(shell.root, "Certificates", "a.req")
    expect(stat.S_IMODE(os.stat(made).st_mode) == 0o600, "a file of a script is not private")
    ended = shell.expect(["--root", "root", "-c", r"cat C:\..\domsec.toml"], 2, "")
    expect("leads out of the directory of --root" in ended.stderr, ended.stderr)
    os.symlink(shell.directory, os.path.join(shell.root, "out"))
    for script in (r"cat C:\out\domsec.toml", r"'x' | Set-Content C:\out\new.txt", r"'x' | Add-Content out\domsec.toml"):
        ended = shell.expect(["--root", "root", "-c", script], 2, "")
        expect("leads out of the directory of --root" in ended.stderr, ended.stderr)
    expect(not os.path.exists(os.path.join(shell.directory, "new.txt")), "a file was written outside of the root")
    ended = shell.expect(["-c", r"cat C:\x"], 2, "")
    expect("start the shell with --root DIR" in ended.stderr, ended.stderr)
    shell.expect(["--root", "nowhere", "-c", "1"], 2, "")


def wrong_configuration(shell):
    ended = shell.expect(["--config", "none.toml", "-c", "1"], 2, "")
    expect("none.toml" in ended.stderr, ended.stderr)
    ended = shell.expect(["none.ps1"], 2, "")
    expect("none.ps1" in ended.stderr, ended.stderr)
    bare = dict(shell.environment)
    ended = subprocess.run([shell.program, "shell", "-c", "Get-TransportConfig"], capture_output=True, text=True, cwd=shell.root,
                           env=bare, check=False)
    expect(ended.returncode == 2 and "give --config FILE" in ended.stderr, str(ended))


def conversation(shell):
    talk = Talk(shell)
    talk.read_until("domsec> ")
    talk.type("Get-SendCon\t")
    talk.read_until("nector ")
    talk.type("Internet | Format-List Name\r")
    talk.read_until("Name : Internet")
    talk.read_until("domsec> ")
    talk.type("if ($true) {\r")
    talk.read_until(">> ")
    talk.type("'in' + 'side' }\r")
    talk.read_until("inside")
    talk.read_until("domsec> ")
    talk.type("Get-Nothing\r")
    talk.read_until("line:1:1: there is no cmdlet 'Get-Nothing'")
    talk.read_until("domsec> ")
    talk.type("'never")
    talk.read_until("'never")
    talk.type("\x03")
    talk.read_until("domsec> ")
    talk.type("'runs'; foreach ($i in 1..90000) { foreach ($j in 1..90000) { $x = 1 } }\r")
    talk.read_until("\nruns")
    talk.press("\x03")
    talk.read_until("interrupted")
    talk.read_until("domsec> ")
    talk.type("Remove-SendConnector Internet\r")
    talk.read_until('(default is "Y"): ')
    talk.press("N\r")
    talk.read_until("domsec> ")
    talk.type("$p = 'password'\r")
    talk.read_until("domsec> ")
    talk.type("\x04")
    code = talk.end()
    expect(code == 0, f"Ctrl-D ended with {code}")
    kept = os.path.join(shell.directory, "state/domsec/shell_history")
    expect(stat.S_IMODE(os.stat(kept).st_mode) == 0o600, "the history is not private")
    with open(kept, encoding="utf-8") as file:
        text = file.read()
    expect("Get-SendConnector" in text, "the history does not hold what was typed")
    expect("password" not in text, "the history holds a line with a secret")
    talk = Talk(shell)
    talk.read_until("domsec> ")
    talk.type("exit 5\r")
    code = talk.end()
    expect(code == 5, f"exit 5 ended with {code}")


CASES = (commands, standard_input, script_changes_the_configuration, refusal_keeps_the_file,
         exported_cmdlets_make_the_same_configuration,
         another_program_changes_the_file, answers, files_below_the_root,
         wrong_configuration, conversation)


def main():
    if len(sys.argv) < 3:
        sys.exit("usage: shell.py PROGRAM SOURCE [CASE...]")
    failed = 0
    for case in CASES:
        if sys.argv[3:] and case.__name__ not in sys.argv[3:]:
            continue
        with tempfile.TemporaryDirectory() as directory:
            try:
                case(Shell(os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]), directory))
                print(f"ok    {case.__name__}")
            except Failure as failure:
                failed += 1
                print(f"FAIL  {case.__name__}: {failure}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
