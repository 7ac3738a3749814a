#include "domsec/shell/certificate_cmdlets.h"

#include <algorithm>

#include "certificate_arguments.h"
#include "certificate_object.h"
#include "domsec/exchange/x500_name.h"
#include "domsec/policy/certificate_selection.h"

namespace domsec::shell {
namespace {

using policy::Service;
using policy::ServiceSet;
using store::CertificateEntry;

List import_certificate(Invocation& call, CertificateServer& server) {
  const Bytes* octets = call.value("FileData").octets();
  const std::string bytes = octets == nullptr ? std::string() : std::string(octets->begin(), octets->end());
  store::CertificateImport from;
  if (pki::is_pkcs12(bytes)) {
    const pki::Credentials read = pki::read_pkcs12(bytes, "FileData", call.text("Password"));
    from.certificates = read.chain;
    from.key = read.key;
  } else {
    from.certificates = pki::read_certificates(bytes, "FileData");
  }
  if (call.has("FriendlyName")) from.friendly_name = friendly_name_of(call, {});
  from.key_export = key_export_of(call);
  from.at = call.host().now();
  if (call.is_set("WhatIf")) {
    call.host().write("What if: Importing the certificate \"" + from.certificates.front()->subject + "\".\n");
    return {};
  }
  const CertificateEntry entry = server.certificates().import(from);
  if (!entry.has_private_key) {
    call.host().warn("The certificate " + entry.certificate->thumbprint + " (" + entry.certificate->subject +
                     ") has no private key here: no pending request has its public key. TLS fails with it.");
  }
  return {certificate_object(entry, server)};
}

List enable_certificate(Invocation& call, CertificateServer& server) {
  const CertificateEntry entry = named_certificate(call, server);
  policy::Assignment asked;
  asked.certificate = entry.certificate;
  asked.has_private_key = entry.has_private_key;
  asked.status = server.judge(entry.certificate, entry.issuers).status;
  asked.now = entry.services;
  asked.wanted = services_of(call);
  if (const std::string refusal = policy::refusal(asked); !refusal.empty()) call.refuse("Services", refusal);
  if (call.is_set("WhatIf")) {
    call.host().write("What if: Assigning the certificate " + entry.certificate->thumbprint + " to " +
                      policy::text(asked.wanted) + ".\n");
    return {};
  }
  const bool by_default =
      asked.wanted.has(Service::smtp) && becomes_default_smtp(call, server, *entry.certificate);
  server.certificates().assign(entry.certificate->thumbprint, asked.wanted);
  if (by_default) server.certificates().make_default_smtp(entry.certificate->thumbprint);
  return {};
}

/// Spec exchange 4.1 step 8: the first is the one that is used.
List in_selection_order(const Invocation& call, CertificateServer& server, const std::string& name) {
  const std::optional<smtp::Domain> domain = smtp::Domain::parse(name);
  if (!domain)
    call.refuse("DomainName", "'" + name + "' is no host name; write one such as mail.contoso.com");
  const std::vector<CertificateEntry> entries = server.certificates().all();
  std::vector<policy::StoredCertificate> seen;
  for (const CertificateEntry& entry : entries) {
    const policy::CertificateStatus status = server.judge(entry.certificate, entry.issuers).status;
    seen.push_back({entry.certificate, entry.has_private_key, entry.services.has(Service::smtp),
                    status == policy::CertificateStatus::valid, entry.friendly_name});
  }
  const policy::Selection selection =
      policy::select_certificate(seen, std::nullopt, *domain, call.host().now());
  List objects;
  for (const std::size_t index : selection.order) {
    if (!selection.candidates[index].name_matches) break;
    objects.push_back(certificate_object(entries[index], server));
  }
  return objects;
}

List get_certificate(Invocation& call, CertificateServer& server) {
  const std::vector<std::string> domains = call.texts("DomainName");
  if (!domains.empty()) return in_selection_order(call, server, domains.front());
  List objects;
  const bool all = !call.has("Thumbprint");
  const std::string thumbprint = thumbprint_of(call);
  for (const CertificateEntry& entry : server.certificates().all()) {
    if (all || entry.certificate->thumbprint == thumbprint)
      objects.push_back(certificate_object(entry, server));
  }
  for (const store::PendingRequest& request : server.certificates().pending()) {
    if (all || request.request.thumbprint == thumbprint) objects.push_back(request_object(request, server));
  }
  if (!all && objects.empty()) call.host().warn(not_found(thumbprint, server));
  return objects;
}

/// Spec exchange 8.5: send connectors that name it, whichever of two with the same names is meant.
std::string tagged_with(const CertificateServer& server, const pki::Certificate& certificate) {
  std::string connectors;
  if (server.organisation() == nullptr) return connectors;
  for (const exchange::SendConnector& connector : server.organisation()->send_connectors) {
    const auto& wanted = connector.tls_certificate_name;
    if (!wanted || !exchange::same_x500_name(wanted->subject, certificate.subject) ||
        !exchange::same_x500_name(wanted->issuer, certificate.issuer)) {
      continue;
    }
    connectors += (connectors.empty() ? "" : ", ") + connector.name;
  }
  return connectors;
}

/// R48: a service that no other certificate has yet.
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

void require_unused(const Invocation& call, CertificateServer& server, const CertificateEntry& entry) {
  if (const std::string connectors = tagged_with(server, *entry.certificate); !connectors.empty()) {
    call.refuse("Thumbprint",
                "These certificates are tagged with following Send Connectors : " + connectors +
                    ". Removing and replacing certificates from Send Connector would break the mail flow. If "
                    "you still want to proceed then replace or remove these certificates from Send Connector "
                    "and then try this command.");
  }
  const ServiceSet alone = left_alone(server.certificates().all(), entry);
  if (alone.empty()) return;
  call.refuse("Thumbprint", "certificate " + entry.certificate->thumbprint + " is the only one for " +
                                policy::text(alone) +
                                "; assign another one with Enable-ExchangeCertificate first");
}

List remove_certificate(Invocation& call, CertificateServer& server) {
  const std::string thumbprint = thumbprint_of(call);
  const std::optional<CertificateEntry> entry = server.certificates().find(thumbprint);
  if (entry) require_unused(call, server, *entry);
  const std::string doing =
      "Remove certificate with thumbprint " + thumbprint + " from the certificate store";
  if (call.is_set("WhatIf")) {
    call.host().write("What if: " + doing + ".\n");
    return {};
  }
  if (!call.confirmed("Are you sure you want to perform this action?\n" + doing + "?")) return {};
  server.certificates().remove(thumbprint);
  return {};
}

ParameterSpec thumbprint(Presence presence) {
  return {.name = "Thumbprint",
          .kind = ParameterKind::text,
          .about = "SHA-1 of the certificate, 40 hexadecimal digits",
          .position = 0,
          .pipeline = FromPipeline::value_or_property,
          .presence = presence,
          .aliases = {"Identity"}};
}

}  // namespace

void add_certificate_cmdlets(CmdletTable& table, CertificateServer& server) {
  add_new_certificate(table, server);
  table.add({"Import-ExchangeCertificate",
             "puts a certificate into the store, with its key or that of its pending request",
             {{.name = "FileData",
               .kind = ParameterKind::octets,
               .about = "PKCS#12, PKCS#7 or one certificate",
               .position = 0,
               .presence = Presence::mandatory},
              {.name = "Password", .kind = ParameterKind::text, .about = "of a PKCS#12 file"},
              key_exportable_parameter(),
              friendly_name_parameter(),
              server_parameter()},
             Feed::none,
             with_server(server, import_certificate)});
  table.add({"Enable-ExchangeCertificate",
             "assigns a certificate to services; this cannot be taken back",
             {thumbprint(Presence::mandatory), services_parameter(Presence::mandatory),
              switch_parameter("DoNotRequireSsl", "accepted; domsec has no IIS"),
              switch_parameter("NetworkServiceAllowed", "accepted"), server_parameter()},
             Feed::each,
             with_server(server, enable_certificate)});
  table.add({"Get-ExchangeCertificate",
             "the certificates of the store and the pending requests",
             {thumbprint(Presence::optional),
              {.name = "DomainName",
               .kind = ParameterKind::texts,
               .about = "those with this name, the one in use first"},
              server_parameter()},
             Feed::each,
             with_server(server, get_certificate)});
  table.add({"Remove-ExchangeCertificate",
             "takes a certificate that no service needs, or a pending request, out of the store",
             {thumbprint(Presence::mandatory), server_parameter()},
             Feed::each,
             with_server(server, remove_certificate)});
}

}  // namespace domsec::shell
