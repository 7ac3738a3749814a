#include "own_judgement.h"

#include <algorithm>

#include "peer_judgement.h"

namespace domsec::policy {
namespace {

using finding::Code;
using finding::Severity;

bool has_usage(const pki::Certificate& certificate, std::string_view usage) {
  const auto& usages = certificate.extended_key_usage;
  return usages && std::ranges::find(*usages, usage) != usages->end();
}

/// The weight of the profile is a prediction for peers of that kind (spec findings 1.5). This peer has spoken
/// for itself, so nothing about our own certificate can be more than a warning.
Finding remark(const Case& c, Code code, std::string detail) {
  Finding out = finding_of(code, Who::note, c.rules, std::move(detail));
  if (out.severity == Severity::fails) out.severity = Severity::warning;
  return c.requirement.requirement >= Requirement::certificate_validation ? out : as_remark(std::move(out));
}

/// D-10: Exchange takes serverAuth for a client, most others want clientAuth (DS121). Who has both from a
/// public CA will not get both again: the root programmes end clientAuth in 2026 (DS124).
void add_purpose(const Case& c, const pki::Certificate& own, Outcome& outcome) {
  if (!has_usage(own, "serverAuth")) return;
  if (!has_usage(own, "clientAuth")) {
    outcome.add(remark(
        c, Code::client_cert_eku,
        "our certificate " + own.subject +
            " is for serverAuth only: Exchange takes it from a client (D-10), servers on OpenSSL refuse it"));
  } else if (client_auth_ends(own)) {
    outcome.add(remark(c, Code::client_auth_sunset,
                       "our certificate " + own.subject + " has clientAuth from a public CA (" + own.issuer +
                           "), which will not issue it again; it ends on " + date_text(own.not_after)));
  }
}

void add_ca_names(const Case& c, const pki::Certificate& own, Outcome& outcome) {
  if (!names_none_of_our_issuers(c.evidence)) return;
  const TlsEvidence& tls = c.evidence.tls;
  Finding finding =
      remark(c, Code::ca_hint_mismatch,
             "the server asked for a certificate of " + std::to_string(tls.requested_ca_names.size()) +
                 " named CAs, and none of them issued " + own.subject + " (issuer " + own.issuer +
                 "); it was " + (tls.own_certificate_sent ? "sent all the same" : "not sent"));
  if (finding.severity == Severity::warning) finding.who = Who::they;
  outcome.add(std::move(finding));
}

}  // namespace

bool client_auth_ends(const pki::Certificate& certificate) {
  return has_usage(certificate, "serverAuth") && has_usage(certificate, "clientAuth") &&
         std::ranges::any_of(certificate.policies, [](const std::string& policy) {
           return policy == "2.23.140.1.1" || policy.starts_with("2.23.140.1.2.");
         });
}

bool names_none_of_our_issuers(const Evidence& evidence) {
  constexpr std::size_t most_kept = 200;  // net keeps no more of the list: what is missing may be ours
  const std::vector<std::string>& names = evidence.tls.requested_ca_names;
  if (names.empty() || names.size() >= most_kept) return false;  // RFC 8446 4.2.4: no list, any CA
  const pki::Chain& chain = evidence.own.chain;
  return !chain.empty() && std::ranges::none_of(chain, [&](const pki::CertificatePtr& certificate) {
    return certificate && std::ranges::find(names, certificate->issuer) != names.end();
  });
}

bool lacks_intermediates(const OwnEvidence& own) {
  if (own.chain.size() != 1 || !own.chain.front()) return false;
  return !own.chain.front()->self_issued && !(own.issuer && own.issuer->self_issued);
}

void add_own_remarks(const Case& c, Outcome& outcome) {
  const pki::CertificatePtr& own = c.evidence.own.certificate;
  if (!own) return;
  if (const std::optional<std::string> end = near_end(*own, c.at))
    outcome.add(remark(c, Code::certificate_expiring, "our certificate " + *end));
  if (c.evidence.role != Role::send || !c.evidence.tls.client_certificate_requested) return;
  add_purpose(c, *own, outcome);
  add_ca_names(c, *own, outcome);
}

}  // namespace domsec::policy
