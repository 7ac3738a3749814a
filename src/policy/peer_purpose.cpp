#include "peer_purpose.h"

#include <algorithm>

#include "domsec/policy/stack.h"

namespace domsec::policy {
namespace {

using finding::Code;
using finding::Profile;
using finding::Severity;
using pki::UsageFit;

Code purpose_code(Role role) {
  return role == Role::send ? Code::server_cert_eku : Code::client_cert_eku;
}

pki::Purpose purpose_of_peer(Role role) {
  return role == Role::send ? pki::Purpose::server : pki::Purpose::client;
}

bool usage_fits(Role role, UsageFit usage) {
  return usage == UsageFit::fits || usage == UsageFit::absent_any ||
         usage == (role == Role::send ? UsageFit::only_server_auth : UsageFit::only_client_auth);
}

bool names_usage(const pki::Certificate& leaf, std::string_view usage) {
  const auto& usages = leaf.extended_key_usage;
  return usages && std::ranges::find(*usages, usage) != usages->end();
}

/// Only anyExtendedKeyUsage stands for the purpose, and the stack does not take it.
bool any_usage_refused(Role role, const pki::Certificate& leaf, const Rules& rules) {
  return stack_of(rules.profile).any_usage == AnyUsage::refused && names_usage(leaf, "2.5.29.37.0") &&
         !names_usage(leaf, pki::text(purpose_of_peer(role)));
}

/// digitalSignature is missing, and the stack's TLS library wants it. What libcrypto finds unfit, too, comes
/// as X509_V_ERR 26 of the path.
bool signature_refused(Role role, const pki::Certificate& leaf, const Rules& rules) {
  constexpr std::uint32_t digital_signature = 1U << 0U;
  return stack_of(rules.profile).key_usage == KeyUsageDemand::signature && leaf.key_usage &&
         (*leaf.key_usage & digital_signature) == 0U && pki::key_usage_fits(leaf, purpose_of_peer(role));
}

PeerFinding finding_with(Severity severity, Role role, const Rules& rules, std::string detail) {
  Finding finding = finding_of(purpose_code(role), Who::we, rules, std::move(detail));
  finding.severity = severity;
  if (severity != Severity::fails) finding.who = Who::note;
  return {std::move(finding), "WrongUsage"};
}

/// D-10: a client may show serverAuth, clientAuth or no EKU; --strict-eku and other stacks want clientAuth. A
/// server needs serverAuth (RFC 5280 4.2.1.12).
Severity weight_of_usage(Role role, UsageFit usage, const Rules& rules) {
  const bool tolerated =
      role == Role::receive && usage == UsageFit::only_server_auth && rules.strict_eku == StrictEku::no;
  if (rules.profile == Profile::exchange && !tolerated) return Severity::fails;
  return finding::severity(purpose_code(role), rules.profile);
}

/// The W of DS121 is D-10's, and this is not D-10's case: `WrongUsage` refuses wherever it is looked at.
Severity weight_of_problem(int depth, bool key_usage, const Rules& rules) {
  const Stack& stack = stack_of(rules.profile);
  if (depth > 0) return stack.authority_usage == AuthorityUsage::counts ? Severity::fails : Severity::silent;
  if (key_usage) return stack.key_usage == KeyUsageDemand::none ? Severity::silent : Severity::fails;
  return Severity::fails;
}

}  // namespace

std::optional<PeerFinding> usage_finding(Role role, const PeerEvidence& peer, const Rules& rules) {
  const std::string wanted(pki::text(purpose_of_peer(role)));
  const pki::Certificate& leaf = *peer.presented.front();
  if (!usage_fits(role, peer.usage))
    return finding_with(
        weight_of_usage(role, peer.usage, rules), role, rules,
        subject_of(peer) + " is for " + std::string(pki::text(peer.usage)) + " and lacks " + wanted);
  if (any_usage_refused(role, leaf, rules))
    return finding_with(
        Severity::fails, role, rules,
        subject_of(peer) + " has anyExtendedKeyUsage, which libcrypto does not take for " + wanted);
  if (signature_refused(role, leaf, rules))
    return finding_with(Severity::fails, role, rules,
                        "the key usage of " + subject_of(peer) + " lacks digitalSignature");
  return std::nullopt;
}

bool told_by_usage(const pki::PathProblem& problem, Role role, const PeerEvidence& peer) {
  return problem.fault == pki::PathFault::wrong_purpose && problem.depth == 0 &&
         !usage_fits(role, peer.usage) && pki::key_usage_fits(*peer.presented.front(), purpose_of_peer(role));
}

PeerFinding wrong_purpose(const pki::PathProblem& problem, Role role, const PeerEvidence& peer,
                          const Rules& rules) {
  const std::string purpose(pki::text(purpose_of_peer(role)));
  const bool unfit_key =
      problem.depth == 0 && !pki::key_usage_fits(*peer.presented.front(), purpose_of_peer(role));
  std::string why;
  if (problem.depth > 0) why = "; the extended key usage of this CA does not allow " + purpose;
  if (unfit_key) why = "; its key usage does not allow " + purpose;
  return finding_with(weight_of_problem(problem.depth, unfit_key, rules), role, rules,
                      place(problem) + ": " + problem.text + why);
}

}  // namespace domsec::policy
