// What a peer's certificate may not get away with: a name beside the constraints of its CA, a SAN that nobody
// can read, a key or a CA that is for something else.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "domsec/policy/domain_security.h"
#include "domsec/transcript/check.h"
#include "policy/evidence_samples.h"

namespace {

using namespace domsec;
using namespace domsec::policy;
using namespace domsec::policy::samples;
using finding::Code;
using finding::Profile;
using finding::Severity;
using pki::PathFault;
using pki::UsageFit;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr Role roles[] = {Role::send, Role::receive};

const Finding* found(const Verdict& verdict, Code code) {
  const auto at = std::ranges::find(verdict.findings, code, &Finding::code);
  return at == verdict.findings.end() ? nullptr : &*at;
}

TEST(PeerName, CountsNoCommonNameOutsideTheConstraintsOfItsCa) {  // RFC 5280 4.2.1.10
  struct Case {
    const char* name;
    LeafRecipe recipe;
    bool outside;
    Result result;
  };
  const Case table[] = {
      {"CN only, inside", {.common_name = "contoso.com", .dns_names = {"a.example"}}, false, Result::pass},
      {"CN only, outside", {.common_name = "contoso.com", .dns_names = {"a.example"}}, true, Result::fail},
      {"CN outside, no SAN", {.common_name = "contoso.com", .dns_names = {}}, true, Result::fail},
      {"CN of a host outside",
       {.common_name = "mx.contoso.com", .dns_names = {"a.example"}},
       true,
       Result::fail},
      {"the SAN proves it, the CN is foreign",
       {.common_name = "a.example", .dns_names = {"mail.contoso.com"}},
       true,
       Result::pass},
      {"the SAN proves it, the CN says the same",
       {.common_name = "contoso.com", .dns_names = {"contoso.com"}},
       true,
       Result::pass},
  };
  for (const Case& row : table) {
    for (const Role role : roles) {
      SCOPED_TRACE(std::string(row.name) + ", " + std::string(text(role)));
      Evidence seen = good_session(role);
      seen.peer = good_peer(row.recipe);
      seen.peer.path->common_name_violates_constraints = row.outside;
      const Verdict verdict = judge(domain_secured(role), seen, {}, now);
      EXPECT_EQ(verdict.result, row.result);
      if (row.result == Result::pass) continue;
      EXPECT_EQ(verdict.headline.code, Code::certificate_host_mismatch);
      EXPECT_EQ(verdict.exchange_status, "SubjectMismatch");
      EXPECT_THAT(verdict.headline.detail, HasSubstr("the CN lies outside a name constraint of its CA"));
      EXPECT_THAT(verdict.headline.detail, Not(HasSubstr("the other mode would accept it")));
      EXPECT_EQ(certificate_validation_status(seen.peer, {}), "SubjectMismatch");
    }
  }
}

TEST(PeerName, StillToldByTheRuleThatWasConfigured) {
  Evidence seen = good_session(Role::receive);
  seen.peer = good_peer({.common_name = "contoso.com", .dns_names = {"contoso.com", "a.example"}});
  seen.peer.path->common_name_violates_constraints = true;
  Rules rules;
  rules.name.mode = pki::NameMatchMode::exact;
  EXPECT_THAT(judge(domain_secured(Role::receive), seen, rules, now).headline.detail,
              HasSubstr("by san contoso.com (mode exact"));
}

TEST(PeerName, IsNotTakenFromTheCommonNameBesideAnUnreadableSan) {
  for (const Role role : roles) {
    Evidence seen = good_session(role);
    const auto certificate = leaf({.common_name = "contoso.com", .dns_names = {}});
    certificate->alternative_names_unreadable = true;
    seen.peer.presented.front() = certificate;
    seen.peer.name = pki::match_name(*certificate, contoso);
    const Verdict verdict = judge(domain_secured(role), seen, {}, now);
    EXPECT_EQ(verdict.headline.code, Code::certificate_host_mismatch);
    EXPECT_THAT(verdict.headline.detail, HasSubstr("the SAN cannot be read"));
  }
}

struct PurposeCase {
  const char* name;
  UsageFit usage;
  std::vector<int> depths;                 // of X509_V_ERR 26
  std::optional<std::uint32_t> key_usage;  // of the leaf
  const char* outcome;                     // as client, as server: P pass, W pass with a warning, F fail
};

char outcome_of(const PurposeCase& row, Role role) {
  Evidence seen = good_session(role);
  const auto certificate = leaf();
  certificate->key_usage = row.key_usage;
  seen.peer.presented.front() = seen.peer.path->path.front() = certificate;
  seen.peer.usage = row.usage;
  for (const int depth : row.depths)
    seen.peer.path->problems.push_back(problem(PathFault::wrong_purpose, 26, depth));
  const Verdict verdict = judge(domain_secured(role), seen, {}, now);
  const Code code = role == Role::send ? Code::server_cert_eku : Code::client_cert_eku;
  const std::string status = certificate_validation_status(seen.peer, {});
  if (role == Role::receive) {
    // The log tells what happened, the judgement decides; of the same chain they must not say different
    // things.
    EXPECT_EQ(status.empty() ? "Valid" : status,
              transcript::chain_status({*seen.peer.path, seen.peer.usage, pki::Purpose::client}));
  }
  if (verdict.result == Result::fail) {
    EXPECT_EQ(verdict.headline.code, code);
    EXPECT_EQ(verdict.headline.who, Who::we);
    EXPECT_EQ(verdict.exchange_status, "WrongUsage");
    return 'F';
  }
  EXPECT_EQ(verdict.exchange_status, "Valid");
  const Finding* warning = found(verdict, code);
  return warning == nullptr ? 'P' : warning->severity == Severity::warning ? 'W' : '?';
}

TEST(PeerPurpose, IsExcusedOnlyForTheExtendedKeyUsageOfAClient) {  // D-10
  constexpr std::uint32_t digital_signature = 1U << 0U, key_encipherment = 1U << 2U, cert_sign = 1U << 5U;
  const PurposeCase table[] = {
      {"both purposes", UsageFit::fits, {}, {}, "PP"},
      {"any purpose", UsageFit::absent_any, {}, digital_signature, "PP"},
      {"serverAuth only", UsageFit::only_server_auth, {0}, digital_signature, "WF"},
      {"serverAuth only, of a CA for serverAuth only",
       UsageFit::only_server_auth,
       {0, 1},
       digital_signature,
       "FF"},
      {"both purposes, of a CA for another", UsageFit::fits, {1}, digital_signature, "FF"},
      {"any purpose, of a CA for another two above", UsageFit::absent_any, {2}, {}, "FF"},
      {"both purposes, the key may sign certificates only", UsageFit::fits, {0}, cert_sign, "FF"},
      {"serverAuth only, the key may sign certificates only",
       UsageFit::only_server_auth,
       {0},
       cert_sign,
       "FF"},
      {"serverAuth only, the key may decipher only", UsageFit::only_server_auth, {0}, key_encipherment, "FF"},
      {"neither purpose", UsageFit::neither, {0}, digital_signature, "FF"},
      {"neither purpose, nor the CA", UsageFit::neither, {0, 1}, digital_signature, "FF"},
  };
  for (const PurposeCase& row : table) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(outcome_of(row, Role::receive), row.outcome[0]);
    // `serverAuth only` is no fault of a server, so there problem 0 speaks of something else.
    EXPECT_EQ(outcome_of(row, Role::send), row.outcome[1]);
  }
}

TEST(PeerPurpose, NamesTheCaAndKeepsTheWorseOfTwo) {
  Evidence seen = good_session(Role::receive);
  seen.peer.usage = UsageFit::only_server_auth;
  seen.peer.path->problems = {problem(PathFault::wrong_purpose, 26, 0),
                              problem(PathFault::wrong_purpose, 26, 1)};
  const Verdict verdict = judge(domain_secured(Role::receive), seen, {}, now);
  EXPECT_THAT(verdict.headline.detail, HasSubstr("CN=Issuing CA (depth 1): as OpenSSL says it; the extended "
                                                 "key usage of this CA does not allow clientAuth"));
  EXPECT_EQ(std::ranges::count(verdict.findings, Code::client_cert_eku, &Finding::code), 1);
  // Who looks at no purpose looks at none here either (spec findings 1.5: GnuTLS).
  Rules exim;
  exim.profile = Profile::exim;
  EXPECT_EQ(judge(domain_secured(Role::receive), seen, exim, now).result, Result::pass);
}

}  // namespace
