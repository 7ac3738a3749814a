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
#include "domsec/pki/key_decoding.h"
#include "domsec/pki/request.h"
#include "domsec/policy/certificate_services.h"
#include "domsec/store/database.h"
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

  [[nodiscard]] pki::Chain chain() const;  // as it is sent, leaf first
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

/// What of a command is refused, so that each of its readers can say it at the place where it was written.
enum class CertificateInput { none, subject, names, key, friendly_name, services, thumbprint, file, password };

/// What the store refuses: one sentence with the remedy, without the name of a command.
class CertificateError : public std::runtime_error {
 public:
  explicit CertificateError(const std::string& sentence, CertificateInput about = CertificateInput::none)
      : std::runtime_error(sentence), about_(about) {}
  CertificateError(policy::Refusal refusal, CertificateInput about)
      : std::runtime_error(refusal.sentence), about_(about), refusal_(std::move(refusal)) {}
  [[nodiscard]] CertificateInput about() const { return about_; }
  /// The row of the catalogue; nothing for input that is simply wrong.
  [[nodiscard]] const std::optional<policy::Refusal>& refusal() const { return refusal_; }

 private:
  CertificateInput about_;
  std::optional<policy::Refusal> refusal_;
};

/// DS605.
[[nodiscard]] CertificateError certificate_not_found(std::string_view thumbprint);

/// Thumbprints are read as people spell them (pki/thumbprint.h). Everything throws StoreError besides what is said.
class Certificates {
 public:
  /// `database` has schema.h's tables and outlives this. Direct decoding is not for a process whose other
  /// threads make keys (pki/key_decoding.h).
  explicit Certificates(Database& database, pki::KeyDecoding decoding = pki::KeyDecoding::direct)
      : database_(database), decoding_(decoding) {}

  [[nodiscard]] std::vector<CertificateEntry> all() const;  // in the order in which they came
  [[nodiscard]] std::optional<CertificateEntry> find(std::string_view thumbprint) const;
  /// For presenting it. Throws CertificateError when there is none, pki::BundleError when it cannot be read or is
  /// another certificate's.
  [[nodiscard]] pki::PrivateKey private_key(std::string_view thumbprint) const;
  /// For letting it out of the store. Throws CertificateError also where that is refused.
  [[nodiscard]] pki::PrivateKey exported_key(std::string_view thumbprint) const;
  [[nodiscard]] std::vector<PendingRequest> pending() const;
  [[nodiscard]] std::optional<PendingRequest> find_pending(std::string_view thumbprint) const;
  /// Several acts as one, seen and kept by others as a whole.
  [[nodiscard]] Transaction transaction() const { return Transaction(database_); }

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
  pki::KeyDecoding decoding_;
};

}  // namespace domsec::store
