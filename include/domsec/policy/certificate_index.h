// Certificates by what selection looks for, so that a session does not ask each one of thousands.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "domsec/policy/certificate_selection.h"

namespace domsec::policy {

class CertificateIndex {
 public:
  CertificateIndex() = default;
  explicit CertificateIndex(const std::vector<StoredCertificate>& store);

  /// Places in the store, ascending: those that have the name.
  [[nodiscard]] std::vector<std::size_t> with_name(
      const std::optional<exchange::TlsCertificateName>& tls_certificate_name,
      const std::optional<smtp::Domain>& fqdn) const;

 private:
  using Places = std::unordered_map<std::string, std::vector<std::size_t>>;
  Places by_host_;   // pki::covering_key
  Places by_names_;  // subject and issuer
};

/// As select_certificate over the whole store, of which `index` was made; its candidates and their order are
/// only those that have the name.
[[nodiscard]] Selection select_certificate(
    const std::vector<StoredCertificate>& store, const CertificateIndex& index,
    const std::optional<exchange::TlsCertificateName>& tls_certificate_name,
    const std::optional<smtp::Domain>& fqdn, pki::Instant at);

}  // namespace domsec::policy
