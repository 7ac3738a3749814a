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
// Not supported: indirect lists (cRLIssuer, certificateIssuer). Not here: fetching (net/), what an unknown
// state costs (policy).
#include "domsec/pki/revocation.h"

#include <algorithm>

#include "crl_body.h"
#include "distinguished_name.h"
#include "octets.h"

namespace domsec::pki {
namespace {

/// The smaller the better. The states and problems in the order in which they are worth being told.
enum class Rank {
  revoked,  // by a list in force
  good,
  revoked_out_of_period,
  stale,
  not_yet_valid,
  invalid,
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

/// Same name, another key (DS153), or a spoilt signature (DS157)? The key identifiers tell, when both sides
/// have one.
bool names_another_key(const Crl::Body& list, const Certificate& issuer) {
  const ASN1_OCTET_STRING* own = X509_get0_subject_key_id(issuer.x509.get());
  const AuthorityKeyIdOwner authority(static_cast<AUTHORITY_KEYID*>(
      X509_CRL_get_ext_d2i(list.head.get(), NID_authority_key_identifier, nullptr, nullptr)));
  if (own == nullptr || authority == nullptr || authority->keyid == nullptr) return false;
  return ASN1_OCTET_STRING_cmp(own, authority->keyid) != 0;
}

/// RFC 5280 6.3.3 (b), (f), (g): the issuer of the certificate issued the list, and may. False when not.
bool check_issuer(Judged& judged, const Certificate& certificate, const Certificate& issuer) {
  const Crl::Body& list = *judged.list;
  const X509_NAME* name = X509_CRL_get_issuer(list.head.get());
  if (X509_NAME_cmp(name, X509_get_issuer_name(certificate.x509.get())) != 0 ||
      X509_NAME_cmp(name, X509_get_subject_name(issuer.x509.get())) != 0) {
    fail(judged, CrlProblem::wrong_issuer, "the list is of " + list.issuer);
    if (judged.revocation.origin == CrlOrigin::file) judged.rank = Rank::other_issuers_file;
    return false;
  }
  if (!list.signed_by(issuer)) {
    if (names_another_key(list, issuer)) {
      fail(judged, CrlProblem::wrong_issuer, "the list is signed by another key of the same issuer name");
    } else {
      fail(judged, CrlProblem::invalid, "the signature does not verify with the issuer's key");
    }
    return false;
  }
  if ((X509_get_key_usage(issuer.x509.get()) & KU_CRL_SIGN) ==
      0U) {  // all bits set when there is no key usage
    fail(judged, CrlProblem::invalid, "the issuer's key usage lacks cRLSign");
    return false;
  }
  return true;
}

/// Structure and scope. False when the list says nothing about this certificate.
bool check_scope(Judged& judged, const Certificate& certificate, unsigned& reasons) {
  if (!judged.list->fault.empty()) {
    fail(judged, CrlProblem::invalid, judged.list->fault);
    return false;
  }
  const CrlScope scope = scope_of(*judged.list, certificate);
  reasons = scope.reasons;
  if (scope.outside.empty()) return true;
  fail(judged, CrlProblem::invalid, scope.outside);
  return false;
}

CrlProblem period_problem(const Crl::Body& list, Instant at) {
  if (at < list.this_update) return CrlProblem::not_yet_valid;
  return list.next_update && at > *list.next_update ? CrlProblem::stale : CrlProblem::none;
}

std::string period_detail(const Crl::Body& list, CrlProblem problem) {
  if (problem == CrlProblem::not_yet_valid) return "thisUpdate is " + rfc3339(list.this_update);
  return problem == CrlProblem::stale ? "nextUpdate was " + rfc3339(*list.next_update) : std::string();
}

void set_revoked(Judged& judged, const CrlEntry& entry) {
  judged.rank = judged.revocation.problem == CrlProblem::none ? Rank::revoked : Rank::revoked_out_of_period;
  judged.revocation.state = RevocationState::revoked;
  judged.revocation.revoked_at = entry.at;
  judged.revocation.reason = entry.reason;
}

Judged judge(const CrlCandidate& candidate, const Certificate& certificate, const Certificate& issuer,
             Instant at) {
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
  if (!check_issuer(judged, certificate, issuer) || !check_scope(judged, certificate, reasons)) return judged;

  const CrlProblem period = period_problem(*judged.list, at);
  const auto found = judged.list->find(certificate.x509.get());
  if (period != CrlProblem::none) fail(judged, period, period_detail(*judged.list, period));
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

Judged best_of(std::vector<Judged> all) {
  for (Judged& judged : all) {
    if (released_from_hold(judged, all)) set_good(judged);
  }
  join_reasons(all);
  return *std::min_element(all.begin(), all.end(), better);
}

}  // namespace

Revocation examine_revocation(const Certificate& certificate, const Certificate& issuer, int depth,
                              std::span<const CrlCandidate> candidates, Instant at) {
  const ErrorQueueMark mark;
  Judged best;
  if (certificate.x509 == nullptr || issuer.x509 == nullptr) {
    fail(best, CrlProblem::invalid, "there is no certificate to ask about");
  } else if (candidates.empty()) {
    best = without_candidates(certificate);
  } else {
    std::vector<Judged> all;
    for (const CrlCandidate& candidate : candidates) all.push_back(judge(candidate, certificate, issuer, at));
    best = best_of(std::move(all));
  }
  best.revocation.depth = depth;
  best.revocation.subject = certificate.subject;
  best.revocation.serial = certificate.serial;
  return best.revocation;
}

}  // namespace domsec::pki
