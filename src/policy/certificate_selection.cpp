// Which certificate a connector presents (spec exchange 4.1 steps 2-7, 4.4, 2.3; D-7, D-8; R11, R38). Pure:
// what "valid" means comes with the store, the instant is a parameter. Not here: loading keys (R20, the
// loader), whether the partner likes the certificate (domain_security.h).
#include "domsec/policy/certificate_selection.h"

#include <algorithm>
#include <numeric>

#include "domsec/exchange/x500_name.h"
#include "domsec/pki/name_match.h"
#include "domsec/policy/certificate_index.h"
#include "domsec/policy/own_configuration.h"

namespace domsec::policy {

namespace {

using finding::Code;

const pki::Certificate& certificate(const std::vector<StoredCertificate>& store, std::size_t index) {
  return *store[index].certificate;
}

bool expired(const pki::Certificate& certificate, pki::Instant at) {
  return at > certificate.not_after;
}

/// The name that covers `fqdn`, as a clause; empty when none does. SAN before CN, as in the report of a name
/// match.
std::string covering_name(const pki::Certificate& certificate, const std::string& fqdn) {
  for (std::size_t i = 0; i < certificate.dns_names.size(); ++i) {
    if (pki::covers_host(certificate.dns_names[i], fqdn))
      return "SAN[" + std::to_string(i) + "] " + certificate.dns_names[i];
  }
  for (const std::string& name : certificate.common_names) {
    if (pki::covers_host(name, fqdn)) return "CN " + name;
  }
  return {};
}

std::string names_of(const pki::Certificate& certificate) {
  constexpr std::size_t most = 10;
  std::vector<std::string> names = certificate.common_names;
  names.insert(names.end(), certificate.dns_names.begin(), certificate.dns_names.end());
  std::string out;
  for (std::size_t i = 0; i < names.size() && i < most; ++i) {
    if (std::find(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(i), names[i]) !=
        names.begin() + static_cast<std::ptrdiff_t>(i))
      continue;
    out += (out.empty() ? "" : ", ") + names[i];
  }
  if (names.size() > most) out += ", ...";
  return out.empty() ? "no name at all" : out;
}

/// Why a certificate with the right name still cannot be used; empty when it can.
std::string obstacle(const StoredCertificate& stored, pki::Instant at) {
  const pki::Certificate& own = *stored.certificate;
  if (own.version < 3) return "is X.509 version " + std::to_string(own.version) + ", not 3";
  if (!stored.has_private_key) return "no private key";
  if (at < own.not_before) return "not valid before " + pki::rfc3339(own.not_before);
  if (!stored.trusted && !expired(own, at) && !own.self_signed)
    return "its own chain is revoked or not trusted";
  return {};
}

/// 4.1 step 4 for one certificate.
Candidate examine(const std::vector<StoredCertificate>& store, std::size_t index,
                  const std::optional<exchange::TlsCertificateName>& wanted, const std::string& fqdn,
                  pki::Instant at) {
  const pki::Certificate& own = certificate(store, index);
  Candidate candidate;
  candidate.index = index;
  std::string name;
  if (!wanted) {
    name = covering_name(own, fqdn);
    if (name.empty()) candidate.why = "has " + names_of(own);
  } else if (!exchange::same_x500_name(wanted->subject, own.subject)) {
    candidate.why = "another subject: " + own.subject;
  } else if (!exchange::same_x500_name(wanted->issuer, own.issuer)) {
    candidate.why = "another issuer: " + own.issuer;
  } else {
    name = "issuer and subject";
  }
  candidate.name_matches = !name.empty();
  if (!candidate.name_matches) return candidate;
  const std::string trouble = obstacle(store[index], at);
  candidate.eligible = trouble.empty() && store[index].for_smtp;
  candidate.why = name + (!trouble.empty()         ? ", but " + trouble
                          : !store[index].for_smtp ? ", but not enabled for SMTP"
                                                   : "");
  return candidate;
}

/// 4.1 step 6: valid and issued by a CA, then self-signed, then what is left: it has expired (step 7).
int preference(const StoredCertificate& stored, pki::Instant at) {
  if (stored.certificate->self_signed) return 1;
  return expired(*stored.certificate, at) ? 2 : 0;
}

/// Newest Valid-from first, then the longer validity; equal ones stay in the order of the store.
bool newer(const pki::Certificate& a, const pki::Certificate& b) {
  if (a.not_before != b.not_before) return a.not_before > b.not_before;
  return a.not_after > b.not_after;
}

enum class Order { newest, preferred_then_newest };

std::optional<std::size_t> best(const std::vector<StoredCertificate>& store, std::vector<std::size_t> among,
                                Order order, pki::Instant at) {
  if (among.empty()) return std::nullopt;
  std::stable_sort(among.begin(), among.end(), [&](std::size_t a, std::size_t b) {
    const int left = order == Order::newest ? 0 : preference(store[a], at);
    const int right = order == Order::newest ? 0 : preference(store[b], at);
    return left != right ? left < right : newer(certificate(store, a), certificate(store, b));
  });
  return among.front();
}

/// Why the one of two eligible certificates goes behind the other.
std::string behind(const StoredCertificate& chosen, const StoredCertificate& other, Order order,
                   pki::Instant at) {
  const int wins = order == Order::newest ? 0 : preference(chosen, at);
  const int loses = order == Order::newest ? 0 : preference(other, at);
  if (wins != loses) return loses == 1 ? "is self-signed" : "has expired";
  if (chosen.certificate->not_before != other.certificate->not_before) {
    return "is older: valid from " + pki::rfc3339(other.certificate->not_before);
  }
  if (chosen.certificate->not_after != other.certificate->not_after) return "ends earlier";
  return "is as good, and comes later in the store";
}

/// The candidate with this place in the store; candidates are in the order of their places.
const Candidate& candidate_at(const Selection& selection, std::size_t index) {
  const std::vector<Candidate>& all = selection.candidates;
  if (index < all.size() && all[index].index == index) return all[index];
  return *std::ranges::lower_bound(all, index, {}, &Candidate::index);
}

/// 0 chosen, 1 eligible, 2 the name alone, 3 nothing.
int standing(const Selection& selection, std::size_t index) {
  if (selection.chosen == index) return 0;
  const Candidate& candidate = candidate_at(selection, index);
  return candidate.eligible ? 1 : candidate.name_matches ? 2 : 3;
}

void rank(Selection& selection, const std::vector<StoredCertificate>& store, Order order, pki::Instant at) {
  for (const Candidate& candidate : selection.candidates) selection.order.push_back(candidate.index);
  std::stable_sort(selection.order.begin(), selection.order.end(), [&](std::size_t a, std::size_t b) {
    const int left = standing(selection, a);
    const int right = standing(selection, b);
    if (left != right || left != 1) return left < right;
    const int pa = order == Order::newest ? 0 : preference(store[a], at);
    const int pb = order == Order::newest ? 0 : preference(store[b], at);
    return pa != pb ? pa < pb : newer(certificate(store, a), certificate(store, b));
  });
  if (!selection.chosen) return;
  for (Candidate& candidate : selection.candidates) {
    if (!candidate.eligible || candidate.index == *selection.chosen) continue;
    candidate.lost = behind(store[*selection.chosen], store[candidate.index], order, at);
  }
}

std::string described(const StoredCertificate& stored) {
  return (stored.name.empty() ? stored.certificate->subject : stored.name) + " (" +
         stored.certificate->thumbprint + ")";
}

/// The finding when nothing can be presented: the nearest miss decides it.
Finding nothing_to_present(const Selection& selection, const std::vector<StoredCertificate>& store) {
  for (const Candidate& candidate : selection.candidates) {
    if (!candidate.name_matches) continue;
    const StoredCertificate& stored = store[candidate.index];
    return own_configuration(
        stored.has_private_key ? Code::own_cert_unusable : Code::own_key_missing,
        described(stored) + " has the name " + selection.searched_for + ": " + candidate.why);
  }
  return own_configuration(Code::own_cert_not_found, "no certificate of " + std::to_string(store.size()) +
                                                         " in the store has the name " +
                                                         selection.searched_for);
}

void report_chosen(Selection& selection, const std::vector<StoredCertificate>& store, std::size_t matching,
                   pki::Instant at) {
  const StoredCertificate& chosen = store[*selection.chosen];
  const std::string name = described(chosen);
  selection.reason = name + " is presented for " + selection.searched_for + ": " +
                     candidate_at(selection, *selection.chosen).why + ", valid from " +
                     pki::rfc3339(chosen.certificate->not_before) +
                     (chosen.certificate->self_signed ? ", self-signed" : "") +
                     (matching > 1 ? ", preferred among " + std::to_string(matching) : "");
  if (!chosen.for_smtp) {
    selection.findings.push_back(own_configuration(
        Code::own_cert_no_smtp,
        name + " has the name " + selection.searched_for + " but not the service SMTP: the handshake fails"));
  }
  if (expired(*chosen.certificate, at)) {
    selection.findings.push_back(own_configuration(
        Code::own_cert_expired, name + " expired at " + pki::rfc3339(chosen.certificate->not_after) +
                                    " and is presented all the same"));
  }
}

std::vector<std::size_t> indices(const std::vector<Candidate>& candidates, bool Candidate::*property) {
  std::vector<std::size_t> out;
  for (const Candidate& candidate : candidates) {
    if (candidate.*property) out.push_back(candidate.index);
  }
  return out;
}

Selection select_among(const std::vector<StoredCertificate>& store, const std::vector<std::size_t>& among,
                       const std::optional<exchange::TlsCertificateName>& tls_certificate_name,
                       const std::optional<smtp::Domain>& fqdn, pki::Instant at) {
  Selection selection;
  if (!tls_certificate_name && !fqdn) {
    selection.reason = "neither the connector nor the server has an FQDN to look for; set Fqdn or ServerFqdn";
    selection.findings.push_back(own_configuration(Code::own_cert_not_found, selection.reason));
    return selection;
  }
  const std::string name = fqdn ? fqdn->text() : std::string();
  selection.searched_for = tls_certificate_name ? tls_certificate_name->text() : name;
  for (const std::size_t index : among)
    selection.candidates.push_back(examine(store, index, tls_certificate_name, name, at));
  std::vector<std::size_t> matching = indices(selection.candidates, &Candidate::name_matches);
  if (tls_certificate_name && matching.size() > 1) {  // 2.3: the newest wins, services are not consulted
    selection.findings.push_back(
        own_configuration(Code::tls_certificate_name_invalid,
                          std::to_string(matching.size()) + " certificates match " + selection.searched_for));
  }
  std::vector<std::size_t> usable = indices(selection.candidates, &Candidate::eligible);
  if (tls_certificate_name) {
    const std::optional<std::size_t> newest = best(store, matching, Order::newest, at);
    usable = newest && obstacle(store[*newest], at).empty() ? std::vector<std::size_t>{*newest}
                                                            : std::vector<std::size_t>{};
  } else if (usable.empty()) {  // 4.1 note: one without SMTP can be picked and then fails
    for (const std::size_t index : matching) {
      if (obstacle(store[index], at).empty()) usable.push_back(index);
    }
  }
  selection.chosen = best(store, usable, Order::preferred_then_newest, at);
  rank(selection, store, tls_certificate_name ? Order::newest : Order::preferred_then_newest, at);
  if (selection.chosen) {
    report_chosen(selection, store, matching.size(), at);
  } else {
    selection.findings.push_back(nothing_to_present(selection, store));
    selection.reason = "nothing can be presented: " + selection.findings.back().detail;
  }
  return selection;
}

}  // namespace

Selection select_certificate(const std::vector<StoredCertificate>& store,
                             const std::optional<exchange::TlsCertificateName>& tls_certificate_name,
                             const std::optional<smtp::Domain>& fqdn, pki::Instant at) {
  std::vector<std::size_t> all(store.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  return select_among(store, all, tls_certificate_name, fqdn, at);
}

Selection select_certificate(const std::vector<StoredCertificate>& store, const CertificateIndex& index,
                             const std::optional<exchange::TlsCertificateName>& tls_certificate_name,
                             const std::optional<smtp::Domain>& fqdn, pki::Instant at) {
  return select_among(store, index.with_name(tls_certificate_name, fqdn), tls_certificate_name, fqdn, at);
}

}  // namespace domsec::policy
