#include "domsec/policy/fail_on.h"

#include <algorithm>

namespace domsec::policy {

bool warns(const Verdict& verdict) {
  const auto warning = [](const Finding& finding) { return finding.severity == finding::Severity::warning; };
  return warning(verdict.headline) || std::any_of(verdict.findings.begin(), verdict.findings.end(), warning);
}

int stricter_exit_code(int code, const FailOn& fail_on) { return code == 3 && fail_on.inconclusive ? 1 : code; }

int exit_code(const Verdict& verdict, const FailOn& fail_on) {
  Verdict counted = verdict;
  if (fail_on.warnings) {
    const auto raise = [](Finding& finding) {
      if (finding.severity == finding::Severity::warning) finding.severity = finding::Severity::fails;
    };
    raise(counted.headline);
    std::for_each(counted.findings.begin(), counted.findings.end(), raise);
  }
  return stricter_exit_code(exit_code(counted), fail_on);
}

}  // namespace domsec::policy
