// The header firewall and the mark of a domain-secured message (R27, spec exchange 1.5): organisation headers
// that a peer supplied are removed, then our own are put in front, with a Received field (RFC 5321 4.4).
// AuthMechanism is not written: its values are not public (D-12).
#pragma once

#include <string>
#include <string_view>

namespace domsec::policy {

enum class AuthAs { anonymous, partner };

/// How a message came. Text from the peer (helo) is taken as it is and made harmless here.
struct Arrival {
  AuthAs auth_as = AuthAs::anonymous;
  std::string auth_domain;      // the proved domain; only for a partner
  std::string auth_source;      // FQDN of the server that judged, that is ours
  std::string helo;
  std::string client_address;   // `[203.0.113.7]`, `[IPv6:2001:db8::1]`
  std::string protocol;         // RFC 3848: SMTP, ESMTP, ESMTPS
  std::string id;
  std::string tls;              // `TLSv1.3 TLS_AES_256_GCM_SHA384, client CN=…`; empty without TLS
  std::string recipient;        // only when there is exactly one (RFC 5321 7.2), else empty
  std::string date;             // RFC 5322 3.3
};

/// The message as it is kept. The body is not touched.
[[nodiscard]] std::string domain_secured_headers(std::string_view message, const Arrival& arrival);

/// The message without the organisation headers of its peer.
[[nodiscard]] std::string without_organisation_headers(std::string_view message);

}  // namespace domsec::policy
