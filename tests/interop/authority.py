"""The certificates of the interop run, made with the openssl program and not with domsec's own code: an encoder must not be
tried by itself.

    Interop Root (RSA) --> Interop Issuing CA (EC) --> the good certificates, and bad ones, each wrong in one property
    Stranger Root (EC) --> certificates of a root that nobody trusts

A certificate file holds the leaf, then what its owner sends with it. Revocation lists of all authorities are in `crls`.
"""

import datetime
import pathlib
import subprocess

CONFIGURATION = """
[ca]
default_ca = here
[here]
dir = {home}
database = $dir/index.txt
new_certs_dir = $dir/issued
certificate = $dir/ca.pem
private_key = $dir/ca.key
rand_serial = yes
default_md = sha256
default_crl_days = 7
policy = any
unique_subject = no
copy_extensions = none
[any]
organizationName = optional
commonName = supplied
[crl]
authorityKeyIdentifier = keyid
[odd_crl]
authorityKeyIdentifier = keyid
1.3.6.1.4.1.55555.2 = critical,ASN1:UTF8String:x
[req]
distinguished_name = req_name
[req_name]
"""

RSA = ["-newkey", "rsa:2048"]
EC = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]


def openssl(*arguments):
    run = subprocess.run(["openssl", *map(str, arguments)], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
    if run.returncode != 0:
        raise RuntimeError("openssl %s: %s" % (arguments[0], run.stderr.strip()))
    return run.stdout


def day(offset):
    moment = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=offset)
    return moment.strftime("%Y%m%d%H%M%SZ")


class Authority:
    """One CA with the files that `openssl ca` wants."""

    def __init__(self, home, title, key, issuer=None, extensions=("basicConstraints=critical,CA:TRUE",
                 "keyUsage=critical,keyCertSign,cRLSign"), first_day=-2, last_day=400, digest="sha256"):
        self.home = pathlib.Path(home)
        (self.home / "issued").mkdir(parents=True)
        (self.home / "index.txt").touch()
        self.configuration = self.home / "openssl.cnf"
        self.configuration.write_text(CONFIGURATION.format(home=self.home))
        self.certificate = self.home / "ca.pem"
        request = ["req", "-config", self.configuration, "-new", "-nodes", *key, "-keyout", self.home / "ca.key",
                   "-subj", "/O=Interop/CN=" + title]
        extensions = [*extensions, "subjectKeyIdentifier=hash"]
        openssl(*request, "-out", self.home / "ca.csr")
        (issuer or self).sign(self.home / "ca.csr", self.certificate, extensions, first_day, last_day, digest,
                              *([] if issuer else ["-selfsign"]))
        self.sent = [self.certificate, *issuer.sent] if issuer else []

    def sign(self, request, certificate, extensions, first_day, last_day, digest="sha256", *more):
        section = certificate.with_suffix(".ext")
        section.write_text("\n".join([*extensions, "authorityKeyIdentifier=keyid"]) + "\n")
        openssl("ca", "-batch", "-notext", "-config", self.configuration, "-in", request, "-out", certificate,
                "-extfile", section, "-startdate", day(first_day), "-enddate", day(last_day), "-md", digest, *more)

    def revoke(self, certificate):
        openssl("ca", "-batch", "-config", self.configuration, "-revoke", certificate, "-crl_reason", "keyCompromise")

    def crl(self, first_day=-1, last_day=7, extensions="crl"):
        return openssl("ca", "-config", self.configuration, "-gencrl", "-crlexts", extensions, "-crl_lastupdate",
                       day(first_day), "-crl_nextupdate", day(last_day))


class Holder:
    """One organisation: a key, and certificates for it. `files[name]` has the leaf and what is sent with it, `sent[name]` only
    the latter."""

    def __init__(self, home, title, domain, key, pki):
        self.home = pathlib.Path(home)
        self.home.mkdir(parents=True)
        self.title, self.domain, self.pki = title, domain, pki
        self.key = self.home / "key.pem"
        self.other_key = self.home / "other.key"
        configuration = pki.root.configuration
        subject = "/O=%s/CN=mail.%s" % (title, domain)
        self.names = [domain, "mail." + domain]
        self.files, self.sent = {}, {}
        openssl("req", "-config", configuration, "-new", "-nodes", *key, "-keyout", self.key, "-subj", subject,
                "-out", self.home / "good.csr")
        openssl("req", "-config", configuration, "-new", "-key", self.key, "-subj", "/O=Hosting/CN=smtp-out.hosting.test",
                "-out", self.home / "hosting.csr")
        openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", self.other_key)

    def issue(self, name, issuer, names=None, usage="serverAuth,clientAuth", first_day=-2, last_day=200, request="good.csr",
              sent=None):
        extensions = ["basicConstraints=CA:FALSE", "keyUsage=digitalSignature,keyEncipherment", "extendedKeyUsage=" + usage,
                      "subjectAltName=" + ",".join("DNS:" + each for each in names or self.names)]
        leaf = self.home / (name + ".leaf")
        issuer.sign(self.home / request, leaf, extensions, first_day, last_day)
        chain = [leaf, *(issuer.sent if sent is None else sent)]
        self.files[name] = self.home / (name + ".pem")
        self.files[name].write_text("".join(each.read_text() for each in chain))
        self.sent[name] = self.home / (name + ".sent")
        self.sent[name].write_text("".join(each.read_text() for each in chain[1:]))

    def issue_self_signed(self):
        self.files["self-signed"] = self.home / "self-signed.pem"
        openssl("req", "-config", self.pki.root.configuration, "-x509", "-new", "-key", self.key, "-days", 200,
                "-subj", "/O=%s/CN=mail.%s" % (self.title, self.domain), "-addext", "basicConstraints=CA:FALSE",
                "-addext", "subjectAltName=" + ",".join("DNS:" + each for each in self.names), "-out", self.files["self-signed"])

    def issue_all(self):
        issuing, stranger = self.pki.issuing, self.pki.stranger
        self.issue("good", issuing)
        self.issue("wrong-name", issuing, names=["smtp-out.hosting.test"], request="hosting.csr")
        # From the root itself: for programs that can send one certificate only.
        self.issue("direct", self.pki.root)
        self.issue("direct-wrong-name", self.pki.root, names=["smtp-out.hosting.test"], request="hosting.csr")
        self.issue("direct-expired", self.pki.root, first_day=-10, last_day=-1)
        self.issue("direct-server-auth-only", self.pki.root, usage="serverAuth")
        self.issue("direct-revoked", self.pki.root)
        self.pki.root.revoke(self.home / "direct-revoked.leaf")
        self.issue("wildcard", issuing, names=["*." + self.domain])
        # The private root is sent along: then it is certain that the root is the trouble and not a missing intermediate.
        self.issue("untrusted-root", stranger, sent=[stranger.certificate])
        self.issue("missing-intermediate", issuing, sent=[])
        self.issue("expired", issuing, first_day=-10, last_day=-1)
        self.issue("not-yet-valid", issuing, first_day=5)
        self.issue("server-auth-only", issuing, usage="serverAuth")
        self.issue("client-auth-only", issuing, usage="clientAuth")
        self.issue("revoked", issuing)
        issuing.revoke(self.home / "revoked.leaf")
        self.issue_self_signed()


class Pki:
    def __init__(self, home):
        home = pathlib.Path(home)
        self.root = Authority(home / "root", "Interop Root", RSA)
        self.issuing = Authority(home / "issuing", "Interop Issuing CA", EC, self.root)
        self.stranger = Authority(home / "stranger", "Stranger Root", EC)
        self.contoso = Holder(home / "contoso", "Contoso", "contoso.com", EC, self)
        self.woodgrove = Holder(home / "woodgrove", "Woodgrove Bank", "woodgrovebank.com", RSA, self)
        self.contoso.issue_all()
        self.woodgrove.issue_all()
        self.trusted = self.root.certificate
        self.crls = home / "crls.pem"
        self.crls.write_text("".join(authority.crl() for authority in (self.root, self.issuing, self.stranger)))
