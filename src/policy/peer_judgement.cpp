// The peer's certificate under one profile. The facts come examined (pki/), here they get their finding,
// their Exchange status and their weight. Deviations from RFC 5280 that Exchange makes are D-5, D-9, D-10 and
// D-18 to D-20 of the specification.
#include "peer_judgement.h"

#include <algorithm>

#include "names_as_read.h"

namespace domsec::policy {
namespace {

using finding::Code;
using finding::Profile;
using finding::Severity;

// ---- name ----

std::string presented_text(const pki::NameMatch& match) {
  constexpr std::size_t shown = 4;
  std::string out;
  for (std::size_t i = 0; i < match.attempts.size() && i < shown; ++i) {
    const pki::NameAttempt& attempt = match.attempts[i];
    out += (out.empty() ? "" : "; ") + std::string(pki::text(attempt.presented.source)) + " " +
           attempt.presented.text + ": " + attempt.why;
  }
  const std::size_t hidden =
      match.attempts.size() - std::min(shown, match.attempts.size()) + match.attempts_left_out;
  if (hidden > 0) out += "; and " + std::to_string(hidden) + " more";
  return out.empty() ? "it has no name at all" : out;
}

void judge_name(const PeerQuestion& question, const PeerEvidence& peer, const Rules& rules,
                std::vector<PeerFinding>& out) {
  const std::optional<pki::NameMatch> match = name_under(rules, peer, question.reference);
  if (!match) {
    if (question.name == NameDemand::none) return;
    out.push_back(
        {finding_of(Code::certificate_host_mismatch, Who::we, rules, "no name of the peer was compared"),
         "SubjectMismatch"});
    return;
  }
  const std::string reference = (match->reference.with_subdomains ? "*." : "") + match->reference.text;
  if (!match->matches) {
    std::string detail = "no name of " + subject_of(peer) + " covers " + reference + " (mode " +
                         std::string(pki::text(match->rule.mode)) + "): " + presented_text(*match);
    if (match->other_mode_matches) detail += "; the other mode would accept it";
    out.push_back(
        {finding_of(Code::certificate_host_mismatch, Who::we, rules, std::move(detail)), "SubjectMismatch"});
    return;
  }
  if (!match->only_by_common_name) return;
  Finding finding = finding_of(Code::name_cn_only, Who::note, rules,
                               "only the subject CN " + (match->by ? match->by->text : std::string()) +
                                   " covers " + reference + ", no SAN entry does");
  if (finding.severity == Severity::fails) finding.who = Who::we;
  out.push_back({std::move(finding), "SubjectMismatch"});
}

/// spec findings 1.5. Exchange: as configured. Strict: an equal SAN entry and nothing else; a CN is looked at
/// to name the fault (DS111). The others look at the CN only where there is no SAN of the kind (RFC
/// 6125 6.4.4).
pki::NameRule name_rule(const Rules& rules) {
  switch (rules.profile) {
    case Profile::exchange:
      return rules.name;
    case Profile::postfix:
    case Profile::exim:
    case Profile::opensmtpd: {
      pki::NameRule rule = rules.name;
      if (rule.common_name == pki::CommonName::always) rule.common_name = pki::CommonName::without_dns_names;
      return rule;
    }
    case Profile::strict:
      return {pki::NameMatchMode::exact, pki::CommonName::always, pki::WildcardApex::refuse};
  }
  return rules.name;
}

bool same(const pki::NameRule& a, const pki::NameRule& b) {
  return a.mode == b.mode && a.common_name == b.common_name && a.wildcard_apex == b.wildcard_apex;
}

}  // namespace

std::optional<pki::NameMatch> name_under(const Rules& rules, const PeerEvidence& peer,
                                         const std::optional<pki::ReferenceId>& reference) {
  const pki::NameRule rule = name_rule(rules);
  // Without the certificate (a log of another MTA) the recorded comparison is all there is.
  if (peer.presented.empty()) return peer.name;
  const Stack& stack = stack_of(rules.profile);
  const pki::Certificate& leaf = *peer.presented.front();
  const bool outside = peer.path && peer.path->common_name_violates_constraints;
  const bool reusable = !outside && !reads_names_its_own_way(leaf, stack) && peer.name && same(peer.name->rule, rule) &&
                        (!reference || (reference->text == peer.name->reference.text &&
                                        reference->with_subdomains == peer.name->reference.with_subdomains));
  if (reusable) return peer.name;
  if (!reference && !peer.name) return std::nullopt;
  const pki::ReferenceId& wanted = reference ? *reference : peer.name->reference;
  return compare_name_as(stack, leaf, peer.path ? &*peer.path : nullptr, wanted, rule);
}

std::vector<PeerFinding> judge_peer(const PeerQuestion& question, const PeerEvidence& peer,
                                    const Rules& rules, pki::Instant at) {
  std::vector<PeerFinding> out;
  if (peer.presented.empty()) {
    const bool client = question.role == Role::receive;
    out.push_back(
        {finding_of(client ? Code::client_cert_missing : Code::validation_failure, Who::we, rules,
                    client ? "the client presented no certificate" : "the server presented no certificate"),
         "EmptyCertificate"});
    return out;
  }
  if (question.name == NameDemand::must_match) judge_name(question, peer, rules, out);
  judge_chain(question.role, peer, rules, out);
  judge_revocation(peer, rules, out);
  add_remarks(peer, rules, at, out);
  return out;
}

std::string certificate_validation_status(const PeerEvidence& peer, const Rules& rules) {
  const PeerQuestion question{Role::receive, peer.name ? NameDemand::must_match : NameDemand::none,
                              std::nullopt};
  std::string remark;
  // No instant is known here: the path was examined at one, and the remark on a near end has no status.
  for (const PeerFinding& found : judge_peer(question, peer, rules, pki::Instant{})) {
    if (found.finding.severity == Severity::fails) return found.status;
    if (found.finding.code == Code::valid_self_signed) remark = found.status;
  }
  return remark;
}

}  // namespace domsec::policy
