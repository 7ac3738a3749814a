#!/usr/bin/env python3
"""`domsec preflight` with `domsec serve` running and not, and the revocation lists up and down: preflight.py PROGRAM."""
import json
import os
import re
import sys
import tempfile
import time

from own_house import Failure, House, Serving, expect, free_port

CONFIGURATION = """[organization]
ServerFqdn = "mail1.contoso.com"
AcceptedDomains = ["contoso.com"]
TrustedRoots = ["root.pem"]
DnsServers = ["127.0.0.1:{dns}"]
{organization}
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
Bindings = ["127.0.0.1:{port}"]
DomainSecureEnabled = true
{receive}
[[Certificate]]
CertificateFile = "mail.pem"
KeyFile = "mail.key"
ChainFile = "issuing.pem"
"""


class Flight:
    def __init__(self, house):
        self.house = house
        self.port = free_port()
        self.dns = free_port()   # nobody answers: the partner's hosts are the environment's affair

    def configure(self, organization="", receive=""):
        self.house.write("domsec.toml", CONFIGURATION.format(dns=self.dns, port=self.port, organization=organization, receive=receive))

    def fly(self, *arguments, code=3):
        return self.house.ran("preflight", "woodgrovebank.com", "--timeout", "2", *arguments, code=code)

    def rows(self, *arguments, code=3):
        """Every row but DNS's that is neither ok nor skipped, `FAIL listener` …"""
        document = json.loads(self.fly("--json", *arguments, code=code))
        expect(document["schema"] == "domsec.preflight/1" and document["exit_code"] == code, document)
        rows = document["checks"] + document["partners"][0]["checks"]
        return [row for row in rows if row["result"] not in ("ok", "skip") and row["name"] not in ("dns", "clock")]


def listener(flight):
    """Nothing listens; then `serve` does, and offers STARTTLS; then it has no certificate to offer it with."""
    flight.configure()
    said = flight.fly(code=2)
    expect(f"nothing listens at 127.0.0.1:{flight.port}" in said, said)
    serving = Serving(flight.house)
    try:
        said = flight.fly()
        expect(re.search(r"ok    listener      ReceiveConnector Inbound: 127\.0\.0\.1:\d+ answers as mail\.contoso\.com and offers STARTTLS", said),
               said)
        for line in ("list          TLSSendDomainSecureList holds woodgrovebank.com", "list          TLSReceiveDomainSecureList holds",
                     "switch        SendConnector Internet: DNSRoutingEnabled $true",
                     "switch        SendConnector Internet: IgnoreSTARTTLS $false", "switch        ReceiveConnector Inbound: AuthMechanism Tls",
                     "switch        ReceiveConnector Inbound: ExtendedProtectionPolicy None",
                     "certificate   SendConnector Internet presents", "own-chain     ends in CN=Example Trust Root CA",
                     "own-crl       CN=mail.contoso.com: good", "own-crl       CN=Example Trust Issuing CA, O=Example Trust: good"):
            expect("ok    " + line in said, f"{line!r} is not in {said}")
        expect(flight.rows() == [], flight.rows())
        flight.house.lists.down()
        rows = flight.rows(code=3)
        expect({row["name"] for row in rows} == {"own-crl"} and len(rows) == 2, rows)
        expect(all(row["who"] == "env" for row in rows), rows)
        flight.house.lists.up()
    finally:
        serving.stop()


def without_starttls(flight):
    flight.configure(receive='AuthMechanism = "None"\n')
    serving = Serving(flight.house)
    try:
        said = flight.fly(code=2)
        expect(f"127.0.0.1:{flight.port} answers without STARTTLS" in said, said)
        expect("FAIL  switch        ReceiveConnector Inbound: AuthMechanism None" in said, said)
        expect("Set-ReceiveConnector Inbound" in said, said)
    finally:
        serving.stop()


def configuration(flight):
    """Lists and switches; each repair is typed as it is printed."""
    flight.configure()
    text = flight.house.read("domsec.toml")
    flight.house.write("domsec.toml", text.replace("DomainSecureEnabled = true", "DomainSecureEnabled = false")
                       .replace('TLSSendDomainSecureList = ["woodgrovebank.com"]', "TLSSendDomainSecureList = []"))
    serving = Serving(flight.house)
    try:
        rows = flight.rows(code=2)
        repairs = {row["remedy"] for row in rows if row["name"] in ("list", "switch")}
        expect("Set-TransportConfig -TLSSendDomainSecureList @{Add='woodgrovebank.com'}" in repairs, repairs)
        expect(len(repairs) == 3, repairs)
        for repair in repairs:
            flight.house.ran("shell", "--config", "domsec.toml", "-c", repair)
        expect(flight.rows() == [], flight.rows())
        expect("is no domain" in flight.house.ran("preflight", "a_b", code=2), "no domain")
    finally:
        serving.stop()


def certificate(flight):
    """A certificate that proves nothing to the partner; one that is newer than the subscription (R49)."""
    flight.configure()
    serving = Serving(flight.house)
    try:
        text = flight.house.read("domsec.toml")
        organisation = re.sub(r"\n\[\[ReceiveConnector\]\].*", "\n", text, flags=re.DOTALL)
        flight.house.write("organisation.toml", organisation)
        flight.house.write("domsec.toml", text + '\n[EdgeSubscription]\nOrganization = "organisation.toml"\n'
                                                 'Applied = "2020-01-01T00:00:00Z"\n')
        rows = flight.rows()
        expect([row["detail"][:5] for row in rows] == ["DS604"], rows)
        flight.house.write("organisation.toml", organisation.replace("DomainSecureEnabled = true", "DomainSecureEnabled = false"))
        rows = flight.rows(code=2)
        expect([row["name"] for row in rows] == ["subscription", "certificate"] and rows[0]["detail"].startswith("DS304"), rows)
        flight.house.write("domsec.toml", text.replace('AcceptedDomains = ["contoso.com"]', 'AcceptedDomains = ["fabrikam.com"]'))
        rows = flight.rows(code=2)
        expect([row["detail"][:5] for row in rows] == ["DS208"], rows)
        later = time.strftime("%Y-%m-%dT00:00:00Z", time.gmtime(time.time() + 3 * 86400))
        expect("days left" in flight.fly("--at", later, code=2), "--at")
    finally:
        serving.stop()


def main():
    with tempfile.TemporaryDirectory() as directory:
        house = House(os.path.abspath(sys.argv[1]), directory)
        try:
            house.authorities()
            house.certificate("mail", ["mail.contoso.com", "contoso.com"])
            flight = Flight(house)
            listener(flight)
            without_starttls(flight)
            configuration(flight)
            certificate(flight)
        except Failure as failure:
            print(f"preflight: {failure}")
            return 1
        finally:
            house.lists.down()
    print("preflight: what is missing is named with what mends it, and nothing is when all is there")
    return 0


if __name__ == "__main__":
    sys.exit(main())
