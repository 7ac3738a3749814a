// Certificates that come from files and go into them (spec exchange 8.2, 8.5).
#include <algorithm>

#include "domsec/pki/thumbprint.h"
#include "domsec/store/certificate_life.h"

namespace domsec::store {
namespace {

/// R18. Of two requests for the same server, each answer fits its own key alone.
std::string warning_without_key(const Certificates& certificates, const pki::Certificate& certificate) {
  const std::string which = "The certificate " + certificate.thumbprint + " (" + certificate.subject + ")";
  const std::vector<PendingRequest> pending = certificates.pending();
  const auto same = std::ranges::find_if(
      pending, [&](const PendingRequest& each) { return each.request.subject == certificate.subject; });
  if (same == pending.end() && certificate.ca)
    return which +
           " is an authority's and has no private key here: no connector can present it. To trust it, "
           "name its file in TrustedRoots.";
  if (same == pending.end())
    return which + " has no private key here: no pending request has its public key. TLS fails with it.";
  return which + " has no private key here. The pending request " + same->request.thumbprint +
         " asks for the same subject with another key: this is the answer to another request, made here "
         "before or on "
         "another server. TLS fails with it.";
}

/// What the file holds besides the certificate and its issuers; nothing uses it, and its owner may think that
/// it is there.
std::string warning_of_others(const pki::Chain& given, const CertificateEntry& taken) {
  std::string first;
  std::size_t count = 0;
  for (const pki::CertificatePtr& each : given) {
    const auto same = [&](const pki::CertificatePtr& other) {
      return other->thumbprint_sha256 == each->thumbprint_sha256;
    };
    if (same(taken.certificate) || std::ranges::any_of(taken.issuers, same)) continue;
    if (count++ == 0) first = each->subject;
  }
  if (count == 0) return {};
  return (count == 1 ? "1 other certificate" : std::to_string(count) + " other certificates") +
         " of the file (" + first + (count == 1 ? "" : ", ...") +
         ") issued nothing of its chain and stayed outside: give each its own file.";
}

}  // namespace

CertificateImport read_import(const ImportedFile& file) {
  if (file.friendly_name) require_friendly_name(*file.friendly_name);
  pki::Bundle bundle = pki::read_bundle(file.bytes, file.name, file.pass_phrase);
  return {std::move(bundle.certificates), std::move(bundle.key), file.friendly_name, file.key_export,
          file.at};
}

Imported import_certificate(Certificates& certificates, const CertificateImport& from) {
  Imported imported{certificates.import(from), {}};
  if (!imported.entry.has_private_key)
    imported.warning = warning_without_key(certificates, *imported.entry.certificate);
  if (const std::string others = warning_of_others(from.certificates, imported.entry); !others.empty())
    imported.warning += (imported.warning.empty() ? "" : " ") + others;
  return imported;
}

Exported export_certificate(const Certificates& certificates, std::string_view thumbprint,
                            const std::string& pass_phrase) {
  if (std::optional<PendingRequest> pending = certificates.find_pending(thumbprint))
    return {std::move(pending->request), {}};
  const CertificateEntry entry = named_certificate(certificates, thumbprint);
  pki::Credentials credentials;
  credentials.key = certificates.exported_key(thumbprint);
  if (pass_phrase.empty()) {
    throw CertificateError("a private key leaves the store under a password only; give one",
                           CertificateInput::password);
  }
  credentials.chain = entry.chain();
  return {std::nullopt, pki::write_pkcs12(credentials, pass_phrase, entry.friendly_name)};
}

}  // namespace domsec::store
