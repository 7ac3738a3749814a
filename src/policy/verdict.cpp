#include "domsec/policy/verdict.h"

namespace domsec::policy {
namespace {

/// The exit code that one finding asks for (spec findings 1.4). A warning asks for none.
int exit_code(const Finding& finding) {
  if (finding.severity == finding::Severity::inconclusive) return 3;
  if (finding.severity != finding::Severity::fails) return 0;
  switch (finding.who) {
    case Who::we:
    case Who::they:
    case Who::note:
      return 1;
    case Who::own:
      return 2;
    case Who::env:
      return 3;
  }
  return 0;
}

int rank(int code) {
  switch (code) {
    case 0:
      return 0;
    case 3:
      return 1;
    case 2:
      return 2;
    case 1:
      return 3;
    default:
      return 4;  // 4: internal error, nothing is worse
  }
}

}  // namespace

int exit_code(const Verdict& verdict) {
  int code = exit_code(verdict.headline);
  for (const Finding& finding : verdict.findings) code = worse_exit_code(code, exit_code(finding));
  switch (verdict.result) {
    case Result::pass:
      return code;
    case Result::inconclusive:
      return worse_exit_code(code, 3);
    case Result::fail:
      return code == 0 ? 1 : code;
  }
  return code;
}

int worse_exit_code(int a, int b) {
  return rank(a) >= rank(b) ? a : b;
}

std::string_view text(RevocationMode mode) {
  switch (mode) {
    case RevocationMode::hard:
      return "hard";
    case RevocationMode::soft:
      return "soft";
    case RevocationMode::off:
      return "off";
  }
  return "";
}

std::string_view text(Level level) {
  switch (level) {
    case Level::exact:
      return "exact";
    case Level::likely:
      return "likely";
    case Level::ambiguous:
      return "ambiguous";
  }
  return "";
}

std::string_view text(Who who) {
  switch (who) {
    case Who::we:
      return "we";
    case Who::they:
      return "they";
    case Who::own:
      return "own";
    case Who::env:
      return "env";
    case Who::note:
      return "note";
  }
  return "";
}

std::string_view text(Result result) {
  switch (result) {
    case Result::pass:
      return "pass";
    case Result::fail:
      return "fail";
    case Result::inconclusive:
      return "inconclusive";
  }
  return "";
}

std::string_view text(Treatment treatment) {
  switch (treatment) {
    case Treatment::domain_secured:
      return "domain-secured";
    case Treatment::tls_required:
      return "tls-required";
    case Treatment::opportunistic:
      return "opportunistic";
    case Treatment::clear:
      return "clear";
    case Treatment::refuse:
      return "refuse";
  }
  return "";
}

}  // namespace domsec::policy
