// The revocation part of a peer's judgement (spec exchange 5.3; D-9, D-19) and the remarks that fail nobody.
#include <algorithm>

#include "domsec/policy/revocation_code.h"
#include "peer_judgement.h"

namespace domsec::policy {
namespace {

using finding::Code;
using finding::Profile;
using finding::Severity;

std::string source_text(const pki::Revocation& revocation) {
  return revocation.uri.empty() ? "" : " by " + revocation.uri;
}

PeerFinding revoked(const pki::Revocation& revocation, const Rules& rules) {
  std::string detail = revocation.subject + " (serial " + revocation.serial + ") is revoked";
  if (revocation.revoked_at) detail += " since " + date_text(*revocation.revoked_at);
  if (!revocation.reason.empty()) detail += " (" + revocation.reason + ")";
  return {finding_of(Code::certificate_revoked, Who::we, rules, detail + source_text(revocation)),
          "Revoked†"};
}

/// The server itself showed it, signed by its issuer; a list may be older.
PeerFinding revoked_by_staple(const pki::StapledStatus& status, const Rules& rules) {
  return {finding_of(Code::certificate_revoked, Who::we, rules,
                     status.subject + " (serial " + status.serial + ") is " + status.answer.detail +
                         ", says the OCSP response that the server stapled, signed by " + status.answer.responder),
          "Revoked†"};
}

/// RFC 7633: never more than a warning. Who demands it is the certificate, and the lists still tell its state (D-22).
PeerFinding staple_lacking(const pki::StapledStatus& status, const Rules& rules) {
  std::string detail = status.subject + " demands that its server staples an OCSP response (RFC 7633); ";
  detail += status.stapled ? "the one that came does not count: " + status.answer.detail : "none came";
  Finding finding = finding_of(Code::revocation_unavailable, Who::note, rules, std::move(detail));
  if (finding.severity == Severity::fails) finding.severity = Severity::warning;
  return {std::move(finding), ""};
}

/// Exchange's word for what kept the state from being known (spec findings DS15x; † not attested).
std::string status_of(pki::CrlProblem problem) {
  if (problem == pki::CrlProblem::no_cdp) return "NoRevocationCheck†";  // D-19
  return problem == pki::CrlProblem::bad_signature ? "SignatureFailure" : "RevocationOffline";
}

PeerFinding not_determined(const pki::Revocation& revocation, const Rules& rules) {
  const Code code = revocation_code(revocation.problem);
  std::string detail =
      "whether " + revocation.subject + " is revoked cannot be told: " +
      (revocation.detail.empty() ? std::string(pki::text(revocation.problem)) : revocation.detail);
  if (!revocation.uri.empty()) detail += " (" + revocation.uri + ")";
  if (code == Code::crl_stale && revocation.next_update)
    detail += "; nextUpdate was " + date_text(*revocation.next_update);
  Finding finding = finding_of(code, Who::env, rules, std::move(detail));
  finding.severity = revocation_severity(revocation, rules.crl_fail, rules.profile);
  return {std::move(finding), status_of(revocation.problem)};
}

}  // namespace

Code revocation_code(pki::CrlProblem problem) {
  switch (problem) {
    case pki::CrlProblem::no_cdp:
      return Code::crl_no_cdp;
    case pki::CrlProblem::unreachable:
      return Code::crl_unreachable;
    case pki::CrlProblem::too_large:
      return Code::crl_too_large;
    case pki::CrlProblem::stale:
      return Code::crl_stale;
    case pki::CrlProblem::not_yet_valid:
      return Code::crl_not_yet_valid;
    case pki::CrlProblem::wrong_issuer:
      return Code::crl_wrong_issuer;
    case pki::CrlProblem::delta_stale:
      return Code::crl_delta_stale;
    case pki::CrlProblem::bad_signature:
    case pki::CrlProblem::untrusted_signer:
    case pki::CrlProblem::out_of_scope:
    case pki::CrlProblem::invalid:
      return Code::crl_invalid;
    case pki::CrlProblem::none:
    case pki::CrlProblem::unavailable:
      break;
  }
  return Code::revocation_unavailable;
}

Severity revocation_severity(const pki::Revocation& revocation, CrlFail crl_fail, Profile profile) {
  switch (revocation.state) {
    case pki::RevocationState::good:
      return Severity::silent;
    case pki::RevocationState::revoked:
      return finding::severity(Code::certificate_revoked, profile);
    case pki::RevocationState::unknown:
      break;
  }
  const Severity severity = finding::severity(revocation_code(revocation.problem), profile);
  const bool excused = severity == Severity::fails && crl_fail == CrlFail::soft && profile != Profile::strict;
  return excused ? Severity::warning : severity;
}

/// spec exchange 5.3: every certificate below the anchor; what is known to be revoked comes before what is
/// not known.
void judge_revocation(const PeerEvidence& peer, const Rules& rules, std::vector<PeerFinding>& out) {
  if (!peer.revocation_checked) return;
  for (const pki::Revocation& revocation : peer.revocations) {
    if (revocation.state == pki::RevocationState::revoked) add_once(out, revoked(revocation, rules));
  }
  // D-22: a stapled answer may condemn; a good one stands in for no list.
  if (peer.stapled && peer.stapled->revoked()) add_once(out, revoked_by_staple(*peer.stapled, rules));
  for (const pki::Revocation& revocation : peer.revocations) {
    if (revocation.state == pki::RevocationState::unknown) add_once(out, not_determined(revocation, rules));
  }
  // An empty answer is no good answer: a path with certificates below its anchor has one for each.
  if (peer.revocations.empty() && peer.path && peer.path->good() && peer.path->path.size() > 1) {
    pki::Revocation missing;
    missing.subject = subject_of(peer);
    missing.problem = pki::CrlProblem::unavailable;
    missing.detail = "no list was looked at";
    add_once(out, not_determined(missing, rules));
  }
  if (peer.stapled && peer.stapled->lacking()) add_once(out, staple_lacking(*peer.stapled, rules));
}

void add_remarks(const PeerEvidence& peer, const Rules& rules, pki::Instant at,
                 std::vector<PeerFinding>& out) {
  const pki::Certificate& leaf = *peer.presented.front();
  if (peer.path && peer.path->good() && leaf.self_signed) {
    out.push_back(
        {finding_of(Code::valid_self_signed, Who::note, rules,
                    leaf.subject + " is self-signed and itself trusted here; no revocation list can name it"),
         "ValidSelfSigned"});
  }
  if (std::optional<std::string> end = near_end(leaf, at))
    out.push_back({finding_of(Code::certificate_expiring, Who::note, rules, std::move(*end)), ""});
}

/// spec exchange 8.4, R41: HealthChecker shows 60 days and more green, 30 to 59 yellow, less red.
std::optional<std::string> near_end(const pki::Certificate& certificate, pki::Instant at) {
  constexpr auto green = std::chrono::days(60);
  constexpr auto yellow = std::chrono::days(30);
  if (at > certificate.not_after || certificate.not_after - at >= green) return std::nullopt;
  const auto left = std::chrono::floor<std::chrono::days>(certificate.not_after - at);
  return certificate.subject + " expires in " + std::to_string(left.count()) + " days, on " +
         date_text(certificate.not_after) + (left < yellow ? " (less than 30 days)" : "");
}

std::string subject_of(const PeerEvidence& peer) {
  return peer.presented.empty() ? std::string("the certificate") : peer.presented.front()->subject;
}

void add_once(std::vector<PeerFinding>& out, PeerFinding finding) {
  const auto known = std::ranges::find_if(
      out, [&](const PeerFinding& other) { return other.finding.code == finding.finding.code; });
  if (known == out.end()) {
    out.push_back(std::move(finding));
  } else if (finding.finding.severity == Severity::fails && known->finding.severity != Severity::fails) {
    *known = std::move(finding);
  }
}

Finding finding_of(Code code, Who who, const Rules& rules, std::string detail) {
  Finding out;
  out.code = code;
  out.who = who;
  out.severity = finding::severity(code, rules.profile);
  out.detail = std::move(detail);
  return out;
}

Finding as_remark(Finding finding) {
  if (finding.severity == Severity::fails || finding.severity == Severity::warning)
    finding.severity = Severity::information;
  finding.who = Who::note;
  return finding;
}

std::string date_text(pki::Instant instant) {
  return pki::rfc3339(instant).substr(0, 10);
}

}  // namespace domsec::policy
