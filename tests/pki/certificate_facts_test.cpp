#include "domsec/pki/certificate_facts.h"

#include <gtest/gtest.h>

#include "domsec/pki/bundle.h"
#include "support/openssl_tool.h"
#include "support/pki.h"

namespace domsec::pki {
namespace {

using domsec::testing::has_openssl;
using domsec::testing::openssl;
using domsec::testing::TemporaryDirectory;
using domsec::testing::three_levels;
using Texts = std::vector<std::string>;

CertificatePtr with_extensions(const TemporaryDirectory& directory, const std::string& extensions) {
  const std::string configuration = directory.write(
      "ext.cnf",
      "[req]\ndistinguished_name=dn\nprompt=no\nx509_extensions=ext\n[dn]\nCN=x\n[ext]\n" + extensions);
  const std::string key = directory.write("key.pem", make_key(KeyKind::ec_p256).pem());
  const auto run = openssl("req -new -x509 -config " + configuration + " -key " + key + " -out " +
                           directory.path() + "/c.pem");
  EXPECT_EQ(run.exit_code, 0) << run.output;
  return read_certificates(read_file(directory.path() + "/c.pem"), "c.pem").front();
}

TEST(CertificateFacts, TellWhereIssuerAndResponderAre) {
  if (!has_openssl()) GTEST_SKIP() << "no openssl command";
  const TemporaryDirectory directory;
  const CertificatePtr certificate = with_extensions(
      directory,
      "authorityInfoAccess=caIssuers;URI:http://a.example/ca.cer,OCSP;URI:http://o.example/"
      ",caIssuers;DNS:a.example\n"
      "basicConstraints=critical,CA:TRUE,pathlen:3\nsubjectKeyIdentifier=0102AB\n1.2.3.4=ASN1:UTF8:x\n");
  const CertificateFacts facts = certificate_facts(*certificate);
  EXPECT_EQ(facts.ca_issuers, Texts{"http://a.example/ca.cer"});
  EXPECT_EQ(facts.ocsp, Texts{"http://o.example/"});
  EXPECT_EQ(facts.path_length, 3);
  EXPECT_EQ(facts.subject_key_id, "0102AB");
  Texts critical;
  Texts names;
  for (const ExtensionName& each : facts.extensions) {
    names.push_back(each.name);
    if (each.critical) critical.push_back(each.name);
  }
  EXPECT_EQ(critical, Texts{"basicConstraints"});
  EXPECT_EQ(names.back(), "1.2.3.4");
}

TEST(CertificateFacts, NameTheKeysOfAPath) {
  const Credentials leaf = three_levels().leaf("mail.contoso.com");
  const CertificateFacts own = certificate_facts(*leaf.chain[0]);
  const CertificateFacts issuer = certificate_facts(*leaf.chain[1]);
  EXPECT_FALSE(issuer.subject_key_id.empty());
  EXPECT_EQ(own.authority_key_id, issuer.subject_key_id);
  EXPECT_EQ(own.key_sha256.size(), 64U);
  EXPECT_NE(own.key_sha256, issuer.key_sha256);
  EXPECT_EQ(own.path_length, std::nullopt);
  EXPECT_TRUE(own.ca_issuers.empty());
  EXPECT_TRUE(certificate_facts(Certificate{}).key_sha256.empty());
}

TEST(CertificateFacts, CallUsagesByName) {
  EXPECT_EQ(usage_name("1.3.6.1.5.5.7.3.4"), "emailProtection");
  EXPECT_EQ(usage_name("serverAuth"), "serverAuth");
  EXPECT_EQ(usage_name("1.2.3"), "1.2.3");
}

}  // namespace
}  // namespace domsec::pki
