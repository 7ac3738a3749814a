#include "domsec/pki/authority.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "domsec/pki/certificate_facts.h"
#include "support/openssl_tool.h"
#include "support/pki.h"

namespace domsec::pki {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using domsec::testing::ca_recipe;
using domsec::testing::crl_recipe;
using domsec::testing::has_openssl;
using domsec::testing::leaf_recipe;
using domsec::testing::openssl;
using domsec::testing::TemporaryDirectory;
using domsec::testing::test_instant;
using domsec::testing::ThreeLevels;
using domsec::testing::three_levels;
using std::chrono::days;

TEST(Authority, SendsTheIntermediatesAndNotTheRoot) {
  const auto& levels = three_levels();
  const Credentials leaf = levels.leaf("mail1.contoso.com");
  ASSERT_EQ(leaf.chain.size(), 3U);
  EXPECT_EQ(leaf.chain[1]->thumbprint, levels.second.certificate()->thumbprint);
  EXPECT_EQ(leaf.chain[2]->thumbprint, levels.issuing.certificate()->thumbprint);
  EXPECT_TRUE(levels.root.certificate()->self_signed);
  EXPECT_TRUE(levels.root.certificate()->ca);
  EXPECT_EQ(levels.root.issue(leaf_recipe({"a.example"})).chain.size(), 1U);
  EXPECT_TRUE(belongs_to(leaf.key, *leaf.chain[0]));
  EXPECT_FALSE(belongs_to(levels.root.own().key, *leaf.chain[0]));
}

TEST(Authority, GivesEachCertificateItsOwnRandomSerialNumber) {
  std::set<std::string> serials;
  for (int i = 0; i < 50; ++i)
    serials.insert(three_levels().second.issue(leaf_recipe({"a.example"})).chain[0]->serial);
  EXPECT_EQ(serials.size(), 50U);
  for (const std::string& serial : serials) EXPECT_EQ(serial.size(), 32U);
}

TEST(Authority, CertifiesAKeyThatSomebodyElseHolds) {
  const PrivateKey key = make_key(KeyKind::rsa_2048);
  const CertificatePtr certificate = three_levels().second.certify(leaf_recipe({"a.example"}), key);
  EXPECT_TRUE(belongs_to(key, *certificate));
  EXPECT_EQ(certificate->key_algorithm, "RSA 2048");
  EXPECT_EQ(certificate->key_usage, 0b101U);  // digitalSignature and keyEncipherment
}

/// Files for `openssl verify`, and its verdict at test_instant.
class Verify {
 public:
  explicit Verify(const ThreeLevels& levels) {
    root_ = directory_.write("root.pem", levels.root.certificate()->pem());
    std::string issuers;
    for (const Authority* authority : {&levels.issuing, &levels.second})
      issuers += authority->certificate()->pem();
    untrusted_ = directory_.write("issuers.pem", issuers);
  }
  /// `options` go before the file; what is empty means no fault.
  [[nodiscard]] std::string operator()(const CertificatePtr& leaf, const std::string& options = {}) const {
    const std::string file = directory_.write("leaf.pem", leaf->pem());
    const auto run =
        openssl("verify -attime " + std::to_string(test_instant.time_since_epoch().count()) +
                " -x509_strict -CAfile " + root_ + " -untrusted " + untrusted_ + " " + options + " " + file);
    return run.exit_code == 0 ? std::string() : run.output;
  }
  [[nodiscard]] const TemporaryDirectory& directory() const { return directory_; }

 private:
  TemporaryDirectory directory_;
  std::string root_;
  std::string untrusted_;
};

CertificateRecipe changed(const std::function<void(CertificateRecipe&)>& change) {
  CertificateRecipe recipe = leaf_recipe({"mail1.contoso.com", "*.contoso.net"});
  change(recipe);
  return recipe;
}

/// Each fault shows as the one error that it stands for, and nothing else is wrong: -x509_strict is on.
TEST(Authority, MakesEveryFaultOfALeafAsOpensslSeesIt) {
  if (!has_openssl()) GTEST_SKIP() << "no openssl command";
  const Verify verify(three_levels());
  const std::string name = "-verify_hostname mail1.contoso.com -purpose ";
  const struct {
    const char* name;
    std::function<void(CertificateRecipe&)> change;
    std::string options;
    const char* error;  // empty: none
  } rows[] = {
      {"nothing", [](auto&) {}, name + "sslserver", ""},
      {"nothing, as a client", [](auto&) {}, name + "sslclient", ""},
      {"wrong name", [](auto& r) { r.dns_names = {"other.example"}; }, name + "sslserver", "error 62"},
      {"wildcard", [](auto&) {}, "-verify_hostname a.contoso.net", ""},
      {"wildcard covers one label only", [](auto&) {}, "-verify_hostname a.b.contoso.net", "error 62"},
      {"CN only", [](auto& r) { r.dns_names = {}; }, name + "sslserver", ""},
      {"expired", [](auto& r) { r.not_after = test_instant - days{1}; }, name + "sslserver", "error 10"},
      {"not yet valid", [](auto& r) { r.not_before = test_instant + days{1}; }, name + "sslserver",
       "error 9 "},
      {"serverAuth only", [](auto& r) { r.extended_key_usage = {"serverAuth"}; }, name + "sslserver", ""},
      {"serverAuth only, as a client", [](auto& r) { r.extended_key_usage = {"serverAuth"}; },
       name + "sslclient", "error 26"},
      {"clientAuth only", [](auto& r) { r.extended_key_usage = {"clientAuth"}; }, name + "sslserver",
       "error 26"},
      {"neither usage", [](auto& r) { r.extended_key_usage = {"1.3.6.1.5.5.7.3.4"}; }, name + "sslserver",
       "error 26"},
      {"no extended key usage", [](auto& r) { r.extended_key_usage = {}; }, name + "sslclient", ""},
      {"wrong key usage", [](auto& r) { r.key_usage = {{"cRLSign"}}; }, name + "sslclient", "error 26"},
      {"no key usage", [](auto& r) { r.key_usage = std::vector<std::string>(); }, name + "sslclient", ""},
      {"RSA 2048", [](auto& r) { r.key = KeyKind::rsa_2048; }, name + "sslserver -auth_level 2", ""},
      {"weak key", [](auto& r) { r.key = KeyKind::rsa_1024; }, name + "sslserver -auth_level 2", "error 66"},
      {"weak digest", [](auto& r) { r.digest = "SHA1"; }, name + "sslserver -auth_level 2", "error 68"},
      {"Ed25519", [](auto& r) { r.key = KeyKind::ed25519; }, name + "sslserver", ""},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    const std::string found = verify(three_levels().second.issue(changed(row.change)).chain[0], row.options);
    if (*row.error == '\0') {
      EXPECT_THAT(found, IsEmpty());
    } else {
      EXPECT_THAT(found, HasSubstr(row.error));
    }
  }
}

TEST(Authority, MakesEveryFaultOfAnIssuerAsOpensslSeesIt) {
  if (!has_openssl()) GTEST_SKIP() << "no openssl command";
  const struct {
    const char* name;
    std::function<void(CertificateRecipe&)> change;
    const char* error;
  } rows[] = {
      {"nothing", [](auto&) {}, ""},
      {"path length that suffices", [](auto& r) { r.path_length = 0; }, ""},
      {"not a CA", [](auto& r) { r.ca = false; r.key_usage = {{"keyCertSign"}}; }, "error 79"},
      {"a CA that must not sign certificates", [](auto& r) { r.key_usage = {{"cRLSign"}}; }, "error 32"},
      {"expired", [](auto& r) { r.not_after = test_instant - days{1}; }, "error 10"},
      {"permitted names elsewhere", [](auto& r) { r.permitted_dns = {"fabrikam.com"}; }, "error 47"},
      {"permitted names here", [](auto& r) { r.permitted_dns = {"contoso.com"}; }, ""},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    ThreeLevels levels;
    CertificateRecipe recipe = ca_recipe("CN=Contoso Issuing CA 2, O=Contoso");
    row.change(recipe);
    levels.second = levels.issuing.subordinate(recipe);
    const std::string found = Verify(levels)(levels.leaf("mail1.contoso.com").chain[0]);
    if (*row.error == '\0') {
      EXPECT_THAT(found, IsEmpty());
    } else {
      EXPECT_THAT(found, HasSubstr(row.error));
    }
  }
  ThreeLevels short_path;
  CertificateRecipe no_ca_below = ca_recipe("CN=Contoso Issuing CA 1, O=Contoso");
  no_ca_below.path_length = 0;
  short_path.issuing = short_path.root.subordinate(no_ca_below);
  short_path.second = short_path.issuing.subordinate(ca_recipe("CN=Contoso Issuing CA 2, O=Contoso"));
  EXPECT_THAT(Verify(short_path)(short_path.leaf("mail1.contoso.com").chain[0]), HasSubstr("error 25"));
}

TEST(Authority, MakesUntrustedAndSelfSignedLeaves) {
  if (!has_openssl()) GTEST_SKIP() << "no openssl command";
  const Verify verify(three_levels());
  EXPECT_THAT(verify(self_signed(leaf_recipe({"mail1.contoso.com"})).chain[0]), HasSubstr("error 18"));
  const ThreeLevels others("Fabrikam");
  EXPECT_THAT(verify(others.leaf("mail1.contoso.com").chain[0]), HasSubstr("error 20"));
}

std::string crl_file(const Verify& verify, const Authority& authority, const CrlRecipe& recipe,
                     const std::string& name) {
  const std::string der = verify.directory().write(name + ".crl", authority.crl(recipe));
  const std::string pem = verify.directory().path() + "/" + name + "-crl.pem";
  const auto run = openssl("crl -inform DER -in " + der + " -out " + pem);
  EXPECT_EQ(run.exit_code, 0) << run.output;
  return " -CRLfile " + pem;
}

TEST(Authority, MakesRevocationListsAsOpensslSeesThem) {
  if (!has_openssl()) GTEST_SKIP() << "no openssl command";
  const ThreeLevels& levels = three_levels();
  const Verify verify(levels);
  const CertificatePtr leaf = levels.leaf("mail1.contoso.com").chain[0];
  const std::string root = crl_file(verify, levels.root, crl_recipe(), "root");
  const std::string issuing = crl_file(verify, levels.issuing, crl_recipe(), "issuing");
  const std::string good = crl_file(verify, levels.second, crl_recipe({"1234"}), "good");
  const std::string all = root + issuing;
  EXPECT_THAT(verify(leaf, "-crl_check_all" + all + good), IsEmpty());
  EXPECT_THAT(verify(leaf, "-crl_check_all" + all), HasSubstr("error 3 "));

  const std::string revoked = crl_file(verify, levels.second, crl_recipe({leaf->serial}), "revoked");
  EXPECT_THAT(verify(leaf, "-crl_check" + revoked), HasSubstr("error 23"));
  const std::string issuer =
      crl_file(verify, levels.issuing, crl_recipe({levels.second.certificate()->serial}), "issuer");
  EXPECT_THAT(verify(leaf, "-crl_check_all" + root + issuer + good), HasSubstr("error 23 at 1"));

  CrlRecipe stale = crl_recipe();
  stale.next_update = test_instant - std::chrono::hours{1};
  EXPECT_THAT(verify(leaf, "-crl_check" + crl_file(verify, levels.second, stale, "stale")),
              HasSubstr("error 12"));
  CrlRecipe future = crl_recipe();
  future.this_update = test_instant + std::chrono::hours{1};
  EXPECT_THAT(verify(leaf, "-crl_check" + crl_file(verify, levels.second, future, "future")),
              HasSubstr("error 11"));
}

TEST(Authority, PutsNumberAndReasonsInItsLists) {
  if (!has_openssl()) GTEST_SKIP() << "no openssl command";
  const TemporaryDirectory directory;
  CrlRecipe recipe = crl_recipe();
  recipe.number = 4711;
  const char* const reasons[] = {"unspecified",
                                 "keyCompromise",
                                 "cACompromise",
                                 "affiliationChanged",
                                 "superseded",
                                 "cessationOfOperation",
                                 "certificateHold",
                                 "removeFromCRL",
                                 "privilegeWithdrawn",
                                 "aACompromise",
                                 ""};
  int serial = 0x1000;
  for (const char* reason : reasons)
    recipe.revoked.push_back({std::to_string(serial++), test_instant, reason});
  for (const Authority* authority : {&three_levels().root, &three_levels().second}) {
    const std::string file = directory.write("list.crl", authority->crl(recipe));
    const auto number = openssl("crl -inform DER -noout -crlnumber -in " + file);
    EXPECT_THAT(number.output, HasSubstr("crlNumber=0x1267"));
    const auto shown = openssl("crl -inform DER -noout -text -in " + file);
    for (const char* words :
         {"Key Compromise", "CA Compromise", "Affiliation Changed", "Superseded", "Cessation Of Operation",
          "Certificate Hold", "Remove From CRL", "Privilege Withdrawn", "AA Compromise"}) {
      EXPECT_THAT(shown.output, HasSubstr(words));
    }
  }
}

TEST(Authority, RefusesOnlyWhatCannotBeEncoded) {
  const auto leaf = [](const std::function<void(CertificateRecipe&)>& change) {
    return three_levels().second.issue(changed(change));
  };
  const struct {
    const char* name;
    std::function<void(CertificateRecipe&)> change;
    const char* says;
  } rows[] = {
      {"subject without =", [](auto& r) { r.subject = "mail1.contoso.com"; }, "NAME=VALUE"},
      {"unknown attribute", [](auto& r) { r.subject = "XY=mail1"; }, "unknown attribute 'XY'"},
      {"open quote", [](auto& r) { r.subject = "CN=\"mail1"; }, "closing"},
      {"text behind a quote", [](auto& r) { r.subject = "CN=\"mail1\" x"; }, "behind a closing quote"},
      {"subject that is no UTF-8", [](auto& r) { r.subject = "CN=\xFF"; }, "not UTF-8"},
      {"unknown other name", [](auto& r) { r.other_names = {"fax:1"}; }, "fax:1"},
      {"bad address", [](auto& r) { r.other_names = {"IP:1.2.3"}; }, "IP address"},
      {"unknown usage", [](auto& r) { r.key_usage = {{"signing"}}; }, "signing"},
      {"unknown extended usage", [](auto& r) { r.extended_key_usage = {"smtpAuth"}; }, "smtpAuth"},
      {"unknown digest", [](auto& r) { r.digest = "SHA257"; }, "SHA257"},
      {"serial that is no hex", [](auto& r) { r.serial = "12G4"; }, "12G4"},
      {"empty serial", [](auto& r) { r.serial = ""; }, "hexadecimal"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    try {
      (void)leaf(row.change);
      ADD_FAILURE() << "issued";
    } catch (const RecipeError& error) {
      EXPECT_THAT(error.what(), HasSubstr(row.says));
    }
  }
  CrlRecipe bad_reason = crl_recipe();
  bad_reason.revoked.push_back({"12", test_instant, "stolen"});
  EXPECT_THROW((void)three_levels().root.crl(bad_reason), RecipeError);
  CrlRecipe bad_serial = crl_recipe();
  bad_serial.revoked.push_back({"xyz", test_instant, ""});
  EXPECT_THROW((void)three_levels().root.crl(bad_serial), RecipeError);
}

TEST(Authority, AttributeTypesDoNotDependOnCaseAndHaveWindowsSpellings) {
  CertificateRecipe recipe = leaf_recipe({"mail.contoso.com"});
  recipe.subject = "c=US,S=Washington,o=Contoso,cn=mail.contoso.com";
  EXPECT_EQ(self_signed(recipe).chain.front()->subject, "CN=mail.contoso.com, O=Contoso, ST=Washington, C=US");
}

TEST(Authority, KeyIdentifiersAreLeftOutOnRequest) {
  CertificateRecipe recipe = leaf_recipe({"mail.contoso.com"});
  EXPECT_NE(certificate_facts(*self_signed(recipe).chain.front()).subject_key_id, "");
  recipe.key_identifiers = false;
  const CertificateFacts facts = certificate_facts(*self_signed(recipe).chain.front());
  EXPECT_EQ(facts.subject_key_id + facts.authority_key_id, "");
}

}  // namespace
}  // namespace domsec::pki
