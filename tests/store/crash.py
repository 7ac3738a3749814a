"""A real `domsec serve` killed with SIGKILL while mail arrives, again and again in one spool: what was answered with 250 is
there whole, nothing half is left, and the next start says what it removed.
    python3 crash.py DOMSEC"""
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading

ROUNDS = 8
BODY = b"x" * 70 + b"\r\n"
MESSAGE = b"Subject: crash\r\n\r\n" + BODY * 14000 + b".\r\n"  # about 1 MB


class Client(threading.Thread):
    """Sends message after message until the server is gone; notes the ids of those that were taken."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=20)
        self.lines = self.socket.makefile("rb")
        self.taken = []
        self.first = threading.Event()

    def reply(self):
        while True:
            line = self.lines.readline()
            if not line:
                raise ConnectionError
            if line[3:4] != b"-":
                return line.decode()

    def say(self, octets):
        self.socket.sendall(octets)
        return self.reply()

    def run(self):
        try:
            self.reply()
            self.say(b"EHLO client.example\r\n")
            while True:
                self.say(b"MAIL FROM:<a@client.example>\r\n")
                self.say(b"RCPT TO:<b@contoso.com>\r\n")
                self.say(b"DATA\r\n")
                answer = self.say(MESSAGE)
                if answer.startswith("250"):
                    self.taken.append(answer.split()[2])
                self.first.set()
        except OSError:
            self.first.set()


def start(program, spool):
    server = subprocess.Popen([program, "serve", "--listen", "127.0.0.1:0", "--spool", spool, "--crl", "off", "--quiet"],
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    said = ""
    while "listening on" not in said:
        line = server.stderr.readline()
        if not line:
            sys.exit("domsec serve ended: " + said)
        said += line
    return server, int(re.search(r"listening on 127\.0\.0\.1:(\d+)", said).group(1)), said


def require(condition, what):
    if not condition:
        sys.exit("FAIL " + what)


def check(spool, taken):
    found = set(os.listdir(spool))
    halves = [name for name in found if name.endswith(".part")]
    require(not halves, f"half messages are left: {halves}")
    for name in found:
        stem = name.rsplit(".", 1)[0]
        require(stem + ".eml" in found and stem + ".json" in found, f"{name} is alone")
        if name.endswith(".eml"):
            with open(os.path.join(spool, name), "rb") as file:
                require(file.read().endswith(MESSAGE[:-3]), f"{name} is not whole")
    lost = [mail for mail in taken if mail + ".eml" not in found]
    require(not lost, f"answered with 250 and not there: {lost}")


def main(program):
    directory = tempfile.mkdtemp(prefix="domsec-crash-")
    spool = os.path.join(directory, "mail")
    taken, removed = [], 0
    try:
        for _ in range(ROUNDS):
            server, port, said = start(program, spool)
            removed += len(re.findall(r"removed \d+ message", said))
            check(spool, taken)
            clients = [Client(port) for _ in range(3)]
            for client in clients:
                client.start()
            clients[0].first.wait(20)
            # The moment of the crash; anywhere in the arrival or the keeping of a message.
            threading.Event().wait(random.uniform(0, 0.05))
            server.send_signal(signal.SIGKILL)
            server.wait()
            server.stderr.close()
            for client in clients:
                client.join(20)
                taken += client.taken
        # A leftover for certain, whatever the moments were.
        with open(os.path.join(spool, "20261122T100241902-00000001-4242.eml.part"), "w") as file:
            file.write("half")
        server, _, said = start(program, spool)
        require("not finished keeping" in said, "the start does not say what it removed: " + said)
        check(spool, taken)
        server.terminate()
        server.wait()
        server.stderr.close()
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    print(f"{ROUNDS} crashes, {len(taken)} messages taken, all there; {removed} starts removed half messages")


main(sys.argv[1])
