// Which certificate a connector presents, and why (spec exchange 4.1, 4.4, D-8): TlsCertificateName, else
// Fqdn, else the server's FQDN; newest Valid-from first; PKI-issued before self-signed.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "domsec/exchange/send_connector.h"
#include "domsec/pki/certificate.h"
#include "domsec/policy/verdict.h"

namespace domsec::policy {

/// A certificate of the store as selection sees it.
struct StoredCertificate {
  pki::CertificatePtr certificate;
  bool has_private_key = false;
  bool for_smtp = true;             // services hold SMTP
  bool trusted = true;              // own chain good at the instant, not revoked (spec: "valid")
  std::string name;                 // file or friendly name, for messages
};

struct Candidate {
  std::size_t index = 0;            // into the input; every certificate of the store is a candidate
  bool name_matches = false;
  bool eligible = false;            // and has a key, SMTP, and a chain that holds
  std::string why;                  // one clause: `no private key`, `SAN[0] mail.contoso.com`
  /// Eligible and still not presented, against the chosen one: `is older: valid from …`; else empty.
  std::string lost;
};

struct Selection {
  std::optional<std::size_t> chosen;
  std::string searched_for;         // the name or the <I>…<S>… string
  std::vector<Candidate> candidates;
  /// Indices of all candidates: the chosen one, the eligible ones in the order in which they would follow, those with the
  /// name, the others (spec exchange 4.1-8: the order of Get-ExchangeCertificate -DomainName).
  std::vector<std::size_t> order;
  /// Nothing chosen: DS212 (no name), DS213 (no key), DS210 (revoked, broken chain, not yet valid). Chosen
  /// all the same: DS214 (no SMTP: the handshake fails), DS216 (expired), DS305 (several match
  /// TlsCertificateName).
  std::vector<Finding> findings;
  std::string reason;               // one sentence
};

/// `fqdn` is Organisation::fqdn_of the connector, and counts where there is no TlsCertificateName; without
/// either there is nothing to look for (DS212).
[[nodiscard]] Selection select_certificate(
    const std::vector<StoredCertificate>& store,
    const std::optional<exchange::TlsCertificateName>& tls_certificate_name,
    const std::optional<smtp::Domain>& fqdn, pki::Instant at);

}  // namespace domsec::policy
