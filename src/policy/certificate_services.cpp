#include "domsec/policy/certificate_services.h"

#include <algorithm>
#include <array>

#include "domsec/exchange/organisation.h"
#include "domsec/exchange/parameter.h"

namespace domsec::policy {
namespace {

std::string named(const Assignment& assignment) {
  return "certificate " + assignment.certificate->thumbprint + " (" + assignment.certificate->subject + ")";
}

Refusal refused(std::string rule, std::string sentence) {
  return {finding::Code::store_operation_refused, std::move(rule), std::move(sentence)};
}

/// R43: `None` beside services that it has.
Refusal taking_back(const Assignment& assignment) {
  return {finding::Code::assign_irrevocable, "",
          "services cannot be taken from a certificate: " + named(assignment) + " keeps " +
              text(assignment.now) + "; assign them to another certificate, then remove this one"};
}

/// R44.
Refusal wildcard_refused(const Assignment& assignment, const std::string& name) {
  std::string services;
  std::string remedy;
  for (const auto& [service, cmdlet] :
       {std::pair{Service::pop, "Set-PopSettings"}, {Service::imap, "Set-ImapSettings"}}) {
    if (!assignment.wanted.has(service)) continue;
    services += (services.empty() ? "" : " and ") + std::string(text(service));
    remedy += (remedy.empty() ? "" : " and ") + std::string(cmdlet);
  }
  return refused("SV-1", "a wildcard certificate is not assigned to " + services + ": " + named(assignment) +
                             " has the name " + name + "; give the service its name with " + remedy +
                             " instead");
}

/// Spec exchange 8.7, Exchange 2019. What is assigned as a service is one of the first four; the others are
/// known by name alone.
constexpr std::array ecc_table = {
    EccRow{"IIS", true},     EccRow{"POP, IMAP", true},
    EccRow{"SMTP", true},    EccRow{"UM", true},
    EccRow{"Hybrid", true},  EccRow{"EdgeSync", false},
    EccRow{"S/MIME", false}, EccRow{"Federation", false},
    EccRow{"OAuth", false},  EccRow{"AD FS claims", false},
};

Refusal ecc_refused(const pki::Certificate& certificate, std::string_view use) {
  return refused("SV-5", "certificate " + certificate.thumbprint + " (" + certificate.subject + ") has an " +
                             certificate.key_algorithm + " key, and " + std::string(use) +
                             " takes RSA alone: use a certificate with an RSA key");
}

}  // namespace

ServiceSet ServiceSet::of_bits(unsigned bits) {
  ServiceSet set;
  for (const Service service : all_services) {
    if ((bits & static_cast<unsigned>(service)) != 0) set.add(service);
  }
  return set;
}

std::string_view text(Service service) {
  switch (service) {
    case Service::imap:
      return "IMAP";
    case Service::pop:
      return "POP";
    case Service::um:
      return "UM";
    case Service::iis:
      return "IIS";
    case Service::smtp:
      return "SMTP";
    case Service::federation:
      return "Federation";
    case Service::um_call_router:
      return "UMCallRouter";
  }
  return "None";
}

std::string text(const ServiceSet& services) {
  std::string out;
  for (const Service service : all_services) {
    if (services.has(service)) out += (out.empty() ? "" : ", ") + std::string(text(service));
  }
  return out.empty() ? "None" : out;
}

std::optional<Service> read_service(std::string_view word) {
  for (const Service service : all_services) {
    if (exchange::same_word(text(service), word)) return service;
  }
  return std::nullopt;
}

std::string wildcard_of(const pki::Certificate& certificate) {
  for (const auto* names : {&certificate.dns_names, &certificate.common_names}) {
    const auto found =
        std::ranges::find_if(*names, [](const std::string& name) { return name.starts_with("*."); });
    if (found != names->end()) return *found;
  }
  return {};
}

ServiceTerms terms_of(const exchange::Organisation* organisation) {
  ServiceTerms terms;
  if (organisation == nullptr) return terms;
  if (organisation->enable_ecc_certificate_support) terms.ecc = EccCertificates::allowed;
  if (organisation->um_startup_mode == "TLS") terms.um_startup_mode = UmStartupMode::tls;
  if (organisation->um_startup_mode == "Dual") terms.um_startup_mode = UmStartupMode::dual;
  terms.subscribed_edge = !organisation->edge_subscription.organization.empty();
  return terms;
}

std::span<const EccRow> ecc_rows() {
  return ecc_table;
}

bool has_ecc_key(const pki::Certificate& certificate) {
  return certificate.key_algorithm.starts_with("EC ");
}

std::optional<Refusal> auth_refusal(const pki::Certificate& certificate) {
  if (!has_ecc_key(certificate)) return std::nullopt;
  return ecc_refused(certificate, "the Auth configuration (OAuth)");
}

std::optional<Refusal> edge_sync_refusal(const pki::Certificate& certificate) {
  if (!has_ecc_key(certificate)) return std::nullopt;
  return ecc_refused(certificate, "EdgeSync");
}

std::optional<Refusal> refusal(const Assignment& assignment) {
  const ServiceSet& wanted = assignment.wanted;
  if (wanted.empty()) {
    if (assignment.now.empty()) return std::nullopt;
    return taking_back(assignment);
  }
  if (!assignment.has_private_key) {
    return Refusal{finding::Code::own_key_missing, "",
                   named(assignment) +
                       " has no private key here (PrivateKeyMissing): import the answer to its "
                       "request where the request was made, or the .pfx file with its key"};
  }
  if (assignment.status != CertificateStatus::valid) {
    return refused("SV-3", named(assignment) + " has the status " + std::string(text(assignment.status)) +
                               ": only a certificate with the status Valid is assigned to services");
  }
  if (has_ecc_key(*assignment.certificate) && assignment.terms.ecc == EccCertificates::refused) {
    return refused("SV-4", named(assignment) + " has an " + assignment.certificate->key_algorithm +
                               " key, and support for such certificates is off: write "
                               "EnableEccCertificateSupport = true below [organization], or use an RSA key");
  }
  if (wanted.has(Service::federation))
    return refused("SV-6", "Federation is not assigned in this way: leave it out");
  if (assignment.terms.um_startup_mode == UmStartupMode::tcp &&
      (wanted.has(Service::um) || wanted.has(Service::um_call_router))) {
    return refused(
        "SV-2",
        "UM and UMCallRouter take a certificate only when they start with TLS or Dual, and here it is "
        "TCP: write UMStartupMode = \"TLS\" or \"Dual\" below [organization], or leave them out");
  }
  const std::string wildcard = wildcard_of(*assignment.certificate);
  if (!wildcard.empty() && (wanted.has(Service::pop) || wanted.has(Service::imap)))
    return wildcard_refused(assignment, wildcard);
  return std::nullopt;
}

}  // namespace domsec::policy
