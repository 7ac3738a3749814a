#include "domsec/policy/plaintext.h"

#include <gtest/gtest.h>

namespace domsec::policy {
namespace {

using finding::Code;
using finding::Profile;
using finding::Severity;

Evidence in_clear() {
  Evidence evidence;
  evidence.connected = true;
  evidence.reached = Step::mail;
  return evidence;
}

Verdict verdict_of(Result result, Code code) {
  Verdict verdict;
  verdict.result = result;
  verdict.headline.code = code;
  return verdict;
}

TEST(JudgePlaintext, TellsTakenRefusedAndUntoldApart) {
  Evidence refused = in_clear();
  refused.refusal = smtp::Reply(451, "5.7.3 STARTTLS is required to send mail");
  Evidence unknown_user = in_clear();
  unknown_user.refusal = smtp::Reply(550, "5.1.1 no such user");
  Evidence broken = in_clear();
  broken.broken = Break{Step::mail, BreakKind::closed, "closed"};
  Evidence inside_tls = in_clear();
  inside_tls.tls.started = true;
  const struct {
    const char* name;
    Evidence evidence;
    Verdict verdict;
    PlaintextAnswer answer;
  } rows[] = {
      {"taken", in_clear(), verdict_of(Result::pass, Code::delivered_in_clear), PlaintextAnswer::taken},
      {"TLS is demanded", refused, verdict_of(Result::fail, Code::policy_no_tls), PlaintextAnswer::refused},
      {"another refusal", unknown_user, verdict_of(Result::fail, Code::not_a_tls_fault), PlaintextAnswer::untold},
      {"a refusal that is no failure", unknown_user, verdict_of(Result::pass, Code::delivered_in_clear), PlaintextAnswer::untold},
      {"a break", broken, verdict_of(Result::pass, Code::delivered_in_clear), PlaintextAnswer::untold},
      {"no connection", Evidence(), verdict_of(Result::inconclusive, Code::connect_failed), PlaintextAnswer::untold},
      {"not in clear", inside_tls, verdict_of(Result::pass, Code::mutual_tls_ok), PlaintextAnswer::untold},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    const PlaintextJudgement judgement = judge_plaintext(row.evidence, row.verdict, Profile::exchange);
    EXPECT_EQ(judgement.answer, row.answer);
    EXPECT_EQ(judgement.finding.severity, Severity::information);
    EXPECT_FALSE(judgement.finding.detail.empty());
  }
}

TEST(JudgePlaintext, WarnsOfMailInClearWhereTheProfileIsStrict) {
  const Verdict taken = verdict_of(Result::pass, Code::delivered_in_clear);
  EXPECT_EQ(judge_plaintext(in_clear(), taken, Profile::strict).finding.severity, Severity::warning);
  EXPECT_EQ(judge_plaintext(in_clear(), taken, Profile::strict).finding.code, Code::delivered_in_clear);
}

}  // namespace
}  // namespace domsec::policy
