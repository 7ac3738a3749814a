"""The broken end: `domsec repro` in either role, all of them below one root that stays, so that a peer can trust it once."""

import json
import pathlib
import random
import shutil
import socket
import subprocess
import tempfile

from authority import Authority, EC, RSA, openssl
from mta import Program, read, wait_until
from program import ENVIRONMENT

HOST = "mail.woodgrovebank.com"     # what a broken server calls itself
DOMAIN = "woodgrovebank.com"
OWN_HOST, OWN_DOMAIN = "mail.contoso.com", "contoso.com"   # the peer


def catalogue(binary):
    """Every fault by its full name, in the catalogue's order: server/expired ... and then client/expired ..."""
    run = subprocess.run([str(binary), "faults", "--json"], capture_output=True, text=True, timeout=20, env=ENVIRONMENT)
    faults = json.loads(run.stdout)["faults"]
    return [role + "/" + each["name"] for role in ("server", "client") for each in faults if each["as_" + role]]


class Ports:
    """Below those that the system gives to connections, so that none is taken before its listener comes."""

    def __init__(self):
        self.next = random.randrange(12000, 24000)

    def take(self):
        while True:
            self.next += 1
            with socket.socket() as probe:
                try:
                    probe.bind(("127.0.0.1", self.next))
                    return self.next
                except OSError:
                    continue


class Own:
    """The peer's own certificate: good for both roles, of an authority of its own. The broken ends demand nothing of it."""

    def __init__(self, home):
        self.home = home
        self.root = Authority(home / "root", "Peer Root", EC)
        self.key, self.chain = home / "own.key", home / "own.pem"
        openssl("req", "-config", self.root.configuration, "-new", "-nodes", *RSA, "-keyout", self.key, "-subj",
                "/O=Contoso/CN=" + OWN_HOST, "-out", home / "own.csr")
        self.root.sign(home / "own.csr", self.chain, [
            "basicConstraints=CA:FALSE", "keyUsage=digitalSignature,keyEncipherment", "extendedKeyUsage=serverAuth,clientAuth",
            "subjectAltName=DNS:%s,DNS:%s" % (OWN_DOMAIN, OWN_HOST)], -2, 200)


class Broken:
    def __init__(self, binary, home):
        self.binary, self.home = binary, home
        self.state = home / "state"
        home.mkdir()
        home.chmod(0o711)
        server = Server(binary, "server/rsa-key", Ports().take(), self.state, home / "root.out")   # any fault makes the root
        server.stop()
        self.trusted = home / "trusted.pem"   # for accounts of mail servers too
        shutil.copyfile(self.state / "pki/example-trust.pem", self.trusted)
        self.trusted.chmod(0o644)
        # The interop harness's names for the peer's side.
        self.own = Own(home / "own")
        self.chains, self.keys = {"good": self.own.chain}, {"good": self.own.key}

    def make_state(self, fault):
        state = pathlib.Path(tempfile.mkdtemp(prefix=fault.replace("/", "-") + "-", dir=self.home))
        shutil.copytree(self.state / "pki", state / "pki")
        return state

    def server(self, fault, port, state=None):
        return Server(self.binary, fault, port, state or self.make_state(fault), self.home / (fault.replace("/", "-") + ".out"))

    def client(self, fault, port, seconds):
        """What it says of its one session with the server on the port; None when that does not end in time."""
        command = [self.binary, "repro", fault, "--connect", "127.0.0.1:%d" % port, "--partner", OWN_DOMAIN, "--state",
                   self.make_state(fault)]
        try:
            run = subprocess.run([str(each) for each in command], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                                 timeout=seconds, env=ENVIRONMENT)
        except subprocess.TimeoutExpired:
            return None
        if run.returncode != 0:
            raise RuntimeError("%s: exit %d %s" % (fault, run.returncode, run.stderr.strip()))
        return run.stdout.splitlines()[-1]


class Server:
    def __init__(self, binary, fault, port, state, output):
        self.output = pathlib.Path(output)
        self.program = Program([binary, "repro", fault, "--listen", "127.0.0.1:%d" % port, "--state", state], self.output,
                               env=ENVIRONMENT)
        wait_until(lambda: not self.program.alive() or "\ntry " in read(self.output), 20, fault)
        if not self.program.alive():
            raise RuntimeError("%s: %s" % (fault, read(self.output)))

    def stop(self):
        self.program.stop()
