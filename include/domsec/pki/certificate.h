// One X.509 certificate as plain values, beside the parsed object that path validation needs (never parsed
// twice: a d2i_X509 costs as much as a signature). RFC 5280 4.1, 4.2.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "domsec/pki/instant.h"

struct x509_st;

namespace domsec::pki {

using Bytes = std::vector<std::uint8_t>;

struct Certificate {
  /// Subject and issuer for people and logs: CN first, `, ` between RDNs, values quoted where needed (spec
  /// protocol-log 9.1-6).
  std::string subject;
  std::string issuer;
  std::string serial;             // upper-case hex
  std::string thumbprint;         // SHA-1 of the DER, 40 upper-case hex digits: Exchange's thumbprint (D-13)
  std::string thumbprint_sha256;  // 64 upper-case hex digits
  Instant not_before;
  Instant not_after;
  std::vector<std::string> common_names;  // every CN of the subject, as UTF-8
  std::vector<std::string> dns_names;     // SAN dNSName, as presented
  std::vector<std::string>
      other_names;  // SAN entries of other kinds, `IP:…`, `email:…`, `URI:…`: shown, never matched
  /// The SAN is there and cannot be read: nothing may stand in for it, the CN least of all.
  bool alternative_names_unreadable = false;
  std::optional<std::uint32_t> key_usage;  // bit 0 = digitalSignature … as in RFC 5280; nothing when absent
  std::optional<std::vector<std::string>>
      extended_key_usage;                            // `serverAuth`, `clientAuth`, else the dotted OID
  std::vector<std::string> crl_distribution_points;  // URIs of fullName, in order
  std::vector<std::string> policies;                 // certificatePolicies, dotted, at most 32
  bool ca = false;                                   // basicConstraints CA:TRUE
  bool self_issued = false;                          // subject equals issuer
  bool self_signed = false;                          // and its own key verifies it
  int version = 3;
  std::string key_algorithm;        // `RSA 2048`, `EC P-256`, `ED25519`
  std::string signature_algorithm;  // `sha256WithRSAEncryption`

  [[nodiscard]] Bytes der() const;
  [[nodiscard]] std::string pem() const;
  /// Opaque; for pki/ and net/ only.
  std::shared_ptr<x509_st> x509;
};

/// Certificates are shared and immutable: a transcript, an examination and a log line show the same one.
using CertificatePtr = std::shared_ptr<const Certificate>;
/// As presented: leaf first.
using Chain = std::vector<CertificatePtr>;

/// Reads the fields of a parsed certificate; takes a reference of its own.
[[nodiscard]] CertificatePtr read_certificate(x509_st* x509);
/// Nothing when the bytes are no certificate.
[[nodiscard]] CertificatePtr read_certificate_der(std::string_view der);

}  // namespace domsec::pki
