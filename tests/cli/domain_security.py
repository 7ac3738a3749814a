#!/usr/bin/env python3
"""The document about domain security from its first command to its last, as it is printed, and then mail both ways:
domain_security.py PROGRAM SOURCE. Contoso types the commands into `domsec shell`; openssl is the authority that signs
between steps 1 and 2; Woodgrove Bank is a partner that was ready before."""
import os
import re
import signal
import subprocess
import sys
import tempfile

CONTOSO = """# Contoso's first Edge
[organization]
Name = "Contoso"
ServerFqdn = "mail1.contoso.com"
AcceptedDomains = ["contoso.com"]
TrustedRoots = ["../root.pem"]
Store = "domsec.db"

[TransportConfig]
SendProtocolLogPath = "logs"
ReceiveProtocolLogPath = "logs"

[[SendConnector]]
Name = "Internet"         # default DNS routing
Fqdn = "mail.contoso.com"
AddressSpaces = ["*"]

[[ReceiveConnector]]
Name = "Internet"
Fqdn = "mail.contoso.com"
Bindings = ["127.0.0.1:0"]

[Revocation]
Mode = "cached"
CrlFiles = ["../root.crl"]
"""

WOODGROVE = """[organization]
Name = "Woodgrove Bank"
AcceptedDomains = ["woodgrovebank.com"]
TrustedRoots = ["../root.pem"]

[TransportConfig]
TLSSendDomainSecureList = ["contoso.com"]
TLSReceiveDomainSecureList = ["contoso.com"]

[[SendConnector]]
Fqdn = "mail.woodgrovebank.com"
AddressSpaces = ["*"]
DomainSecureEnabled = true

[[ReceiveConnector]]
Fqdn = "mail.woodgrovebank.com"
Bindings = ["127.0.0.1:0"]
DomainSecureEnabled = true

[[Certificate]]
CertificateFile = "mail.pem"
KeyFile = "mail.key"

[Revocation]
Mode = "cached"
CrlFiles = ["../root.crl"]
"""

AUTHORITY = """[ca]
default_ca = own
[own]
database = index.txt
default_md = sha256
default_crl_days = 30
"""


class Failure(Exception):
    pass


def expect(condition, what):
    if not condition:
        raise Failure(what)


def ran(*command, directory, environment=None, code=0):
    ended = subprocess.run(command, capture_output=True, text=True, cwd=directory, env=environment, stdin=subprocess.DEVNULL,
                           timeout=60, check=False)
    expect(ended.returncode == code, f"{' '.join(command)}: ended with {ended.returncode}: {ended.stdout}{ended.stderr}")
    return ended.stdout + ended.stderr


def written(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


class Authority:
    def __init__(self, directory):
        self.directory = directory
        written(os.path.join(directory, "ca.cnf"), AUTHORITY)
        written(os.path.join(directory, "index.txt"), "")
        self.openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "root.key", "-out", "root.pem", "-days", "30",
                     "-subj", "/O=Example Trust/CN=Example Trust Root CA")
        self.openssl("ca", "-config", "ca.cnf", "-gencrl", "-cert", "root.pem", "-keyfile", "root.key", "-out", "root.crl")

    def openssl(self, *arguments):
        return ran("openssl", *arguments, directory=self.directory)

    def sign(self, request, certificate):
        expect("verify OK" in self.openssl("req", "-verify", "-noout", "-in", request), f"{request} does not verify")
        self.openssl("x509", "-req", "-in", request, "-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial", "-days", "20",
                     "-copy_extensions", "copyall", "-out", certificate)


class Serving:
    """`domsec serve -v` of one side; its counters are what it says at the end."""

    def __init__(self, program, directory, environment):
        self.process = subprocess.Popen([program, "serve", "-v", "--config", "domsec.toml", "--spool", "spool"],
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=directory, env=environment)
        for line in self.process.stderr:
            listening = re.search(r"listening on 127\.0\.0\.1:(\d+)", line)
            if listening:
                self.port = listening[1]
                return
        raise Failure("serve does not listen: " + self.process.stdout.read())

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        out, err = self.process.communicate(timeout=20)
        return out + err


def messages(directory):
    spool = os.path.join(directory, "spool")
    return [read(os.path.join(spool, name)) for name in sorted(os.listdir(spool)) if name.endswith(".eml")]


def delivered(program, sender, receiver, to, environment):
    """One message from one side to the other; returns what the receiver counted."""
    serving = Serving(program, receiver, environment)
    try:
        said = ran(program, "send", "-v", "--config", "domsec.toml", "--connect", f"127.0.0.1:{serving.port}",
                   "--from", "alice@" + ("contoso.com" if to.endswith("woodgrovebank.com") else "woodgrovebank.com"), "--to", to,
                   directory=sender, environment=environment)
        expect("DS000 mutual-tls-ok" in said and "domain secured" in said, said)
        return serving.stop()
    finally:
        if serving.process.poll() is None:
            serving.process.kill()
            serving.process.communicate()


def run(program, source, directory):
    contoso, woodgrove = os.path.join(directory, "contoso"), os.path.join(directory, "woodgrove")
    environment = dict(os.environ, XDG_STATE_HOME=os.path.join(directory, "state"), HOME=directory)
    authority = Authority(directory)
    written(os.path.join(contoso, "domsec.toml"), CONTOSO)
    written(os.path.join(woodgrove, "domsec.toml"), WOODGROVE)
    os.makedirs(os.path.join(contoso, "root", "Certificates"))
    authority.openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", "woodgrove/mail.key", "-out", "woodgrove/mail.req",
                      "-subj", "/CN=mail.woodgrovebank.com", "-addext", "subjectAltName=DNS:mail.woodgrovebank.com")
    authority.sign("woodgrove/mail.req", "woodgrove/mail.pem")

    # The commands as they stand in the document; the authority answers between steps 1 and 2.
    document = read(os.path.join(source, "fixtures", "shell", "domain-security.ps1"))
    cut = document.index("Import-ExchangeCertificate")
    shell = (program, "shell", "--config", "domsec.toml", "--root", "root")
    written(os.path.join(contoso, "step1.ps1"), document[:cut])
    written(os.path.join(contoso, "steps2to5.ps1"), document[cut:])
    said = ran(*shell, "step1.ps1", directory=contoso, environment=environment)
    expect(said == "", f"step 1 says: {said}")
    for host in ("mail1", "mail2"):
        authority.sign(f"contoso/root/Certificates/{host}-request.req", f"{host}.pem")
        authority.openssl("crl2pkcs7", "-nocrl", "-certfile", f"{host}.pem", "-certfile", "root.pem", "-outform", "DER",
                          "-out", f"contoso/root/Certificates/{host}-certificate.pfx")
    said = ran(*shell, "steps2to5.ps1", directory=contoso, environment=environment)
    for line in ("Name                : Internet", "DNSRoutingEnabled   : True", "Fqdn                : mail.contoso.com",
                 "DomainSecureEnabled : True"):
        expect(line.lower() in said.lower(), f"{line!r} is not in {said}")

    # What they made of the file: only what they are about, the comments still there.
    now = read(os.path.join(contoso, "domsec.toml"))
    expect(now.startswith("# Contoso's first Edge\n") and "# default DNS routing" in now, now)
    for line in ('TLSSendDomainSecureList = ["woodgrovebank.com"]', 'TLSReceiveDomainSecureList = ["woodgrovebank.com"]',
                 'ProtocolLoggingLevel = "Verbose"', "DomainSecureEnabled = true"):
        expect(line in now, f"{line!r} is not in {now}")
    ran(program, "policy", "lint", "--config", "domsec.toml", directory=contoso, environment=environment)

    # Step 5: mail both ways, with the counters and the protocol logs that the document looks at.
    counted = delivered(program, contoso, woodgrove, "bob@woodgrovebank.com", environment)
    expect(re.search(r"Domain Secure Messages Received\W+1\b", counted), f"counters of Woodgrove Bank: {counted}")
    mail = messages(woodgrove)
    expect(len(mail) == 1 and "X-MS-Exchange-Organization-AuthAs: Partner" in mail[0] and
           "X-MS-Exchange-Organization-AuthDomain: contoso.com" in mail[0], f"{mail}")
    counted = delivered(program, woodgrove, contoso, "alice@contoso.com", environment)
    expect(re.search(r"Domain Secure Messages Received\W+1\b", counted), f"counters of Contoso: {counted}")
    mail = messages(contoso)
    expect(len(mail) == 1 and "X-MS-Exchange-Organization-AuthDomain: woodgrovebank.com" in mail[0], f"{mail}")
    for folder in ("SmtpSend", "SmtpReceive"):
        logs = os.path.join(contoso, "logs", folder)
        lines = "".join(read(os.path.join(logs, name)) for name in os.listdir(logs))
        expect("STARTTLS" in lines and "TLS protocol SP_PROT_TLS1" in lines, f"{folder}: {lines}")


def main():
    with tempfile.TemporaryDirectory() as directory:
        try:
            run(os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]), directory)
        except Failure as failure:
            print(f"domain_security: {failure}")
            return 1
    print("domain_security: every command as printed, then a domain-secured message each way")
    return 0


if __name__ == "__main__":
    sys.exit(main())
