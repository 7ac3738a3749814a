// One OCSP response about one certificate: every rule of RFC 6960 that makes it count, each broken once.
#include "domsec/pki/ocsp.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/openssl_tool.h"
#include "support/pki.h"

namespace domsec::pki {
namespace {

using domsec::testing::ca_recipe;
using domsec::testing::leaf_recipe;
using domsec::testing::test_instant;
using domsec::testing::three_levels;
using std::chrono::days;
using std::chrono::seconds;
using ::testing::HasSubstr;

const Authority& issuer() {
  return three_levels().second;
}

const CertificatePtr& leaf() {
  static const CertificatePtr made = issuer().issue(leaf_recipe({"mail.woodgrovebank.com"})).chain.front();
  return made;
}

/// Good, in force from a day before the instant to a week after it, signed by the issuer.
OcspRecipe good() {
  OcspRecipe recipe;
  recipe.certificate = leaf();
  recipe.this_update = test_instant - days(1);
  recipe.next_update = test_instant + days(7);
  return recipe;
}

OcspAnswer examined(const std::string& der, Instant at = test_instant) {
  return examine_ocsp(der, *leaf(), issuer().certificate().get(), at);
}

OcspAnswer examined(const OcspRecipe& recipe, Instant at = test_instant) {
  return examined(issuer().ocsp_response(recipe), at);
}

CertificateRecipe responder_recipe() {
  CertificateRecipe recipe = leaf_recipe({});
  recipe.subject = "CN=Contoso OCSP, O=Contoso";
  recipe.extended_key_usage = {"OCSPSigning"};
  return recipe;
}

OcspRecipe signed_by(const Credentials& responder) {
  OcspRecipe recipe = good();
  recipe.responder = responder;
  return recipe;
}

void expect_fault(const OcspAnswer& answer, OcspProblem problem, const char* clause) {
  EXPECT_EQ(text(answer.problem), text(problem));
  EXPECT_EQ(answer.state, RevocationState::unknown);
  EXPECT_THAT(answer.detail, HasSubstr(clause));
}

TEST(Ocsp, AGoodAnswerOfTheIssuerCounts) {
  const OcspAnswer answer = examined(good());
  EXPECT_EQ(answer.state, RevocationState::good);
  EXPECT_EQ(text(answer.problem), "none");
  EXPECT_EQ(answer.detail, "");
  EXPECT_EQ(answer.responder, issuer().certificate()->subject);
  EXPECT_EQ(answer.produced_at, test_instant - days(1));
  EXPECT_EQ(answer.this_update, test_instant - days(1));
  EXPECT_EQ(answer.next_update, test_instant + days(7));
}

TEST(Ocsp, ARevocationHasItsTimeAndReason) {
  OcspRecipe recipe = good();
  recipe.state = RevocationState::revoked;
  recipe.revoked_at = test_instant - days(30);
  recipe.reason = "keyCompromise";
  const OcspAnswer answer = examined(recipe);
  EXPECT_EQ(answer.state, RevocationState::revoked);
  EXPECT_EQ(answer.revoked_at, test_instant - days(30));
  EXPECT_EQ(answer.reason, "keyCompromise");
  EXPECT_EQ(answer.detail, "revoked since 2026-10-23T00:00:00Z (keyCompromise)");
}

TEST(Ocsp, AResponderThatDoesNotKnowTheCertificateIsNoFaultOfTheResponse) {
  OcspRecipe recipe = good();
  recipe.state = RevocationState::unknown;
  const OcspAnswer answer = examined(recipe);
  EXPECT_EQ(answer.state, RevocationState::unknown);
  EXPECT_EQ(text(answer.problem), "none");
  EXPECT_EQ(answer.detail, "the responder does not know the certificate");
}

TEST(Ocsp, TheCertificateMayBeNamedByAnyDigestFromSha1On) {
  for (const char* const digest : {"SHA1", "SHA256", "SHA384", "SHA512"}) {
    SCOPED_TRACE(digest);
    OcspRecipe recipe = good();
    recipe.certificate_digest = digest;
    EXPECT_EQ(examined(recipe).state, RevocationState::good);
  }
  OcspRecipe recipe = good();
  recipe.certificate_digest = "MD5";
  expect_fault(examined(recipe), OcspProblem::other_certificate, "other certificates");
}

TEST(Ocsp, BothEndsOfThePeriodBelongToIt) {  // RFC 6960 4.2.2.1
  EXPECT_EQ(examined(good(), test_instant - days(1)).state, RevocationState::good);
  EXPECT_EQ(examined(good(), test_instant + days(7)).state, RevocationState::good);
  expect_fault(examined(good(), test_instant - days(1) - seconds(1)), OcspProblem::not_yet_valid,
               "in force from 2026-11-21T00:00:00Z only");
  expect_fault(examined(good(), test_instant + days(7) + seconds(1)), OcspProblem::stale,
               "in force until 2026-11-29T00:00:00Z");
  OcspRecipe endless = good();
  endless.next_update.reset();
  expect_fault(examined(endless), OcspProblem::stale, "no nextUpdate");
}

TEST(Ocsp, ARevocationOutOfItsPeriodIsNotVerified) {
  OcspRecipe recipe = good();
  recipe.state = RevocationState::revoked;
  expect_fault(examined(recipe, test_instant + days(8)), OcspProblem::stale, "in force until");
}

TEST(Ocsp, WhatIsNoResponseSaysNothing) {
  const std::string der = issuer().ocsp_response(good());
  expect_fault(examined("hello"), OcspProblem::malformed, "no OCSP response");
  expect_fault(examined(der.substr(0, der.size() - 1)), OcspProblem::malformed, "no OCSP response");
  expect_fault(examined(der + "x"), OcspProblem::malformed, "no OCSP response");
  expect_fault(examined(std::string(most_ocsp_octets + 1, 'x')), OcspProblem::too_large, "65536");
  EXPECT_TRUE(is_ocsp_response(der));
  EXPECT_FALSE(is_ocsp_response(der + "x"));
  OcspRecipe later = good();
  later.response_status = 3;
  expect_fault(examined(later), OcspProblem::unsuccessful, "trylater");
  EXPECT_TRUE(is_ocsp_response(issuer().ocsp_response(later)));
}

TEST(Ocsp, AnAnswerAboutAnotherCertificateSaysNothing) {
  OcspRecipe sibling = good();
  sibling.certificate = issuer().issue(leaf_recipe({"a.example"})).chain.front();
  expect_fault(examined(sibling), OcspProblem::other_certificate, "not about this one");

  // The same serial number and issuer name, and another key of the issuer: the key's hash tells.
  CertificateRecipe namesake = ca_recipe(issuer().certificate()->subject);
  const Authority other = Authority::root(namesake);
  CertificateRecipe same = leaf_recipe({"mail.woodgrovebank.com"});
  same.serial = leaf()->serial;
  OcspRecipe recipe = good();
  recipe.certificate = other.issue(same).chain.front();
  expect_fault(examined(other.ocsp_response(recipe)), OcspProblem::other_certificate, "not about this one");
}

TEST(Ocsp, WithoutTheIssuerNothingCanBeTold) {
  const OcspAnswer answer = examine_ocsp(issuer().ocsp_response(good()), *leaf(), nullptr, test_instant);
  expect_fault(answer, OcspProblem::no_issuer, "issuer is not at hand");
}

TEST(Ocsp, AChangedOctetSpoilsTheSignature) {
  std::string der = issuer().ocsp_response(good());
  der.back() = static_cast<char>(der.back() ^ 1);
  const OcspAnswer answer = examined(der);
  expect_fault(answer, OcspProblem::bad_signature, "does not verify with the issuer's key");
  // A changed date in what is signed, the form kept.
  der = issuer().ocsp_response(good());
  const std::size_t until = der.find("20261129000000Z");
  ASSERT_NE(until, std::string::npos);
  der[until + 3] = '7';
  expect_fault(examined(der, test_instant + days(100)), OcspProblem::bad_signature, "does not verify");
}

TEST(Ocsp, AResponderOfTheIssuerCounts) {  // RFC 6960 4.2.2.2
  for (const KeyKind key : {KeyKind::ec_p256, KeyKind::rsa_2048, KeyKind::ed25519}) {
    CertificateRecipe recipe = responder_recipe();
    recipe.key = key;
    OcspRecipe delegated = signed_by(issuer().issue(recipe));
    EXPECT_EQ(examined(delegated).state, RevocationState::good);
    EXPECT_EQ(examined(delegated).responder, "CN=Contoso OCSP, O=Contoso");
    delegated.responder_by_key = true;
    EXPECT_EQ(examined(delegated).state, RevocationState::good);
  }
  OcspRecipe by_key = good();
  by_key.responder_by_key = true;
  EXPECT_EQ(examined(by_key).state, RevocationState::good);
}

struct ResponderRow {
  const char* name;
  void (*change)(CertificateRecipe&);
  const char* clause;
};

TEST(Ocsp, AResponderThatMayNotSignDoesNotCount) {
  using Recipe = CertificateRecipe;
  const ResponderRow table[] = {
      {"another usage", [](Recipe& r) { r.extended_key_usage = {"serverAuth"}; }, "without OCSPSigning"},
      {"any usage", [](Recipe& r) { r.extended_key_usage = {"anyExtendedKeyUsage"}; }, "without OCSPSigning"},
      {"no usage", [](Recipe& r) { r.extended_key_usage = {}; }, "without OCSPSigning"},
      {"key usage", [](Recipe& r) { r.key_usage = {{"keyEncipherment"}}; }, "without digitalSignature"},
      {"expired", [](Recipe& r) { r.not_after = test_instant - seconds(1); }, "expired on 2026-11-21"},
      {"not yet", [](Recipe& r) { r.not_before = test_instant + seconds(1); }, "in force from 2026-11-22"},
  };
  for (const ResponderRow& row : table) {
    SCOPED_TRACE(row.name);
    CertificateRecipe recipe = responder_recipe();
    row.change(recipe);
    expect_fault(examined(signed_by(issuer().issue(recipe))), OcspProblem::untrusted_signer, row.clause);
  }
  // Both ends of his validity belong to it (RFC 5280 4.1.2.5).
  CertificateRecipe just = responder_recipe();
  just.not_before = just.not_after = test_instant;
  EXPECT_EQ(examined(signed_by(issuer().issue(just))).state, RevocationState::good);
}

TEST(Ocsp, NobodyElseIsTrusted) {
  // Certified by the issuer's own issuer, by the root, by himself, by a namesake of the issuer with another
  // key.
  const Authority namesake = Authority::root(ca_recipe(issuer().certificate()->subject));
  for (const Authority* by : {&three_levels().issuing, &three_levels().root, &namesake}) {
    SCOPED_TRACE(by->certificate()->subject);
    expect_fault(examined(signed_by(by->issue(responder_recipe()))), OcspProblem::untrusted_signer,
                 "was not certified by");
  }
  for (const Credentials& signer : {self_signed(responder_recipe()), three_levels().root.own()}) {
    expect_fault(examined(signed_by(signer)), OcspProblem::untrusted_signer, "was not certified by");
  }
  expect_fault(examined(signed_by(namesake.own())), OcspProblem::bad_signature, "issuer's key");
}

TEST(Ocsp, AForgeableDigestIsNoSignature) {
  CertificateRecipe recipe = responder_recipe();
  recipe.key = KeyKind::rsa_2048;
  OcspRecipe weak = signed_by(issuer().issue(recipe));
  weak.digest = "MD5";
  expect_fault(examined(weak), OcspProblem::bad_signature, "with the key of CN=Contoso OCSP");
  weak.digest = "SHA1";
  EXPECT_EQ(examined(weak).state, RevocationState::good);
}

TEST(Ocsp, TheDemandForAStapleIsReadFromTheCertificate) {  // RFC 7633
  EXPECT_FALSE(demands_staple(*leaf()));
  CertificateRecipe recipe = leaf_recipe({"a.example"});
  recipe.must_staple = true;
  const CertificatePtr demanding = issuer().issue(recipe).chain.front();
  EXPECT_TRUE(demands_staple(*demanding));

  const Chain path{demanding, issuer().certificate()};
  const StapledStatus nothing = examine_staple({}, path, test_instant);
  EXPECT_TRUE(nothing.lacking());
  EXPECT_FALSE(nothing.stapled);
  OcspRecipe answer = good();
  answer.certificate = demanding;
  EXPECT_FALSE(examine_staple(issuer().ocsp_response(answer), path, test_instant).lacking());
  EXPECT_TRUE(examine_staple(issuer().ocsp_response(answer), path, test_instant + days(8)).lacking());
  EXPECT_TRUE(examine_staple(issuer().ocsp_response(answer), {demanding}, test_instant).lacking());
  EXPECT_FALSE(examine_staple({}, {leaf(), issuer().certificate()}, test_instant).lacking());
}

TEST(Ocsp, OpensslReadsTheLabsResponses) {
  if (!domsec::testing::has_openssl()) GTEST_SKIP() << "no openssl program";
  const domsec::testing::TemporaryDirectory directory;
  OcspRecipe recipe = signed_by(issuer().issue(responder_recipe()));
  recipe.state = RevocationState::revoked;
  recipe.reason = "superseded";
  recipe.certificate_digest = "SHA256";
  std::string chain = issuer().certificate()->pem() + three_levels().issuing.certificate()->pem();
  const auto run = domsec::testing::openssl(
      "ocsp -respin " + directory.write("response.der", issuer().ocsp_response(recipe)) +
      " -issuer " + directory.write("issuer.pem", issuer().certificate()->pem()) + " -sha256 -cert " +
      directory.write("leaf.pem", leaf()->pem()) + " -CAfile " +
      directory.write("root.pem", three_levels().root.certificate()->pem() + chain) + " -attime " +
      std::to_string(test_instant.time_since_epoch().count()) + " -resp_text");
  EXPECT_THAT(run.output, HasSubstr("Cert Status: revoked"));
  EXPECT_THAT(run.output, HasSubstr("superseded"));
  EXPECT_THAT(run.output, HasSubstr("Response verify OK"));
}

}  // namespace
}  // namespace domsec::pki
