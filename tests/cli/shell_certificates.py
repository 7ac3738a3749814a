#!/usr/bin/env python3
"""Seed 002, steps 1 and 2, with the built program and openssl as the authority: shell_certificates.py PROGRAM."""
import os
import re
import stat
import subprocess
import sys
import tempfile

CONFIGURATION = """[organization]
ServerFqdn = "mail1.contoso.com"
TrustedRoots = ["root.pem"]
DnsServers = ["127.0.0.1:9"]
Store = "domsec.db"

[TransportConfig]
TLSSendDomainSecureList = ["woodgrovebank.com"]

[[SendConnector]]
Name = "Internet"
Fqdn = "mail.contoso.com"
AddressSpaces = ["*"]
DomainSecureEnabled = true

[[ReceiveConnector]]
Name = "Internet"
Fqdn = "mail.contoso.com"
Bindings = ["127.0.0.1:0"]
DomainSecureEnabled = true

[Revocation]
Mode = "off"
"""

REQUEST = r"""$Data1 = New-ExchangeCertificate -GenerateRequest -FriendlyName "Internet certificate for mail1" -SubjectName "DC=com,DC=Contoso,CN=mail1.contoso.com" -DomainName mail.contoso.com
Set-Content -Path "C:\Certificates\mail1-request.req" -Value $Data1
"""

IMPORT = r"""Import-ExchangeCertificate -FileData ([Byte[]]$(Get-Content -Path C:\Certificates\mail1-certificate.pfx -Encoding Byte -ReadCount 0)) | Enable-ExchangeCertificate -Services SMTP
"""

LIST = "Get-ExchangeCertificate | Format-List FriendlyName,Subject,CertificateDomains,Thumbprint,Services"


class Failure(Exception):
    pass


def expect(condition, what):
    if not condition:
        raise Failure(what)


class House:
    def __init__(self, program, directory):
        self.program, self.directory = program, directory
        self.write("domsec.toml", CONFIGURATION)
        os.makedirs(self.path("root/Certificates"))
        self.environment = dict(os.environ, XDG_STATE_HOME=self.path("state"), HOME=directory)

    def path(self, name):
        return os.path.join(self.directory, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)

    def domsec(self, *arguments, text=""):
        return subprocess.run([self.program, *arguments], input=text, capture_output=True, text=True, timeout=60,
                              cwd=self.directory, env=self.environment, check=False)

    def shell(self, script, code=0, text=""):
        """Runs it as a script file, so that standard input has the answers."""
        self.write("script.ps1", script)
        ended = self.domsec("shell", "--config", "domsec.toml", "--root", "root", "script.ps1", text=text)
        expect(ended.returncode == code, f"{script}: ended with {ended.returncode}: {ended.stdout}{ended.stderr}")
        return ended.stdout + ended.stderr

    def openssl(self, *arguments):
        ended = subprocess.run(["openssl", *arguments], capture_output=True, text=True, cwd=self.directory,
                               stdin=subprocess.DEVNULL, timeout=60, check=False)
        expect(ended.returncode == 0, f"openssl {arguments}: {ended.stderr}")
        return ended.stdout + ended.stderr


def sign(house):
    """What the authority sends back: certificate and root as PKCS#7, under the name that the seed gives it."""
    house.openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "root.key", "-out", "root.pem", "-days", "30",
                  "-subj", "/O=Contoso/CN=Contoso Root CA")
    request = "root/Certificates/mail1-request.req"
    expect("verify OK" in house.openssl("req", "-verify", "-noout", "-in", request), "the request does not verify")
    house.openssl("x509", "-req", "-in", request, "-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial", "-days", "20",
                  "-copy_extensions", "copyall", "-out", "mail1.pem")
    house.openssl("crl2pkcs7", "-nocrl", "-certfile", "mail1.pem", "-certfile", "root.pem", "-outform", "DER",
                  "-out", "root/Certificates/mail1-certificate.pfx")


def served(house):
    """The certificate that `serve` presents."""
    server = subprocess.Popen([house.program, "serve", "--config", "domsec.toml", "--count", "1"], stderr=subprocess.PIPE,
                              stdout=subprocess.DEVNULL, text=True, cwd=house.directory, env=house.environment)
    try:
        for line in server.stderr:
            listening = re.search(r"listening on 127\.0\.0\.1:(\d+)", line)
            if listening:
                break
        else:
            raise Failure("serve does not listen")
        return house.openssl("s_client", "-connect", f"127.0.0.1:{listening[1]}", "-starttls", "smtp", "-CAfile", "root.pem")
    finally:
        server.terminate()
        server.communicate(timeout=20)


def run(house):
    expect(house.shell(REQUEST) == "", "the request says something")
    sign(house)
    expect(house.shell(IMPORT) == "", "the import says something")
    mode = stat.S_IMODE(os.stat(house.path("domsec.db")).st_mode)
    expect(mode == 0o600, f"the store has mode {mode:o}")
    listed = house.shell(LIST)
    for line in ("FriendlyName       : Internet certificate for mail1", "Subject            : CN=mail1.contoso.com, DC=Contoso, DC=com",
                 "CertificateDomains : {mail.contoso.com, mail1.contoso.com}", "Services           : SMTP"):
        expect(line + "\n" in listed, f"{line!r} is not in {listed}")
    explained = house.domsec("policy", "explain", "bob@woodgrovebank.com")
    expect("Internet certificate for mail1" in explained.stdout, explained.stdout + explained.stderr)
    doctor = house.domsec("doctor", "--config", "domsec.toml", "--timeout", "1").stdout
    expect("domsec.db has mode 0600" in doctor, doctor)
    shown = served(house)
    expect("CN = mail1.contoso.com" in shown and "Verify return code: 0" in shown, shown)


def answer(house):
    """The question of seed 003: another default SMTP certificate, refused."""
    before = re.search(r"Thumbprint +: (\w+)", house.shell(LIST))[1]
    said = house.shell("$new = New-ExchangeCertificate -SubjectName \"cn=Microsoft Exchange Server Auth Certificate\" "
                       "-FriendlyName \"Microsoft Exchange Server Auth Certificate\" -DomainName @()\n$new.Thumbprint", text="N\n")
    expect(re.search(r"Confirm\nOverwrite the existing default SMTP certificate\?\n\nCurrent certificate: '" + before +
                     r"' \(expires [0-9/]+ [0-9:]+ [AP]M\)\nReplace it with certificate: '[0-9A-F]{40}' \(expires ", said), said)
    house.shell(f"Enable-ExchangeCertificate {before} -Services None", code=2)


def document(name):
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../fixtures/shell", name), encoding="utf-8") as file:
        return file.read()


def documents(house):
    """Seeds 003 and 004 as they are printed; the certificate of 004 is the one that is here."""
    said = house.shell(document("auth-certificate.ps1"), text="N\n")
    missing = "A special Rpc error occurs on server mail1: The certificate with thumbprint  was not found."
    expect(said.count(missing) == 2, said)
    shown = house.shell("(Get-AuthConfig).NextCertificateThumbprint | Get-ExchangeCertificate | Format-List Subject, Thumbprint, NotAfter, NotBefore")
    expect("Subject    : CN=Microsoft Exchange Server Auth Certificate\n" in shown, shown)
    staged = re.search(r"Thumbprint : (\w{40})", shown)[1]
    with open(house.path("domsec.toml"), encoding="utf-8") as file:
        expect(f'NextCertificateThumbprint = "{staged}"' in file.read(), "the staged certificate is not in the configuration")
    house.shell("Set-AuthConfig -PublishCertificate; Set-AuthConfig -ClearPreviousCertificate")
    shown = house.shell("(Get-AuthConfig).CurrentCertificateThumbprint")
    expect(shown == staged + "\n", shown)
    own = re.search(r"Internet certificate for mail1\n(?:.*\n)*?Thumbprint +: (\w{40})", house.shell(LIST))[1]
    listed = house.shell(document("services.ps1").replace("434AC224C8459924B26521298CE8834C514856AB", own), text="N\n")
    expect(re.search(r"Thumbprint +: " + own + r"\nServices +: IMAP, POP, IIS, SMTP\n", listed), listed)


def main():
    with tempfile.TemporaryDirectory() as directory:
        house = House(os.path.abspath(sys.argv[1]), directory)
        try:
            run(house)
            answer(house)
            documents(house)
        except Failure as failure:
            print(f"shell_certificates: {failure}")
            return 1
    print("shell_certificates: the certificate of the seed is requested, imported, enabled and presented")
    return 0


if __name__ == "__main__":
    sys.exit(main())
