// New-ExchangeCertificate: a request whose key waits in the store, or a self-signed certificate as Exchange
// makes them.
#include "certificate_arguments.h"
#include "certificate_object.h"

namespace domsec::shell {
namespace {

using policy::Service;
using policy::ServiceSet;

/// Without -DomainName those of the server.
std::vector<std::string> names_of(const Invocation& call, const CertificateServer& server) {
  std::vector<std::string> names = call.texts("DomainName");
  const std::string fqdn = server.fqdn();
  const bool none_asked = !call.has("DomainName") && !call.is_set("IncludeAcceptedDomains");
  if (none_asked || call.is_set("IncludeServerNetBIOSName")) names.push_back(store::server_name(fqdn));
  if (none_asked || call.is_set("IncludeServerFQDN")) names.push_back(fqdn);
  if (call.is_set("IncludeAcceptedDomains") && server.organisation() != nullptr) {
    for (const smtp::Domain& domain : server.organisation()->accepted_domains) names.push_back(domain.text());
  }
  return names;
}

pki::KeyKind key_of(const Invocation& call) {
  switch (call.number("KeySize", 2048)) {
    case 1024:
      return pki::KeyKind::rsa_1024;
    case 2048:
      return pki::KeyKind::rsa_2048;
    case 4096:
      return pki::KeyKind::rsa_4096;
    default:
      break;
  }
  call.refuse("KeySize", "a key has 1024, 2048 or 4096 bits");
}

/// The certificate that the pipeline brings, or -Instance: a renewal.
std::optional<store::CertificateEntry> renewed_certificate(const Invocation& call,
                                                           CertificateServer& server) {
  const Value instance = call.value("Instance");
  if (instance.is_null()) return std::nullopt;
  for (const char* name : {"SubjectName", "DomainName"}) {
    if (call.has(name)) call.refuse(name, "a renewal keeps subject and names; leave it out");
  }
  const Object* object = instance.object();
  const Object::Property* thumbprint = object == nullptr ? nullptr : object->find("Thumbprint");
  const std::string named = thumbprint != nullptr ? text_of(thumbprint->value) : text_of(instance);
  try {
    return store::named_certificate(server.certificates(), named);
  } catch (const store::CertificateError& error) {
    call.refuse("Instance", error.what());
  }
}

store::WantedCertificate wanted_of(const Invocation& call, const CertificateServer& server,
                                   const std::optional<store::CertificateEntry>& renewed) {
  if (renewed) {
    store::WantedCertificate wanted = store::renewal_of(*renewed);
    wanted.key = key_of(call);  // RSA alone, as documented (spec exchange 8.1)
    wanted.friendly_name = call.text("FriendlyName", wanted.friendly_name);
    wanted.key_export = key_export_of(call);
    return wanted;
  }
  store::WantedCertificate wanted;
  wanted.subject = call.text("SubjectName", store::default_subject(server.fqdn()));
  wanted.dns_names = names_of(call, server);
  wanted.key = key_of(call);
  wanted.friendly_name = call.text("FriendlyName", wanted.friendly_name);
  wanted.key_export = key_export_of(call);
  return wanted;
}

/// What is asked cannot be: said also where nothing shall be done.
bool only_what_if(const Invocation& call, const store::WantedCertificate& wanted, const char* making) {
  store::require_sound(wanted);
  if (!call.is_set("WhatIf")) return false;
  call.host().write(std::string("What if: Making a ") + making + " for \"" + wanted.subject + "\".\n");
  return true;
}

List new_request(Invocation& call, CertificateServer& server) {
  if (call.has("Services")) {
    call.refuse("Services",
                "a request has no services yet; assign them to its certificate with "
                "Enable-ExchangeCertificate");
  }
  const store::WantedCertificate wanted = wanted_of(call, server, renewed_certificate(call, server));
  if (only_what_if(call, wanted, "certificate request")) return {};
  const pki::Request made = store::request_certificate(server.certificates(), wanted, call.host().now());
  if (!call.is_set("BinaryEncoded")) return {request_text(made)};
  const std::string der = made.der();
  return {Bytes(der.begin(), der.end())};
}

List new_self_signed(Invocation& call, CertificateServer& server) {
  store::SelfSigning asked;
  const std::optional<store::CertificateEntry> renewed = renewed_certificate(call, server);
  asked.wanted = wanted_of(call, server, renewed);
  asked.terms = policy::terms_of(server.organisation());
  if (call.has("Services")) {
    asked.services = services_of(call);
  } else if (renewed) {
    asked.services = store::services_again(*renewed);
  } else if (call.is_set("IncludeAcceptedDomains")) {
    asked.services = ServiceSet{Service::smtp};
  }
  if (only_what_if(call, asked.wanted, "self-signed certificate")) return {};
  return {certificate_object(
      store::make_self_signed(server.certificates(), asked, ask_overwrite(call), call.host().now()), server)};
}

List new_certificate(Invocation& call, CertificateServer& server) {
  return call.is_set("GenerateRequest") ? new_request(call, server) : new_self_signed(call, server);
}

}  // namespace

void add_new_certificate(CmdletTable& table, CertificateServer& server) {
  table.add(
      {"New-ExchangeCertificate",
       "makes a self-signed certificate, or with -GenerateRequest a request for one",
       {{.name = "Instance",
         .about = "a certificate that is made again: the same subject and names, a new key",
         .pipeline = FromPipeline::value},
        switch_parameter("GenerateRequest", "a PKCS#10 request; its key waits for the certificate"),
        switch_parameter("BinaryEncoded", "the request in DER instead of PEM"),
        friendly_name_parameter(),
        {.name = "SubjectName",
         .kind = ParameterKind::text,
         .about = "X.500, with a CN: DC=com,DC=Contoso,CN=mail"},
        {.name = "DomainName", .kind = ParameterKind::texts, .about = "alternative names; the CN joins them"},
        {.name = "KeySize", .kind = ParameterKind::number, .about = "1024, 2048 or 4096"},
        key_exportable_parameter(),
        services_parameter(Presence::optional),
        switch_parameter("IncludeAcceptedDomains", "the accepted domains are names, too"),
        switch_parameter("IncludeServerFQDN", "the server's FQDN is a name, too"),
        switch_parameter("IncludeServerNetBIOSName", "the server's name is a name, too"),
        server_parameter()},
       Feed::each,
       with_server(server, new_certificate)});
}

}  // namespace domsec::shell
