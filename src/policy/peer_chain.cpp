// The chain part of a peer's judgement: each problem of the path gets its finding, its Exchange status and
// its weight (spec exchange 5.3, 5.4; D-18). What it is for is judged in peer_purpose.cpp, name and revocation in
// peer_judgement.cpp and peer_revocation.cpp; how a path is examined is pki's.
#include <algorithm>

#include "peer_judgement.h"
#include "peer_purpose.h"

namespace domsec::policy {
namespace {

using finding::Code;
using finding::Profile;
using pki::PathFault;

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

pki::CertificatePtr at_depth(const PeerEvidence& peer, int depth) {
  const auto index = static_cast<std::size_t>(depth);
  if (depth >= 0 && peer.path && index < peer.path->path.size()) return peer.path->path[index];
  return depth == 0 && !peer.presented.empty() ? peer.presented.front() : nullptr;
}

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
  const bool missing = peer.path->lacks_intermediate();
  const bool leaf_only = problem.fault == PathFault::issuer_not_found;
  const Code code = missing || leaf_only ? Code::chain_incomplete : Code::certificate_not_trusted;
  PeerFinding out{finding_of(code, Who::we, rules, ""),
                  code == Code::chain_incomplete ? "InternalChainFailure" : "UntrustedRoot"};
  const pki::IssuersFetched* const fetched = peer.path->fetched.get();
  if (missing) {
    const bool by_fetch = fetched != nullptr && fetched->anchored;
    out.finding.detail = "the peer does not send the intermediate that issued " + place(problem) + "; " +
                         (by_fetch ? text(*fetched) : "with it the chain is good");
    if (fetched != nullptr && fetched->good() && rules.profile == Profile::exchange)
      out.finding.detail += "; Windows may fetch it by itself and accept the peer† (D-21)";
    return out;
  }
  if (leaf_only) {
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
  if (fetched != nullptr) out.finding.detail += "; " + text(*fetched);
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
      return wrong_purpose(problem, role, peer, rules);
    case PathFault::weak:
      return {finding_of(Code::certificate_weak, Who::we, rules, detail), "InternalChainFailure"};
    case PathFault::rejected:
      return {finding_of(Code::validation_failure, Who::we, rules, detail), "ExplicitDistrust†"};
    case PathFault::other:
      break;
  }
  const std::string number =
      problem.x509_error == 0 ? std::string() : " (X509_V_ERR " + std::to_string(problem.x509_error) + ")";
  return {finding_of(Code::validation_failure, Who::we, rules, detail + number), "InternalChainFailure"};
}

}  // namespace

std::string place(const pki::PathProblem& problem) {
  return problem.subject +
         (problem.depth == 0 ? " (leaf)" : " (depth " + std::to_string(problem.depth) + ")");
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
    if (told_by_usage(problem, role, peer)) continue;
    add_once(out, path_finding(problem, role, peer, rules));
  }
  if (usage && !usage_said) add_once(out, *usage);
}

}  // namespace domsec::policy
