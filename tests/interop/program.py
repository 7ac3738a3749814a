"""domsec as it is used: its command line, its exit code, its JSON."""

import json
import os
import subprocess

from mta import Program, free_port, greets, read, wait_until

ENVIRONMENT = {key: value for key, value in os.environ.items() if not key.startswith("DOMSEC_")}


class Domsec:
    def __init__(self, binary, home, pki):
        self.binary, self.home, self.pki = binary, home, pki
        self.servers = []
        home.mkdir()

    def end(self, holder, certificate, key=None):
        """The flags of one end. No certificate: none."""
        flags = ["--ca", self.pki.trusted, "--crl", "cached", "--crl-file", self.pki.crls, "--helo", "mail." + holder.domain,
                 "--timeout", "15"]
        if certificate:
            flags += ["--cert", holder.files[certificate], "--key", key or holder.key]
        return flags

    def check(self, port, certificate, *more, key=None, require="mutual"):
        """A dry run to Woodgrove Bank's server on the port, as Contoso: (exit code, document, standard error)."""
        return self.run("check", "woodgrovebank.com", "--connect", "127.0.0.1:%d" % port, "--require", require,
                        *self.end(self.pki.contoso, certificate, key), *more)

    def send(self, port, certificate, *more):
        """A message; the rest as `check`."""
        return self.run("send", "--from", "a@contoso.com", "--to", "b@woodgrovebank.com", "--connect", "127.0.0.1:%d" % port,
                        "--require", "mutual", *self.end(self.pki.contoso, certificate), *more)

    def run(self, *words):
        command = [self.binary, *words, "--json"]
        run = subprocess.run([str(each) for each in command], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=40,
                             env=ENVIRONMENT)
        try:
            document = json.loads(run.stdout) if run.stdout.strip() else {}
        except ValueError:
            raise RuntimeError("no JSON: " + run.stdout[:200])
        return run.returncode, document, run.stderr.strip()

    def serve(self, certificate, *more):
        """Woodgrove Bank's server; contoso.com is on its list."""
        server = Server(self, certificate, more, len(self.servers))
        self.servers.append(server)
        return server

    def stop(self):
        for server in self.servers:
            server.program.stop()


class Server:
    def __init__(self, domsec, certificate, more, number):
        woodgrove = domsec.pki.woodgrove
        self.port = free_port()
        self.sessions_file = domsec.home / ("sessions-%d.ndjson" % number)
        self.spool = domsec.home / ("spool-%d" % number)
        self.output = domsec.home / ("serve-%d.out" % number)
        self.program = Program(
            [domsec.binary, "serve", "--listen", "127.0.0.1:%d" % self.port, "--domain-secure", "contoso.com", "--accept",
             "woodgrovebank.com", "--log-json", self.sessions_file, "--spool", self.spool, *domsec.end(woodgrove, certificate),
             *more], self.output, env=ENVIRONMENT)
        wait_until(lambda: not self.program.alive() or greets(self.port), 20, "domsec serve")
        if not self.program.alive():
            raise RuntimeError("domsec serve ended: " + read(self.output))
        wait_until(lambda: self.count() == 1, 20, "the session that asked for the greeting")

    def lines(self):
        return read(self.sessions_file).rpartition("\n")[0].splitlines()

    def count(self):
        return len(self.lines())

    def sessions(self, since, count=1):
        """The `count` sessions that ended after the first `since`."""
        lines = wait_until(lambda: self.lines() if self.count() >= since + count else None, 20, "%d sessions of domsec" % count)
        return [json.loads(line) for line in lines[since:since + count]]
