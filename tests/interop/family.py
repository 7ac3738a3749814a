"""The family of certificates that stacks are compared by: each is `good` but for one property. The keys, names and
authorities are made with the openssl program, as all of the interop run.

    Family Root (RSA) --> Family Issuing CA (EC) --> nearly all
    Stranger Root --> what nobody vouches for
    CAs that are wrong in one property --> certificates that are right themselves

`chains[name]` is the file that its owner sends, leaf first; `keys[name]` its key. Anchors and revocation lists are one file each.
"""

import base64
import pathlib

from authority import EC, RSA, Authority, openssl

REFERENCE = "mail.eu.woodgrovebank.com"   # whom a server has to be
DOMAIN = "eu.woodgrovebank.com"
ABOVE = "woodgrovebank.com"
CA = "basicConstraints=critical,CA:TRUE"
SIGNS = "keyUsage=critical,keyCertSign,cRLSign"
USAGE = "digitalSignature,keyEncipherment"
BOTH = "serverAuth,clientAuth"
WEAK = ["-newkey", "rsa:1024"]


def spoil_signature(pem):
    """The same certificate or list with a bit of its signature turned over."""
    first, *lines, last = pem.strip().splitlines()
    der = bytearray(base64.b64decode("".join(lines)))
    der[-1] ^= 1
    return "%s\n%s%s\n" % (first, base64.encodebytes(bytes(der)).decode(), last)


class Family:
    def __init__(self, home):
        self.home = pathlib.Path(home)
        self.home.mkdir(parents=True)
        self.chains, self.keys = {}, {}
        self.root = Authority(self.home / "root", "Family Root", RSA)
        self.issuing = self.authority("Family Issuing CA")
        self.stranger = Authority(self.home / "stranger", "Stranger Root", EC)
        self.make_keys()
        self.issue_leaves()
        self.issue_below_bad_authorities()
        self.issue_self_signed()
        self.write_trust()

    def authority(self, title, *extensions, key=EC, issuer=None, **how):
        return Authority(self.home / title.lower().replace(" ", "-"), title, key, issuer or self.root,
                         extensions=list(extensions) or [CA, SIGNS], **how)

    def make_keys(self):
        self.key = self.home / "key.pem"
        self.ed25519_key = self.home / "ed25519.key"
        self.rsa_key, self.weak_key, self.tiny_key = (self.home / ("rsa-%d.key" % bits) for bits in (2048, 1024, 768))
        openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", self.key)
        for bits, key in ((2048, self.rsa_key), (1024, self.weak_key), (768, self.tiny_key)):
            openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:%d" % bits, "-out", key)
        self.p521_key = self.home / "p521.key"
        openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-521", "-out", self.p521_key)
        openssl("genpkey", "-algorithm", "ED25519", "-out", self.ed25519_key)

    def request(self, common_name, key):
        file = self.home / ("%s-%s.csr" % (common_name.replace("/", "-"), key.stem))
        if not file.exists():
            openssl("req", "-config", self.root.configuration, "-new", "-key", key, "-subj", "/O=Family/CN=" + common_name,
                    "-out", file)
        return file

    def issue(self, name, issuer=None, names="DNS:" + REFERENCE, usage=BOTH, key_usage=USAGE, first_day=-2, last_day=200,
              common_name=REFERENCE, key=None, sent=None, more=(), digest="sha256", constraints="CA:FALSE"):
        issuer, key = issuer or self.issuing, key or self.key
        extensions = ["basicConstraints=" + constraints, *more]
        extensions += ["keyUsage=" + key_usage] if key_usage else []
        extensions += ["extendedKeyUsage=" + usage] if usage else []
        extensions += ["subjectAltName=" + names] if names else []
        leaf = self.home / (name + ".leaf")
        issuer.sign(self.request(common_name, key), leaf, extensions, first_day, last_day, digest=digest)
        self.write(name, [leaf, *(issuer.sent if sent is None else sent)], key)
        return leaf

    def write(self, name, files, key):
        self.chains[name] = self.home / (name + ".pem")
        self.chains[name].write_text("".join(each.read_text() for each in files))
        self.keys[name] = key

    def issue_leaves(self):
        self.issue("good")
        # purpose
        self.issue("server-auth-only", usage="serverAuth")
        self.issue("client-auth-only", usage="clientAuth")
        self.issue("no-eku", usage=None)
        self.issue("any-eku", usage="anyExtendedKeyUsage")
        self.issue("other-eku", usage="emailProtection")
        self.issue("key-usage-unfit", key_usage="dataEncipherment")
        self.issue("cert-sign-only", key_usage="keyCertSign")
        self.issue("non-repudiation-only", key_usage="nonRepudiation")
        self.issue("key-agreement-only", key_usage="keyAgreement")
        self.issue("key-encipherment-only", key_usage="keyEncipherment", key=self.rsa_key)
        self.issue("no-key-usage", key_usage=None)
        self.issue("leaf-is-a-ca", constraints="CA:TRUE", key_usage=USAGE + ",keyCertSign")
        self.issue("unknown-critical", more=["1.3.6.1.4.1.55555.1=critical,ASN1:UTF8String:x"])
        # time
        self.issue("expired", first_day=-10, last_day=-1)
        self.issue("not-yet-valid", first_day=5)
        # name
        self.issue("wrong-name", names="DNS:smtp-out.hosting.test", common_name="smtp-out.hosting.test")
        self.issue("cn-only", names=None)
        self.issue("cn-beside-other-san", names="DNS:smtp-out.hosting.test")
        self.issue("cn-beside-email-san", names="email:postmaster@" + DOMAIN)
        self.issue("san-beside-other-cn", common_name="smtp-out.hosting.test")
        self.issue("wildcard", names="DNS:*." + DOMAIN, common_name="wildcard")
        self.issue("wildcard-two-labels", names="DNS:*." + ABOVE, common_name="wildcard")
        self.issue("wildcard-in-label", names="DNS:ma*." + DOMAIN, common_name="wildcard")
        self.issue("cn-wildcard", names=None, common_name="*." + DOMAIN)
        self.issue("domain-above", names="DNS:" + DOMAIN, common_name="above")
        self.issue("host-below", names="DNS:a." + REFERENCE, common_name="below")
        self.issue("name-in-capitals", names="DNS:" + REFERENCE.upper(), common_name="capitals")
        self.issue("name-with-final-dot", names="DNS:" + REFERENCE + ".", common_name="dot")
        self.issue("cn-beside-ip-san", names="IP:127.0.0.1")
        self.issue("cn-beside-uri-san", names="URI:https://www.woodgrovebank.com/")
        self.issue("wildcard-of-itself", names="DNS:*." + REFERENCE, common_name="wildcard")
        self.issue("wildcard-in-middle", names="DNS:mail.*." + ABOVE, common_name="wildcard")
        self.issue("cn-with-final-dot", names=None, common_name=REFERENCE + ".")
        self.issue("two-cns-first", names=None, common_name=REFERENCE + "/CN=smtp-out.hosting.test")
        self.issue("two-cns-last", names=None, common_name="smtp-out.hosting.test/CN=" + REFERENCE)
        self.issue("no-name", names=None, common_name="Mail Server")
        # chain
        self.issue("untrusted-root", self.stranger, sent=[self.stranger.certificate])
        self.issue("untrusted-root-not-sent", self.stranger, sent=[])
        self.issue("missing-intermediate", sent=[])
        self.issue("root-sent-too", sent=[*self.issuing.sent, self.root.certificate])
        self.issue("chain-with-stranger", sent=[self.stranger.certificate, *self.issuing.sent])
        self.issue("leaf-sent-twice", sent=[self.home / "leaf-sent-twice.leaf", *self.issuing.sent])
        self.issue("bad-signature")
        leaf = self.home / "bad-signature.leaf"
        leaf.write_text(spoil_signature(leaf.read_text()))
        self.write("bad-signature", [leaf, *self.issuing.sent], self.key)
        # strength
        self.issue("rsa-2048", key=self.rsa_key)
        self.issue("rsa-1024", key=self.weak_key)
        self.issue("rsa-768", key=self.tiny_key)
        self.issue("sha1-signed", digest="sha1")
        self.issue("ed25519", key=self.ed25519_key)
        self.issue("p-521", key=self.p521_key)
        self.issue("sha512-signed", digest="sha512")
        self.issue("md5-signed", self.root, digest="md5")
        # revocation
        revoked = self.issue("revoked")
        self.issuing.revoke(revoked)

    def issue_below_bad_authorities(self):
        deep = self.authority("No Deeper CA", CA + ",pathlen:0", SIGNS)
        expired = self.authority("Expired CA", first_day=-10, last_day=-1)
        revoked = self.authority("Revoked CA")
        self.root.revoke(revoked.certificate)
        crossed = Authority(self.home / "crossed", "Crossed Root", EC)
        below = {
            "intermediate-no-ca": self.authority("Not A CA", "basicConstraints=critical,CA:FALSE", SIGNS),
            "intermediate-no-cert-sign": self.authority("No Cert Sign CA", CA, "keyUsage=critical,cRLSign"),
            "path-length": self.authority("Too Deep CA", issuer=deep),
            "name-constraint": self.authority("Constrained CA", CA, SIGNS, "nameConstraints=critical,permitted;DNS:fabrikam.com"),
            "name-constraint-met": self.authority("Kept CA", CA, SIGNS, "nameConstraints=critical,permitted;DNS:" + ABOVE),
            "name-excluded": self.authority("Excluding CA", CA, SIGNS, "nameConstraints=critical,excluded;DNS:" + ABOVE),
            "intermediate-expired": expired,
            "intermediate-not-yet-valid": self.authority("Young CA", first_day=5),
            "intermediate-unknown-critical": self.authority("Odd CA", CA, SIGNS, "1.3.6.1.4.1.55555.1=critical,ASN1:UTF8String:x"),
            "intermediate-no-constraints": self.authority("Plain CA", SIGNS),
            "intermediate-no-key-usage": self.authority("Any Use CA", CA),
            "intermediate-revoked": revoked,
            "intermediate-client-auth": self.authority("Client CA", CA, SIGNS, "extendedKeyUsage=clientAuth"),
            "intermediate-server-auth": self.authority("Server CA", CA, SIGNS, "extendedKeyUsage=serverAuth"),
            "intermediate-rsa-1024": self.authority("Weak CA", key=WEAK),
            "intermediate-sha1": self.authority("SHA-1 CA", digest="sha1"),
            "crl-missing": self.authority("Silent CA"),
            "crl-missing-with-cdp": self.authority("Silent CA Of The Web"),
            "crl-stale": self.authority("Late CA"),
            "crl-not-yet-valid": self.authority("Early CA"),
            "crl-bad-signature": self.authority("Spoilt CA"),
            "crl-of-other-key": self.authority("Twice CA"),
            "revoked-by-stale-list": self.authority("Late And Strict CA"),
            "crl-unknown-critical": self.authority("Odd List CA"),
            "revoked-by-unknown-critical": self.authority("Odd And Strict CA"),
            "revoked-by-bad-list": self.authority("Spoilt And Strict CA"),
            "root-sha1": Authority(self.home / "sha1-root", "SHA-1 Root", EC, digest="sha1"),
            "root-rsa-1024": Authority(self.home / "weak-root", "Weak Root", WEAK),
            "root-no-ca": Authority(self.home / "plain-root", "Plain Root", EC, extensions=["basicConstraints=CA:FALSE", SIGNS]),
            "root-path-length": self.authority("Below Flat CA", issuer=Authority(
                self.home / "flat-root", "Flat Root", EC, extensions=[CA + ",pathlen:0", SIGNS])),
            "intermediate-in-store": self.authority("Stored CA"),
            "cross-signed-root": self.authority("Crossed CA", issuer=crossed),
            "root-expired": Authority(self.home / "old-root", "Old Root", EC, first_day=-10, last_day=-1),
            "anchor-not-a-root": self.authority("Lone CA", issuer=Authority(self.home / "hidden", "Hidden Root", EC)),
        }
        levels, chain = [], self.root
        for depth in range(11):
            chain = self.authority("Level %d CA" % depth, issuer=chain)
            levels.append(chain)
            if depth == 3:
                self.issue("chain-out-of-order", chain, sent=list(reversed(chain.sent)))
            if depth in (3, 9, 10):
                below["%d-intermediates" % (depth + 1)] = chain
        for name, issuer in below.items():
            more = ["crlDistributionPoints=URI:http://crl.invalid/ca.crl"] if name.endswith("-with-cdp") else []
            leaf = self.issue(name, issuer, more=more)
            if name.startswith("revoked"):
                issuer.revoke(leaf)
        twice = Authority(self.home / "twice", "Twice CA", EC)   # another key, the same name
        special = {"crl-missing": [], "crl-missing-with-cdp": [], "crl-stale": [below["crl-stale"].crl(-10, -1)],
                   "revoked-by-stale-list": [below["revoked-by-stale-list"].crl(-10, -1)],
                   "crl-not-yet-valid": [below["crl-not-yet-valid"].crl(2, 9)], "crl-of-other-key": [twice.crl()],
                   "crl-unknown-critical": [below["crl-unknown-critical"].crl(extensions="odd_crl")],
                   "revoked-by-unknown-critical": [below["revoked-by-unknown-critical"].crl(extensions="odd_crl")],
                   "crl-bad-signature": [spoil_signature(below["crl-bad-signature"].crl())],
                   "revoked-by-bad-list": [spoil_signature(below["revoked-by-bad-list"].crl())]}
        self.lists = [each for name, issuer in below.items() for each in special.get(name, [] if issuer in levels else [issuer.crl()])]
        self.lists += [each.crl() for each in (deep, *levels)]
        self.anchors = [below[name].certificate for name in ("root-expired", "anchor-not-a-root", "root-sha1", "root-rsa-1024",
                                                             "root-no-ca", "intermediate-in-store")]
        self.anchors += [crossed.certificate, self.home / "flat-root/ca.pem"]
        self.issue_by_two_ways(below["intermediate-in-store"], below["cross-signed-root"], crossed)

    def issue_by_two_ways(self, stored, below_crossed, crossed):
        """Chains with more than one way to an anchor, or with a wrong turning."""
        self.issue("intermediate-in-store", stored, sent=[])
        cross = self.home / "cross.pem"
        self.stranger.sign(crossed.home / "ca.csr", cross, [CA, SIGNS, "subjectKeyIdentifier=hash"], -2, 200)
        self.issue("cross-signed-root", below_crossed, sent=[below_crossed.certificate, cross, self.stranger.certificate])
        old = self.home / "old-issuing.pem"
        self.root.sign(self.issuing.home / "ca.csr", old, [CA, SIGNS, "subjectKeyIdentifier=hash"], -20, -10)
        self.issue("expired-intermediate-first", sent=[old, *self.issuing.sent])
        self.issue("expired-intermediate-last", sent=[*self.issuing.sent, old])

    def issue_self_signed(self):
        rows = {"self-signed": (BOTH, REFERENCE), "self-signed-trusted": (BOTH, REFERENCE),
                "self-signed-trusted-server-auth": ("serverAuth", REFERENCE), "self-signed-trusted-wrong-name": (BOTH, "a.example")}
        for name, (usage, host) in rows.items():
            file = self.home / (name + ".leaf")
            openssl("req", "-config", self.root.configuration, "-x509", "-new", "-key", self.key, "-days", 200, "-subj",
                    "/O=%s/CN=%s" % (name, host), "-addext", "basicConstraints=CA:FALSE", "-addext", "keyUsage=" + USAGE,
                    "-addext", "extendedKeyUsage=" + usage, "-addext", "subjectAltName=DNS:" + host, "-out", file)
            self.write(name, [file], self.key)
            if name != "self-signed":
                self.anchors.append(file)

    def write_trust(self):
        self.trusted = self.home / "trusted.pem"
        anchors = [self.root.certificate, *self.anchors]
        self.trusted.write_text("".join(each.read_text() for each in anchors))
        self.crls = self.home / "crls.pem"
        self.crls.write_text("".join([self.root.crl(), self.issuing.crl(), self.stranger.crl(), *self.lists]))
