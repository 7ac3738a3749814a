// Certificate requests, PKCS#10 (RFC 2986): making one with its key, and reading one whose signature holds.
// Who signs requests is an Authority (authority.h).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "domsec/pki/authority.h"
#include "domsec/pki/bundle.h"

struct X509_req_st;

namespace domsec::pki {

struct RequestRecipe {
  /// As `-SubjectName` is written, `DC=com,DC=Contoso,CN=mail1.contoso.com`: the DER has the written order.
  std::string subject;
  std::vector<std::string> dns_names;  // all of the SAN; alternative_names() adds the CN
  KeyKind key = KeyKind::rsa_2048;
  /// Subject and alternative names are those of this certificate, octet for octet; those above are not looked at.
  CertificatePtr renews{};
};

/// A request whose signature was made with the key that it holds (RFC 2986 4.2).
struct Request {
  std::string subject;  // as Certificate::subject shows it
  std::vector<std::string> common_names;
  std::vector<std::string> dns_names;  // of the SAN that is asked for
  std::string key_algorithm;           // `RSA 2048`
  std::string signature_algorithm;
  std::string key_sha256;  // of subjectPublicKeyInfo: CertificateFacts::key_sha256 of what comes back
  std::string thumbprint;  // SHA-1 of the DER, 40 upper-case hex digits

  [[nodiscard]] std::string der() const;
  /// `-----BEGIN NEW CERTIFICATE REQUEST-----`, as Windows and Exchange write it; every reader of PKCS#10
  /// takes it.
  [[nodiscard]] std::string pem() const;
  /// Opaque; for pki/ only.
  std::shared_ptr<X509_req_st> request;
};

struct NewRequest {
  Request request;
  PrivateKey key;
};

/// Makes a key and signs with it, SHA-256. Throws RecipeError for a subject that cannot be encoded.
[[nodiscard]] NewRequest make_request(const RequestRecipe& recipe);

/// PEM with either label, or DER; at most 1 MiB. `name` is used in messages. Throws BundleError, one
/// sentence: also for a signature that does not hold.
[[nodiscard]] Request read_request(std::string_view bytes, const std::string& name);

/// Was it made with this key?
[[nodiscard]] bool belongs_to(const PrivateKey& key, const Request& request);
/// Whose subject a certificate gets.
enum class SubjectOf { request, recipe };
/// A certificate of `by` for the key of `request`; its names are those of the recipe alone.
[[nodiscard]] CertificatePtr certify_key(const Authority& by, const CertificateRecipe& recipe,
                                         const Request& request, SubjectOf subject);

/// The CNs of a subject as it is written. Throws RecipeError.
[[nodiscard]] std::vector<std::string> common_names_in(std::string_view subject);

/// What goes into the SAN: `wanted`, then each CN of the subject that can be a host name and is not there yet
/// (spec exchange 8.1). `CN=Microsoft Exchange Server Auth Certificate` is none. Throws RecipeError.
[[nodiscard]] std::vector<std::string> alternative_names(std::string_view subject,
                                                         std::vector<std::string> wanted);

}  // namespace domsec::pki
