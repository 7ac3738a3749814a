#include "domsec/report/verification.h"

#include <algorithm>

#include "domsec/pki/harmless.h"
#include "domsec/pki/instant.h"
#include "domsec/pki/key_usage.h"
#include "domsec/pki/problem_code.h"
#include "layout.h"

namespace domsec::report {
namespace {

using policy::NameAsked;
using policy::Verification;
using policy::VerificationInput;

constexpr std::size_t indent = 14;

/// `  title       text`; the title only where a block begins.
std::string row(std::string_view title, const std::string& text) {
  return padded(title.empty() ? std::string() : "  " + std::string(title), indent) + wrapped(text, indent);
}

std::string at_depth(int depth, const std::string& subject) {
  return "[" + std::to_string(depth) + "] " + subject;
}

std::string_view check_text(policy::RevocationCheck check) {
  switch (check) {
    case policy::RevocationCheck::none:
      return "none";
    case policy::RevocationCheck::leaf:
      return "of the leaf";
    case policy::RevocationCheck::chain:
      return "of every certificate below the anchor";
  }
  return "";
}

std::string wanted_text(const NameAsked& asked) {
  return std::string(policy::text(asked.wanted.kind)) + ":" + pki::harmless(asked.wanted.value);
}

std::string headline(const Verification& verification) {
  if (verification.problems.empty()) return "accept\n";
  std::string codes;
  for (const std::string& code : verification.problems) codes += (codes.empty() ? "" : ", ") + code;
  return "reject  " + wrapped(codes, 8);
}

std::string asked_text(const VerificationInput& input) {
  std::string text = pki::rfc3339(input.path.at) + ", purpose " + std::string(pki::text(input.path.purpose)) +
                     ", revocation " + std::string(check_text(input.revocation));
  if (input.path.profile == pki::PathProfile::strict) text += ", profile strict";
  return text;
}

std::string problems_text(const VerificationInput& input, const Verification& verification) {
  std::string out;
  const auto add = [&out](std::string_view code, const std::string& text) {
    out += row(out.empty() ? "problems" : "", std::string(code) + ": " + text);
  };
  for (const pki::PathProblem& each : verification.path_problems) {
    add(pki::problem_code(each), at_depth(each.depth, each.subject) + ": " + each.text);
  }
  const pki::Certificate& leaf = *input.path.presented.front();
  for (const std::string_view usage :
       pki::key_usage_names(input.key_usage & ~leaf.key_usage.value_or(input.key_usage))) {
    add("key_usage", at_depth(0, leaf.subject) + " may not be used for " + std::string(usage));
  }
  const bool named = std::any_of(verification.names.begin(), verification.names.end(),
                                 [](const NameAsked& asked) { return asked.matches; });
  for (const NameAsked& asked : verification.names) {
    if (named) break;
    add(asked.readable ? "name_mismatch" : "name_invalid",
        asked.readable ? "the leaf does not name " + wanted_text(asked)
                       : wanted_text(asked) + " is no such name");
  }
  // A list that is no longer in force may still show the certificate revoked: two problems.
  for (const pki::Revocation& each : verification.revocations) {
    const std::string where = at_depth(each.depth, each.subject) + ": ";
    if (each.state == pki::RevocationState::revoked) add("revoked", where + revocation_text(each));
    const std::string_view code = pki::problem_code(each.problem);
    const bool counts =
        each.problem != pki::CrlProblem::none && verification.problems.count(std::string(code)) != 0;
    if (counts)
      add(code, where + std::string(pki::text(each.problem)) +
                    (each.detail.empty() ? "" : ": " + pki::harmless(each.detail, 500)));
  }
  return out;
}

std::string path_text(const VerificationInput& input, const Verification& verification) {
  std::string out;
  int depth = 0;
  for (const pki::CertificatePtr& each : verification.path) {
    const bool anchor = input.path.anchors != nullptr && input.path.anchors->contains(*each);
    out += row(out.empty() ? "path" : "", at_depth(depth++, each->subject) + ", in force " +
                                              pki::rfc3339(each->not_before) + " to " +
                                              pki::rfc3339(each->not_after) + (anchor ? ", trusted" : ""));
  }
  return out;
}

std::string names_text(const Verification& verification) {
  std::string out;
  for (const NameAsked& asked : verification.names) {
    const std::string_view outcome = asked.matches    ? "matches"
                                     : asked.readable ? "no name of the leaf"
                                                      : "no such name";
    out += row(out.empty() ? "names" : "", wanted_text(asked) + ": " + std::string(outcome));
    for (const pki::NameAttempt& each : asked.attempts) {
      out += row("", "  " + std::string(pki::text(each.presented.source)) + " " +
                         pki::harmless(each.presented.text) + (each.matches ? ": matches" : ": " + each.why));
    }
    if (asked.readable && asked.attempts.empty()) out += row("", "  the leaf has no name of this kind");
  }
  return out;
}

std::string revocations_text(const Verification& verification) {
  std::string out;
  for (const pki::Revocation& each : verification.revocations) {
    out += row(out.empty() ? "revocation" : "",
               at_depth(each.depth, each.subject) + ": " + revocation_text(each));
  }
  return out;
}

}  // namespace

std::string revocation_text(const pki::Revocation& revocation) {
  std::string out(pki::text(revocation.state));
  if (revocation.state == pki::RevocationState::unknown)
    out += ", " + std::string(pki::text(revocation.problem));
  if (revocation.revoked_at) out += " since " + pki::rfc3339(*revocation.revoked_at);
  if (!revocation.reason.empty()) out += " (" + revocation.reason + ")";
  if (revocation.origin != pki::CrlOrigin::none) {
    out += " by " + (revocation.uri.empty() ? std::string("a list") : pki::harmless(revocation.uri, 2048)) +
           " (" + std::string(pki::text(revocation.origin)) + ")";
  }
  if (revocation.next_update) out += ", next update " + pki::rfc3339(*revocation.next_update);
  if (!revocation.detail.empty()) out += ": " + pki::harmless(revocation.detail, 500);
  return out;
}

std::string verification_text(const VerificationInput& input, const Verification& verification) {
  return headline(verification) + row("asked", asked_text(input)) + problems_text(input, verification) +
         (verification.fetched ? row("missing", pki::text(*verification.fetched)) : std::string()) +
         path_text(input, verification) + names_text(verification) + revocations_text(verification);
}

}  // namespace domsec::report
