#include "domsec/shell/certificate_cmdlets.h"

#include <algorithm>

#include "certificate_arguments.h"
#include "certificate_object.h"
#include "domsec/pki/base64.h"
#include "domsec/policy/certificate_selection.h"

namespace domsec::shell {
namespace {

using policy::Service;
using store::CertificateEntry;

List import_certificate(Invocation& call, CertificateServer& server) {
  const Value data = call.value("FileData");
  const Bytes* octets = data.octets();
  store::ImportedFile file;
  if (octets != nullptr) file.bytes = {reinterpret_cast<const char*>(octets->data()), octets->size()};
  file.name = "FileData";
  if (call.has("Password")) file.pass_phrase = call.text("Password");
  if (call.has("FriendlyName")) file.friendly_name = call.text("FriendlyName");
  file.key_export = key_export_of(call);
  file.at = call.host().now();
  const store::CertificateImport from = store::read_import(file);
  if (call.is_set("WhatIf")) {
    call.host().write("What if: Importing the certificate \"" + from.certificates.front()->subject + "\".\n");
    return {};
  }
  const store::Imported imported = store::import_certificate(server.certificates(), from);
  if (!imported.warning.empty()) call.host().warn(imported.warning);
  return {certificate_object(imported.entry, server)};
}

List enable_certificate(Invocation& call, CertificateServer& server) {
  store::Certificates& certificates = server.certificates();
  const CertificateEntry entry = store::named_certificate(certificates, thumbprint_of(call));
  const store::Enabling asked{services_of(call), server.judge(entry.certificate, entry.issuers).status,
                              policy::terms_of(server.organisation())};
  if (call.is_set("WhatIf")) {
    store::require_enabling(entry, asked);
    call.host().write("What if: Assigning the certificate " + entry.certificate->thumbprint + " to " +
                      policy::text(asked.services) + ".\n");
    return {};
  }
  const store::Enabled enabled =
      store::enable_certificate(certificates, entry.certificate->thumbprint, asked, ask_overwrite(call));
  if (!enabled.warning.empty()) call.host().warn(enabled.warning);
  return {};
}

List get_certificate(Invocation& call, CertificateServer& server) {
  const std::vector<std::string> domains = call.texts("DomainName");
  List objects;
  if (!domains.empty()) {
    const std::optional<smtp::Domain> name = smtp::Domain::parse(domains.front());
    if (!name) {
      call.refuse("DomainName",
                  "'" + domains.front() + "' is no host name; write one such as mail.contoso.com");
    }
    for (const CertificateEntry& entry : in_selection_order(server, *name, call.host().now()))
      objects.push_back(certificate_object(entry, server));
    return objects;
  }
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

List remove_certificate(Invocation& call, CertificateServer& server) {
  const std::string thumbprint = thumbprint_of(call);
  store::require_unused(server.certificates(), thumbprint, server.organisation());
  const std::string doing =
      "Remove certificate with thumbprint " + thumbprint + " from the certificate store";
  if (call.is_set("WhatIf")) {
    call.host().write("What if: " + doing + ".\n");
    return {};
  }
  if (!call.confirmed("Are you sure you want to perform this action?\n" + doing + "?")) return {};
  const std::string warning =
      store::remove_certificate(server.certificates(), thumbprint, server.organisation());
  if (!warning.empty()) call.host().warn(warning);
  return {};
}

/// Binary: an object whose FileData WriteAllBytes takes. Else text, which Set-Content takes: Base64, of a
/// request PEM.
List export_certificate(Invocation& call, CertificateServer& server) {
  const std::string thumbprint = thumbprint_of(call);
  if (call.is_set("WhatIf")) {
    call.host().write("What if: Exporting the certificate " + thumbprint + ".\n");
    return {};
  }
  const store::Exported exported =
      store::export_certificate(server.certificates(), thumbprint, call.text("Password"));
  const bool binary = call.is_set("BinaryEncoded");
  if (exported.request && !binary) return {request_text(*exported.request)};
  const std::string octets = exported.request ? exported.request->der() : exported.pkcs12;
  if (!binary) {
    std::string text = pki::base64_lines(octets);
    text.erase(text.find_last_not_of('\n') + 1);
    return {text};
  }
  Object object;
  object.type = "BinaryFileDataObject";
  object.properties = {{"FileData", Bytes(octets.begin(), octets.end()), Access::read_only},
                       {"Identity", thumbprint, Access::read_only}};
  return {object};
}

/// A password of a script stands in that script; it is no safer here than there.
List secure_string(Invocation& call) {
  if (!call.is_set("AsPlainText")) {
    throw ScriptError(call.place,
                      "ConvertTo-SecureString reads plain text alone here; give -AsPlainText -Force");
  }
  return {call.text("String")};
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

std::vector<store::CertificateEntry> in_selection_order(CertificateServer& server, const smtp::Domain& name,
                                                        pki::Instant at) {
  const std::vector<CertificateEntry> entries = server.certificates().all();
  std::vector<policy::StoredCertificate> seen;
  for (const CertificateEntry& entry : entries)
    seen.push_back({entry.certificate, entry.has_private_key, entry.services.has(Service::smtp), true,
                    entry.friendly_name});
  // What the others are worth makes no difference, and looking costs.
  const policy::Selection by_name = policy::select_certificate(seen, std::nullopt, name, at);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (!by_name.candidates[i].name_matches) continue;
    const policy::CertificateStatus status = server.judge(entries[i].certificate, entries[i].issuers).status;
    seen[i].trusted = status == policy::CertificateStatus::valid;
  }
  const policy::Selection selection = policy::select_certificate(seen, std::nullopt, name, at);
  std::vector<store::CertificateEntry> ordered;
  for (const std::size_t index : selection.order) {
    if (selection.candidates[index].name_matches) ordered.push_back(entries[index]);
  }
  return ordered;
}

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
  table.add({"Export-ExchangeCertificate",
             "a certificate with its key as PKCS#12, or a pending request as PKCS#10",
             {thumbprint(Presence::mandatory),
              {.name = "Password", .kind = ParameterKind::text, .about = "that shall open the PKCS#12"},
              switch_parameter("BinaryEncoded", "an object whose FileData is the file, instead of text"),
              server_parameter()},
             Feed::each,
             with_server(server, export_certificate)});
  table.add({"ConvertTo-SecureString",
             "a password for -Password",
             {{.name = "String",
               .kind = ParameterKind::text,
               .about = "the password",
               .position = 0,
               .pipeline = FromPipeline::value,
               .presence = Presence::mandatory},
              switch_parameter("AsPlainText", "it is written plainly; there is no other form here")},
             Feed::each,
             secure_string});
  table.add({"Remove-ExchangeCertificate",
             "takes a certificate that no service needs, or a pending request, out of the store",
             {thumbprint(Presence::mandatory), server_parameter()},
             Feed::each,
             with_server(server, remove_certificate)});
}

}  // namespace domsec::shell
