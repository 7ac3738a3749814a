#include "domsec/pki/certificate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "domsec/pki/bundle.h"
#include "support/openssl_tool.h"
#include "support/pki.h"

namespace domsec::pki {
namespace {

using domsec::testing::ca_recipe;
using domsec::testing::has_openssl;
using domsec::testing::leaf_recipe;
using domsec::testing::openssl;
using domsec::testing::TemporaryDirectory;
using domsec::testing::test_instant;
using domsec::testing::three_levels;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

CertificatePtr leaf_of(const CertificateRecipe& recipe) {
  return three_levels().second.issue(recipe).chain.front();
}

CertificatePtr named(const std::string& subject) {
  CertificateRecipe recipe = leaf_recipe({"mail1.contoso.com"});
  recipe.subject = subject;
  return leaf_of(recipe);
}

std::string text(const Bytes& bytes) {
  return {bytes.begin(), bytes.end()};
}

TEST(Certificate, ShowsTheFieldsOfALeaf) {
  CertificateRecipe recipe = leaf_recipe({"mail1.contoso.com", "contoso.com"});
  recipe.serial = "0B91F3A2C4D5E6F708192A3B4C5D6E7F";
  recipe.other_names = {"IP:192.0.2.10", "IP:2001:db8::1", "email:postmaster@contoso.com",
                        "URI:smtp://contoso.com"};
  recipe.crl_distribution_points = {"http://crl.contoso.com/2.crl", "ldap:///CN=2"};
  const CertificatePtr leaf = leaf_of(recipe);
  ASSERT_NE(leaf, nullptr);
  EXPECT_EQ(leaf->subject, "CN=mail1.contoso.com, O=Contoso");
  EXPECT_EQ(leaf->issuer, "CN=Contoso Issuing CA 2, O=Contoso");
  EXPECT_EQ(leaf->serial, "0B91F3A2C4D5E6F708192A3B4C5D6E7F");
  EXPECT_EQ(leaf->not_before, recipe.not_before);
  EXPECT_EQ(leaf->not_after, recipe.not_after);
  EXPECT_THAT(leaf->common_names, ElementsAre("mail1.contoso.com"));
  EXPECT_THAT(leaf->dns_names, ElementsAre("mail1.contoso.com", "contoso.com"));
  EXPECT_THAT(leaf->other_names, ElementsAre("IP:192.0.2.10", "IP:2001:db8::1",
                                             "email:postmaster@contoso.com", "URI:smtp://contoso.com"));
  EXPECT_EQ(leaf->key_usage, 1U);
  ASSERT_TRUE(leaf->extended_key_usage);
  EXPECT_THAT(*leaf->extended_key_usage, ElementsAre("serverAuth", "clientAuth"));
  EXPECT_THAT(leaf->crl_distribution_points, ElementsAre("http://crl.contoso.com/2.crl", "ldap:///CN=2"));
  EXPECT_FALSE(leaf->ca);
  EXPECT_FALSE(leaf->self_issued);
  EXPECT_FALSE(leaf->self_signed);
  EXPECT_EQ(leaf->version, 3);
  EXPECT_EQ(leaf->key_algorithm, "EC P-256");
  EXPECT_EQ(leaf->signature_algorithm, "ecdsa-with-SHA256");
}

TEST(Certificate, TellsAbsentExtensionsFromEmptyOnes) {
  CertificateRecipe recipe = leaf_recipe({});
  recipe.extended_key_usage.clear();
  recipe.key_usage.emplace();
  const CertificatePtr leaf = leaf_of(recipe);
  EXPECT_FALSE(leaf->key_usage);
  EXPECT_FALSE(leaf->extended_key_usage);
  EXPECT_THAT(leaf->dns_names, IsEmpty());
  EXPECT_THAT(leaf->crl_distribution_points, IsEmpty());
}

TEST(Certificate, ShowsAnAuthority) {
  const CertificatePtr root = three_levels().root.certificate();
  EXPECT_TRUE(root->ca);
  EXPECT_TRUE(root->self_issued);
  EXPECT_TRUE(root->self_signed);
  EXPECT_EQ(root->key_usage, (1U << 5U) | (1U << 6U));  // keyCertSign, cRLSign
  EXPECT_TRUE(three_levels().second.certificate()->ca);
  EXPECT_FALSE(three_levels().second.certificate()->self_issued);
}

/// A new key under an old name (RFC 5280 6.1: self-issued) is not self-signed.
TEST(Certificate, TellsSelfIssuedFromSelfSigned) {
  const Authority old = Authority::root(ca_recipe("CN=Contoso Root"));
  const CertificatePtr rollover = old.certify(ca_recipe("CN=Contoso Root"), make_key(KeyKind::ec_p256));
  EXPECT_TRUE(rollover->self_issued);
  EXPECT_FALSE(rollover->self_signed);
}

TEST(Certificate, NamesKeyAndSignatureAlgorithms) {
  const struct {
    KeyKind key;
    const char* digest;
    const char* key_algorithm;
    const char* signature_algorithm;
  } rows[] = {
      {KeyKind::rsa_2048, "SHA256", "RSA 2048", "sha256WithRSAEncryption"},
      {KeyKind::rsa_1024, "SHA1", "RSA 1024", "sha1WithRSAEncryption"},
      {KeyKind::ec_p384, "SHA384", "EC P-384", "ecdsa-with-SHA384"},
      {KeyKind::ed25519, "SHA256", "ED25519", "ED25519"},
  };
  for (const auto& row : rows) {
    CertificateRecipe recipe = ca_recipe("CN=Root");
    recipe.key = row.key;
    recipe.digest = row.digest;
    const CertificatePtr root = self_signed(recipe).chain.front();
    EXPECT_EQ(root->key_algorithm, row.key_algorithm);
    EXPECT_EQ(root->signature_algorithm, row.signature_algorithm);
    EXPECT_TRUE(root->self_signed);
  }
}

/// Exchange's thumbprint is SHA-1 of the DER (spec exchange 8.8).
TEST(Certificate, HasTheThumbprintsThatOpensslCallsFingerprints) {
  if (!has_openssl()) GTEST_SKIP() << "no openssl command";
  const TemporaryDirectory directory;
  const CertificatePtr leaf = named("CN=mail1.contoso.com");
  const std::string file = directory.write("leaf.pem", leaf->pem());
  const auto fingerprint = [&](const std::string& digest) {
    std::string shown = openssl("x509 -noout -fingerprint -" + digest + " -in " + file).output;
    shown = shown.substr(shown.find('=') + 1);
    std::erase(shown, ':');
    std::erase(shown, '\n');
    return shown;
  };
  EXPECT_EQ(leaf->thumbprint, fingerprint("sha1"));
  EXPECT_EQ(leaf->thumbprint.size(), 40U);
  EXPECT_EQ(leaf->thumbprint_sha256, fingerprint("sha256"));
  EXPECT_THAT(openssl("x509 -noout -serial -in " + file).output, HasSubstr("serial=" + leaf->serial));
}

TEST(Certificate, SurvivesItsOwnDerAndPem) {
  const CertificatePtr leaf = named("CN=mail1.contoso.com");
  EXPECT_EQ(read_certificate_der(text(leaf->der()))->thumbprint, leaf->thumbprint);
  EXPECT_EQ(read_certificates(leaf->pem(), "leaf.pem")[0]->der(), leaf->der());
  EXPECT_TRUE(Certificate{}.der().empty());
  EXPECT_TRUE(Certificate{}.pem().empty());
  EXPECT_EQ(read_certificate(nullptr), nullptr);
}

TEST(Certificate, ReadsDatesOfBothEncodings) {
  for (const char* date : {"1950-01-01T00:00:00Z", "1969-12-31T23:59:59Z", "2024-02-29T12:34:56Z",
                           "2049-12-31T23:59:59Z", "2050-01-01T00:00:00Z", "9999-12-31T23:59:59Z"}) {
    SCOPED_TRACE(date);
    CertificateRecipe recipe = leaf_recipe({"a.example"});
    recipe.not_after = *read_rfc3339(date);
    EXPECT_EQ(rfc3339(leaf_of(recipe)->not_after), date);
  }
}

TEST(Certificate, ShowsSerialNumbersWithEvenDigits) {
  for (const auto& [given, shown] : {std::pair<std::string, std::string>{"1", "01"},
                                     {"0", "00"},
                                     {"0fff", "0FFF"},
                                     {"ff", "FF"},
                                     {"-5", "-05"},
                                     {std::string(400, 'A'), std::string(128, 'A') + "..."}}) {
    SCOPED_TRACE(given);
    CertificateRecipe recipe = leaf_recipe({"a.example"});
    recipe.serial = given;
    EXPECT_EQ(leaf_of(recipe)->serial, shown);
  }
}

/// Spec protocol-log 9.1-6 and 2.1: CN first, `, ` between, quoted where a reader would lose his place.
TEST(Subject, IsWrittenForReadersOfProtocolLogs) {
  const struct {
    const char* name;
    std::string subject;
    std::string shown;
  } rows[] = {
      {"least specific first", "C=US, O=Contoso, CN=mail1.contoso.com",
       "CN=mail1.contoso.com, O=Contoso, C=US"},
      {"encoded CN first", "CN=mail1.contoso.com, O=Contoso, C=US", "CN=mail1.contoso.com, O=Contoso, C=US"},
      {"a mail address behind the CN", "C=US, CN=mail1, emailAddress=a@contoso.com",
       "CN=mail1, emailAddress=a@contoso.com, C=US"},
      {"domain components", "DC=com, DC=contoso, CN=CA", "CN=CA, DC=contoso, DC=com"},
      {"every short name", "C=AE, ST=D, L=D, STREET=s, O=o, OU=u, UID=i, SERIALNUMBER=7, CN=n",
       "CN=n, SERIALNUMBER=7, UID=i, OU=u, O=o, STREET=s, L=D, ST=D, C=AE"},
      {"no CN", "C=US, O=Contoso, OU=Root", "OU=Root, O=Contoso, C=US"},
      {"two CNs", "C=US, CN=first, CN=second", "CN=second, CN=first, C=US"},
      {"a set of two", "C=US, CN=mail1 + UID=7", "CN=mail1+UID=7, C=US"},
      {"an unnamed attribute", "1.3.6.1.4.1.99999.1=x, CN=y", "CN=y, 1.3.6.1.4.1.99999.1=x"},
      {"a comma", "O=\"thawte, Inc.\", CN=a", "CN=a, O=\"thawte, Inc.\""},
      {"a quote", "O=\"a \"\"b\"\" c\", CN=a", "CN=a, O=\"a \"\"b\"\" c\""},
      {"blanks at the ends", "O=\" x \", CN=a", "CN=a, O=\" x \""},
      {"another certificate's name inside", "CN=\"mail1 CN=CA, O=Trusted\"", "CN=\"mail1 CN=CA, O=Trusted\""},
      {"a plus and others", "CN=\"a+b\", O=\"<#;>\"", "CN=\"a+b\", O=\"<#;>\""},
      {"umlauts", "CN=M\xC3\xBCller", "CN=M\xC3\xBCller"},
      {"nothing", "", ""},
      {"an empty value", "CN=, O=x", "CN=, O=x"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(named(row.subject)->subject, row.shown);
  }
}

TEST(Subject, IsHarmlessAndBoundedWhateverThePeerSends) {
  using std::string;
  const struct {
    const char* name;
    string value;
    string shown;
  } rows[] = {
      {"NUL", string("a.com\0.evil", 11), "a.com\\x00.evil"},
      {"line end", "a\r\n250 OK", "a\\x0D\\x0A250 OK"},
      {"escape sequence", "\x1B[31m", "\\x1B[31m"},
      {"backslash", "a\\x00", "a\\x5Cx00"},
      {"right-to-left override", "a\xE2\x80\xAEmoc", "a\\u202Emoc"},
      {"zero-width blank", "a\xE2\x80\x8B", "a\\u200B"},
      {"C1 control", "\xC2\x85", "\\u0085"},
      {"line separator", "\xE2\x80\xA8", "\\u2028"},
      {"64 KiB", string(65536, 'x'), string(256, 'x') + "...(65536 bytes)"},
      {"64 KiB of NUL", string(65536, '\0'),
       [] {
         string zeros;
         while (zeros.size() < 256) zeros += "\\x00";
         return zeros + "...(65536 bytes)";
       }()},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    const CertificatePtr leaf = named("CN=\"" + row.value + "\"");
    EXPECT_EQ(leaf->subject, "CN=" + row.shown);
    // The raw value stays, so that a matcher sees what makes the name bad.
    EXPECT_THAT(leaf->common_names, ElementsAre(row.value));
  }
}

/// libcrypto does not parse a name with a broken UTF8String at all; such a peer has no readable certificate.
TEST(Subject, ThatIsNoUtf8MakesNoCertificate) {
  std::string der = text(named("CN=placeholder")->der());
  ASSERT_NE(read_certificate_der(der), nullptr);
  der.replace(der.find("placeholder"), 1, "\xFF");
  EXPECT_EQ(read_certificate_der(der), nullptr);
}

TEST(Subject, IsBoundedWithManyAttributesToo) {
  std::string many = "OU=\"" + std::string(200, 'x') + "\"";
  for (int i = 0; i < 500; ++i) many += ", OU=\"" + std::string(200, 'x') + "\"";
  EXPECT_LT(named(many)->subject.size(), 8192U);
  std::string set = "OU=\"" + std::string(200, 'x') + "\"";
  for (int i = 0; i < 500; ++i) set += " + OU=\"" + std::string(200, 'x') + "\"";
  EXPECT_LT(named(set)->subject.size(), 8192U);
}

TEST(AlternativeNames, AreKeptAsPresented) {
  CertificateRecipe recipe =
      leaf_recipe({std::string("good.com\0.evil.com", 18), "", "*", "\xFF\xFE", "UPPER.example"});
  recipe.subject = "CN=x";
  recipe.other_names = {"email:a\nb", "URI:http://x/\x1B"};
  recipe.crl_distribution_points = {"http://x/\r\nHost: y"};
  const CertificatePtr leaf = leaf_of(recipe);
  EXPECT_THAT(leaf->dns_names,
              ElementsAre(std::string("good.com\0.evil.com", 18), "", "*", "\xFF\xFE", "UPPER.example"));
  EXPECT_THAT(leaf->other_names, ElementsAre("email:a\\x0Ab", "URI:http://x/\\x1B"));
  EXPECT_THAT(leaf->crl_distribution_points, ElementsAre("http://x/\\x0D\\x0AHost: y"));
}

TEST(AlternativeNames, AreShownWithoutOctetsThatAreNoUtf8) {
  const struct {
    const char* name;
    const char* octets;
    const char* shown;
  } rows[] = {
      {"stray octets", "a\xFF\xC3", "email:a\\xFF\\xC3"},
      {"overlong slash", "\xC0\xAF", "email:\\xC0\\xAF"},
      {"overlong in three", "\xE0\x80\xAF", "email:\\xE0\\x80\\xAF"},
      {"surrogate", "\xED\xA0\x80", "email:\\xED\\xA0\\x80"},
      {"past the last character", "\xF4\x90\x80\x80", "email:\\xF4\\x90\\x80\\x80"},
      {"cut character", "\xE2\x82", "email:\\xE2\\x82"},
      {"good ones of each length", "\xC3\xBC\xE2\x82\xAC\xF0\x9F\x93\xA7",
       "email:\xC3\xBC\xE2\x82\xAC\xF0\x9F\x93\xA7"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    CertificateRecipe recipe = leaf_recipe({"a.example"});
    recipe.other_names = {std::string("email:") + row.octets};
    EXPECT_THAT(leaf_of(recipe)->other_names, ElementsAre(row.shown));
  }
}

/// A certificate with one extension replaced by octets that are no such extension; the signature no longer
/// matters.
CertificatePtr with_extension(int nid, const std::string& octets) {
  const CertificatePtr base = named("CN=mail1.contoso.com");
  X509* x509 = X509_dup(base->x509.get());
  const int at = X509_get_ext_by_NID(x509, nid, -1);
  if (at >= 0) X509_EXTENSION_free(X509_delete_ext(x509, at));
  ASN1_OCTET_STRING* value = ASN1_OCTET_STRING_new();
  ASN1_OCTET_STRING_set(value, reinterpret_cast<const unsigned char*>(octets.data()),
                        static_cast<int>(octets.size()));
  X509_EXTENSION* extension = X509_EXTENSION_create_by_NID(nullptr, nid, 0, value);
  X509_add_ext(x509, extension, -1);
  X509_EXTENSION_free(extension);
  ASN1_OCTET_STRING_free(value);
  CertificatePtr read = read_certificate(x509);
  X509_free(x509);
  return read;
}

/// What cannot be read must not look like a missing restriction.
TEST(Extensions, ThatCannotBeReadArePresentAndEmpty) {
  const std::string garbage = "\x30\x05garba";
  const CertificatePtr usage = with_extension(NID_key_usage, garbage);
  ASSERT_TRUE(usage->key_usage);
  EXPECT_EQ(*usage->key_usage, 0U);
  const CertificatePtr extended = with_extension(NID_ext_key_usage, garbage);
  ASSERT_TRUE(extended->extended_key_usage);
  EXPECT_THAT(*extended->extended_key_usage, IsEmpty());
  const CertificatePtr names = with_extension(NID_subject_alt_name, garbage);
  EXPECT_THAT(names->dns_names, IsEmpty());
  EXPECT_THAT(names->other_names, ElementsAre("unreadable subjectAltName"));
  EXPECT_TRUE(names->alternative_names_unreadable);
  EXPECT_THAT(with_extension(NID_certificate_policies, garbage)->policies, IsEmpty());
  EXPECT_FALSE(with_extension(NID_basic_constraints, garbage)->ca);
  EXPECT_THAT(with_extension(NID_crl_distribution_points, garbage)->crl_distribution_points, IsEmpty());
}

TEST(Extensions, ShowThePoliciesOfACertificate) {  // RFC 5280 4.2.1.4
  EXPECT_THAT(named("CN=mail1.contoso.com")->policies, IsEmpty());
  // 2.23.140.1.2.1 and 1.3.6.1.4.1.311.21.8
  const std::string two(
      "\x30\x17\x30\x08\x06\x06\x67\x81\x0C\x01\x02\x01\x30\x0B\x06\x09\x2B\x06\x01\x04\x01\x82\x37\x15\x08",
      25);
  EXPECT_THAT(with_extension(NID_certificate_policies, two)->policies,
              ElementsAre("2.23.140.1.2.1", "1.3.6.1.4.1.311.21.8"));
  std::string many;
  for (int i = 0; i < 40; ++i) many += std::string("\x30\x04\x06\x02\x2A", 5) + static_cast<char>(i);
  EXPECT_EQ(with_extension(NID_certificate_policies, std::string("\x30\x81\xF0", 3) + many)->policies.size(),
            32U);
}

TEST(ReadCertificateDer, RefusesWhatIsNoCertificate) {
  const std::string der = text(named("CN=mail1.contoso.com")->der());
  for (const std::string& bytes :
       {std::string(), std::string("x"), std::string(1, '\0'), der + "x", der.substr(1),
        der.substr(0, der.size() - 1), std::string("\x30\x84\xFF\xFF\xFF\xFF", 6),
        std::string("\x30\x80\x00\x00", 4), std::string((1U << 20U) + 1, '\x30')}) {
    EXPECT_EQ(read_certificate_der(bytes), nullptr);
  }
}

TEST(ReadCertificateDer, LeavesNoErrorInTheQueueOfTheThread) {
  ERR_clear_error();
  EXPECT_EQ(read_certificate_der("\x30\x03\x02\x01\x05"), nullptr);
  EXPECT_NE(with_extension(NID_key_usage, "x"), nullptr);
  EXPECT_EQ(ERR_peek_error(), 0U);
}

/// Every field of a certificate that parses must be readable; none may crash. Sanitizers make this test worth
/// its name.
void touch(const CertificatePtr& certificate) {
  if (certificate == nullptr) return;
  EXPECT_LT(certificate->subject.size(), 8192U);
  EXPECT_LT(certificate->issuer.size(), 8192U);
  EXPECT_LE(certificate->serial.size(), 140U);
  EXPECT_EQ(certificate->thumbprint.size(), 40U);
  (void)certificate->der();
}

TEST(ReadCertificateDer, SurvivesEverySingleOctetChanged) {
  CertificateRecipe recipe = leaf_recipe({"mail1.contoso.com", "contoso.com"});
  recipe.other_names = {"IP:192.0.2.10", "email:a@b", "URI:http://x/"};
  recipe.crl_distribution_points = {"http://crl.contoso.com/2.crl"};
  recipe.permitted_dns = {"contoso.com"};
  const std::string der = text(leaf_of(recipe)->der());
  std::size_t parsed = 0;
  for (std::size_t at = 0; at < der.size(); ++at) {
    for (const unsigned char flip : {0x01, 0x20, 0x80, 0xFF}) {
      std::string mutated = der;
      mutated[at] = static_cast<char>(static_cast<unsigned char>(mutated[at]) ^ flip);
      const CertificatePtr certificate = read_certificate_der(mutated);
      parsed += certificate != nullptr ? 1 : 0;
      touch(certificate);
    }
  }
  EXPECT_GT(parsed,
            der.size());  // most changes keep the structure: the readers behind the parser are reached
}

TEST(ReadCertificateDer, SurvivesRandomDamage) {
  const std::string der = text(three_levels().root.certificate()->der());
  std::uint32_t state = 20261122;  // the same damage in every run
  const auto next = [&state](std::size_t below) {
    state = state * 1664525U + 1013904223U;
    return (state >> 8U) % below;
  };
  for (int round = 0; round < 5000; ++round) {
    std::string mutated = der;
    for (std::size_t changes = 1 + next(4); changes > 0; --changes) {
      const std::size_t at = next(mutated.size());
      switch (next(4)) {
        case 0:
          mutated[at] = static_cast<char>(next(256));
          break;
        case 1:
          mutated.erase(at, 1 + next(8));
          break;
        case 2:
          mutated.insert(at, 1 + next(8), static_cast<char>(next(256)));
          break;
        case 3:
          mutated.insert(at, mutated.substr(next(mutated.size()), next(32)));
          break;
      }
      if (mutated.empty()) mutated = "\x30";
    }
    touch(read_certificate_der(mutated));
  }
}

}  // namespace
}  // namespace domsec::pki
