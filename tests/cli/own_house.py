"""One server with certificates of a two-level authority, whose revocation lists a small HTTP server has; openssl is the
authority. For the tests of `cert lint` and `preflight`."""
import http.server
import os
import re
import signal
import socket
import subprocess
import threading

AUTHORITY = """[ca]
default_ca = own
[own]
database = {name}.index
default_md = sha256
default_crl_days = 30
"""


class Failure(Exception):
    pass


def expect(condition, what):
    if not condition:
        raise Failure(what)


class Lists:
    """The distribution point. It can go down and come up again at the same port."""

    def __init__(self, directory):
        self.directory, self.port, self.server = directory, 0, None

    def up(self):
        directory = self.directory

        class Handler(http.server.SimpleHTTPRequestHandler):
            def __init__(self, *arguments, **named):
                super().__init__(*arguments, directory=directory, **named)

            def log_message(self, *_):
                pass

        http.server.ThreadingHTTPServer.allow_reuse_address = True
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def down(self):
        if self.server is not None:
            self.server.shutdown()
            self.server.server_close()
            self.server = None


class House:
    def __init__(self, program, directory):
        self.program, self.directory = program, directory
        self.lists = Lists(self.path("lists"))
        os.makedirs(self.path("lists"))
        self.lists.up()
        self.environment = {key: value for key, value in os.environ.items()
                            if not key.lower().endswith("_proxy") and not key.startswith("DOMSEC_")}
        self.environment.update(XDG_STATE_HOME=self.path("state"), XDG_CACHE_HOME=self.path("cache"), HOME=directory)

    def path(self, name):
        return os.path.join(self.directory, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)

    def read(self, name):
        with open(self.path(name), encoding="utf-8") as file:
            return file.read()

    def ran(self, *arguments, code=0):
        """What it says on both streams."""
        ended = subprocess.run([self.program, *arguments], capture_output=True, text=True, timeout=60, cwd=self.directory,
                               stdin=subprocess.DEVNULL, env=self.environment, check=False)
        expect(ended.returncode == code,
               f"{' '.join(arguments)}: ended with {ended.returncode}, not {code}: {ended.stdout}{ended.stderr}")
        return ended.stdout + ended.stderr

    def openssl(self, *arguments):
        ended = subprocess.run(["openssl", *arguments], capture_output=True, text=True, cwd=self.directory,
                               stdin=subprocess.DEVNULL, timeout=60, check=False)
        expect(ended.returncode == 0, f"openssl {arguments}: {ended.stderr}")

    def authorities(self):
        """root -> issuing, each with its list at the distribution point."""
        self.openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "root.key", "-out", "root.pem", "-days", "3000",
                     "-subj", "/O=Example Trust/CN=Example Trust Root CA")
        self.openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", "issuing.key", "-out", "issuing.req",
                     "-subj", "/O=Example Trust/CN=Example Trust Issuing CA")
        self.sign("issuing", "root", "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign")
        self.publish("root")
        self.publish("issuing")

    def sign(self, name, by, extensions, days=400):
        """`name`.req becomes `name`.pem."""
        self.write("extensions", f"subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n{extensions}\n"
                                 f"crlDistributionPoints=URI:http://127.0.0.1:{self.lists.port}/{by}.crl\n")
        self.openssl("x509", "-req", "-in", f"{name}.req", "-CA", f"{by}.pem", "-CAkey", f"{by}.key", "-CAcreateserial",
                     "-days", str(days), "-extfile", "extensions", "-out", f"{name}.pem")

    def publish(self, name):
        self.write(f"{name}.cnf", AUTHORITY.format(name=name))
        self.write(f"{name}.index", "")
        self.openssl("ca", "-config", f"{name}.cnf", "-gencrl", "-cert", f"{name}.pem", "-keyfile", f"{name}.key",
                     "-out", f"{name}.crl.pem")
        self.openssl("crl", "-in", f"{name}.crl.pem", "-outform", "DER", "-out", f"lists/{name}.crl")

    def certificate(self, name, names, days=400, key="rsa:2048", usages="serverAuth,clientAuth"):
        """`name`.pem with `name`.key, issued."""
        self.openssl("req", "-newkey", key, "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.req", "-subj", f"/CN={names[0]}")
        os.chmod(self.path(f"{name}.key"), 0o600)
        alternative = ",".join("DNS:" + one for one in names)
        self.sign(name, "issuing", f"subjectAltName={alternative}\nextendedKeyUsage={usages}\nkeyUsage=critical,digitalSignature", days)


class Serving:
    """`domsec serve` of the house's configuration."""

    def __init__(self, house):
        self.process = subprocess.Popen([house.program, "serve", "--config", "domsec.toml"], stdout=subprocess.DEVNULL,
                                        stderr=subprocess.PIPE, text=True, cwd=house.directory, env=house.environment)
        for line in self.process.stderr:
            if re.search(r"listening on 127\.0\.0\.1:(\d+)", line):
                return
        raise Failure("serve does not listen")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.communicate(timeout=20)


def free_port():
    """Nobody's at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
