#include "domsec/policy/certificate_services.h"

#include <algorithm>

#include "domsec/exchange/parameter.h"

namespace domsec::policy {
namespace {

std::string named(const Assignment& assignment) {
  return "certificate " + assignment.certificate->thumbprint + " (" + assignment.certificate->subject + ")";
}

/// R43: `None` beside services that it has.
std::string taking_back(const Assignment& assignment) {
  return "services cannot be taken from a certificate: " + named(assignment) + " keeps " +
         text(assignment.now) +
         "; assign them to another certificate with Enable-ExchangeCertificate, then remove this one with "
         "Remove-ExchangeCertificate";
}

/// R44.
std::string wildcard_refused(const Assignment& assignment, const std::string& name) {
  std::string services;
  std::string remedy;
  for (const auto& [service, cmdlet] :
       {std::pair{Service::pop, "Set-PopSettings"}, {Service::imap, "Set-ImapSettings"}}) {
    if (!assignment.wanted.has(service)) continue;
    services += (services.empty() ? "" : " and ") + std::string(text(service));
    remedy += (remedy.empty() ? "" : " and ") + std::string(cmdlet);
  }
  return "a wildcard certificate is not assigned to " + services + ": " + named(assignment) +
         " has the name " + name + "; give the service its name with " + remedy + " instead";
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

std::string refusal(const Assignment& assignment) {
  const ServiceSet& wanted = assignment.wanted;
  if (wanted.empty()) return assignment.now.empty() ? std::string() : taking_back(assignment);
  if (!assignment.has_private_key) {
    return named(assignment) +
           " has no private key here (PrivateKeyMissing): import the answer to its request where the request "
           "was "
           "made, or the .pfx file with its key";
  }
  if (assignment.status != CertificateStatus::valid) {
    return named(assignment) + " has the status " + std::string(text(assignment.status)) +
           ": only a certificate with the status Valid is assigned to services";
  }
  if (wanted.has(Service::federation)) {
    return "Federation is not assigned with Enable-ExchangeCertificate: leave it out";
  }
  if (assignment.um_startup_mode == UmStartupMode::tcp &&
      (wanted.has(Service::um) || wanted.has(Service::um_call_router))) {
    return "UM and UMCallRouter take a certificate only when they start with TLS or Dual, and here it is "
           "TCP: leave them out";
  }
  const std::string wildcard = wildcard_of(*assignment.certificate);
  if (!wildcard.empty() && (wanted.has(Service::pop) || wanted.has(Service::imap))) {
    return wildcard_refused(assignment, wildcard);
  }
  return {};
}

}  // namespace domsec::policy
