// The peer's certificate under one profile. The facts come examined (pki/), here they get their finding,
// their Exchange status and their weight. Deviations from RFC 5280 that Exchange makes are D-5, D-9, D-10 and
// D-18 to D-20 of the specification.
#include "peer_judgement.h"

#include <algorithm>

namespace domsec::policy {
namespace {

using finding::Code;
using finding::Profile;
using finding::Severity;
using pki::PathFault;
using pki::UsageFit;

/// Within a chain: who vouches for it comes before what it says. Dates of a certificate that nobody vouches
/// for mean little.
int rank(PathFault fault) {
  switch (fault) {
    case PathFault::bad_signature:
      return 0;
    case PathFault::rejected:
      return 1;
    case PathFault::self_signed:
      return 2;
    case PathFault::untrusted_root:
      return 3;
    case PathFault::issuer_not_found:
      return 4;
    case PathFault::not_a_ca:
      return 5;
    case PathFault::path_too_long:
      return 6;
    case PathFault::name_constraint:
      return 7;
    case PathFault::other:
      return 8;
    case PathFault::wrong_purpose:
      return 9;
    case PathFault::expired:
      return 10;
    case PathFault::not_yet_valid:
      return 11;
    case PathFault::weak:
      return 12;
  }
  return 13;
}

std::string place(const pki::PathProblem& problem) {
  return problem.subject +
         (problem.depth == 0 ? " (leaf)" : " (depth " + std::to_string(problem.depth) + ")");
}

pki::CertificatePtr at_depth(const PeerEvidence& peer, int depth) {
  const auto index = static_cast<std::size_t>(depth);
  if (depth >= 0 && peer.path && index < peer.path->path.size()) return peer.path->path[index];
  return depth == 0 && !peer.presented.empty() ? peer.presented.front() : nullptr;
}

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

// ---- chain ----

/// X509_V_ERR numbers of a violated constraint in Exchange's words (spec exchange 5.4); † = not attested.
std::string constraint_status(int x509_error) {
  switch (x509_error) {
    case 32:
      return "PurposeError";  // KEYUSAGE_NO_CERTSIGN
    case 24:
    case 25:
    case 79:
      return "BasicConstraintsError†";  // INVALID_CA, PATH_LENGTH_EXCEEDED
    default:
      return "InternalChainFailure";
  }
}

/// D-18: one OpenSSL number covers an unknown root and a missing intermediate.
PeerFinding issuer_not_known(const pki::PathProblem& problem, const PeerEvidence& peer, const Rules& rules) {
  const bool missing = peer.path->completes_with_known_intermediate;
  const bool leaf_only = problem.fault == PathFault::issuer_not_found;
  const Code code = missing || leaf_only ? Code::chain_incomplete : Code::certificate_not_trusted;
  PeerFinding out{finding_of(code, Who::we, rules, ""),
                  code == Code::chain_incomplete ? "InternalChainFailure" : "UntrustedRoot"};
  if (missing) {
    out.finding.detail = "the peer does not send the intermediate that issued " + place(problem) +
                         "; with it the chain is good";
  } else if (leaf_only) {
    out.finding.detail =
        "the peer sends its leaf only, and the issuer of " + place(problem) + " is not known here";
    out.finding.level = Level::likely;
    out.finding.alternatives = {Code::certificate_not_trusted};
  } else if (problem.x509_error == 19) {
    out.finding.detail = "the chain ends in " + place(problem) + ", a root that is not trusted here";
  } else {
    out.finding.detail = "the issuer of " + place(problem) +
                         " is not known here: an untrusted root, or an intermediate that is not sent";
    out.finding.level = Level::likely;
    out.finding.alternatives = {Code::chain_incomplete};
  }
  return out;
}

PeerFinding outside_validity(const pki::PathProblem& problem, const PeerEvidence& peer, const Rules& rules) {
  const pki::CertificatePtr certificate = at_depth(peer, problem.depth);
  if (problem.fault == PathFault::expired) {
    const std::string since = certificate ? " on " + date_text(certificate->not_after) : "";
    return {finding_of(Code::certificate_expired, Who::we, rules, place(problem) + " expired" + since),
            "CertificateExpired"};
  }
  const std::string from = certificate ? " before " + date_text(certificate->not_before) : "";
  return {finding_of(Code::certificate_not_yet_valid, Who::we, rules,
                     place(problem) + " is not yet valid" + from),
          "CertificateExpired"};
}

Code purpose_code(Role role) {
  return role == Role::send ? Code::server_cert_eku : Code::client_cert_eku;
}

PeerFinding path_finding(const pki::PathProblem& problem, Role role, const PeerEvidence& peer,
                         const Rules& rules) {
  const std::string detail = place(problem) + ": " + problem.text;
  switch (problem.fault) {
    case PathFault::untrusted_root:
    case PathFault::issuer_not_found:
      return issuer_not_known(problem, peer, rules);
    case PathFault::self_signed:
      return {finding_of(Code::certificate_self_signed, Who::we, rules,
                         place(problem) + " is self-signed and not trusted here"),
              "UntrustedRoot"};
    case PathFault::expired:
    case PathFault::not_yet_valid:
      return outside_validity(problem, peer, rules);
    case PathFault::bad_signature:
      return {finding_of(Code::certificate_signature_invalid, Who::we, rules, detail), "SignatureFailure"};
    case PathFault::not_a_ca:
    case PathFault::path_too_long:
    case PathFault::name_constraint:
      return {finding_of(Code::chain_constraint_violated, Who::we, rules, detail),
              constraint_status(problem.x509_error)};
    case PathFault::wrong_purpose:
      return {finding_of(purpose_code(role), Who::we, rules, detail), "WrongUsage"};
    case PathFault::weak:
      return {finding_of(Code::certificate_weak, Who::we, rules, detail), "InternalChainFailure"};
    case PathFault::rejected:
      return {finding_of(Code::validation_failure, Who::we, rules, detail), "ExplicitDistrust†"};
    case PathFault::other:
      break;
  }
  return {finding_of(Code::validation_failure, Who::we, rules,
                     detail + " (X509_V_ERR " + std::to_string(problem.x509_error) + ")"),
          "InternalChainFailure"};
}

/// D-10: a client may show serverAuth, clientAuth or no EKU; --strict-eku and other stacks want clientAuth. A
/// server needs serverAuth (RFC 5280 4.2.1.12).
std::optional<PeerFinding> usage_finding(Role role, const PeerEvidence& peer, const Rules& rules) {
  const bool good =
      peer.usage == UsageFit::fits || peer.usage == UsageFit::absent_any ||
      peer.usage == (role == Role::send ? UsageFit::only_server_auth : UsageFit::only_client_auth);
  if (good) return std::nullopt;
  Finding finding = finding_of(purpose_code(role), Who::we, rules,
                               subject_of(peer) + " is for " + std::string(pki::text(peer.usage)) +
                                   " and lacks " + (role == Role::send ? "serverAuth" : "clientAuth"));
  const bool tolerated =
      role == Role::receive && peer.usage == UsageFit::only_server_auth && rules.strict_eku == StrictEku::no;
  if (rules.profile == Profile::exchange && !tolerated) finding.severity = Severity::fails;
  if (finding.severity != Severity::fails) finding.who = Who::note;
  return PeerFinding{std::move(finding), "WrongUsage"};
}

void judge_chain(Role role, const PeerEvidence& peer, const Rules& rules, std::vector<PeerFinding>& out) {
  if (!peer.path) {
    out.push_back({finding_of(Code::validation_failure, Who::we, rules,
                              "the chain of " + subject_of(peer) + " was not examined"),
                   "InternalChainFailure"});
    return;
  }
  std::vector<pki::PathProblem> problems = peer.path->problems;
  std::ranges::stable_sort(problems, {}, [](const pki::PathProblem& problem) { return rank(problem.fault); });
  const std::optional<PeerFinding> usage = usage_finding(role, peer, rules);
  bool usage_said = false;
  for (const pki::PathProblem& problem : problems) {
    if (!usage_said && usage && rank(problem.fault) >= rank(PathFault::wrong_purpose)) {
      add_once(out, *usage);
      usage_said = true;
    }
    if (problem.fault == PathFault::wrong_purpose && usage) continue;  // the same EKU, judged by D-10
    add_once(out, path_finding(problem, role, peer, rules));
  }
  if (usage && !usage_said) add_once(out, *usage);
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
  const bool reusable = peer.name && same(peer.name->rule, rule) &&
                        (!reference || (reference->text == peer.name->reference.text &&
                                        reference->with_subdomains == peer.name->reference.with_subdomains));
  if (reusable) return peer.name;
  if (reference) return pki::match_name(*peer.presented.front(), *reference, rule);
  if (peer.name) return pki::match_name(*peer.presented.front(), peer.name->reference, rule);
  return std::nullopt;
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
