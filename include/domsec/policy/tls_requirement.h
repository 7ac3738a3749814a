// Who must use what TLS: the send conjunction (spec exchange 1.2, R5) and the receive decision (1.4, R6),
// before any peer is seen. Pure; every answer says why.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domsec/exchange/receive_connector.h"
#include "domsec/exchange/send_connector.h"
#include "domsec/exchange/transport_config.h"
#include "domsec/pki/name_match.h"
#include "domsec/policy/verdict.h"
#include "domsec/smtp/domain.h"

namespace domsec::policy {

enum class Requirement {
  none,                     // IgnoreSTARTTLS, ForceHELO: TLS is not even tried
  opportunistic,
  encryption,               // RequireTLS, TlsAuthLevel EncryptionOnly
  certificate_validation,   // TlsAuthLevel CertificateValidation
  domain_validation,        // TlsAuthLevel DomainValidation
  domain_secured,           // mutual TLS
};

struct TlsRequirement {
  Requirement requirement = Requirement::opportunistic;
  bool listed = false;                          // the domain is on the list
  /// Listed, but the conjunction fails: the flags that break it, as `DNSRoutingEnabled $false
  /// (domsec.toml:12)`. DS300, DS301.
  std::vector<std::string> broken_by;
  std::optional<pki::ReferenceId> reference;    // whom the peer must prove to be
  std::string list;                             // `TLSSendDomainSecureList`, empty when not listed
  exchange::Origin list_origin;
  std::string reason;                           // one sentence for people
  std::vector<Finding> findings;                // lint findings that belong to it
};

enum class FailClosed { no, yes };              // --fail-closed (D-2)

/// `partner` = the recipient's domain.
[[nodiscard]] TlsRequirement send_requirement(const exchange::TransportConfig& config,
                                              const exchange::SendConnector& connector,
                                              const smtp::Domain& partner,
                                              FailClosed fail_closed = FailClosed::no);
/// `sender` = the domain of MAIL FROM; nothing for the null reverse-path, which is exempt (D-4).
[[nodiscard]] TlsRequirement receive_requirement(const exchange::TransportConfig& config,
                                                 const exchange::ReceiveConnector& connector,
                                                 const std::optional<smtp::Domain>& sender);

[[nodiscard]] std::string_view text(Requirement requirement);  // `domain secured`, `opportunistic` …

}  // namespace domsec::policy
