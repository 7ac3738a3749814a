// One case for each part of the answer; the public suites hold the parts themselves to account.
#include "domsec/policy/verification.h"

#include <gtest/gtest.h>
#include <openssl/x509v3.h>

#include <chrono>

#include "support/altered_certificate.h"
#include "support/pki.h"

namespace domsec::policy {
namespace {

using std::chrono::days;
using testing::crl_recipe;
using testing::leaf_recipe;
using testing::test_instant;
using testing::three_levels;

/// `accept`, or the problems with blanks between; then the state of revocation where it was asked for.
std::string told(const Verification& verification) {
  std::string text;
  for (const std::string& problem : verification.problems) text += (text.empty() ? "" : " ") + problem;
  if (text.empty()) text = "accept";
  return verification.revocation ? text + " | " + std::string(pki::text(*verification.revocation)) : text;
}

VerificationInput input(const pki::Chain& presented) {
  VerificationInput made;
  made.path.presented = presented;
  const auto anchors = std::make_shared<pki::TrustStore>();
  anchors->add(three_levels().anchors());
  made.path.anchors = anchors;
  made.path.at = test_instant;
  return made;
}

pki::CrlCandidate list(const pki::Authority& by, const pki::CrlRecipe& recipe) {
  pki::CrlCandidate made;
  made.crl = pki::Crl::read(by.crl(recipe));
  made.origin = pki::CrlOrigin::file;
  return made;
}

TEST(Verification, ASoundChainIsAccepted) {
  EXPECT_EQ(told(verify(input(three_levels().leaf("mail.contoso.com").chain))), "accept");
}

TEST(Verification, EveryProblemHasItsCode) {
  const pki::Chain good = three_levels().leaf("mail.contoso.com").chain;
  VerificationInput expired = input(good);
  expired.path.at = test_instant + days(20 * 365);
  EXPECT_EQ(told(verify(expired)), "expired");
  VerificationInput stranger = input(good);
  stranger.path.anchors = std::make_shared<pki::TrustStore>();
  EXPECT_EQ(told(verify(stranger)), "untrusted");
  VerificationInput shallow = input(good);
  shallow.path.max_intermediates = 1;
  EXPECT_EQ(told(verify(shallow)).find("accept"), std::string::npos);
}

TEST(Verification, AProblemIsTheAnswersBadPartAndTheReasonItsCause) {
  const pki::Authority& issuer = three_levels().second;
  const pki::Credentials made = issuer.issue(leaf_recipe({"mail.contoso.com"}));
  pki::Chain forged = made.chain;
  forged[0] = testing::altered_certificate(three_levels().issuing, forged[0], [](X509*) {});  // another key, the same issuer name
  const Verification by_another = verify(input(forged));
  EXPECT_EQ(told(by_another), "untrusted");
  EXPECT_EQ(by_another.reason, "bad_signature");
  EXPECT_EQ(verify(input(made.chain)).reason, "ok");
}

// RFC 5280 4.2.1.1 and 6.1: the identifier helps to find a path, and the signature decides. OpenSSL and Windows pass
// the issuer over.
TEST(Verification, AKeyIdentifierOfAnotherCertificateIsAHint) {
  const pki::Authority& issuer = three_levels().second;
  pki::Chain chain = issuer.issue(leaf_recipe({"mail.contoso.com"})).chain;
  chain[0] = testing::altered_certificate(issuer, chain[0], [](X509* changing) {
    AUTHORITY_KEYID* other = AUTHORITY_KEYID_new();
    other->keyid = ASN1_OCTET_STRING_new();
    ASN1_OCTET_STRING_set(other->keyid, reinterpret_cast<const unsigned char*>("another key"), 11);
    X509_add1_ext_i2d(changing, NID_authority_key_identifier, other, 0, X509V3_ADD_REPLACE);
    AUTHORITY_KEYID_free(other);
  });
  VerificationInput asked = input(chain);
  EXPECT_EQ(told(verify(asked)), "accept");
  const pki::PathExamination as_openssl = pki::examine_path(asked.path);
  EXPECT_FALSE(as_openssl.good());
  EXPECT_FALSE(as_openssl.anchored);
  asked.path.profile = pki::PathProfile::strict;
  EXPECT_EQ(told(verify(asked)), "untrusted");
}

TEST(Verification, AnyOfTheNamesMayMatch) {
  using Kind = WantedName::Kind;
  pki::CertificateRecipe recipe = leaf_recipe({"mail.contoso.com", "*.contoso.net"});
  recipe.other_names = {"IP:192.0.2.1", "IP:2001:db8::1", "email:Alice@Contoso.com"};
  const pki::Chain chain = three_levels().second.issue(recipe).chain;
  struct Row {
    std::vector<WantedName> names;
    const char* told;
  };
  const Row rows[] = {
      {{{Kind::dns, "MAIL.contoso.com"}}, "accept"},
      {{{Kind::dns, "mail.contoso.com."}}, "accept"},
      {{{Kind::dns, "a.contoso.net"}}, "accept"},
      {{{Kind::dns, "contoso.net"}}, "name_mismatch"},
      {{{Kind::dns, "contoso.com"}}, "name_mismatch"},
      {{{Kind::dns, "*.contoso.net"}}, "name_invalid"},
      {{{Kind::dns, "contoso.com"}, {Kind::dns, "mail.contoso.com"}}, "accept"},
      {{{Kind::ip, "192.0.2.1"}}, "accept"},
      {{{Kind::ip, "2001:DB8:0::1"}}, "accept"},
      {{{Kind::ip, "192.0.2.2"}}, "name_mismatch"},
      {{{Kind::ip, "192.0.2"}}, "name_invalid"},
      {{{Kind::dns, "192.0.2.1"}}, "name_invalid"},
      {{{Kind::email, "Alice@contoso.COM"}}, "accept"},
      {{{Kind::email, "alice@contoso.com"}}, "name_mismatch"},
  };
  for (const Row& row : rows) {
    VerificationInput asked = input(chain);
    asked.names = row.names;
    EXPECT_EQ(told(verify(asked)), row.told) << row.names.front().value;
  }
}

TEST(Verification, TheCommonNameCountsOnlyWhenAskedForAndWithoutDnsNames) {
  pki::CertificateRecipe recipe = leaf_recipe({});
  recipe.subject = "CN=mail.contoso.com";
  VerificationInput asked = input(three_levels().second.issue(recipe).chain);
  asked.names = {{WantedName::Kind::dns, "mail.contoso.com"}};
  EXPECT_EQ(told(verify(asked)), "name_mismatch");
  asked.cn_fallback = true;
  EXPECT_EQ(told(verify(asked)), "accept");
}

TEST(Verification, ACommonNameIsHeldToConstraintsOnlyWhereItCounts) {
  pki::CertificateRecipe authority = testing::ca_recipe("CN=Contoso Narrow CA");
  authority.permitted_dns = {"contoso.com"};
  pki::CertificateRecipe recipe = leaf_recipe({});
  recipe.subject = "CN=mail.fabrikam.com";
  recipe.other_names = {"IP:192.0.2.1"};
  VerificationInput asked = input(three_levels().issuing.subordinate(authority).issue(recipe).chain);
  asked.names = {{WantedName::Kind::ip, "192.0.2.1"}};
  EXPECT_EQ(told(verify(asked)), "accept");
  asked.cn_fallback = true;
  EXPECT_EQ(told(verify(asked)), "name_constraint");
}

TEST(Verification, RevocationIsAskedForTheLeafOrForAllBelowTheAnchor) {
  const testing::ThreeLevels& pki = three_levels();
  const pki::Chain chain = pki.leaf("mail.contoso.com").chain;
  const pki::CrlCandidate clean = list(pki.second, crl_recipe());
  const pki::CrlCandidate leaf_revoked = list(pki.second, crl_recipe({chain.front()->serial}));
  pki::CrlRecipe past = crl_recipe();
  past.this_update = test_instant - days(30);
  past.next_update = test_instant - days(1);
  const pki::CrlCandidate stale = list(pki.second, past);
  struct Row {
    RevocationCheck check;
    std::vector<pki::CrlCandidate> lists;
    bool unknown_is_refused;
    bool expiry_is_refused;
    const char* told;
  };
  using Check = RevocationCheck;
  const Row rows[] = {
      {Check::none, {leaf_revoked}, true, true, "accept"},
      {Check::leaf, {clean}, true, true, "accept | good"},
      {Check::leaf, {leaf_revoked}, true, true, "revoked | revoked"},
      {Check::leaf, {leaf_revoked}, false, true, "revoked | revoked"},
      {Check::leaf, {}, true, true, "crl_missing | unknown"},
      {Check::leaf, {}, false, true, "accept | unknown"},
      {Check::chain, {clean}, true, true, "crl_issuer | unknown"},
      {Check::chain, {clean}, false, true, "accept | unknown"},
      {Check::chain, {clean, list(pki.issuing, crl_recipe()), list(pki.root, crl_recipe())}, true, true, "accept | good"},
      {Check::leaf, {stale}, true, true, "crl_expired | unknown"},
      {Check::leaf, {stale}, false, true, "crl_expired | unknown"},
      {Check::leaf, {stale}, true, false, "accept | good"},
  };
  int number = 0;
  for (const Row& row : rows) {
    VerificationInput asked = input(chain);
    asked.revocation = row.check;
    asked.lists = row.lists;
    asked.unknown_is_refused = row.unknown_is_refused;
    asked.expiry_is_refused = row.expiry_is_refused;
    EXPECT_EQ(told(verify(asked)), row.told) << "row " << number;
    ++number;
  }
}

}  // namespace
}  // namespace domsec::policy
