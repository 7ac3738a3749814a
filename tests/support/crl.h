// Lists that the lab's authority does not make: changed by libcrypto's own functions, and signed again. Certificates:
// altered_certificate.h.
#pragma once

#include <openssl/x509v3.h>

#include <functional>
#include <string>
#include <vector>

#include "domsec/pki/authority.h"

namespace domsec::testing {

/// DER.
[[nodiscard]] std::string changed(const pki::Authority& issuer, const pki::CrlRecipe& recipe,
                                  const std::function<void(X509_CRL*)>& change);
/// IssuingDistributionPoint (RFC 5280 5.2.5).
struct Distribution {
  bool only_user = false;
  bool only_ca = false;
  bool only_attribute = false;
  bool indirect = false;
  std::string uri{};
  std::vector<int> only_reasons{};
};
[[nodiscard]] std::function<void(X509_CRL*)> distributed(const Distribution& wanted);
/// A delta list of the base with this number (RFC 5280 5.2.4).
[[nodiscard]] std::function<void(X509_CRL*)> delta_of(std::uint64_t base);
/// Says where its delta lists are (RFC 5280 5.2.6).
[[nodiscard]] std::function<void(X509_CRL*)> with_delta_at(const std::string& uri);
/// certificateIssuer of the list's first entry (RFC 5280 5.3.3).
[[nodiscard]] std::function<void(X509_CRL*)> first_entry_of(const pki::Certificate& issuer);
/// A distribution point at `uri` whose lists `signer` issues (RFC 5280 4.2.1.13 cRLIssuer).
[[nodiscard]] std::function<void(X509*)> listed_by(const pki::Certificate& signer, const std::string& uri);

}  // namespace domsec::testing
