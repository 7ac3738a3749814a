// What an authority looks at before it signs, its register, and which faults it can give (the command line
// against openssl: tests/cli/cert_authority.py).
#include "domsec/lab/kept_authority.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "domsec/lab/certificate_fault.h"
#include "domsec/lab/signable.h"
#include "support/scratch_directory.h"

namespace domsec::lab {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr pki::Instant at{std::chrono::sys_days{std::chrono::year{2026} / 11 / 22}};

TEST(Signable, RefusesWhatNoAuthorityShouldSign) {
  struct Row {
    const char* name;
    pki::Request request;
    const char* said;  // empty: signed
  };
  const auto request = [](std::string key, std::vector<std::string> cns, std::vector<std::string> names) {
    pki::Request made;
    made.subject = cns.empty() ? "" : "CN=" + cns.front();
    made.key_algorithm = std::move(key);
    made.common_names = std::move(cns);
    made.dns_names = std::move(names);
    return made;
  };
  const std::string nul("mail.contoso.com\0.evil.example", 30);
  const std::vector<Row> rows = {
      {"sound", request("RSA 2048", {"mail.contoso.com"}, {"mail.contoso.com", "*.contoso.com"}), ""},
      {"EC", request("EC P-256", {}, {"mail.contoso.com"}), ""},
      {"no host name", request("RSA 2048", {"Microsoft Exchange Server Auth Certificate"}, {}), ""},
      {"1024 bits", request("RSA 1024", {"a.example"}, {}), "has 1024 bits, which is too weak"},
      {"2047 bits", request("RSA 2047", {"a.example"}, {}), "too weak"},
      {"a small curve", request("EC secp112r1", {"a.example"}, {}), "which mail servers do not take"},
      {"DSA", request("DSA 2048", {"a.example"}, {}), "which mail servers do not take"},
      {"NUL in a name", request("RSA 2048", {}, {nul}),
       "the name 'mail.contoso.com\\x00.evil.example', which is no host name"},
      {"NUL in the CN", request("RSA 2048", {nul}, {}), "has control characters"},
      {"an address", request("RSA 2048", {}, {"192.0.2.1"}), "which is no host name"},
      {"not as A-label", request("RSA 2048", {}, {"m\xC3\xBCnchen.example"}), "which is no host name"},
      {"wildcard inside", request("RSA 2048", {}, {"mail.*.example"}), "which is no host name"},
      {"two wildcards", request("RSA 2048", {}, {"*.*.example"}), "which is no host name"},
      {"a long CN", request("RSA 2048", {std::string(65, 'a')}, {}), "is longer than 64 characters"},
      {"empty", request("RSA 2048", {}, {}), "has neither a subject nor a name"},
      {"101 names", request("RSA 2048", {}, std::vector<std::string>(101, "a.example")),
       "asks for 101 names"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    const std::string why = refusal(row.request);
    EXPECT_EQ(why.empty(), std::string(row.said).empty()) << why;
    EXPECT_THAT(why, HasSubstr(row.said));
  }
}

/// As Exchange asks for them, the CN is among the names; others leave that to the authority.
TEST(Signable, TakesTheNameOfTheSubjectWhenNoneIsAskedFor) {
  pki::Request request;
  request.common_names = {"mail.contoso.com", "Contoso Edge", "localhost"};
  EXPECT_THAT(names_for(request), ElementsAre("mail.contoso.com"));
  request.dns_names = {"mx.contoso.com"};
  EXPECT_THAT(names_for(request), ElementsAre("mx.contoso.com"));
}

TEST(CertificateFault, IsWhatACertificateCanHaveByItself) {
  EXPECT_TRUE(is_certificate_fault(fault_named("expired")));
  EXPECT_TRUE(is_certificate_fault(fault_named("revoked-intermediate")));
  EXPECT_FALSE(is_certificate_fault(fault_named("no-starttls"))) << "of a session";
  EXPECT_FALSE(is_certificate_fault(fault_named("long-path"))) << "of authorities of its own";
  EXPECT_FALSE(is_certificate_fault(fault_named("crl-garbage"))) << "of what a web server says";
}

class KeptAuthorityTest : public ::testing::Test {
 protected:
  KeptAuthorityTest() {
    AuthorityTerms terms;
    terms.key = "ec-p256";
    terms.at = at;
    KeptAuthority::make(directory, terms);
  }
  [[nodiscard]] pki::Request request() const {
    return pki::make_request({"O=Contoso,CN=mail.contoso.com", {"mail.contoso.com"}, pki::KeyKind::ec_p256})
        .request;
  }

  ScratchDirectory scratch;
  std::string directory = scratch.path() + "/pki";
};

TEST_F(KeptAuthorityTest, RemembersWhatItIssuedAndRevoked) {
  std::string serial;
  {
    KeptAuthority authority(directory);
    SigningTerms terms;
    terms.at = at;
    serial = authority.sign(request(), terms).record.serial;
    EXPECT_TRUE(authority.revoke(serial, "superseded", at));
    authority.issue_lists(at, at + std::chrono::days(7));
  }
  KeptAuthority authority(directory);
  ASSERT_EQ(authority.index().issued.size(), 1U);
  EXPECT_EQ(authority.index().issued[0].serial, serial);
  EXPECT_EQ(authority.index().issued[0].revoked_at, at);
  EXPECT_EQ(authority.index().issued[0].reason, "superseded");
  EXPECT_EQ(authority.index().crl_number, 2U);
  EXPECT_FALSE(authority.revoke(serial, "keyCompromise", at + std::chrono::days(1)));
  EXPECT_EQ(authority.index().issued[0].reason, "superseded");
  EXPECT_THROW((void)authority.revoke("0BADC0DE", "", at), AuthorityError);
}

/// A fault is in one certificate alone: the next one is sound, and its issuer is not revoked.
TEST_F(KeptAuthorityTest, FaultsDoNotSpread) {
  KeptAuthority authority(directory);
  SigningTerms terms;
  terms.at = at;
  terms.faults = {&fault_named("revoked-intermediate"), &fault_named("expired")};
  const SignedCertificate broken = authority.sign(request(), terms);
  EXPECT_EQ(broken.chain.front()->issuer, "CN=A Revoked Issuing CA, O=Rehearsal");
  EXPECT_LT(broken.chain.front()->not_after, at);
  EXPECT_THAT(broken.record.faults, ElementsAre("revoked-intermediate", "expired"));
  terms.faults.clear();
  const SignedCertificate sound = authority.sign(request(), terms);
  EXPECT_EQ(sound.chain.front()->issuer, "CN=domsec Test Root CA");
  EXPECT_EQ(sound.chain.size(), 1U);
  const std::vector<IssuedList> lists = authority.issue_lists(at, at + std::chrono::days(7));
  ASSERT_EQ(lists.size(), 2U);
  EXPECT_EQ(lists[0].authority, "root");
  EXPECT_EQ(lists[0].revoked, 1U);
  EXPECT_EQ(lists[1].revoked, 0U);
}

TEST_F(KeptAuthorityTest, IsNeverOverwritten) {
  AuthorityTerms terms;
  terms.at = at;
  EXPECT_THROW(KeptAuthority::make(directory, terms), AuthorityError);
  EXPECT_THROW(KeptAuthority(scratch.path()), AuthorityError);
  int directories = 0;
  for ([[maybe_unused]] const auto& one : std::filesystem::directory_iterator(scratch.path())) ++directories;
  EXPECT_EQ(directories, 1);  // nothing half done is left
}

}  // namespace
}  // namespace domsec::lab
