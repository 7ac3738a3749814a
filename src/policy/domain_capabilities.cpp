#include "domsec/policy/domain_capabilities.h"

#include <algorithm>

#include "domsec/exchange/receive_connector.h"
#include "domsec/policy/domain_security.h"
#include "domsec/policy/name_comparison.h"
#include "domsec/policy/tls_certificate_name.h"

namespace domsec::policy {

namespace {

using Outcome = DomainCapabilities::Outcome;

bool is_no_tls(const exchange::TlsDomainCapability& entry) {
  constexpr std::string_view word = "NO-TLS";
  return std::equal(entry.domain.begin(), entry.domain.end(), word.begin(), word.end(),
                    [](char a, char b) { return (a >= 'a' && a <= 'z' ? a - 'a' + 'A' : a) == b; });
}

/// Whose certificate it is: an issuer with a subject exactly, a domain by the rule that names are compared by (D-5).
bool names(const exchange::TlsDomainCapability& entry, const PeerEvidence& peer, const Rules& rules) {
  const pki::Certificate& leaf = *peer.presented.front();
  if (const auto exact = exchange::read_tls_certificate_name(entry.domain)) {
    return means(*exact, leaf);
  }
  const auto domain = exchange::read_domain_with_subdomains(entry.domain);
  if (!domain) return false;
  const pki::ReferenceId reference{domain->domain.text(), domain->with_subdomains};
  return compare_name(leaf, peer.path ? &*peer.path : nullptr, reference, rules.name).matches;
}

DomainCapabilities granted(const exchange::TlsDomainCapability& entry, std::string status) {
  DomainCapabilities decided;
  decided.outcome = Outcome::granted;
  decided.domain = entry.domain;
  decided.capabilities = entry.capabilities;
  decided.status = std::move(status);
  return decided;
}

DomainCapabilities of_certificate(const exchange::ReceiveConnector& connector, const PeerEvidence& peer,
                                  const Rules& rules) {
  DomainCapabilities decided;
  if (peer.presented.empty()) {
    decided.status = "NoRemoteCertificate";
    return decided;
  }
  for (const exchange::TlsDomainCapability& entry : connector.tls_domain_capabilities) {
    if (is_no_tls(entry) || !names(entry, peer, rules)) continue;
    PeerEvidence without_name = peer;
    without_name.name.reset();
    const std::string status = certificate_validation_status(without_name, rules);
    if (status.empty() || status == "Valid" || status == "ValidSelfSigned") return granted(entry, "Valid");
    decided.outcome = Outcome::not_validated;
    decided.domain = entry.domain;
    decided.status = status;
    return decided;
  }
  return decided;
}

}  // namespace

std::optional<DomainCapabilities> domain_capabilities(const exchange::ReceiveConnector& connector,
                                                      Protection protection, const PeerEvidence& peer,
                                                      const Rules& rules) {
  const std::vector<exchange::TlsDomainCapability>& entries = connector.tls_domain_capabilities;
  const auto in_clear = std::find_if(entries.begin(), entries.end(), is_no_tls);
  if (protection == Protection::clear) {
    if (in_clear == entries.end()) return std::nullopt;
    return granted(*in_clear, std::string());
  }
  const bool any = std::any_of(entries.begin(), entries.end(), [](const auto& entry) { return !is_no_tls(entry); });
  if (!any) return std::nullopt;
  return of_certificate(connector, peer, rules);
}

}  // namespace domsec::policy
