// What is done with the server's certificates in their life, once for the cmdlets of the shell and for
// `domsec cert` (spec exchange 8.1-8.5; R16-R19, R21, R42-R48). Each act is one transaction: it happens
// whole, or a CertificateError says why not and nothing has changed. Not here: what a certificate is worth at
// a moment (Status), which the caller judges, and the words that only Exchange's cmdlets print.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domsec/exchange/organisation.h"
#include "domsec/pki/authority.h"
#include "domsec/pki/bundle.h"
#include "domsec/policy/certificate_services.h"
#include "domsec/store/certificates.h"

namespace domsec::store {

/// What a certificate shall say, of a request and of a self-signed one alike.
struct WantedCertificate {
  std::string subject;                 // as -SubjectName is written: `DC=com,DC=Contoso,CN=mail1.contoso.com`
  std::vector<std::string> dns_names;  // the CNs of the subject join them (R16)
  pki::KeyKind key = pki::KeyKind::rsa_2048;
  std::string friendly_name = "Microsoft Exchange";
  KeyExport key_export = KeyExport::refused;
  /// A renewal: subject and alternative names are this certificate's, and the two above are not looked at.
  pki::CertificatePtr renews{};
};

/// The names of a server, where nobody gives others: `EDGE1` and `edge1.contoso.com` (spec exchange 8.1).
[[nodiscard]] std::string server_name(const std::string& fqdn);
[[nodiscard]] std::string default_subject(const std::string& fqdn);

/// The same again with a new key of the same kind, RSA at least 2048. Whether the key may leave the store has
/// to be said again.
[[nodiscard]] WantedCertificate renewal_of(const CertificateEntry& entry);

/// The services that a self-signed renewal takes over: those that can be assigned.
[[nodiscard]] policy::ServiceSet services_again(const CertificateEntry& entry);

/// Subject with a CN, host names without wildcards, a friendly name of less than 64 characters (spec
/// exchange 8.1).
void require_sound(const WantedCertificate& wanted);
void require_friendly_name(const std::string& name);

/// A new key, which waits in the store for its certificate, and the request for that.
pki::Request request_certificate(Certificates& certificates, const WantedCertificate& wanted,
                                 pki::Instant at);

/// "Overwrite the existing default SMTP certificate?" (R45, DS602). Asked before anything is stored, and not
/// at all when there is none yet. What it throws ends the act.
using AskOverwrite =
    std::function<bool(const pki::Certificate& current, const pki::Certificate& replacement)>;

/// The three certificates that Exchange's setup makes (spec exchange 8.8, as observed; R35).
enum class SelfSignedProfile { exchange, auth, wmsvc };

struct SelfSigning {
  WantedCertificate wanted;
  SelfSignedProfile profile = SelfSignedProfile::exchange;
  /// Nothing: IMAP, POP and SMTP, less what a wildcard certificate is refused.
  std::optional<policy::ServiceSet> services;
  policy::ServiceTerms terms;
};
/// What setup asks for on the server `fqdn`.
[[nodiscard]] SelfSigning setup_certificate(SelfSignedProfile profile, const std::string& fqdn);
/// In force from `at`, for the years of its profile.
CertificateEntry make_self_signed(Certificates& certificates, const SelfSigning& asked,
                                  const AskOverwrite& ask, pki::Instant at);

struct ImportedFile {
  std::string_view bytes;
  std::string name;  // for messages
  std::optional<std::string> pass_phrase;
  std::optional<std::string> friendly_name;
  KeyExport key_export = KeyExport::refused;
  pki::Instant at;
};
/// What the file holds. Throws pki::BundleError.
[[nodiscard]] CertificateImport read_import(const ImportedFile& file);

struct Imported {
  CertificateEntry entry;
  std::string warning;  // it has no key here (R18), and whether it answers another request; else empty
};
Imported import_certificate(Certificates& certificates, const CertificateImport& from);

struct Enabling {
  policy::ServiceSet services;
  policy::CertificateStatus status = policy::CertificateStatus::unknown;  // at this moment
  policy::ServiceTerms terms;
};
/// The certificate with this thumbprint; its absence, and a request that waits for it, are refusals.
[[nodiscard]] CertificateEntry named_certificate(const Certificates& certificates,
                                                 std::string_view thumbprint);
void require_enabling(const CertificateEntry& entry, const Enabling& asked);
struct Enabled {
  CertificateEntry entry;
  std::string warning;  // a subscribed Edge has another default SMTP certificate now (R49, DS604); else empty
};
Enabled enable_certificate(Certificates& certificates, std::string_view thumbprint, const Enabling& asked,
                           const AskOverwrite& ask);

/// No send connector names it, and every service has another one (R48). `organisation` may be null.
void require_unused(const Certificates& certificates, std::string_view thumbprint,
                    const exchange::Organisation* organisation);
/// A certificate with its key, or a pending request. A warning when the Auth configuration misses it now,
/// else empty.
std::string remove_certificate(Certificates& certificates, std::string_view thumbprint,
                               const exchange::Organisation* organisation);

struct Exported {
  std::optional<pki::Request> request;  // of a pending request: PKCS#10
  std::string pkcs12;                   // else: DER
};
/// A certificate needs a password, and a key that may leave the store (R19).
[[nodiscard]] Exported export_certificate(const Certificates& certificates, std::string_view thumbprint,
                                          const std::string& pass_phrase);

}  // namespace domsec::store
