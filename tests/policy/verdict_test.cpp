#include "domsec/policy/verdict.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "domsec/policy/evidence.h"

namespace {

using namespace domsec::policy;
using domsec::finding::Severity;

Finding finding_of(Who who, Severity severity) {
  Finding finding;
  finding.who = who;
  finding.severity = severity;
  return finding;
}

TEST(ExitCode, FollowsWhoIsToBlame) {  // spec findings 1.4, R68
  struct Case {
    const char* name;
    Result result;
    std::vector<Finding> findings;
    int expected;
  };
  const Case table[] = {
      {"nothing", Result::pass, {}, 0},
      {"a warning", Result::pass, {finding_of(Who::own, Severity::warning)}, 0},
      {"what another stack would not see", Result::pass, {finding_of(Who::we, Severity::silent)}, 0},
      {"we refuse", Result::fail, {finding_of(Who::we, Severity::fails)}, 1},
      {"they refuse", Result::fail, {finding_of(Who::they, Severity::fails)}, 1},
      {"own fault", Result::fail, {finding_of(Who::own, Severity::fails)}, 2},
      {"own fault in a pass", Result::pass, {finding_of(Who::own, Severity::fails)}, 2},
      {"environment", Result::fail, {finding_of(Who::env, Severity::fails)}, 3},
      {"inconclusive", Result::inconclusive, {finding_of(Who::env, Severity::inconclusive)}, 3},
      {"inconclusive without a finding", Result::inconclusive, {}, 3},
      {"the peer outweighs the environment",
       Result::fail,
       {finding_of(Who::env, Severity::fails), finding_of(Who::we, Severity::fails)},
       1},
      {"own outweighs the environment",
       Result::fail,
       {finding_of(Who::env, Severity::fails), finding_of(Who::own, Severity::fails)},
       2},
      {"the peer outweighs own",
       Result::fail,
       {finding_of(Who::own, Severity::fails), finding_of(Who::they, Severity::fails)},
       1},
      {"a failure without a finding is one", Result::fail, {}, 1},
  };
  for (const Case& row : table) {
    SCOPED_TRACE(row.name);
    Verdict verdict;
    verdict.result = row.result;
    verdict.findings = row.findings;
    if (!row.findings.empty()) verdict.headline = row.findings.front();
    EXPECT_EQ(exit_code(verdict), row.expected);
  }
}

TEST(ExitCode, TakesTheWorstOfABatch) {
  const int by_rank[] = {0, 3, 2, 1, 4};
  for (std::size_t a = 0; a < std::size(by_rank); ++a) {
    for (std::size_t b = 0; b < std::size(by_rank); ++b) {
      EXPECT_EQ(worse_exit_code(by_rank[a], by_rank[b]), by_rank[std::max(a, b)]);
    }
  }
}

TEST(PolicyText, NamesStepsAndTreatments) {
  EXPECT_EQ(text(Step::ehlo_inside_tls), "ehlo inside TLS");
  EXPECT_EQ(text(Step::end_of_data), "end of data");
  EXPECT_EQ(text(Treatment::domain_secured), "domain-secured");
  EXPECT_EQ(text(Result::inconclusive), "inconclusive");
  EXPECT_EQ(text(Who::they), "they");
  EXPECT_EQ(text(Level::ambiguous), "ambiguous");
  EXPECT_EQ(text(BreakKind::timed_out), "timed out");
  EXPECT_EQ(text(Role::receive), "receive");
  EXPECT_EQ(text(OwnTrouble::key_missing), "private key missing");
}

}  // namespace
