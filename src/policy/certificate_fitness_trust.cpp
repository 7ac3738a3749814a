// What others make of a certificate: its path, the lists that may name it, what it may be used for. The
// weights of each stack are those of a session (peer_purpose.h); nothing is examined twice.
#include <algorithm>
#include <array>

#include "domsec/pki/path.h"
#include "domsec/policy/revocation_code.h"
#include "domsec/policy/stack.h"
#include "fitness_repairs.h"
#include "own_judgement.h"
#include "peer_purpose.h"

namespace domsec::policy {
namespace {

using finding::Code;
using finding::Profile;
using finding::Severity;

constexpr std::array all_profiles = {Profile::exchange, Profile::postfix, Profile::exim, Profile::opensmtpd,
                                     Profile::strict};

// ---- path ----

/// The same evidence as of a peer who shows it.
PeerEvidence shown(const FitnessSubject& subject) {
  PeerEvidence peer;
  peer.presented = subject.chain;
  peer.usage = pki::usage_fit(*subject.stored.certificate);
  peer.path = subject.path;
  peer.revocation_checked = subject.revocations.has_value();
  if (subject.revocations) peer.revocations = *subject.revocations;
  return peer;
}

bool is_trust(Code code) {
  return code == Code::certificate_not_trusted || code == Code::certificate_self_signed ||
         code == Code::chain_incomplete;
}

/// Where the chain that is sent stops short of a self-signed root; nothing when it does not.
const pki::Certificate* stops_at(const FitnessSubject& subject) {
  const pki::PathExamination& path = *subject.path;
  const bool unknown_issuer = std::ranges::any_of(path.problems, [](const pki::PathProblem& problem) {
    return problem.fault == pki::PathFault::issuer_not_found ||
           problem.fault == pki::PathFault::untrusted_root;
  });
  if (!path.anchored) {
    const bool alone = subject.chain.size() == 1 && unknown_issuer;  // D-18
    return (alone || path.lacks_intermediate()) && !path.path.empty() ? path.path.back().get() : nullptr;
  }
  // A partner who trusts the root alone, and not an authority below it, cannot go on from there.
  const pki::Certificate& anchor = *path.path.back();
  return !anchor.self_issued && path.path.size() > 1 ? path.path[path.path.size() - 2].get() : nullptr;
}

/// In the order of D-20, less what end_of_validity and usage_faults say of the leaf.
std::vector<PeerFinding> judged_path(const FitnessSubject& subject) {
  PeerEvidence peer = shown(subject);
  std::erase_if(peer.path->problems, [](const pki::PathProblem& problem) {
    const bool date =
        problem.fault == pki::PathFault::expired || problem.fault == pki::PathFault::not_yet_valid;
    return date && problem.depth == 0;
  });
  std::vector<PeerFinding> found;
  judge_chain(Role::receive, peer, Rules(), found);
  const bool weak = !weakness(subject).empty();  // that rule names the certificate and what mends it
  std::erase_if(found, [&](const PeerFinding& one) {
    return one.finding.code == Code::client_cert_eku || (weak && one.finding.code == Code::certificate_weak);
  });
  return found;
}

// ---- distribution points ----

bool has_http(const std::vector<std::string>& uris) {
  return std::ranges::any_of(uris, [](const std::string& uri) {
    return uri.size() > 7 &&
           std::ranges::equal(std::string_view(uri).substr(0, 7), std::string_view("http://"),
                              [](char a, char b) { return (a | 0x20) == (b | 0x20); });
  });
}

// ---- usage ----

bool names_usage(const pki::Certificate& certificate, std::string_view usage) {
  const auto& usages = certificate.extended_key_usage;
  return usages && std::ranges::find(*usages, usage) != usages->end();
}

/// The authority whose extended key usage does not reach down to this purpose.
const pki::Certificate* unfit_authority(const FitnessSubject& subject, pki::Purpose purpose) {
  for (std::size_t i = 1; i < subject.chain.size(); ++i) {
    const pki::Certificate& authority = *subject.chain[i];
    if (!authority.extended_key_usage || authority.self_signed) continue;
    if (!names_usage(authority, pki::text(purpose)) && !names_usage(authority, "2.5.29.37.0"))
      return &authority;
  }
  return nullptr;
}

struct Weight {
  Severity severity = Severity::ok;
  std::string why;
};

/// How one stack weighs it, and why.
Weight weight_for(const FitnessSubject& subject, Role shown_to, Profile profile) {
  const pki::Purpose purpose = shown_to == Role::send ? pki::Purpose::server : pki::Purpose::client;
  const Stack& stack = stack_of(profile);
  const pki::Certificate* authority = unfit_authority(subject, purpose);
  if (authority != nullptr && stack.authority_usage == AuthorityUsage::counts) {
    return {Severity::fails, "the extended key usage of " + authority->subject + ", its issuer, lacks " +
                                 std::string(pki::text(purpose))};
  }
  if (!pki::key_usage_fits(*subject.stored.certificate, purpose) && stack.key_usage != KeyUsageDemand::none)
    return {Severity::fails, "its key usage does not allow " + std::string(pki::text(purpose))};
  Rules rules;
  rules.profile = profile;
  PeerEvidence evidence = shown(subject);
  const std::optional<PeerFinding> found = usage_finding(shown_to, evidence, rules);
  return found ? Weight{found->finding.severity, found->finding.detail} : Weight{};
}

void add(std::string& list, Profile profile) {
  list += (list.empty() ? "" : ", ") + std::string(finding::text(profile));
}

/// All stacks side by side: what Exchange's rules refuse is a fault, what others refuse a warning.
std::optional<LintFinding> usage_for_all(const FitnessSubject& subject, Role shown_to) {
  std::string refuse;
  std::string accept;
  std::string why;
  Severity worst = Severity::ok;
  for (const Profile profile : all_profiles) {
    const Weight weight = weight_for(subject, shown_to, profile);
    const bool refused = weight.severity == Severity::fails;
    add(refused ? refuse : accept, profile);
    if (why.empty()) why = weight.why;
    if (refused)
      worst = profile == Profile::exchange || worst == Severity::fails ? Severity::fails : Severity::warning;
  }
  if (refuse.empty()) return std::nullopt;
  const bool server = shown_to == Role::send;
  return weighed(
      fitness_finding(server ? Code::server_cert_eku : Code::client_cert_eku, "D-10", subject,
                      std::string("as a ") + (server ? "server" : "client") + " it is refused by " + refuse +
                          (accept.empty() ? "" : " and taken by " + accept) + ": " + why,
                      ""),
      worst);
}

std::optional<LintFinding> usage_for_one(const FitnessSubject& subject, Role shown_to, Profile profile) {
  const Weight weight = weight_for(subject, shown_to, profile);
  if (weight.severity != Severity::fails && weight.severity != Severity::warning) return std::nullopt;
  const bool server = shown_to == Role::send;
  const bool fails = weight.severity == Severity::fails;
  return weighed(fitness_finding(server ? Code::server_cert_eku : Code::client_cert_eku, "D-10", subject,
                                 std::string(finding::text(profile)) +
                                     (fails ? " refuses it" : " takes it with a warning") + " as a " +
                                     (server ? "server: " : "client: ") + weight.why,
                                 ""),
                 weight.severity);
}

}  // namespace

std::vector<LintFinding> chain_faults(const FitnessSubject& subject) {
  std::vector<LintFinding> all;
  if (!subject.path || subject.stored.certificate->self_signed) return all;
  const pki::Certificate* end = stops_at(subject);
  if (end != nullptr) {
    all.push_back(fitness_finding(Code::own_chain_incomplete, "R23", subject,
                                  "what is sent ends with " + end->subject + ", whose issuer " + end->issuer +
                                      (subject.path->anchored ? " is trusted here, and is no root"
                                                              : " is neither sent nor trusted here") +
                                      ": a partner who knows the root alone cannot build the path",
                                  chain_repair(subject)));
  }
  for (const PeerFinding& one : judged_path(subject)) {
    if (end != nullptr && is_trust(one.finding.code)) continue;  // the same, said with its cause
    // spec exchange 8.4: Untrusted is yellow, whether a partner trusts the root is his affair; Invalid is
    // red.
    const Severity severity = is_trust(one.finding.code) ? Severity::warning : one.finding.severity;
    all.push_back(
        weighed(fitness_finding(one.finding.code, "R33", subject, one.finding.detail, ""), severity));
  }
  return all;
}

std::optional<LintFinding> distribution_point_missing(const FitnessSubject& subject, CrlFail crl_fail) {
  for (const pki::CertificatePtr& one : subject.chain) {
    if (one->self_signed || has_http(one->crl_distribution_points)) continue;  // R34
    const bool leaf = one == subject.chain.front();
    return weighed(
        fitness_finding(Code::crl_no_cdp, "R22", subject,
                        (leaf ? std::string("it") : one->subject + ", which is sent with it,") +
                            " names no http distribution point: partners who check revocation refuse it",
                        leaf ? renewal_command(*one) : ""),
        crl_fail == CrlFail::soft ? Severity::warning : Severity::fails);
  }
  return std::nullopt;
}

std::vector<LintFinding> revocation_faults(const FitnessSubject& subject, CrlFail crl_fail) {
  std::vector<LintFinding> all;
  if (!subject.revocations) return all;
  Rules rules;
  rules.crl_fail = crl_fail;
  std::vector<PeerFinding> found;
  judge_revocation(shown(subject), rules, found);
  for (const PeerFinding& one : found) {
    if (one.finding.code == Code::crl_no_cdp)
      continue;  // distribution_point_missing says it without asking anybody
    const bool revoked = one.finding.code == Code::certificate_revoked;
    LintFinding fault = fitness_finding(one.finding.code, "R22", subject, one.finding.detail,
                                        revoked ? renewal_command(*subject.stored.certificate) : "");
    if (!revoked) fault.finding.who = Who::env;
    all.push_back(weighed(std::move(fault), one.finding.severity));
  }
  return all;
}

std::vector<LintFinding> usage_faults(const FitnessSubject& subject, std::optional<Profile> profile) {
  std::vector<LintFinding> all;
  const pki::Certificate& own = *subject.stored.certificate;
  if (own.self_signed || !subject.stored.for_smtp)
    return all;  // R40: for direct trust; no partner is shown it
  for (const Role shown_to : {Role::send, Role::receive}) {
    std::optional<LintFinding> found =
        profile ? usage_for_one(subject, shown_to, *profile) : usage_for_all(subject, shown_to);
    if (found) all.push_back(std::move(*found));
  }
  if (client_auth_ends(own)) {
    all.push_back(fitness_finding(Code::client_auth_sunset, "D-10", subject,
                                  "it has clientAuth from a public CA (" + own.issuer +
                                      "), which will not issue it again; it ends on " +
                                      date_text(own.not_after),
                                  ""));
  }
  return all;
}

}  // namespace domsec::policy
