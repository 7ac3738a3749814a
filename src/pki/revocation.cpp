// What revocation lists say about one certificate, RFC 5280 6.3. Every list offered is judged; the best
// answer is given, and when there is none, the problem that helps most to mend it.
//
// Decisions:
// * A list out of its period that shows the certificate revoked says revoked: a revocation is not taken back
// by time (a hold may
//   be, so a good answer of a list in force goes before it). The problem is told beside it.
// * A delta list alone does not say good (RFC 5280 5.2.4). What it lists is revoked, and it releases from a
// hold of its base.
// * nextUpdate is the last second of a list (RFC 5280 6.3.3 (a): "after the value of the next update field").
// * A delta list newer than its base that is out of its period, or that is of a newer base, makes a good answer of
// the base unknown: somebody knows more than the base says (DS152; libcrypto 3.0 does not look at those dates).
// Not here: fetching (net/), who may have signed a list (crl_signer.cpp), of what it speaks (crl_scope.cpp), what an
// unknown state costs (policy).
#include "domsec/pki/revocation.h"

#include <algorithm>

#include "crl_body.h"
#include "crl_signer.h"

namespace domsec::pki {
namespace {

/// The smaller the better. The states and problems in the order in which they are worth being told.
enum class Rank {
  revoked,  // by a list in force
  good,
  revoked_out_of_period,
  stale,
  delta_stale,
  not_yet_valid,
  invalid,
  bad_signature,
  untrusted_signer,
  out_of_scope,
  wrong_issuer,
  too_large,
  unreachable,
  other_issuers_file,  // a file given for some other CA
  unavailable,
  no_cdp,
  nothing,
};

struct Judged {
  Rank rank = Rank::nothing;
  Revocation revocation;
  const Crl::Body* list = nullptr;
  unsigned reasons = 0;   // covered by a list in force that does not show the certificate
  bool released = false;  // a delta list in force says removeFromCRL
  bool counts = false;    // it speaks about the certificate and is signed by somebody who may
  bool in_force = false;
};

Rank rank_of(CrlProblem problem) {
  switch (problem) {
    case CrlProblem::none:
      return Rank::unavailable;
    case CrlProblem::no_cdp:
      return Rank::no_cdp;
    case CrlProblem::unreachable:
      return Rank::unreachable;
    case CrlProblem::too_large:
      return Rank::too_large;
    case CrlProblem::stale:
      return Rank::stale;
    case CrlProblem::not_yet_valid:
      return Rank::not_yet_valid;
    case CrlProblem::wrong_issuer:
      return Rank::wrong_issuer;
    case CrlProblem::delta_stale:
      return Rank::delta_stale;
    case CrlProblem::bad_signature:
      return Rank::bad_signature;
    case CrlProblem::untrusted_signer:
      return Rank::untrusted_signer;
    case CrlProblem::out_of_scope:
      return Rank::out_of_scope;
    case CrlProblem::invalid:
      return Rank::invalid;
    case CrlProblem::unavailable:
      return Rank::unavailable;
  }
  return Rank::nothing;
}

void fail(Judged& judged, CrlProblem problem, std::string detail) {
  judged.rank = rank_of(problem);
  judged.revocation.state = RevocationState::unknown;
  judged.revocation.problem = problem;
  judged.revocation.detail = std::move(detail);
}

/// One certificate asked about, and everything that the answer hangs on.
struct Case {
  const RevocationQuestion& question;
  std::span<const CrlCandidate> candidates;
  const RevocationRules& rules;
  std::vector<std::string>& vouching;

  [[nodiscard]] const Certificate& certificate() const { return *question.path[question.depth]; }
};

Revocation examine(const Case& asked);

/// Does the list speak about the certificate, may it be used, and did somebody sign it who may? The cheap questions
/// first. False when not; `reasons` are those that the list covers.
bool counts(Judged& judged, const Case& asked, unsigned& reasons) {
  const Crl::Body& list = *judged.list;
  CrlScope scope = scope_of(list, asked.certificate());
  reasons = scope.reasons;
  if (scope.problem == CrlProblem::wrong_issuer) {
    fail(judged, scope.problem, std::move(scope.outside));
    if (judged.revocation.origin == CrlOrigin::file) judged.rank = Rank::other_issuers_file;
    return false;
  }
  if (!list.fault.empty()) {
    fail(judged, CrlProblem::invalid, list.fault);
    return false;
  }
  if (scope.problem != CrlProblem::none) {
    fail(judged, scope.problem, std::move(scope.outside));
    return false;
  }
  if (asked.rules.profile_counts && !list.profile_faults.empty()) {
    fail(judged, CrlProblem::invalid, list.profile_faults.front());
    return false;
  }
  const SignerInquiry inquiry{asked.question, asked.rules, asked.vouching,
                              [&asked](const RevocationQuestion& signer) {
                                return examine({signer, asked.candidates, asked.rules, asked.vouching});
                              }};
  SignerFault fault = check_signer(list, inquiry);
  if (fault.problem == CrlProblem::none) return true;
  fail(judged, fault.problem, std::move(fault.detail));
  return false;
}

CrlProblem period_problem(const Crl::Body& list, const RevocationRules& rules) {
  const bool ended = rules.expiry_counts && list.next_update && rules.at > *list.next_update;
  const bool aged = rules.max_age && rules.at - list.this_update > *rules.max_age;
  const bool early = rules.at < list.this_update;
  if (!early && !ended && !aged) return CrlProblem::none;
  if (list.base_number != nullptr) return CrlProblem::delta_stale;
  return early ? CrlProblem::not_yet_valid : CrlProblem::stale;
}

std::string period_detail(const Crl::Body& list, const RevocationRules& rules) {
  if (rules.at < list.this_update) return "thisUpdate is " + rfc3339(list.this_update);
  if (list.next_update && rules.at > *list.next_update) return "nextUpdate was " + rfc3339(*list.next_update);
  return "thisUpdate was " + rfc3339(list.this_update) + ", longer ago than is allowed";
}

void set_revoked(Judged& judged, const CrlEntry& entry) {
  judged.rank = judged.revocation.problem == CrlProblem::none ? Rank::revoked : Rank::revoked_out_of_period;
  judged.revocation.state = RevocationState::revoked;
  judged.revocation.revoked_at = entry.at;
  judged.revocation.reason = entry.reason;
}

Judged judge(const CrlCandidate& candidate, const Case& asked) {
  Judged judged;
  judged.revocation.origin = candidate.origin;
  judged.revocation.uri = candidate.uri;
  if (candidate.crl == nullptr) {
    const CrlProblem problem =
        candidate.problem == CrlProblem::none ? CrlProblem::unavailable : candidate.problem;
    fail(judged, problem, candidate.detail);
    return judged;
  }
  judged.list = &candidate.crl->body();
  judged.revocation.this_update = judged.list->this_update;
  judged.revocation.next_update = judged.list->next_update;
  unsigned reasons = 0;
  if (!counts(judged, asked, reasons)) return judged;

  const CrlProblem period = period_problem(*judged.list, asked.rules);
  const auto found = judged.list->index.find(asked.certificate().x509.get(), judged.list->issuer_name());
  judged.counts = true;
  if (period != CrlProblem::none) fail(judged, period, period_detail(*judged.list, asked.rules));
  if (found.entry) {
    set_revoked(judged, *found.entry);
  } else if (period == CrlProblem::none && judged.list->base_number != nullptr) {
    judged.released = found.removed;
    fail(judged, CrlProblem::unavailable, "a delta list alone does not tell the state");
  } else if (period == CrlProblem::none) {
    judged.reasons = reasons;
    judged.rank = reasons == all_reasons ? Rank::good : Rank::unavailable;
    judged.revocation.state = reasons == all_reasons ? RevocationState::good : RevocationState::unknown;
    if (reasons != all_reasons) fail(judged, CrlProblem::unavailable, "the list covers some reasons only");
  }
  judged.in_force = period == CrlProblem::none;
  return judged;
}

bool better(const Judged& one, const Judged& other) {
  if (one.rank != other.rank) return one.rank < other.rank;
  return one.revocation.this_update > other.revocation.this_update;
}

/// RFC 5280 5.2.4: the delta is newer than the base, and its own base is not newer than that.
bool fits(const Crl::Body& delta, const Crl::Body& base) {
  return base.number != nullptr && ASN1_INTEGER_cmp(delta.base_number.get(), base.number.get()) <= 0 &&
         (delta.number == nullptr || ASN1_INTEGER_cmp(delta.number.get(), base.number.get()) >= 0);
}

bool released_from_hold(const Judged& held, const std::vector<Judged>& all) {
  if (held.rank != Rank::revoked || held.revocation.reason != "certificateHold") return false;
  return std::any_of(all.begin(), all.end(),
                     [&](const Judged& one) { return one.released && fits(*one.list, *held.list); });
}

/// What somebody who has the base at hand may know already.
bool is_newer(const Crl::Body& delta, const Crl::Body& base) {
  if (delta.number == nullptr || base.number == nullptr) return delta.this_update > base.this_update;
  return ASN1_INTEGER_cmp(delta.number.get(), base.number.get()) > 0;
}

/// DS152: a good answer of a base counts no more when there is a newer delta list, and none that can be used.
void heed_deltas(Judged& base, const std::vector<Judged>& all, const RevocationRules& rules) {
  if (base.rank != Rank::good || base.list->base_number != nullptr) return;
  const Judged* useless = nullptr;
  for (const Judged& delta : all) {
    if (!delta.counts || delta.list->base_number == nullptr || !is_newer(*delta.list, *base.list)) continue;
    if (delta.in_force && fits(*delta.list, *base.list)) return;
    useless = &delta;
  }
  if (useless == nullptr) return;
  const Crl::Body& delta = *useless->list;
  base.revocation.uri = useless->revocation.uri;
  base.revocation.origin = useless->revocation.origin;
  base.revocation.this_update = delta.this_update;
  base.revocation.next_update = delta.next_update;
  fail(base, CrlProblem::delta_stale,
       useless->in_force ? "the delta list needs a newer base than the one at hand"
                         : "of the delta list " + period_detail(delta, rules));
}

void set_good(Judged& judged) {
  judged.rank = Rank::good;
  judged.revocation.state = RevocationState::good;
  judged.revocation.problem = CrlProblem::none;
  judged.revocation.detail.clear();
  judged.revocation.revoked_at.reset();
  judged.revocation.reason.clear();
}

/// RFC 5280 6.3.3 (d), (e), (l): lists for some reasons say good together when they cover all.
void join_reasons(std::vector<Judged>& all) {
  unsigned covered = 0;
  for (const Judged& judged : all) covered |= judged.reasons;
  if (covered != all_reasons) return;
  for (Judged& judged : all) {
    if (judged.reasons != 0) set_good(judged);
  }
}

bool has_http_point(const Certificate& certificate) {
  const auto& points = certificate.crl_distribution_points;
  return std::any_of(points.begin(), points.end(), [](const std::string& uri) {
    std::string scheme = uri.substr(0, uri.find(':'));
    std::transform(scheme.begin(), scheme.end(), scheme.begin(),
                   [](unsigned char c) { return std::tolower(c); });
    return scheme == "http" || scheme == "https";
  });
}

Judged without_candidates(const Certificate& certificate) {
  Judged judged;
  if (has_http_point(certificate)) {
    fail(judged, CrlProblem::unavailable, "no list was at hand");
  } else {
    fail(judged, CrlProblem::no_cdp,
         "the certificate names no distribution point that can be fetched");  // D-19
  }
  return judged;
}

Judged best_of(std::vector<Judged> all, const RevocationRules& rules) {
  for (Judged& judged : all) {
    if (released_from_hold(judged, all)) set_good(judged);
  }
  join_reasons(all);
  for (Judged& judged : all) heed_deltas(judged, all, rules);
  return *std::min_element(all.begin(), all.end(), better);
}

Revocation examine(const Case& asked) {
  std::vector<Judged> all;
  for (const CrlCandidate& candidate : asked.candidates) all.push_back(judge(candidate, asked));
  const Certificate& certificate = asked.certificate();
  Judged best = all.empty() ? without_candidates(certificate) : best_of(std::move(all), asked.rules);
  best.revocation.depth = static_cast<int>(asked.question.depth);
  best.revocation.subject = certificate.subject;
  best.revocation.serial = certificate.serial;
  return best.revocation;
}

bool can_be_asked(const RevocationQuestion& question) {
  if (question.depth + 1 >= question.path.size()) return false;
  return std::all_of(question.path.begin(), question.path.end(), [](const CertificatePtr& certificate) {
    return certificate != nullptr && certificate->x509 != nullptr;
  });
}

}  // namespace

Revocation examine_revocation(const RevocationQuestion& question, std::span<const CrlCandidate> candidates,
                              const RevocationRules& rules) {
  const ErrorQueueMark mark;
  std::vector<std::string> vouching;
  if (can_be_asked(question)) return examine({question, candidates, rules, vouching});
  Judged none;
  fail(none, CrlProblem::unavailable, "the issuer's certificate is not known, so no list of it can be checked");
  none.revocation.depth = static_cast<int>(question.depth);
  if (question.depth < question.path.size() && question.path[question.depth] != nullptr) {
    none.revocation.subject = question.path[question.depth]->subject;
    none.revocation.serial = question.path[question.depth]->serial;
  }
  return none.revocation;
}

}  // namespace domsec::pki
