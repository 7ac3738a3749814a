// Services of a certificate, and its end (spec exchange 8.3, 8.5).
#include <algorithm>

#include "default_smtp.h"
#include "domsec/policy/tls_certificate_name.h"
#include "domsec/pki/thumbprint.h"
#include "domsec/store/certificate_life.h"

namespace domsec::store {
namespace {

using policy::Service;
using policy::ServiceSet;

CertificateError in_use(const std::string& sentence) {
  return {policy::Refusal{finding::Code::remove_in_use, "", sentence}, CertificateInput::thumbprint};
}

/// Spec exchange 8.5: send connectors that name it, whichever of two with the same names is meant.
std::string tagged_with(const exchange::Organisation& organisation, const pki::Certificate& certificate) {
  std::string connectors;
  for (const exchange::SendConnector& connector : organisation.send_connectors) {
    if (!connector.tls_certificate_name || !policy::means(*connector.tls_certificate_name, certificate))
      continue;
    connectors += (connectors.empty() ? "" : ", ") + connector.name;
  }
  return connectors;
}

/// R48: services that no other certificate has yet.
ServiceSet left_alone(const std::vector<CertificateEntry>& all, const CertificateEntry& entry) {
  ServiceSet alone;
  for (const Service service : policy::all_services) {
    if (!entry.services.has(service)) continue;
    const bool other = std::ranges::any_of(all, [&](const CertificateEntry& one) {
      return one.certificate->thumbprint != entry.certificate->thumbprint && one.services.has(service);
    });
    if (!other) alone.add(service);
  }
  return alone;
}

void require_unnamed(const exchange::Organisation& organisation, const pki::Certificate& certificate) {
  if (const std::string connectors = tagged_with(organisation, certificate); !connectors.empty()) {
    throw in_use(
        "These certificates are tagged with following Send Connectors : " + connectors +
        ". Removing and replacing certificates from Send Connector would break the mail flow. If you still "
        "want to proceed then replace or remove these certificates from Send Connector and then try this "
        "command.");
  }
}

/// Exchange lets it go, and then tokens fail (seed 003; R51).
std::string missed_by_auth(const exchange::Organisation& organisation, const std::string& thumbprint) {
  const exchange::AuthConfig& auth = organisation.auth_config;
  for (const auto& [named, when] : {std::pair{&auth.current_certificate_thumbprint, "signs now"},
                                    std::pair{&auth.next_certificate_thumbprint, "is staged to sign next"}}) {
    if (*named == thumbprint) {
      return "The certificate " + thumbprint + " is gone, and by the Auth configuration it " + when +
             ": stage and publish another one.";
    }
  }
  return {};
}

}  // namespace

DefaultSmtp decide_default_smtp(const Certificates& certificates, const pki::Certificate& certificate,
                                const ServiceSet& services, const policy::ServiceTerms& terms,
                                const AskOverwrite& ask) {
  DefaultSmtp decided;
  if (!services.has(Service::smtp)) return decided;
  const std::optional<CertificateEntry> current = certificates.default_smtp();
  if (current) decided.current = current->certificate->thumbprint;
  if (decided.current == certificate.thumbprint) return decided;
  decided.asked = current.has_value();
  decided.becomes = !current || ask(*current->certificate, certificate);
  if (!decided.becomes || !terms.subscribed_edge) return decided;
  if (auto refused = policy::edge_sync_refusal(certificate))
    throw CertificateError(*std::move(refused), CertificateInput::services);
  return decided;
}

void carry_out(const DefaultSmtp& decided, Certificates& certificates, const pki::Certificate& certificate) {
  if (!decided.becomes) return;
  const std::optional<CertificateEntry> current = certificates.default_smtp();
  const std::string thumbprint = current ? current->certificate->thumbprint : std::string();
  if (thumbprint != decided.current) {
    throw CertificateError("another command has made " + thumbprint +
                           " the default SMTP certificate meanwhile; nothing was changed: say it again");
  }
  certificates.make_default_smtp(certificate.thumbprint);
}

CertificateEntry named_certificate(const Certificates& certificates, std::string_view thumbprint) {
  if (std::optional<CertificateEntry> entry = certificates.find(thumbprint)) return *std::move(entry);
  const std::string plain = pki::plain_thumbprint(thumbprint);
  if (certificates.find_pending(plain)) {
    throw CertificateError(
        "'" + plain + "' is a pending request and no certificate yet; import the answer of the authority",
        CertificateInput::thumbprint);
  }
  throw certificate_not_found(plain);
}

void require_enabling(const CertificateEntry& entry, const Enabling& asked) {
  auto refused = policy::refusal({.certificate = entry.certificate,
                                  .has_private_key = entry.has_private_key,
                                  .status = asked.status,
                                  .now = entry.services,
                                  .wanted = asked.services,
                                  .terms = asked.terms});
  if (refused) throw CertificateError(*std::move(refused), CertificateInput::services);
}

Enabled enable_certificate(Certificates& certificates, std::string_view thumbprint, const Enabling& asked,
                           const AskOverwrite& ask) {
  const CertificateEntry before = named_certificate(certificates, thumbprint);
  const pki::Certificate& certificate = *before.certificate;
  require_enabling(before, asked);
  const DefaultSmtp decided =
      decide_default_smtp(certificates, certificate, asked.services, asked.terms, ask);
  Transaction transaction = certificates.transaction();
  require_enabling(named_certificate(certificates, thumbprint), asked);  // it may be gone, or have services
  certificates.assign(thumbprint, asked.services);
  carry_out(decided, certificates, certificate);
  transaction.commit();
  Enabled enabled{*certificates.find(thumbprint), {}};
  if (decided.becomes && decided.asked && asked.terms.subscribed_edge) {
    enabled.warning = "This Edge is subscribed, and EdgeSync knows it by the certificate " + decided.current +
                      ": remove that one, and subscribe the Edge again.";
  }
  return enabled;
}

void require_unused(const Certificates& certificates, std::string_view thumbprint,
                    const exchange::Organisation* organisation) {
  const std::optional<CertificateEntry> entry = certificates.find(thumbprint);
  if (!entry) {
    if (!certificates.find_pending(thumbprint)) throw certificate_not_found(thumbprint);
    return;
  }
  if (organisation != nullptr) require_unnamed(*organisation, *entry->certificate);
  const ServiceSet alone = left_alone(certificates.all(), *entry);
  if (alone.empty()) return;
  throw in_use("certificate " + entry->certificate->thumbprint + " is the only one for " +
               policy::text(alone) + "; assign another one to it first");
}

std::string remove_certificate(Certificates& certificates, std::string_view thumbprint,
                               const exchange::Organisation* organisation) {
  Transaction transaction = certificates.transaction();
  require_unused(certificates, thumbprint, organisation);
  certificates.remove(thumbprint);
  transaction.commit();
  return organisation == nullptr ? std::string()
                                 : missed_by_auth(*organisation, pki::plain_thumbprint(thumbprint));
}

}  // namespace domsec::store
