// The same evidence through five pairs of eyes (spec findings 1.5).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "domsec/policy/domain_security.h"
#include "policy/evidence_samples.h"

namespace {

using namespace domsec;
using namespace domsec::policy;
using namespace domsec::policy::samples;
using finding::Profile;
using pki::PathFault;

constexpr Profile profiles[] = {Profile::exchange, Profile::postfix, Profile::exim, Profile::opensmtpd,
                                Profile::strict};

struct Row {
  const char* name;
  Role role;
  std::function<void(Evidence&)> change;
  const char* outcome;  // one letter per profile: P pass, F fail
};

void named_exactly(Evidence& seen) {
  seen.peer = good_peer({.common_name = "contoso.com", .dns_names = {"contoso.com"}});
}

TEST(ProfileMatrix, GivesEachProfileItsOwnOutcome) {
  const Row table[] = {
      {"a faultless client", Role::receive, [](Evidence&) {}, "PPPPP"},
      {"a faultless server", Role::send, [](Evidence&) {}, "PPPPP"},
      {"a client with serverAuth only", Role::receive,
       [](Evidence& seen) {
         seen.peer.usage = pki::UsageFit::only_server_auth;
         seen.peer.path->problems = {problem(PathFault::wrong_purpose, 26)};
       },
       "PFPPF"},
      {"a server with clientAuth only", Role::send,
       [](Evidence& seen) { seen.peer.usage = pki::UsageFit::only_client_auth; }, "FFPPF"},
      {"revoked", Role::receive, [](Evidence& seen) { seen.peer.revocations[0] = revoked(); }, "FPFPF"},
      {"named by CN only", Role::receive,
       [](Evidence& seen) { seen.peer = good_peer({.common_name = "contoso.com", .dns_names = {}}); },
       "PPPPF"},
      {"CN fits, SAN is of another domain", Role::receive,
       [](Evidence& seen) {
         seen.peer = good_peer({.common_name = "contoso.com", .dns_names = {"a.example"}});
       },
       "PFFFF"},
      {"named by a host below the domain", Role::receive, [](Evidence& seen) { seen.peer = good_peer(); },
       "PPPPF"},
      {"expired", Role::receive,
       [](Evidence& seen) { seen.peer.path->problems = {problem(PathFault::expired, 10)}; }, "FFFFF"},
      {"self-signed", Role::receive,
       [](Evidence& seen) { seen.peer.path->problems = {problem(PathFault::self_signed, 18)}; }, "FFFFF"},
      {"no CDP", Role::receive,
       [](Evidence& seen) { seen.peer.revocations[0] = unknown_revocation(pki::CrlProblem::no_cdp); },
       "FPPPF"},
      {"stale CRL", Role::send,
       [](Evidence& seen) { seen.peer.revocations[0] = unknown_revocation(pki::CrlProblem::stale); },
       "FPPPF"},
      {"weak key", Role::receive,
       [](Evidence& seen) { seen.peer.path->problems = {problem(PathFault::weak, 66)}; }, "PFFPF"},
      {"no client certificate", Role::receive, [](Evidence& seen) { seen.peer = {}; }, "FFFFF"},
      {"no certificate asked of us", Role::send,
       [](Evidence& seen) { seen.tls.client_certificate_requested = false; }, "PPPPF"},
  };
  for (const Row& row : table) {
    std::string outcome;
    for (const Profile profile : profiles) {
      Evidence seen = good_session(row.role);
      named_exactly(seen);
      row.change(seen);
      Rules rules;
      rules.profile = profile;
      const Verdict verdict = judge(domain_secured(row.role), seen, rules, now);
      outcome += verdict.result == Result::pass ? 'P' : verdict.result == Result::fail ? 'F' : 'N';
    }
    EXPECT_EQ(outcome, row.outcome) << row.name;
  }
}

TEST(ProfileMatrix, NamesACommonNameThatTheStrictProfileRefuses) {
  Evidence seen = good_session(Role::receive);
  seen.peer = good_peer({.common_name = "contoso.com", .dns_names = {}});
  Rules rules;
  rules.profile = Profile::strict;
  const Verdict verdict = judge(domain_secured(Role::receive), seen, rules, now);
  EXPECT_EQ(verdict.headline.code, finding::Code::name_cn_only);
  EXPECT_EQ(verdict.exchange_status, "SubjectMismatch");
}

TEST(ProfileMatrix, KnowsNoSoftRevocationInTheStrictProfile) {
  Evidence seen = good_session(Role::receive);
  named_exactly(seen);
  seen.peer.revocations[0] = unknown_revocation(pki::CrlProblem::stale);
  Rules rules;
  rules.crl_fail = CrlFail::soft;
  EXPECT_EQ(judge(domain_secured(Role::receive), seen, rules, now).result, Result::pass);
  rules.profile = Profile::strict;
  EXPECT_EQ(judge(domain_secured(Role::receive), seen, rules, now).result, Result::fail);
}

TEST(ProfileMatrix, ConcernsNobodyWhoDemandsNothing) {
  for (const Profile profile : profiles) {
    Evidence seen = good_session(Role::receive);
    seen.peer.path->problems = {problem(PathFault::expired, 10)};
    Rules rules;
    rules.profile = profile;
    EXPECT_EQ(judge(demanding(Requirement::opportunistic), seen, rules, now).result, Result::pass)
        << finding::text(profile);
  }
}

}  // namespace
