#!/usr/bin/env python3
"""`domsec cert lint` over files, a configuration and a store, with the revocation lists up and down: cert_lint.py PROGRAM."""
import contextlib
import json
import os
import re
import sqlite3
import sys
import tempfile

from own_house import Failure, House, expect

CONFIGURATION = """[organization]
ServerFqdn = "mail1.contoso.com"
AcceptedDomains = ["contoso.com"]
TrustedRoots = ["root.pem"]
Store = "domsec.db"

[TransportConfig]
TLSSendDomainSecureList = ["woodgrovebank.com"]
TLSReceiveDomainSecureList = ["woodgrovebank.com"]

[[SendConnector]]
Name = "Internet"
Fqdn = "mail.contoso.com"
AddressSpaces = ["*"]
DomainSecureEnabled = true

[[ReceiveConnector]]
Name = "Inbound"
Fqdn = "mail.contoso.com"
Bindings = ["127.0.0.1:0"]
DomainSecureEnabled = true
"""

SECTION = """
[[Certificate]]
CertificateFile = "mail.pem"
KeyFile = "mail.key"
ChainFile = "issuing.pem"
"""


def configuration(house):
    """A whole certificate, then one fault after the other; each repair is done as it is printed."""
    house.certificate("mail", ["mail.contoso.com", "contoso.com"])
    house.write("domsec.toml", CONFIGURATION + SECTION)
    said = house.ran("cert", "lint")
    expect(re.match(r"green  \S*mail\.pem \(domsec\.toml:\d+\)  [0-9A-F]{40}\n +CN=mail\.contoso\.com; (399|400) days left; Status Valid; "
                    r"presented by SendConnector Internet, ReceiveConnector Inbound\n1 certificate: 0 red, 0 yellow, 1 green\n$", said), said)

    house.lists.down()
    said = house.ran("cert", "lint", "--timeout", "2", code=3)
    expect("red    DS150 crl-unreachable [R22]" in said and "Status RevocationCheckFailure" in said, said)
    house.ran("cert", "lint", "--crl", "off")
    house.lists.up()
    house.ran("cert", "lint", "--crl-cache", "crl")
    house.lists.down()
    house.ran("cert", "lint", "--crl-cache", "crl", "--crl", "cached")
    house.lists.up()

    os.chmod(house.path("mail.key"), 0o644)
    said = house.ran("cert", "lint", code=2)
    repair = re.search(r"red    DS608 key-file-exposed \[R19\] \S*mail\.key has mode 0644: .*\n +repair: (chmod 600 \S+)\n", said)
    expect(repair, said)
    expect(os.system(f"cd {house.directory} && {repair[1]}") == 0, "the repair fails")
    house.ran("cert", "lint")

    house.write("domsec.toml", CONFIGURATION + SECTION.replace('ChainFile = "issuing.pem"\n', ""))
    said = house.ran("cert", "lint", "--crl", "off")
    expect("yellow DS217 own-chain-incomplete [R23]" in said and "repair: set ChainFile" in said, said)
    house.ran("cert", "lint", "--crl", "off", "--fail-on", "warn", code=2)

    house.write("domsec.toml", CONFIGURATION + SECTION.replace("mail.key", "root.key"))
    said = house.ran("cert", "lint", "--crl", "off", code=2)
    expect("DS211 own-key-mismatch" in said and "DS212" not in said, said)
    house.write("domsec.toml", CONFIGURATION + SECTION)


def times(house):
    """Spec exchange 8.4 on the days before the end; other days ask for no list of today."""
    end = json.loads(house.ran("cert", "lint", "--json"))["certificates"][0]["not_after"]
    year, month, rest = end.split("-", 2)
    before = f"{int(year) - (month == '01')}-{(int(month) - 2) % 12 + 1:02}-{rest}"
    if int(rest[:2]) > 28:
        before = before[:8] + "28" + before[10:]
    said = house.ran("cert", "lint", "--at", before)
    expect(re.search(r"(yellow|red)    ?DS123 certificate-expiring", said) or "DS123" in said, said)
    said = house.ran("cert", "lint", "--at", "2099-01-01T00:00:00Z", code=2)
    expect("red    DS216 own-cert-expired" in said and "Status DateInvalid" in said, said)
    said = house.ran("cert", "lint", "--at", "yesterday", code=2)
    expect("--at: 'yesterday' is no time" in said, said)


def questions(house):
    """For one connector, for one partner; for nobody."""
    house.certificate("www", ["www.contoso.com"])
    house.write("domsec.toml", CONFIGURATION + SECTION + SECTION.replace("mail.", "www."))
    said = house.ran("cert", "lint")
    expect("2 certificates:" in said and "green  DS607 san-set-advice [R39] no connector uses any of its names: www.contoso.com" in said, said)
    for flag in (("--connector", "internet"), ("--partner", "woodgrovebank.com")):
        said = house.ran("cert", "lint", *flag)
        expect("1 certificate:" in said and "www.pem" not in said, said)
    expect("no connector is called 'Extranet'" in house.ran("cert", "lint", "--connector", "Extranet", code=2), "unknown connector")
    expect("is no domain" in house.ran("cert", "lint", "--partner", "a_b", code=2), "no domain")
    expect("none of all, exchange" in house.ran("cert", "lint", "--profile", "sendmail", code=2), "unknown profile")
    house.write("domsec.toml", CONFIGURATION + SECTION)


def files(house):
    """What would follow if they were presented; nothing of the configuration is shown."""
    house.certificate("short", ["mail.contoso.com"], key="rsa:1024", days=20, usages="serverAuth")
    said = house.ran("cert", "lint", "short.pem", "--crl", "off", code=2)
    for line in ("red    DS123", "red    DS109 certificate-weak [8.4] its key is RSA 1024", "yellow DS213 own-key-missing",
                 "yellow DS217", "yellow DS121 client-cert-eku [D-10] as a client it is refused by postfix, strict"):
        expect(line in said, f"{line!r} is not in {said}")
    expect("1 certificate: 1 red" in said and "mail.pem" not in said, said)
    said = house.ran("cert", "lint", "short.pem", "--key", "short.key", "--crl", "off", "--profile", "postfix", code=2)
    expect("DS213" not in said and "red    DS121 client-cert-eku [D-10] postfix refuses it as a client" in said, said)
    house.openssl("pkcs12", "-export", "-in", "mail.pem", "-inkey", "mail.key", "-certfile", "issuing.pem", "-passout", "pass:secret",
                  "-out", "mail.pfx")
    os.chmod(house.path("mail.pfx"), 0o600)
    house.write("pass", "secret\n")
    os.remove(house.path("domsec.toml"))
    said = house.ran("cert", "lint", "mail.pfx", "--key-pass-file", "pass", "--ca", "root.pem")
    expect(said.startswith("green  mail.pfx  ") and "Status Valid\n" in said, said)
    expect("there is nothing to look at" in house.ran("cert", "lint", code=2), "nothing to look at")
    expect("no/such.pem" in house.ran("cert", "lint", "no/such.pem", code=2), "no such file")
    expect("--store: there is no file" in house.ran("cert", "lint", "--store", "none.db", code=2), "no such store")


def shelled(house, command):
    return house.ran("shell", "--config", "domsec.toml", "--root", ".", "-c", command)


def stored(house):
    """From the request to a certificate that is presented; the repairs are typed as they are printed."""
    house.write("domsec.toml", CONFIGURATION)
    house.write("mail1.req", shelled(house, "New-ExchangeCertificate -GenerateRequest -FriendlyName mail1 "
                                            "-SubjectName CN=mail1.contoso.com -DomainName mail.contoso.com,contoso.com"))
    said = house.ran("cert", "lint", code=2)   # nothing to present yet
    expect(re.search(r"yellow DS213 own-key-missing \[R17\] the request [0-9A-F]{40} for CN=mail1.contoso.com waits", said), said)
    expect(said.count("DS212 own-cert-not-found [R11]") == 2, said)
    house.sign("mail1", "issuing", "subjectAltName=DNS:mail.contoso.com,DNS:contoso.com,DNS:mail1.contoso.com\n"
                                   "extendedKeyUsage=serverAuth,clientAuth")
    said = house.ran("cert", "lint", "mail1.pem", "--crl", "off")
    expect("DS213" not in said and "DS217" in said, said)    # its key waits in the store
    house.openssl("crl2pkcs7", "-nocrl", "-certfile", "mail1.pem", "-certfile", "issuing.pem", "-out", "mail1.p7b")
    shelled(house, "Import-ExchangeCertificate -FileData ([Byte[]]$(Get-Content -Path mail1.p7b -Encoding Byte -ReadCount 0))")
    said = house.ran("cert", "lint", code=2)
    repair = re.search(r"DS214 own-cert-no-smtp .*\n +repair: (Enable-ExchangeCertificate -Thumbprint \w{40} -Services SMTP)\n", said)
    expect(repair, said)
    shelled(house, repair[1] + " -Force")
    said = house.ran("cert", "lint")
    expect("green  mail1 (" in said and "presented by SendConnector Internet, ReceiveConnector Inbound" in said, said)
    expect("1 certificate: 0 red, 0 yellow, 1 green" in said, said)

    document = json.loads(house.ran("cert", "lint", "--json", "--store", "domsec.db"))
    expect(document["schema"] == "domsec.certificate-fitness/1" and document["exit_code"] == 0, document)
    one = document["certificates"][0]
    expect(one["place"] == "store" and one["services"] == "SMTP" and one["colour"] == "green", one)
    expect(document["connectors"][0]["presents"] == one["thumbprint"], document)

    os.chmod(house.path("domsec.db"), 0o644)
    said = house.ran("cert", "lint", "--crl", "off", code=2)
    expect("red    DS608 key-file-exposed" in said and "domsec.db has mode 0644" in said, said)
    os.chmod(house.path("domsec.db"), 0o600)


def key_of_another(house):
    """Whoever reads the store finds it, and no session presents what it cannot sign for."""
    house.openssl("genrsa", "-out", "other.key", "2048")
    with open(house.path("other.key"), encoding="ascii") as file, contextlib.closing(sqlite3.connect(house.path("domsec.db"))) as store:
        store.execute("UPDATE certificates SET key = ?", (file.read(),))
        store.commit()
    said = house.ran("cert", "lint", "--crl", "off", code=2)
    expect(re.search(r"red +DS211 own-key-mismatch \[R20\] the store has the key of another certificate", said), said)
    expect("own-key-mismatch" in house.ran("policy", "lint", "--config", "domsec.toml", code=2), "policy lint does not tell")
    said = house.ran("store", "check", code=2)
    expect("has the key of another certificate" in said, said)
    said = house.ran("doctor", "--config", "domsec.toml", "--timeout", "1", code=2)
    expect("has no usable private key in the store; domsec cert lint says why" in said, said)
    said = house.ran("preflight", "woodgrovebank.com", "--timeout", "1", code=2)
    expect("FAIL  policy" in said, said)
    house.ran("cert", "export", json.loads(house.ran("cert", "list", "--json"))["certificates"][0]["thumbprint"], "--out", "away.pfx",
              "--password-file", "other.key", code=2)


def main():
    with tempfile.TemporaryDirectory() as directory:
        house = House(os.path.abspath(sys.argv[1]), directory)
        try:
            house.authorities()
            configuration(house)
            times(house)
            questions(house)
            files(house)
            stored(house)
            key_of_another(house)
        except Failure as failure:
            print(f"cert_lint: {failure}")
            return 1
        finally:
            house.lists.down()
    print("cert_lint: files, configuration and store are judged, and the repairs mend what they say")
    return 0


if __name__ == "__main__":
    sys.exit(main())
