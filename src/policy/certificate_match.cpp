#include "domsec/policy/certificate_match.h"

#include <algorithm>

#include "domsec/pki/crl_listing.h"
#include "domsec/pki/path.h"
#include "domsec/pki/twins.h"
#include "domsec/policy/domain_security.h"
#include "own_judgement.h"
#include "peer_judgement.h"
#include "proved_cells.h"

namespace domsec::policy {
namespace {

using finding::Code;
using finding::Profile;
using finding::Severity;

bool is_mail_program(Profile profile) {
  return profile != Profile::exchange && profile != Profile::strict;
}

Role role_of(ShownAs shown_as) {
  return shown_as == ShownAs::server ? Role::send : Role::receive;
}

// ---- evidence ----

std::shared_ptr<const pki::TrustStore> store_of(const pki::Chain& anchors) {
  auto store = std::make_shared<pki::TrustStore>();
  store->add(anchors);
  return store;
}

bool adds_system_roots(ShownAs shown_as, const Stack& stack) {
  return shown_as == ShownAs::client && stack.system_roots == SystemRoots::added;
}

pki::Chain anchors_of(const MatchQuestion& question, ShownAs shown_as, const Stack& stack) {
  pki::Chain anchors = question.anchors;
  if (adds_system_roots(shown_as, stack))
    anchors.insert(anchors.end(), question.system_anchors.begin(), question.system_anchors.end());
  return anchors;
}

pki::PathInput path_input(const MatchQuestion& question, ShownAs shown_as, const Stack& stack) {
  pki::PathInput input;
  input.presented = stack.other_ways == OtherWays::tried ? question.presented
                                                         : pki::without_later_twins(question.presented);
  input.anchors = store_of(anchors_of(question, shown_as, stack));
  input.purpose = shown_as == ShownAs::server ? pki::Purpose::server : pki::Purpose::client;
  input.at = question.at;
  input.security_level = stack.security_level;
  input.max_intermediates = stack.max_intermediates;
  return input;
}

/// Without X509_V_FLAG_PARTIAL_CHAIN a trusted certificate that is not self-signed is one more intermediate.
pki::PathExamination examine(const MatchQuestion& question, ShownAs shown_as, const Stack& stack) {
  pki::PathInput input = path_input(question, shown_as, stack);
  pki::PathExamination examined = pki::examine_path(input);
  const bool demanded = stack.anchor == AnchorDemand::self_signed;
  if (!demanded || !examined.anchored || examined.path.back()->self_signed) return examined;
  pki::Chain roots;
  for (const pki::CertificatePtr& anchor : anchors_of(question, shown_as, stack))
    (anchor->self_signed ? roots : input.presented).push_back(anchor);
  input.anchors = store_of(roots);
  return pki::examine_path(input);
}

std::vector<pki::CrlCandidate> candidates_for(const pki::Certificate& certificate,
                                              const std::vector<pki::CrlCandidate>& lists) {
  std::vector<pki::CrlCandidate> candidates;
  for (const pki::CrlCandidate& list : lists) {
    if (list.crl && (list.crl->issuer() == certificate.issuer || list.crl->indirect()))
      candidates.push_back(list);
  }
  if (!candidates.empty()) return candidates;
  pki::CrlCandidate none;
  none.problem =
      certificate.crl_distribution_points.empty() ? pki::CrlProblem::no_cdp : pki::CrlProblem::unavailable;
  none.detail = none.problem == pki::CrlProblem::no_cdp
                    ? "it has no usable CDP, and no list of " + certificate.issuer + " was given"
                    : "no list of " + certificate.issuer + " was given";
  candidates.push_back(std::move(none));
  return candidates;
}

/// An entry counts although the list itself says nothing that holds.
void believe_entries(const pki::Certificate& certificate, const std::vector<pki::CrlCandidate>& candidates,
                     pki::Revocation& revocation) {
  if (revocation.state != pki::RevocationState::unknown) return;
  for (const pki::CrlCandidate& candidate : candidates) {
    if (!candidate.crl || !pki::is_listed(*candidate.crl, certificate)) continue;
    revocation.state = pki::RevocationState::revoked;
    revocation.uri = candidate.uri;
    revocation.reason = "the list itself does not hold, which this stack does not look at";
    return;
  }
}

/// Every certificate below the anchor (spec exchange 5.3), as in a session.
std::vector<pki::Revocation> revocations(const MatchQuestion& question, const pki::PathExamination& examined,
                                         const Stack& stack) {
  std::vector<pki::Revocation> out;
  const pki::Chain& path = examined.path;
  pki::RevocationRules rules{.at = question.at};
  rules.security_level = stack.security_level;
  for (std::size_t depth = 0; depth + 1 < path.size(); ++depth) {
    const std::vector<pki::CrlCandidate> candidates = candidates_for(*path[depth], *question.lists);
    const pki::RevocationQuestion asked{path, depth, question.presented};
    out.push_back(pki::examine_revocation(asked, candidates, rules));
    if (stack.list_signature == ListSignature::ignored) believe_entries(*path[depth], candidates, out.back());
  }
  return out;
}

/// A session in which nothing was wrong but, perhaps, the certificate.
Evidence evidence_of(const MatchQuestion& question, ShownAs shown_as, const Stack& stack) {
  Evidence evidence;
  evidence.role = role_of(shown_as);
  evidence.reached = Step::mail;
  evidence.connected = true;
  evidence.tls.offered = evidence.tls.started = evidence.tls.established = evidence.tls.confirmed = true;
  evidence.tls.client_certificate_requested = evidence.tls.own_certificate_sent = true;
  evidence.peer.presented = question.presented;
  evidence.peer.usage = pki::usage_fit(*question.presented.front());
  evidence.peer.path = examine(question, shown_as, stack);
  evidence.peer.revocation_checked = question.lists.has_value();
  if (question.lists) evidence.peer.revocations = revocations(question, *evidence.peer.path, stack);
  return evidence;
}

// ---- demand ----

/// Mail programs look at the name of a server and at no name of a client.
TlsRequirement requirement_of(const MatchQuestion& question, ShownAs shown_as, Profile profile) {
  TlsRequirement requirement;
  requirement.requirement = Requirement::certificate_validation;
  if (!question.reference || (is_mail_program(profile) && shown_as == ShownAs::client)) return requirement;
  requirement.reference = question.reference;
  requirement.listed = !is_mail_program(profile);
  requirement.requirement =
      is_mail_program(profile) ? Requirement::domain_validation : Requirement::domain_secured;
  return requirement;
}

Rules rules_of(const MatchQuestion& question, Profile profile) {
  Rules rules;
  rules.profile = profile;
  rules.name = question.name;
  if (is_mail_program(profile))
    rules.name = {pki::NameMatchMode::exact, pki::CommonName::always, pki::WildcardApex::refuse};
  return rules;
}

// ---- cell ----

/// What speaks of the certificate: success has no news, and a near end is nobody's reason today.
bool speaks_of_fault(const Finding& finding) {
  return finding.code != Code::mutual_tls_ok && finding.code != Code::certificate_expiring;
}

bool has(const std::vector<Finding>& findings, Severity severity) {
  return std::ranges::find(findings, severity, &Finding::severity) != findings.end();
}

CellOutcome outcome_of(const Verdict& verdict, const std::vector<Finding>& findings) {
  if (verdict.result == Result::fail) return CellOutcome::refuses;
  if (verdict.result == Result::inconclusive || has(findings, Severity::unknown))
    return CellOutcome::not_known;
  return has(findings, Severity::warning) ? CellOutcome::warns : CellOutcome::accepts;
}

std::optional<Finding> decider(const std::vector<Finding>& findings) {
  for (const Severity severity : {Severity::fails, Severity::inconclusive, Severity::unknown,
                                  Severity::warning, Severity::information, Severity::silent}) {
    const auto at = std::ranges::find(findings, severity, &Finding::severity);
    if (at != findings.end()) return *at;
  }
  return std::nullopt;
}

/// A refusal is proved by its reason; an acceptance by everything that was overlooked.
bool proved(const Cell& cell) {
  const auto run = [&](Code code, Decision decision) {
    return is_proved(cell.profile, cell.shown_as, code, decision);
  };
  if (cell.outcome == CellOutcome::refuses) return run(cell.decided_by->code, Decision::refuses);
  if (cell.outcome == CellOutcome::not_known) return false;
  return run(Code::mutual_tls_ok, Decision::accepts) &&
         std::ranges::all_of(cell.findings, [&](const Finding& f) { return run(f.code, Decision::accepts); });
}

Standing standing_of(const Cell& cell) {
  if (!proved(cell)) return Standing::predicted;
  const bool with_key = cell.profile == Profile::opensmtpd && cell.shown_as == ShownAs::client;
  return with_key ? Standing::proved_with_key : Standing::proved;
}

/// Trusted by this stack although nobody named the root: as CA of a partner that is more than was meant.
std::string note_on(const MatchQuestion& question, ShownAs shown_as, const Stack& stack,
                    const Evidence& evidence) {
  if (!adds_system_roots(shown_as, stack) || !evidence.peer.path->anchored) return "";
  if (store_of(question.anchors)->contains(*evidence.peer.path->path.back())) return "";
  return "the path ends in " + evidence.peer.path->anchor +
         ", a root of the system, which it adds to those that it is given: any public certificate passes";
}

}  // namespace

Cell predict(const MatchQuestion& question, ShownAs shown_as, Profile profile) {
  const Evidence evidence = evidence_of(question, shown_as, stack_of(profile));
  const Verdict verdict =
      judge(requirement_of(question, shown_as, profile), evidence, rules_of(question, profile), question.at);
  Cell cell;
  cell.profile = profile;
  cell.shown_as = shown_as;
  std::ranges::copy_if(verdict.findings, std::back_inserter(cell.findings), speaks_of_fault);
  cell.outcome = outcome_of(verdict, cell.findings);
  cell.decided_by = decider(cell.findings);
  cell.standing = standing_of(cell);
  cell.note = note_on(question, shown_as, stack_of(profile), evidence);
  return cell;
}

std::vector<Finding> remarks_on(const MatchQuestion& question) {
  const pki::Certificate& leaf = *question.presented.front();
  const Rules rules;
  std::vector<Finding> remarks;
  if (std::optional<std::string> end = near_end(leaf, question.at))
    remarks.push_back(finding_of(Code::certificate_expiring, Who::note, rules, std::move(*end)));
  if (client_auth_ends(leaf))
    remarks.push_back(finding_of(Code::client_auth_sunset, Who::note, rules,
                                 leaf.subject + " has clientAuth from a public CA (" + leaf.issuer +
                                     "), which will not issue it again; it ends on " +
                                     date_text(leaf.not_after)));
  return remarks;
}

std::optional<Cell> predict_after_sunset(const MatchQuestion& question, Profile profile) {
  const pki::Certificate& leaf = *question.presented.front();
  if (!client_auth_ends(leaf)) return std::nullopt;
  auto renewed = std::make_shared<pki::Certificate>(leaf);
  renewed->extended_key_usage = {"serverAuth"};
  MatchQuestion later = question;
  later.presented.front() = std::move(renewed);
  return predict(later, ShownAs::client, profile);
}

std::string_view text(ShownAs shown_as) {
  switch (shown_as) {
    case ShownAs::server:
      return "server";
    case ShownAs::client:
      return "client";
  }
  return "";
}

std::string_view text(CellOutcome outcome) {
  switch (outcome) {
    case CellOutcome::accepts:
      return "accepts";
    case CellOutcome::warns:
      return "warns";
    case CellOutcome::refuses:
      return "refuses";
    case CellOutcome::not_known:
      return "not known";
  }
  return "";
}

std::string_view text(Standing standing) {
  switch (standing) {
    case Standing::predicted:
      return "predicted";
    case Standing::proved:
      return "proved";
    case Standing::proved_with_key:
      return "proved with its key";
  }
  return "";
}

}  // namespace domsec::policy
