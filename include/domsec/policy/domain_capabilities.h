// TlsDomainCapabilities of a receive connector (spec exchange 3.1): what the owner of a certificate may do, granted only
// after TLS with a client certificate that is validated. Not here: what the capabilities allow; domsec grants and tells.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace domsec::exchange {
struct ReceiveConnector;
}  // namespace domsec::exchange

namespace domsec::policy {

struct PeerEvidence;
struct Rules;

struct DomainCapabilities {
  /// none: nobody's. granted. not_validated: the certificate names an entry's domain and is not valid.
  enum class Outcome { none, granted, not_validated };
  Outcome outcome = Outcome::none;
  std::string domain;                     // of the entry that the client is measured by, as written; may be empty
  std::vector<std::string> capabilities;  // granted
  /// NoRemoteCertificate, or Exchange's CertificateValidationStatus of a certificate that is named; else empty.
  std::string status;

  /// Exchange's event for it: 11022, "Failed to confirm domain capabilities", or 0.
  [[nodiscard]] int event() const { return outcome == Outcome::not_validated ? 11022 : 0; }
};

/// How the client came.
enum class Protection { clear, tls };

/// Of several entries that a certificate names, the first. An entry `NO-TLS` is for clients in clear. Nothing when the
/// connector has no entry that could concern the client.
[[nodiscard]] std::optional<DomainCapabilities> domain_capabilities(const exchange::ReceiveConnector& connector,
                                                                    Protection protection, const PeerEvidence& peer,
                                                                    const Rules& rules);

}  // namespace domsec::policy
