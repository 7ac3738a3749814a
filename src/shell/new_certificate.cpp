// New-ExchangeCertificate: a request whose key waits in the store, or a self-signed certificate as Exchange
// makes them.
#include "certificate_arguments.h"
#include "certificate_object.h"

namespace domsec::shell {
namespace {

using policy::Service;
using policy::ServiceSet;

std::string subject_of(const Invocation& call, const CertificateServer& server) {
  const std::string subject = call.text("SubjectName", "CN=" + server_name(server.fqdn()));
  try {
    if (pki::common_names_in(subject).empty())
      call.refuse("SubjectName", "the subject has no CN; write one such as CN=mail.contoso.com");
  } catch (const pki::RecipeError& error) {
    call.refuse("SubjectName", error.what());
  }
  return subject;
}

/// Spec exchange 8.1: at most 255 characters, letters, digits, hyphens and dots.
void check_domain_name(const Invocation& call, const std::string& name) {
  if (name.starts_with("*.")) {
    call.refuse("DomainName",
                "'" + name + "' is a wildcard; ask for it with -SubjectName \"CN=" + name + "\"");
  }
  constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.";
  if (!name.empty() && name.size() <= 255 && name.find_first_not_of(allowed) == std::string::npos) return;
  call.refuse("DomainName",
              "'" + name + "' is no host name; write at most 255 letters, digits, hyphens and dots");
}

/// Without -DomainName those of the server; the CN of the subject joins them.
std::vector<std::string> names_of(const Invocation& call, const CertificateServer& server,
                                  const std::string& subject) {
  std::vector<std::string> names = call.texts("DomainName");
  for (const std::string& name : names) check_domain_name(call, name);
  const std::string fqdn = server.fqdn();
  const bool none_asked = !call.has("DomainName") && !call.is_set("IncludeAcceptedDomains");
  if (none_asked || call.is_set("IncludeServerNetBIOSName")) names.push_back(server_name(fqdn));
  if (none_asked || call.is_set("IncludeServerFQDN")) names.push_back(fqdn);
  if (call.is_set("IncludeAcceptedDomains") && server.organisation() != nullptr) {
    for (const smtp::Domain& domain : server.organisation()->accepted_domains) names.push_back(domain.text());
  }
  return pki::alternative_names(subject, std::move(names));
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

List new_request(Invocation& call, CertificateServer& server) {
  if (call.has("Services")) {
    call.refuse("Services",
                "a request has no services yet; assign them to its certificate with "
                "Enable-ExchangeCertificate");
  }
  pki::RequestRecipe recipe;
  recipe.subject = subject_of(call, server);
  recipe.dns_names = names_of(call, server, recipe.subject);
  recipe.key = key_of(call);
  const std::string name = friendly_name_of(call, "Microsoft Exchange");
  if (call.is_set("WhatIf")) {
    call.host().write("What if: Making a certificate request for \"" + recipe.subject + "\".\n");
    return {};
  }
  const pki::NewRequest made = pki::make_request(recipe);
  server.certificates().keep(made, name, key_export_of(call), call.host().now());
  if (!call.is_set("BinaryEncoded")) return {request_text(made.request)};
  const std::string der = made.request.der();
  return {Bytes(der.begin(), der.end())};
}

pki::Instant five_years_after(pki::Instant at) {
  const auto day = std::chrono::floor<std::chrono::days>(at);
  std::chrono::year_month_day date{day};
  date += std::chrono::years{5};
  if (!date.ok()) date = date.year() / date.month() / std::chrono::last;  // of 29 February
  return std::chrono::sys_days{date} + (at - day);
}

/// Spec exchange 8.8: the profile of the certificates that Exchange makes itself.
pki::CertificateRecipe self_signed_recipe(const Invocation& call, const CertificateServer& server) {
  pki::CertificateRecipe recipe;
  recipe.subject = subject_of(call, server);
  recipe.dns_names = names_of(call, server, recipe.subject);
  recipe.key = key_of(call);
  recipe.not_before = call.host().now();
  recipe.not_after = five_years_after(recipe.not_before);
  recipe.key_usage = {"digitalSignature", "keyEncipherment"};
  recipe.extended_key_usage = {"serverAuth"};
  recipe.key_identifiers = false;
  return recipe;
}

/// Those of -Services; without it IMAP, POP and SMTP, less what a wildcard certificate is refused.
ServiceSet new_services(const Invocation& call, const pki::Certificate& certificate) {
  if (call.has("Services")) return services_of(call);
  if (call.is_set("IncludeAcceptedDomains") || !policy::wildcard_of(certificate).empty())
    return {Service::smtp};
  return {Service::imap, Service::pop, Service::smtp};
}

List new_self_signed(Invocation& call, CertificateServer& server) {
  const pki::CertificateRecipe recipe = self_signed_recipe(call, server);
  const std::string name = friendly_name_of(call, "Microsoft Exchange");
  if (call.is_set("WhatIf")) {
    call.host().write("What if: Making a self-signed certificate for \"" + recipe.subject + "\".\n");
    return {};
  }
  const pki::Credentials made = pki::self_signed(recipe);
  const pki::Certificate& certificate = *made.chain.front();
  const ServiceSet services = new_services(call, certificate);
  const std::string refusal =
      policy::refusal({.certificate = made.chain.front(), .now = {}, .wanted = services});
  if (!refusal.empty()) call.refuse("Services", refusal);
  // Asked before anything is stored: a question that nobody answers leaves nothing behind.
  const bool by_default = services.has(Service::smtp) && becomes_default_smtp(call, server, certificate);
  store::Certificates& certificates = server.certificates();
  certificates.import({made.chain, made.key, name, key_export_of(call), call.host().now()});
  certificates.assign(certificate.thumbprint, services);
  if (by_default) certificates.make_default_smtp(certificate.thumbprint);
  return {certificate_object(*certificates.find(certificate.thumbprint), server)};
}

List new_certificate(Invocation& call, CertificateServer& server) {
  return call.is_set("GenerateRequest") ? new_request(call, server) : new_self_signed(call, server);
}

}  // namespace

void add_new_certificate(CmdletTable& table, CertificateServer& server) {
  table.add(
      {"New-ExchangeCertificate",
       "makes a self-signed certificate, or with -GenerateRequest a request for one",
       {switch_parameter("GenerateRequest", "a PKCS#10 request; its key waits for the certificate"),
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
       Feed::none,
       with_server(server, new_certificate)});
}

}  // namespace domsec::shell
