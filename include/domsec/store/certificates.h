// The server's own certificates with their keys, and the requests that wait for theirs. What may be assigned,
// and what a certificate is worth, is policy's (certificate_services.h, certificate_status.h): the store
// knows no clock and no trust.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "domsec/pki/bundle.h"
#include "domsec/pki/request.h"
#include "domsec/policy/certificate_services.h"
#include "domsec/store/schema.h"

namespace domsec::store {

/// May the private key leave the store? Never unless it was asked for (R19).
enum class KeyExport { refused, allowed };

struct CertificateEntry {
  pki::CertificatePtr certificate;
  pki::Chain issuers;  // sent behind it, issuers in their order
  std::string friendly_name;
  bool has_private_key = false;
  KeyExport key_export = KeyExport::refused;
  policy::ServiceSet services;
  bool default_smtp = false;  // encrypts between the servers of the organisation (spec exchange 8.3)
  pki::Instant added;
};

struct PendingRequest {
  pki::Request request;
  std::string friendly_name;
  KeyExport key_export = KeyExport::refused;
  pki::Instant made;
};

/// What is imported: certificates as a file holds them, and the key where it holds one.
struct CertificateImport {
  pki::Chain certificates;
  std::optional<pki::PrivateKey> key;        // of the first certificate
  std::optional<std::string> friendly_name;  // nothing: that of the request, if there was one
  KeyExport key_export = KeyExport::refused;
  pki::Instant at;
};

/// What the store refuses: one sentence with the remedy.
class CertificateError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Thumbprints are read without regard to case. Everything throws StoreError besides what is said.
class Certificates {
 public:
  /// `database` has schema.h's tables and outlives this.
  explicit Certificates(Database& database) : database_(database) {}

  [[nodiscard]] std::vector<CertificateEntry> all() const;  // in the order in which they came
  [[nodiscard]] std::optional<CertificateEntry> find(std::string_view thumbprint) const;
  /// For presenting it. Throws CertificateError when there is none.
  [[nodiscard]] pki::PrivateKey private_key(std::string_view thumbprint) const;
  /// For letting it out of the store. Throws CertificateError also where that is refused.
  [[nodiscard]] pki::PrivateKey exported_key(std::string_view thumbprint) const;
  [[nodiscard]] std::vector<PendingRequest> pending() const;

  void keep(const pki::NewRequest& made, const std::string& friendly_name, KeyExport key_export,
            pki::Instant at);
  /// With the key that came along, or that of the pending request with the same public key, which is done
  /// with then (R17); else without one (R18). Throws CertificateError when the certificate is there already,
  /// unless it had no key and now has.
  CertificateEntry import(const CertificateImport& from);
  /// Adds services; none is ever taken away. Throws CertificateError when there is no such certificate.
  policy::ServiceSet assign(std::string_view thumbprint, const policy::ServiceSet& more);
  void make_default_smtp(std::string_view thumbprint);
  [[nodiscard]] std::optional<CertificateEntry> default_smtp() const;
  /// With its key, or a pending request by its thumbprint. Throws CertificateError for the default SMTP
  /// certificate.
  void remove(std::string_view thumbprint);

 private:
  [[nodiscard]] std::optional<CertificateEntry> one(std::string_view sql, std::string_view argument) const;

  Database& database_;
};

}  // namespace domsec::store
