#include "domsec/store/certificates.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "domsec/pki/certificate_facts.h"
#include "support/pki.h"

namespace domsec::store {
namespace {

using policy::Service;
using policy::ServiceSet;
using testing::test_instant;

class CertificatesTest : public ::testing::Test {
 protected:
  /// The pending request of the seed for mail1, kept in the store.
  pki::NewRequest keep_request(KeyExport key_export = KeyExport::refused) {
    pki::RequestRecipe recipe;
    recipe.subject = "DC=com,DC=Contoso,CN=mail1.contoso.com";
    recipe.dns_names = {"mail.contoso.com", "mail1.contoso.com"};
    recipe.key = pki::KeyKind::ec_p256;
    pki::NewRequest made = pki::make_request(recipe);
    certificates.keep(made, "Internet certificate for mail1", key_export, test_instant);
    return made;
  }
  /// What the authority answers, as a PKCS#7 chain lists it: in any order.
  static pki::Chain answer(const pki::Request& request) {
    const testing::ThreeLevels& levels = testing::three_levels();
    return {levels.root.certificate(), levels.issuing.certificate(),
            levels.second.certify(testing::leaf_recipe({}), request), levels.second.certificate()};
  }
  static CertificateImport pfx(const std::string& name, KeyExport key_export = KeyExport::refused) {
    pki::Credentials leaf = testing::three_levels().leaf(name);
    return {leaf.chain, leaf.key, "Bought", key_export, test_instant};
  }
  template <class Act>
  static std::string refusal(Act act) {
    try {
      act();
    } catch (const CertificateError& error) {
      return error.what();
    }
    return {};
  }

  testing::TemporaryDirectory directory;
  std::string file = directory.path() + "/domsec.db";
  Database database{file, migrations()};
  Certificates certificates{database};
};

TEST_F(CertificatesTest, StoreIsForItsOwnerAlone) {
  certificates.import(pfx("mail1.contoso.com"));
  struct stat status {};
  ASSERT_EQ(::stat(file.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600);
}

TEST_F(CertificatesTest, BundleBringsCertificateKeyAndIssuers) {
  const CertificateImport from = pfx("mail1.contoso.com");
  const CertificateEntry entry = certificates.import(from);
  EXPECT_EQ(entry.certificate->thumbprint, from.certificates.front()->thumbprint);
  EXPECT_TRUE(entry.has_private_key);
  EXPECT_EQ(entry.friendly_name, "Bought");
  EXPECT_TRUE(entry.services.empty());
  EXPECT_EQ(entry.added, test_instant);
  ASSERT_EQ(entry.issuers.size(), 2U);
  EXPECT_EQ(entry.issuers[0]->thumbprint, testing::three_levels().second.certificate()->thumbprint);
  const pki::PrivateKey key = certificates.private_key(entry.certificate->thumbprint);
  EXPECT_TRUE(pki::belongs_to(key, *entry.certificate));
}

TEST_F(CertificatesTest, IsThereInAnotherProcessToo) {
  const std::string thumbprint = certificates.import(pfx("mail1.contoso.com")).certificate->thumbprint;
  Database again(file, migrations());
  const std::vector<CertificateEntry> all = Certificates(again).all();
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all.front().certificate->thumbprint, thumbprint);
}

TEST_F(CertificatesTest, ThumbprintsDoNotDependOnCase) {
  std::string thumbprint = certificates.import(pfx("mail1.contoso.com")).certificate->thumbprint;
  for (char& c : thumbprint) c = c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
  EXPECT_TRUE(certificates.find(thumbprint));
  EXPECT_FALSE(certificates.find("434AC224C8459924B26521298CE8834C514856AB"));
}

TEST_F(CertificatesTest, R17AnswerJoinsItsPendingRequestByThePublicKey) {
  const pki::NewRequest made = keep_request();
  ASSERT_EQ(certificates.pending().size(), 1U);
  EXPECT_EQ(certificates.pending().front().request.subject, made.request.subject);
  const CertificateEntry entry =
      certificates.import({answer(made.request), {}, {}, KeyExport::refused, test_instant});
  EXPECT_EQ(entry.certificate->subject, "CN=mail1.contoso.com, DC=Contoso, DC=com");
  EXPECT_EQ(entry.friendly_name, "Internet certificate for mail1");
  EXPECT_TRUE(entry.has_private_key);
  EXPECT_TRUE(pki::belongs_to(certificates.private_key(entry.certificate->thumbprint), *entry.certificate));
  ASSERT_EQ(entry.issuers.size(), 3U);
  EXPECT_EQ(entry.issuers.front()->subject, entry.certificate->issuer);
  EXPECT_TRUE(certificates.pending().empty());
}

TEST_F(CertificatesTest, FriendlyNameOfTheImportCountsBeforeThatOfTheRequest) {
  const pki::NewRequest made = keep_request();
  const CertificateEntry entry =
      certificates.import({answer(made.request), {}, "Renamed", KeyExport::refused, test_instant});
  EXPECT_EQ(entry.friendly_name, "Renamed");
}

TEST_F(CertificatesTest, R18CertificateWithoutItsKeyStaysWithoutOne) {
  keep_request();
  const pki::Credentials other = testing::three_levels().leaf("mail1.contoso.com");
  const CertificateEntry entry =
      certificates.import({{other.chain.front()}, {}, {}, KeyExport::allowed, test_instant});
  EXPECT_FALSE(entry.has_private_key);
  EXPECT_EQ(certificates.pending().size(), 1U);
  const std::string said = refusal([&] { (void)certificates.private_key(entry.certificate->thumbprint); });
  EXPECT_NE(said.find("no private key"), std::string::npos) << said;
}

TEST_F(CertificatesTest, KeyThatComesLaterIsTaken) {
  const CertificateImport from = pfx("mail1.contoso.com");
  EXPECT_FALSE(certificates.import({{from.certificates.front()}, {}, {}, KeyExport::refused, test_instant})
                   .has_private_key);
  EXPECT_TRUE(certificates.import(from).has_private_key);
  EXPECT_EQ(certificates.all().size(), 1U);
}

TEST_F(CertificatesTest, SecondImportIsRefused) {
  const CertificateImport from = pfx("mail1.contoso.com");
  certificates.import(from);
  const std::string said = refusal([&] { certificates.import(from); });
  EXPECT_NE(said.find("already"), std::string::npos) << said;
}

TEST_F(CertificatesTest, R19KeysLeaveTheStoreOnlyWhereThatWasAskedFor) {
  const std::string kept = certificates.import(pfx("mail1.contoso.com")).certificate->thumbprint;
  const std::string free =
      certificates.import(pfx("mail2.contoso.com", KeyExport::allowed)).certificate->thumbprint;
  const std::string said = refusal([&] { (void)certificates.exported_key(kept); });
  EXPECT_NE(said.find("not exportable"), std::string::npos) << said;
  EXPECT_NE(certificates.exported_key(free).pem(), "");
}

TEST_F(CertificatesTest, RequestDecidesWhetherItsKeyIsExportable) {
  const pki::NewRequest made = keep_request(KeyExport::allowed);
  const CertificateEntry entry =
      certificates.import({answer(made.request), {}, {}, KeyExport::refused, test_instant});
  EXPECT_EQ(entry.key_export, KeyExport::allowed);
}

TEST_F(CertificatesTest, ServicesAddUp) {
  const std::string thumbprint = certificates.import(pfx("mail1.contoso.com")).certificate->thumbprint;
  EXPECT_EQ(text(certificates.assign(thumbprint, ServiceSet{Service::smtp})), "SMTP");
  EXPECT_EQ(text(certificates.assign(thumbprint, ServiceSet{Service::pop})), "POP, SMTP");
  EXPECT_EQ(text(certificates.assign(thumbprint, ServiceSet{})), "POP, SMTP");
  EXPECT_EQ(text(certificates.find(thumbprint)->services), "POP, SMTP");
  EXPECT_NE(refusal([&] { certificates.assign(std::string(40, '0'), ServiceSet{Service::pop}); }), "");
}

TEST_F(CertificatesTest, DefaultSmtpCertificateIsOneAndIsNotRemoved) {
  EXPECT_FALSE(certificates.default_smtp());
  const std::string first = certificates.import(pfx("mail1.contoso.com")).certificate->thumbprint;
  const std::string second = certificates.import(pfx("mail2.contoso.com")).certificate->thumbprint;
  certificates.make_default_smtp(first);
  EXPECT_TRUE(certificates.find(first)->default_smtp);
  EXPECT_NE(refusal([&] { certificates.remove(first); }), "");
  certificates.make_default_smtp(second);
  EXPECT_EQ(certificates.default_smtp()->certificate->thumbprint, second);
  EXPECT_FALSE(certificates.find(first)->default_smtp);
  certificates.remove(first);
  EXPECT_FALSE(certificates.find(first));
}

TEST_F(CertificatesTest, PendingRequestIsRemovedByItsThumbprint) {
  const pki::NewRequest made = keep_request();
  certificates.remove(made.request.thumbprint);
  EXPECT_TRUE(certificates.pending().empty());
  EXPECT_NE(refusal([&] { certificates.remove(made.request.thumbprint); }), "");
}

}  // namespace
}  // namespace domsec::store
