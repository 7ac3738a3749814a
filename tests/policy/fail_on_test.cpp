#include "domsec/policy/fail_on.h"

#include <gtest/gtest.h>

namespace domsec::policy {
namespace {

using finding::Severity;

Verdict verdict_of(Result result, Who who, Severity severity) {
  Verdict verdict;
  verdict.result = result;
  verdict.headline.who = who;
  verdict.headline.severity = severity;
  verdict.findings.push_back(verdict.headline);
  return verdict;
}

TEST(FailOn, CountsWarningsAndWhatCannotBeToldOnlyWhenAsked) {
  const FailOn usual;
  FailOn warnings;
  warnings.warnings = true;
  FailOn inconclusive;
  inconclusive.inconclusive = true;
  const struct {
    const char* name;
    Verdict verdict;
    int usual, warnings, inconclusive;
  } rows[] = {
      {"a pass", verdict_of(Result::pass, Who::note, Severity::ok), 0, 0, 0},
      {"an information", verdict_of(Result::pass, Who::note, Severity::information), 0, 0, 0},
      {"a warning about the peer", verdict_of(Result::pass, Who::we, Severity::warning), 0, 1, 0},
      {"a warning about nobody", verdict_of(Result::pass, Who::note, Severity::warning), 0, 1, 0},
      {"a warning about ourselves", verdict_of(Result::pass, Who::own, Severity::warning), 0, 2, 0},
      {"a warning about the environment", verdict_of(Result::pass, Who::env, Severity::warning), 0, 3, 0},
      {"a refusal", verdict_of(Result::fail, Who::we, Severity::fails), 1, 1, 1},
      {"an own fault", verdict_of(Result::fail, Who::own, Severity::fails), 2, 2, 2},
      {"inconclusive", verdict_of(Result::inconclusive, Who::env, Severity::inconclusive), 3, 3, 1},
      {"a revocation state that cannot be told", verdict_of(Result::fail, Who::env, Severity::fails), 3, 3, 1},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(exit_code(row.verdict, usual), row.usual);
    EXPECT_EQ(exit_code(row.verdict), row.usual);
    EXPECT_EQ(exit_code(row.verdict, warnings), row.warnings);
    EXPECT_EQ(exit_code(row.verdict, inconclusive), row.inconclusive);
  }
}

TEST(FailOn, LooksAtEveryFindingForWarnings) {
  Verdict verdict = verdict_of(Result::pass, Who::note, Severity::ok);
  EXPECT_FALSE(warns(verdict));
  Finding second;
  second.severity = Severity::warning;
  verdict.findings.push_back(second);
  EXPECT_TRUE(warns(verdict));
}

}  // namespace
}  // namespace domsec::policy
