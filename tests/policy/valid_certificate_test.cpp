// R33: valid = trusted path, in its period, not revoked. Each conjunct broken alone and with each other, on real
// certificates and a real list; the order in which they are told is pinned (D-20).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "domsec/pki/revocation.h"
#include "policy/evidence_samples.h"
#include "support/pki.h"

namespace domsec::policy {
namespace {

using ::testing::ElementsAreArray;
using finding::Code;
using std::chrono::days;
using testing::crl_recipe;
using testing::leaf_recipe;
using testing::test_instant;
using testing::three_levels;

struct Broken {
  bool trust = false;
  bool expired = false;
  bool early = false;
  bool revoked = false;
};

/// A session that is good but for the certificate.
Evidence session(const Broken& broken, Role role) {
  pki::CertificateRecipe recipe = leaf_recipe({"contoso.com"});
  if (broken.expired) recipe.not_after = test_instant - days{1};
  if (broken.early) recipe.not_before = test_instant + days{1};
  const pki::Authority& issuer = three_levels().issuing;
  const pki::Credentials made = issuer.issue(recipe);
  const auto anchors = std::make_shared<pki::TrustStore>();
  if (!broken.trust) anchors->add(three_levels().anchors());
  pki::PathInput input;
  input.presented = made.chain;
  input.presented.push_back(three_levels().root.certificate());
  input.anchors = anchors;
  input.purpose = role == Role::send ? pki::Purpose::server : pki::Purpose::client;
  input.at = test_instant;

  Evidence seen = samples::good_session(role);
  seen.peer.presented = input.presented;
  seen.peer.path = pki::examine_path(input);
  const std::vector<std::string> listed =
      broken.revoked ? std::vector{made.chain.front()->serial} : std::vector<std::string>();
  const pki::CrlCandidate list{pki::Crl::read(issuer.crl(crl_recipe(listed))), pki::CrlOrigin::file, "issuing.crl",
                               pki::CrlProblem::none, {}};
  seen.peer.revocations = {pki::examine_revocation(
      {{made.chain.front(), issuer.certificate()}}, std::span(&list, 1), {.at = test_instant})};
  seen.peer.name = pki::match_name(*made.chain.front(), samples::contoso);
  return seen;
}

TEST(ValidCertificate, EachConjunctBreaksItAloneAndInPairsInAPinnedOrder) {
  const struct {
    const char* name;
    Broken broken;
    std::vector<Code> codes;  // of what fails, the headline first
    const char* status;
  } table[] = {
      {"nothing", {}, {}, "Valid"},
      {"trust", {.trust = true}, {Code::certificate_not_trusted}, "UntrustedRoot"},
      {"period: expired", {.expired = true}, {Code::certificate_expired}, "CertificateExpired"},
      {"period: not yet", {.early = true}, {Code::certificate_not_yet_valid}, "CertificateExpired"},
      {"revocation", {.revoked = true}, {Code::certificate_revoked}, "Revoked\u2020"},
      {"trust and expired",
       {.trust = true, .expired = true},
       {Code::certificate_not_trusted, Code::certificate_expired},
       "UntrustedRoot"},
      {"trust and not yet",
       {.trust = true, .early = true},
       {Code::certificate_not_trusted, Code::certificate_not_yet_valid},
       "UntrustedRoot"},
      {"trust and revocation",
       {.trust = true, .revoked = true},
       {Code::certificate_not_trusted, Code::certificate_revoked},
       "UntrustedRoot"},
      {"expired and revocation",
       {.expired = true, .revoked = true},
       {Code::certificate_expired, Code::certificate_revoked},
       "CertificateExpired"},
      {"not yet and revocation",
       {.early = true, .revoked = true},
       {Code::certificate_not_yet_valid, Code::certificate_revoked},
       "CertificateExpired"},
      {"all three",
       {.trust = true, .expired = true, .revoked = true},
       {Code::certificate_not_trusted, Code::certificate_expired, Code::certificate_revoked},
       "UntrustedRoot"},
  };
  for (const Role role : {Role::send, Role::receive}) {
    for (const auto& row : table) {
      SCOPED_TRACE(std::string(text(role)) + ": " + row.name);
      const Verdict verdict = judge(samples::domain_secured(role), session(row.broken, role), {}, test_instant);
      std::vector<Code> failing;
      for (const Finding& finding : verdict.findings) {
        if (finding.severity == finding::Severity::fails) failing.push_back(finding.code);
      }
      EXPECT_THAT(failing, ElementsAreArray(row.codes));
      EXPECT_EQ(verdict.exchange_status, row.status);
      EXPECT_EQ(verdict.result, row.codes.empty() ? Result::pass : Result::fail);
    }
  }
}

}  // namespace
}  // namespace domsec::policy
