// `--json` of the commands over the store's certificates: schema domsec.stored-certificates/1.
#include <boost/json.hpp>

#include "cert_store.h"
#include "domsec/pki/harmless.h"

namespace domsec::cli {
namespace {

namespace json = boost::json;

json::array texts(const std::vector<std::string>& of) {
  json::array array;
  for (const std::string& text : of) array.emplace_back(pki::harmless(text, 2048));
  return array;
}

json::array services_of(const policy::ServiceSet& services) {
  json::array array;
  for (const policy::Service service : policy::all_services) {
    if (services.has(service)) array.emplace_back(policy::text(service));
  }
  return array;
}

json::object certificate_of(const store::CertificateEntry& entry,
                            const std::optional<shell::CertificateVerdict>& verdict) {
  const pki::Certificate& certificate = *entry.certificate;
  return {
      {"kind", "certificate"},
      {"thumbprint", certificate.thumbprint},
      {"thumbprint_sha256", certificate.thumbprint_sha256},
      {"friendly_name", pki::harmless(entry.friendly_name, 2048)},
      {"subject", certificate.subject},
      {"issuer", certificate.issuer},
      {"serial", certificate.serial},
      {"dns_names", texts(certificate.dns_names)},
      {"not_before", pki::rfc3339(certificate.not_before)},
      {"not_after", pki::rfc3339(certificate.not_after)},
      {"key_algorithm", certificate.key_algorithm},
      {"self_signed", certificate.self_signed},
      {"has_private_key", entry.has_private_key},
      {"private_key_exportable", entry.has_private_key && entry.key_export == store::KeyExport::allowed},
      {"services", services_of(entry.services)},
      {"default_smtp", entry.default_smtp},
      {"added", pki::rfc3339(entry.added)},
      {"status", verdict ? json::value(policy::text(verdict->status)) : json::value(nullptr)},
      {"root_ca_type", verdict ? json::value(policy::text(verdict->root_ca_type)) : json::value(nullptr)}};
}

json::object request_of(const store::PendingRequest& pending) {
  return {{"kind", "request"},
          {"thumbprint", pending.request.thumbprint},
          {"friendly_name", pki::harmless(pending.friendly_name, 2048)},
          {"subject", pending.request.subject},
          {"dns_names", texts(pending.request.dns_names)},
          {"key_algorithm", pending.request.key_algorithm},
          {"private_key_exportable", pending.key_export == store::KeyExport::allowed},
          {"made", pki::rfc3339(pending.made)},
          {"status", policy::text(policy::CertificateStatus::pending_request)}};
}

}  // namespace

std::string stored_certificates_json(const std::vector<ShownCertificate>& shown, int exit_code) {
  json::array certificates;
  for (const ShownCertificate& each : shown)
    certificates.push_back(each.entry ? certificate_of(*each.entry, each.verdict)
                                      : request_of(*each.pending));
  return json::serialize(json::object{{"schema", "domsec.stored-certificates/1"},
                                      {"certificates", std::move(certificates)},
                                      {"exit_code", exit_code}});
}

}  // namespace domsec::cli
