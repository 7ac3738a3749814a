// The small certification authority of the lab and of the tests: any certificate, CRL or OCSP response, right
// or wrong in one property. A recipe with defaults, so that a case is written as its difference. Not a CA for real use.
#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "domsec/pki/bundle.h"
#include "domsec/pki/certificate.h"
#include "domsec/pki/revocation.h"

namespace domsec::pki {

struct Request;

/// A recipe that cannot be encoded: one sentence with what is wrong and what to write.
class RecipeError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

enum class KeyKind { ec_p256, ec_p384, rsa_1024, rsa_2048, rsa_4096, ed25519 };

struct CertificateRecipe {
  /// RDNs in the order written, least specific first or CN first alike: `CN=mail1.contoso.com, O=Contoso,
  /// C=US`.
  std::string subject;
  std::vector<std::string> dns_names;            // SAN; none = no SAN extension
  std::vector<std::string> other_names;          // `IP:127.0.0.1`, `email:a@b`
  Instant not_before;
  Instant not_after;
  bool ca = false;  // taken as it is, also for Authority::root and subordinate: no CA is a fault
  std::optional<int> path_length;
  std::vector<std::string> extended_key_usage;   // `serverAuth`, `clientAuth`, OIDs; none = no extension
  std::optional<std::vector<std::string>>
      key_usage;  // `digitalSignature` …; nothing = the usual for leaf or CA
  std::vector<std::string> crl_distribution_points;
  KeyKind key = KeyKind::ec_p256;
  std::optional<std::string> digest;             // `SHA256` by default; `SHA1` for a weak one
  std::optional<std::string> serial;             // hex; random 128 bits by default
  std::vector<std::string> permitted_dns;        // name constraints
  std::vector<std::string> ca_issuers;           // authorityInfoAccess, URIs of the issuer's certificate
  bool must_staple = false;                      // TLS feature status_request, RFC 7633
  bool key_identifiers = true;                   // subject's and authority's; Exchange's self-signed ones have none
  bool basic_constraints = true;                 // WMSvc's certificate has none (spec exchange 8.8)
  bool critical_key_usage = true;
  /// Subject and alternative names are those of this certificate, octet for octet; those above are not looked at.
  CertificatePtr renews{};
};

/// `rsa2048`, `rsa4096`, `ec-p256`, `ec-p384`: what mail servers take, as people type it; nothing for another word.
[[nodiscard]] std::optional<KeyKind> read_key_kind(std::string_view word);
[[nodiscard]] PrivateKey make_key(KeyKind kind);
/// A self-signed certificate with its key.
[[nodiscard]] Credentials self_signed(const CertificateRecipe& recipe);

struct RevokedEntry {
  std::string serial;   // hex
  Instant at;
  std::string reason;   // `keyCompromise`, may be empty
};

struct CrlRecipe {
  Instant this_update;
  Instant next_update;
  std::uint64_t number = 1;
  std::vector<RevokedEntry> revoked;
};

/// One answer about one certificate, RFC 6960 4.2.1.
struct OcspRecipe {
  CertificatePtr certificate;                      // of this authority
  Instant this_update;                             // and producedAt
  std::optional<Instant> next_update;
  RevocationState state = RevocationState::good;
  std::optional<Instant> revoked_at{};             // `this_update` by default
  std::string reason{};                            // `keyCompromise`, may be empty
  std::optional<Credentials> responder{};          // who signs and is sent along, instead of the authority itself
  bool responder_by_key = false;                   // named by the hash of his key instead of his subject
  std::string certificate_digest = "SHA1";         // of the CertID
  std::string digest = "SHA256";                   // of the signature
  int response_status = 0;                         // OCSPResponseStatus; others than 0 carry no answer
};

/// A CA that issues certificates, CRLs and OCSP responses with its own key.
class Authority {
 public:
  explicit Authority(Credentials own) : own_(std::move(own)) {}
  [[nodiscard]] static Authority root(const CertificateRecipe& recipe);
  [[nodiscard]] Authority subordinate(const CertificateRecipe& recipe) const;
  /// The chain holds the leaf, then this authority's chain without a self-signed root.
  [[nodiscard]] Credentials issue(const CertificateRecipe& recipe) const;
  /// For a key that somebody else holds.
  [[nodiscard]] CertificatePtr certify(const CertificateRecipe& recipe, const PrivateKey& subject_key) const;
  /// For a request: its key, its subject and its dNSNames; everything else as `terms` say.
  [[nodiscard]] CertificatePtr certify(const CertificateRecipe& terms, const Request& request) const;
  /// DER.
  [[nodiscard]] std::string crl(const CrlRecipe& recipe) const;
  /// DER.
  [[nodiscard]] std::string ocsp_response(const OcspRecipe& recipe) const;
  [[nodiscard]] const Credentials& own() const { return own_; }
  [[nodiscard]] CertificatePtr certificate() const { return own_.chain.front(); }

 private:
  Credentials own_;
};

}  // namespace domsec::pki
