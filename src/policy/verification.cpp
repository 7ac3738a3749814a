#include "domsec/policy/verification.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

#include "domsec/pki/name_match.h"
#include "domsec/pki/problem_code.h"
#include "domsec/smtp/domain.h"

namespace domsec::policy {
namespace {

using pki::CrlProblem;
using pki::PathProblem;
using pki::Revocation;
using pki::RevocationState;

/// No list speaks of the certificate; that of another issuer or for others does not either.
bool is_lack(CrlProblem problem) {
  switch (problem) {
    case CrlProblem::stale:
    case CrlProblem::delta_stale:
    case CrlProblem::not_yet_valid:
    case CrlProblem::bad_signature:
    case CrlProblem::untrusted_signer:
    case CrlProblem::invalid: return false;
    default: return true;
  }
}

/// The octets of an address, so that two spellings of one are the same; nothing when it is none.
std::optional<std::string> address_octets(const std::string& text) {
  std::array<char, 16> octets{};
  if (inet_pton(AF_INET, text.c_str(), octets.data()) == 1) return std::string(octets.data(), 4);
  if (inet_pton(AF_INET6, text.c_str(), octets.data()) == 1) return std::string(octets.data(), 16);
  return std::nullopt;
}

/// RFC 5280 4.2.1.6: the local part as it is, the domain without case.
std::optional<std::string> mailbox(std::string_view text) {
  const std::size_t at = text.rfind('@');
  if (at == std::string_view::npos || at == 0) return std::nullopt;
  const auto domain = smtp::Domain::parse(text.substr(at + 1));
  if (!domain) return std::nullopt;
  return std::string(text.substr(0, at + 1)) + domain->text();
}

/// The leaf's names of another kind, as `Certificate::other_names` has them, read in the same way as the wanted one.
template <typename Read>
void ask_other(const pki::Certificate& leaf, std::string_view kind, Read read, NameAsked& asked) {
  const auto wanted = read(asked.wanted.value);
  asked.readable = wanted.has_value();
  for (const std::string& name : leaf.other_names) {
    if (!asked.readable || !name.starts_with(kind)) continue;
    const bool same = read(name.substr(kind.size())) == wanted;
    asked.attempts.push_back({{pki::PresentedId::Source::san, name}, same, same ? "equal" : "another name"});
    asked.matches = asked.matches || same;
  }
}

void ask_host(const pki::Certificate& leaf, bool common_name, NameAsked& asked) {
  asked.readable = smtp::is_host_name(asked.wanted.value);
  if (!asked.readable) return;
  pki::NameRule rule;
  rule.mode = pki::NameMatchMode::exact;
  rule.common_name = common_name ? pki::CommonName::without_dns_names : pki::CommonName::never;
  std::string host = asked.wanted.value;
  std::transform(host.begin(), host.end(), host.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  if (host.ends_with('.')) host.pop_back();
  pki::NameMatch match = pki::match_name(leaf, pki::ReferenceId{host, false}, rule);
  asked.matches = match.matches;
  asked.attempts = std::move(match.attempts);
}

NameAsked ask(const VerificationInput& input, const WantedName& wanted, bool common_name) {
  const pki::Certificate& leaf = *input.path.presented.front();
  NameAsked asked{wanted};
  switch (wanted.kind) {
    case WantedName::Kind::ip: ask_other(leaf, "IP:", address_octets, asked); break;
    case WantedName::Kind::email: ask_other(leaf, "email:", mailbox, asked); break;
    case WantedName::Kind::dns: ask_host(leaf, common_name, asked); break;
  }
  return asked;
}

void ask_names(const VerificationInput& input, bool common_name, Verification& into) {
  if (input.names.empty()) return;
  std::set<std::string> problems;
  for (const WantedName& wanted : input.names) {
    into.names.push_back(ask(input, wanted, common_name));
    const NameAsked& asked = into.names.back();
    if (asked.matches) return;
    problems.insert(asked.readable ? "name_mismatch" : "name_invalid");
  }
  into.problems.merge(problems);
}

RevocationState worse(std::optional<RevocationState> so_far, RevocationState state) {
  if (so_far == RevocationState::revoked || state == RevocationState::revoked) return RevocationState::revoked;
  if (so_far == RevocationState::unknown || state == RevocationState::unknown) return RevocationState::unknown;
  return RevocationState::good;
}

pki::RevocationRules rules_of(const VerificationInput& input) {
  pki::RevocationRules rules{.at = input.path.at};
  rules.expiry_counts = input.expiry_is_refused;
  rules.max_age = input.max_crl_age;
  rules.profile_counts = input.path.profile == pki::PathProfile::strict;
  rules.signer_state_counts = input.unknown_is_refused && input.revocation == RevocationCheck::chain;
  rules.security_level = input.path.security_level;
  return rules;
}

/// A list of this issuer that cannot be used is refused also where the lack of one is not.
void add_problem(const VerificationInput& input, const Revocation& answer, Verification& into) {
  if (answer.state == RevocationState::good) return;
  if (answer.state == RevocationState::revoked) into.problems.insert("revoked");
  if (answer.problem == CrlProblem::none) return;
  if (is_lack(answer.problem) && !input.unknown_is_refused) return;
  // One cause, one problem: where nobody trusted vouches for the certificate, nobody trusted signs lists either.
  if (answer.problem == CrlProblem::untrusted_signer && into.problems.contains("untrusted")) return;
  into.problems.emplace(pki::problem_code(answer.problem));
}

void ask_revocation(const VerificationInput& input, Verification& into) {
  if (input.revocation == RevocationCheck::none) return;
  // A path without an anchor ends in a certificate whose issuer nobody knows: nor does anybody its state.
  const std::size_t below_anchor = into.path.size() - (into.anchored ? 1 : 0);
  const std::size_t asked = input.revocation == RevocationCheck::leaf ? std::min<std::size_t>(1, below_anchor) : below_anchor;
  for (std::size_t depth = 0; depth < asked; ++depth) {
    if (!into.anchored && into.path[depth]->self_signed) break;  // nobody can revoke it
    const pki::RevocationQuestion question{into.path, depth, input.path.presented};
    Revocation answer = examine_revocation(question, input.lists, rules_of(input));
    into.revocation = worse(into.revocation, answer.state);
    if (depth + 1 < into.path.size()) add_problem(input, answer, into);
    into.revocations.push_back(std::move(answer));
  }
}

}  // namespace

std::string_view text(WantedName::Kind kind) {
  switch (kind) {
    case WantedName::Kind::dns: return "dns";
    case WantedName::Kind::ip: return "ip";
    case WantedName::Kind::email: return "email";
  }
  return "";
}

Verification verify(const VerificationInput& input) {
  pki::PathInput path = input.path;
  if (path.profile == pki::PathProfile::trust) path.key_identifiers = pki::KeyIdentifiers::hint;
  path.constrain_common_name = input.cn_fallback;
  const pki::PathExamination examined = pki::examine_path(path);
  Verification answer;
  answer.path = examined.path;
  answer.anchored = examined.anchored;
  for (const PathProblem& problem : examined.problems) answer.problems.emplace(pki::problem_class(problem));
  answer.path_problems = examined.problems;
  const std::uint32_t usage = input.path.presented.front()->key_usage.value_or(input.key_usage);
  if ((input.key_usage & ~usage) != 0) answer.problems.emplace("key_usage");
  ask_names(input, input.cn_fallback && !examined.common_name_violates_constraints, answer);
  ask_revocation(input, answer);
  answer.reason = "ok";
  if (!answer.problems.empty()) answer.reason = *answer.problems.begin();
  if (!examined.problems.empty()) answer.reason = pki::problem_code(examined.problems.front());
  return answer;
}

}  // namespace domsec::policy
