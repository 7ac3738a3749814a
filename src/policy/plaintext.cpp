#include "domsec/policy/plaintext.h"

namespace domsec::policy {

PlaintextJudgement judge_plaintext(const Evidence& evidence, const Verdict& verdict, finding::Profile profile) {
  PlaintextJudgement judgement;
  judgement.finding = verdict.headline;
  judgement.finding.severity = finding::Severity::information;
  const std::string said = evidence.refusal ? ": " + evidence.refusal->text() : std::string();
  if (verdict.headline.code == finding::Code::policy_no_tls) {
    judgement.answer = PlaintextAnswer::refused;
    judgement.finding.detail = "the partner refuses mail without TLS" + said;
    return judgement;
  }
  const bool in_clear = evidence.connected && !evidence.tls.started && !evidence.broken && !evidence.refusal;
  if (verdict.result != Result::pass || !in_clear) {
    judgement.finding.detail = "whether the partner takes mail in clear cannot be told" + said;
    return judgement;
  }
  judgement.answer = PlaintextAnswer::taken;
  judgement.finding.code = finding::Code::delivered_in_clear;
  judgement.finding.who = Who::note;
  judgement.finding.severity = finding::severity(judgement.finding.code, profile);
  judgement.finding.detail = "the partner takes this mail without TLS, too: what is secured here hangs on the sender alone";
  return judgement;
}

std::string_view text(PlaintextAnswer answer) {
  switch (answer) {
    case PlaintextAnswer::taken: return "taken";
    case PlaintextAnswer::refused: return "refused";
    case PlaintextAnswer::untold: return "untold";
  }
  return "";
}

}  // namespace domsec::policy
