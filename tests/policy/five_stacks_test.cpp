// Same session, five stacks, five outcomes: one client whose certificate is for servers only, revoked and
// named by its CN alone is judged through every profile. The weight of each finding is the catalogue's
// column, copied here by hand from its rows.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "domsec/policy/domain_security.h"
#include "policy/evidence_samples.h"

namespace {

using namespace domsec;
using namespace domsec::policy;
using namespace domsec::policy::samples;
using finding::Code;
using finding::Profile;
using finding::Severity;

constexpr Profile stacks[] = {Profile::exchange, Profile::postfix, Profile::exim, Profile::opensmtpd,
                              Profile::strict};

void for_servers_only(Evidence& seen) {
  seen.peer.usage = pki::UsageFit::only_server_auth;
  seen.peer.path->problems = {problem(pki::PathFault::wrong_purpose, 26)};
}

void is_revoked(Evidence& seen) {
  seen.peer.revocations[0] = revoked();
}

void named_by_common_name(Evidence& seen) {
  const auto certificate = leaf({.common_name = "contoso.com", .dns_names = {}});
  seen.peer.presented[0] = seen.peer.path->path[0] = certificate;
  seen.peer.name = pki::match_name(*certificate, contoso);
}

Verdict judged(const std::vector<std::function<void(Evidence&)>>& faults, Profile stack) {
  Evidence seen = good_session(Role::receive);
  seen.peer = good_peer({.common_name = "contoso.com", .dns_names = {"contoso.com"}});
  for (const auto& fault : faults) fault(seen);
  Rules rules;
  rules.profile = stack;
  return judge(domain_secured(Role::receive), seen, rules, now);
}

/// One letter as in the catalogue; `.` when the finding is not there.
char weight(const Verdict& verdict, Code code) {
  const auto at = std::ranges::find(verdict.findings, code, &Finding::code);
  if (at == verdict.findings.end()) return '.';
  switch (at->severity) {
    case Severity::ok:
      return 'o';
    case Severity::information:
      return 'I';
    case Severity::warning:
      return 'W';
    case Severity::fails:
      return 'F';
    case Severity::silent:
      return 'P';
    case Severity::inconclusive:
      return 'N';
    case Severity::unknown:
      return '-';
  }
  return '?';
}

TEST(FiveStacks, WeighEachFaultByTheirColumnOfTheCatalogue) {
  struct Row {
    const char* name;
    std::function<void(Evidence&)> fault;
    Code code;
    const char* weights;  // exchange, postfix, exim, opensmtpd, strict
  };
  const Row table[] = {
      {"for servers only", for_servers_only, Code::client_cert_eku, "WFPPF"},   // DS121: W F P P F
      {"revoked", is_revoked, Code::certificate_revoked, "FPFPF"},              // DS105: F P F P F
      {"named by CN only", named_by_common_name, Code::name_cn_only, "WPPPF"},  // DS111: W P P P F
  };
  for (const Row& row : table) {
    for (std::size_t i = 0; i < std::size(stacks); ++i) {
      SCOPED_TRACE(std::string(row.name) + ", " + std::string(finding::text(stacks[i])));
      const Verdict verdict = judged({row.fault}, stacks[i]);
      EXPECT_EQ(weight(verdict, row.code), row.weights[i]);
      EXPECT_EQ(verdict.result, row.weights[i] == 'F' ? Result::fail : Result::pass);
      EXPECT_EQ(exit_code(verdict), row.weights[i] == 'F' ? 1 : 0);
      if (verdict.result == Result::fail) {
        EXPECT_EQ(verdict.headline.code, row.code);
      }
    }
  }
}

TEST(FiveStacks, ComeToFiveOutcomesOfOneSession) {
  struct Row {
    Profile stack;
    Code headline;
    const char* status;
    const char* reply;    // null: accepted
    const char* weights;  // DS111, DS121, DS105: name, chain, revocation (D-20)
  };
  const Row table[] = {
      {Profile::exchange, Code::certificate_revoked, "Revoked†", "Revoked", "WWF"},
      {Profile::postfix, Code::client_cert_eku, "WrongUsage", "WrongUsage", "PFP"},
      {Profile::exim, Code::certificate_revoked, "Revoked†", "Revoked", "PPF"},
      {Profile::opensmtpd, Code::mutual_tls_ok, "Valid", nullptr, "PPP"},
      {Profile::strict, Code::name_cn_only, "SubjectMismatch", "SubjectMismatch", "FFF"},
  };
  std::vector<std::string> outcomes;
  for (const Row& row : table) {
    SCOPED_TRACE(finding::text(row.stack));
    const Verdict verdict = judged({for_servers_only, named_by_common_name, is_revoked}, row.stack);
    EXPECT_EQ(verdict.result, row.reply == nullptr ? Result::pass : Result::fail);
    EXPECT_EQ(verdict.headline.code, row.headline);
    EXPECT_EQ(verdict.exchange_status, row.status);
    ASSERT_EQ(verdict.reply.has_value(), row.reply != nullptr);
    if (verdict.reply) {
      EXPECT_EQ(verdict.reply->text(), "454 4.7.0 Failed to establish appropriate TLS channel: " +
                                           std::string(row.reply) + ": Access Denied");
    }
    outcomes.push_back({weight(verdict, Code::name_cn_only), weight(verdict, Code::client_cert_eku),
                        weight(verdict, Code::certificate_revoked)});
    EXPECT_EQ(outcomes.back(), row.weights);
  }
  std::ranges::sort(outcomes);
  EXPECT_EQ(std::ranges::unique(outcomes).size(), 0U);
}

TEST(FiveStacks, AgreeAboutAFaultlessClient) {
  for (const Profile stack : stacks) {
    const Verdict verdict = judged({}, stack);
    EXPECT_EQ(verdict.headline.code, Code::mutual_tls_ok) << finding::text(stack);
    EXPECT_EQ(verdict.treatment, Treatment::domain_secured);
    EXPECT_EQ(verdict.findings.size(), 1U);
  }
}

TEST(FiveStacks,
     JudgeTheSameEvidenceTheSameWayEachTime) {  // pure: the order of the questions does not matter
  std::vector<std::string> there, back;
  for (const Profile stack : stacks) there.push_back(judged({is_revoked}, stack).headline.detail);
  for (std::size_t i = std::size(stacks); i-- > 0;)
    back.push_back(judged({is_revoked}, stacks[i]).headline.detail);
  std::ranges::reverse(back);
  EXPECT_EQ(there, back);
}

}  // namespace
