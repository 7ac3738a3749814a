#include "domsec/session/examination.h"

#include <utility>

#include "domsec/policy/name_comparison.h"
#include "domsec/session/issuer_search.h"

namespace domsec::session {
namespace {

/// Every certificate below the anchor; a self-signed one cannot be revoked (spec exchange 5.3).
net::task<std::vector<pki::Revocation>> examine_revocations(const ExaminationPlan& plan,
                                                            const pki::PathExamination& examined,
                                                            const pki::Chain& presented, pki::Instant at) {
  std::vector<pki::Revocation> revocations;
  const pki::Chain& path = examined.path;
  pki::RevocationRules rules{.at = at};
  rules.security_level = plan.security_level;
  for (std::size_t depth = 0; depth < path.size(); ++depth) {
    const pki::CertificatePtr certificate = path[depth];
    const bool last = depth + 1 == path.size();
    if (certificate->self_signed || (examined.anchored && last)) break;
    std::vector<pki::CrlCandidate> candidates;
    if (!last) candidates = co_await plan.crls->candidates(certificate, path[depth + 1], at);
    const pki::RevocationQuestion question{path, depth, presented};
    revocations.push_back(plan.cache ? plan.cache->revocation(question, candidates, rules)
                                     : pki::examine_revocation(question, candidates, rules));
  }
  co_return revocations;
}

pki::PathInput path_input(const ExaminationPlan& plan, const pki::Chain& presented, pki::Purpose purpose, pki::Instant at) {
  pki::PathInput input;
  input.presented = presented;
  input.anchors = plan.anchors;
  input.known_intermediates = plan.known_intermediates;
  input.purpose = purpose;
  input.at = at;
  input.security_level = plan.security_level;
  input.key_decoding = plan.key_decoding;
  return input;
}

pki::PathExamination examine(const ExaminationPlan& plan, const pki::PathInput& input) {
  return plan.cache ? plan.cache->path(input) : pki::examine_path(input);
}

int alert_number(pki::PathFault fault) {
  switch (fault) {
    case pki::PathFault::untrusted_root:
    case pki::PathFault::self_signed:
    case pki::PathFault::issuer_not_found:
    case pki::PathFault::not_a_ca:
    case pki::PathFault::path_too_long: return 48;    // unknown_ca
    case pki::PathFault::expired: return 45;          // certificate_expired
    case pki::PathFault::not_yet_valid:
    case pki::PathFault::weak:
    case pki::PathFault::rejected: return 42;         // bad_certificate
    case pki::PathFault::bad_signature: return 51;    // decrypt_error
    case pki::PathFault::wrong_purpose: return 43;    // unsupported_certificate
    case pki::PathFault::name_constraint:
    case pki::PathFault::other: return 46;            // certificate_unknown
  }
  return 46;
}

}  // namespace

std::optional<transcript::ChainExamined> examine_chain(const ExaminationPlan& plan, const pki::Chain& presented,
                                                       pki::Purpose purpose, pki::Instant at) {
  if (presented.empty()) return std::nullopt;
  pki::PathExamination examined = examine(plan, path_input(plan, presented, purpose, at));
  return transcript::ChainExamined{std::move(examined), pki::usage_fit(*presented.front()), purpose};
}

net::task<void> record_chain(const ExaminationPlan& plan, const transcript::ChainExamined& chain,
                             const pki::Chain& presented, pki::Instant at,
                             transcript::Transcript& transcript) {
  transcript::ChainExamined told = chain;
  if (plan.issuers) {
    pki::PathInput question = path_input(plan, presented, chain.purpose, at);
    told.path.fetched = co_await search_issuers(plan.issuers, std::move(question), chain.path);
  }
  transcript.append(std::move(told));
  if (!plan.crls || plan.crls->mode() == net::CrlMode::off) co_return;
  std::vector<pki::Revocation> revocations = co_await examine_revocations(plan, chain.path, presented, at);
  transcript.append(transcript::RevocationExamined{std::move(revocations)});
}

void record_staple(const transcript::ChainExamined& chain, std::string_view ocsp_response, pki::Instant at,
                   transcript::Transcript& transcript) {
  pki::StapledStatus status = pki::examine_staple(ocsp_response, chain.path.path, at);
  if (status.stapled || status.demanded) transcript.append(transcript::StapledStatusExamined{std::move(status)});
}

net::task<void> examine_peer(const ExaminationPlan& plan, const pki::Chain& presented, pki::Purpose purpose,
                             pki::Instant at, transcript::Transcript& transcript) {
  const std::optional<transcript::ChainExamined> chain = examine_chain(plan, presented, purpose, at);
  if (chain) co_await record_chain(plan, *chain, presented, at, transcript);
}

void compare_name(const pki::Chain& presented, const std::optional<transcript::ChainExamined>& chain,
                  const pki::ReferenceId& reference, const pki::NameRule& rule,
                  transcript::Transcript& transcript) {
  if (presented.empty()) return;
  const pki::PathExamination* const path = chain ? &chain->path : nullptr;
  transcript.append(transcript::NameCompared{policy::compare_name(*presented.front(), path, reference, rule)});
}

std::optional<int> alert_for(const ExaminationPlan& plan, const pki::Chain& presented, pki::Purpose purpose, pki::Instant at) {
  const pki::PathExamination examined = examine(plan, path_input(plan, presented, purpose, at));
  if (examined.good()) return std::nullopt;
  return alert_number(examined.problems.front().fault);
}

}  // namespace domsec::session
