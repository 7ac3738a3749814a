// New certificates: requests, self-signed ones, and both again for one that expires (spec exchange 8.1, 8.8).
#include <algorithm>

#include "default_smtp.h"
#include "domsec/pki/harmless.h"
#include "domsec/pki/request.h"
#include "domsec/store/certificate_life.h"

namespace domsec::store {
namespace {

using policy::Service;
using policy::ServiceSet;

void require_subject(const std::string& subject) {
  try {
    if (!pki::common_names_in(subject).empty()) return;
  } catch (const pki::RecipeError& error) {
    throw CertificateError(error.what(), CertificateInput::subject);
  }
  throw CertificateError("the subject has no CN; write one such as CN=mail.contoso.com",
                         CertificateInput::subject);
}

/// Spec exchange 8.1: at most 255 characters, letters, digits, hyphens and dots.
void require_host_name(const std::string& name) {
  if (name.starts_with("*.")) {
    throw CertificateError("'" + name + "' is a wildcard; ask for it as the CN of the subject: CN=" + name,
                           CertificateInput::names);
  }
  constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.";
  if (!name.empty() && name.size() <= 255 && name.find_first_not_of(allowed) == std::string::npos) return;
  throw CertificateError("'" + pki::harmless(name, 80) +
                             "' is no host name; write at most 255 letters, digits, hyphens and dots",
                         CertificateInput::names);
}

pki::Instant years_after(pki::Instant at, int years) {
  const auto day = std::chrono::floor<std::chrono::days>(at);
  std::chrono::year_month_day date{day};
  date += std::chrono::years{years};
  if (!date.ok()) date = date.year() / date.month() / std::chrono::last;  // of 29 February
  return std::chrono::sys_days{date} + (at - day);
}

/// Spec exchange 8.8, column by column.
pki::CertificateRecipe recipe_of(const SelfSigning& asked, pki::Instant at) {
  pki::CertificateRecipe recipe;
  recipe.subject = asked.wanted.subject;
  if (!asked.wanted.renews) recipe.dns_names = pki::alternative_names(recipe.subject, asked.wanted.dns_names);
  recipe.renews = asked.wanted.renews;
  recipe.key = asked.wanted.key;
  recipe.not_before = at;
  recipe.not_after = years_after(at, 5);
  recipe.key_usage = {"digitalSignature", "keyEncipherment"};
  recipe.extended_key_usage = {"serverAuth"};
  recipe.key_identifiers = false;
  switch (asked.profile) {
    case SelfSignedProfile::exchange:
      break;
    case SelfSignedProfile::auth:
      recipe.dns_names.clear();
      break;
    case SelfSignedProfile::wmsvc:
      recipe.dns_names.clear();
      recipe.not_after = at + std::chrono::days(3650);
      recipe.key_usage = {"digitalSignature", "keyEncipherment", "dataEncipherment"};
      recipe.critical_key_usage = false;
      recipe.basic_constraints = false;
      break;
  }
  return recipe;
}

ServiceSet services_of(const SelfSigning& asked, const pki::Certificate& certificate) {
  if (asked.services) return *asked.services;
  if (!policy::wildcard_of(certificate).empty()) return {Service::smtp};
  return {Service::imap, Service::pop, Service::smtp};
}

pki::KeyKind kind_of(const std::string& algorithm) {
  if (algorithm == "RSA 4096") return pki::KeyKind::rsa_4096;
  if (algorithm == "EC P-256") return pki::KeyKind::ec_p256;
  if (algorithm == "EC P-384") return pki::KeyKind::ec_p384;
  return pki::KeyKind::rsa_2048;
}

}  // namespace

std::string server_name(const std::string& fqdn) {
  return fqdn.substr(0, fqdn.find('.'));
}

std::string default_subject(const std::string& fqdn) {
  return "CN=" + server_name(fqdn);
}

SelfSigning setup_certificate(SelfSignedProfile profile, const std::string& fqdn) {
  SelfSigning asked;
  asked.profile = profile;
  WantedCertificate& wanted = asked.wanted;
  switch (profile) {
    case SelfSignedProfile::exchange:
      wanted.subject = default_subject(fqdn);
      wanted.dns_names = {server_name(fqdn), fqdn};
      break;
    case SelfSignedProfile::auth:
      wanted.friendly_name = "Microsoft Exchange Server Auth Certificate";
      wanted.subject = "CN=" + wanted.friendly_name;
      wanted.key_export = KeyExport::allowed;
      asked.services = ServiceSet{Service::smtp};
      break;
    case SelfSignedProfile::wmsvc:
      wanted.friendly_name = "WMSVC-SHA2";
      wanted.subject = "CN=WMSvc-SHA2-" + server_name(fqdn);
      wanted.key_export = KeyExport::allowed;
      asked.services = ServiceSet{};
      break;
  }
  return asked;
}

WantedCertificate renewal_of(const CertificateEntry& entry) {
  WantedCertificate wanted;
  wanted.subject = entry.certificate->subject;
  wanted.key = kind_of(entry.certificate->key_algorithm);
  wanted.friendly_name = entry.friendly_name;
  wanted.renews = entry.certificate;
  return wanted;
}

ServiceSet services_again(const CertificateEntry& entry) {
  ServiceSet services;
  for (const Service service : policy::all_services) {
    if (entry.services.has(service) && service != Service::federation) services.add(service);
  }
  return services;
}

void require_friendly_name(const std::string& name) {
  constexpr std::size_t longest = 63;
  if (name.size() <= longest) return;
  throw CertificateError("a friendly name has less than 64 characters; shorten it",
                         CertificateInput::friendly_name);
}

void require_sound(const WantedCertificate& wanted) {
  require_friendly_name(wanted.friendly_name);
  if (wanted.renews) return;
  require_subject(wanted.subject);
  for (const std::string& name : wanted.dns_names) require_host_name(name);
}

pki::Request request_certificate(Certificates& certificates, const WantedCertificate& wanted,
                                 pki::Instant at) {
  require_sound(wanted);
  pki::RequestRecipe recipe;
  recipe.subject = wanted.subject;
  if (!wanted.renews) recipe.dns_names = pki::alternative_names(wanted.subject, wanted.dns_names);
  recipe.renews = wanted.renews;
  recipe.key = wanted.key;
  const pki::NewRequest made = pki::make_request(recipe);
  certificates.keep(made, wanted.friendly_name, wanted.key_export, at);
  return made.request;
}

CertificateEntry make_self_signed(Certificates& certificates, const SelfSigning& asked,
                                  const AskOverwrite& ask, pki::Instant at) {
  require_sound(asked.wanted);
  const pki::Credentials made = pki::self_signed(recipe_of(asked, at));
  const pki::CertificatePtr& certificate = made.chain.front();
  const ServiceSet services = services_of(asked, *certificate);
  if (auto refused =
          policy::refusal({.certificate = certificate, .now = {}, .wanted = services, .terms = asked.terms}))
    throw CertificateError(*std::move(refused), CertificateInput::services);
  if (asked.profile == SelfSignedProfile::auth) {
    if (auto refused = policy::auth_refusal(*certificate))
      throw CertificateError(*std::move(refused), CertificateInput::key);
  }
  const DefaultSmtp decided = decide_default_smtp(certificates, *certificate, services, asked.terms, ask);
  Transaction transaction = certificates.transaction();
  certificates.import({made.chain, made.key, asked.wanted.friendly_name, asked.wanted.key_export, at});
  certificates.assign(certificate->thumbprint, services);
  carry_out(decided, certificates, *certificate);
  transaction.commit();
  return *certificates.find(certificate->thumbprint);
}

}  // namespace domsec::store
