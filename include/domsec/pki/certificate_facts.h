// What only a reader wants to know of a certificate. It is read when it is asked for: a session that examines
// a peer has no use for it, and Certificate stays as cheap as a handshake needs it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "domsec/pki/certificate.h"

namespace domsec::pki {

/// An extension by its name, or dotted where it has none.
struct ExtensionName {
  std::string name;
  bool critical = false;
};

/// Texts are harmless and bounded. Identifiers and hashes are upper-case hex, empty when they are not there.
struct CertificateFacts {
  std::vector<std::string>
      ca_issuers;                 // authorityInfoAccess, URIs of the issuer's certificate (RFC 5280 4.2.2.1)
  std::vector<std::string> ocsp;  // and of its OCSP responder
  std::string subject_key_id;
  std::string authority_key_id;
  std::optional<std::int64_t> path_length;  // of basicConstraints
  std::string key_identifier;  // SHA-1 of the key's bits (RFC 5280 4.2.1.2), whatever the certificate says
  std::string key_sha256;  // of subjectPublicKeyInfo: the data of a TLSA record 3 1 1 (RFC 6698 2.1)
  std::vector<ExtensionName> extensions;  // all, in their order, at most 64
};

[[nodiscard]] CertificateFacts certificate_facts(const Certificate& certificate);

/// `serverAuth`, `emailProtection` … for a dotted usage that RFC 5280 names; else itself.
[[nodiscard]] std::string usage_name(const std::string& usage);

}  // namespace domsec::pki
