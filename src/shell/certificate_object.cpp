#include "certificate_object.h"

#include <charconv>

#include "domsec/pki/certificate_facts.h"

namespace domsec::shell {
namespace {

using policy::Service;

List texts(const std::vector<std::string>& of) {
  return {of.begin(), of.end()};
}

/// The bits of `RSA 2048`, and of `EC P-256`.
Value key_size(const std::string& algorithm) {
  const std::size_t digits = algorithm.find_last_not_of("0123456789") + 1;
  std::int64_t bits = 0;
  const auto [end, error] =
      std::from_chars(algorithm.data() + digits, algorithm.data() + algorithm.size(), bits);
  return error == std::errc() && end != nullptr ? Value(bits) : Value();
}

/// SAN, or the host names among the CNs of a certificate without one.
List domains(const std::vector<std::string>& dns_names, const std::vector<std::string>& common_names) {
  if (!dns_names.empty()) return texts(dns_names);
  List names;
  for (const std::string& name : common_names) {
    if (name.find(' ') == std::string::npos) names.emplace_back(name);
  }
  return names;
}

/// `IP.WS..`: a letter for each service, as Exchange's own table of certificates has it.
std::string letters_of(const policy::ServiceSet& services) {
  std::string letters;
  for (const auto& [service, letter] : {std::pair{Service::imap, 'I'},
                                        {Service::pop, 'P'},
                                        {Service::um, 'U'},
                                        {Service::iis, 'W'},
                                        {Service::smtp, 'S'},
                                        {Service::federation, 'F'},
                                        {Service::um_call_router, 'R'}})
    letters += services.has(service) ? letter : '.';
  return letters;
}

/// What the default view shows, and what both kinds of object have.
Object object_of(const std::string& thumbprint, const std::string& subject, const std::string& fqdn) {
  Object object;
  object.type = "ExchangeCertificate";
  object.name = thumbprint;
  object.view = View::table;
  object.shown = {"Thumbprint", "Services", "Subject"};
  object.properties = {{"Subject", subject, Access::read_only},
                       {"Thumbprint", thumbprint, Access::read_only},
                       {"Identity", fqdn + '\\' + thumbprint, Access::read_only}};
  return object;
}

/// Format-List without a word prints what comes before Identity; `*` all (spec exchange 8.4).
void list_usual(Object& object) {
  for (const Object::Property& property : object.properties) {
    if (property.name == "Identity") return;
    object.listed.push_back(property.name);
  }
}

void put(Object& object, const char* name, Value value) {
  object.properties.push_back({name, std::move(value), Access::read_only});
}

}  // namespace

Value certificate_object(const store::CertificateEntry& entry, CertificateServer& server) {
  const pki::Certificate& certificate = *entry.certificate;
  const pki::CertificateFacts facts = pki::certificate_facts(certificate);
  const CertificateVerdict verdict = server.judge(entry.certificate, entry.issuers);
  Object first;
  put(first, "AccessRules", {});
  put(first, "CertificateDomains", domains(certificate.dns_names, certificate.common_names));
  put(first, "HasPrivateKey", entry.has_private_key);
  put(first, "IsSelfSigned", certificate.self_signed);
  put(first, "Issuer", certificate.issuer);
  put(first, "NotAfter", certificate.not_after);
  put(first, "NotBefore", certificate.not_before);
  put(first, "PublicKeySize", key_size(certificate.key_algorithm));
  put(first, "RootCAType", policy::text(verdict.root_ca_type));
  put(first, "SerialNumber", certificate.serial);
  put(first, "Services", policy::text(entry.services));
  put(first, "Status", policy::text(verdict.status));
  Object object = object_of(certificate.thumbprint, certificate.subject, server.fqdn());
  object.properties.insert(object.properties.begin(), first.properties.begin(), first.properties.end());
  list_usual(object);
  put(object, "FriendlyName", entry.friendly_name);
  put(object, "DnsNameList", texts(certificate.dns_names));
  put(object, "EnhancedKeyUsageList",
      texts(certificate.extended_key_usage.value_or(std::vector<std::string>())));
  put(object, "IISServices", List{});  // domsec has no web sites
  put(object, "KeyIdentifier", facts.key_identifier);
  put(object, "PrivateKeyExportable", entry.has_private_key && entry.key_export == store::KeyExport::allowed);
  put(object, "ServicesStringForm", letters_of(entry.services));
  put(object, "SubjectKeyIdentifier", facts.subject_key_id);
  put(object, "CertificateRequest", "");
  put(object, "SignatureAlgorithm", certificate.signature_algorithm);
  put(object, "ThumbprintSha256", certificate.thumbprint_sha256);
  return object;
}

std::string request_text(const pki::Request& request) {
  std::string text = request.pem();
  text.erase(text.find_last_not_of('\n') + 1);
  return text;
}

Value request_object(const store::PendingRequest& request, const CertificateServer& server) {
  Object first;
  put(first, "CertificateDomains", domains(request.request.dns_names, request.request.common_names));
  put(first, "HasPrivateKey", true);
  put(first, "PublicKeySize", key_size(request.request.key_algorithm));
  put(first, "Services", "None");
  put(first, "Status", policy::text(policy::CertificateStatus::pending_request));
  Object object = object_of(request.request.thumbprint, request.request.subject, server.fqdn());
  object.properties.insert(object.properties.begin(), first.properties.begin(), first.properties.end());
  list_usual(object);
  put(object, "FriendlyName", request.friendly_name);
  put(object, "ServicesStringForm", letters_of({}));
  put(object, "PrivateKeyExportable", request.key_export == store::KeyExport::allowed);
  put(object, "CertificateRequest", request_text(request.request));
  return object;
}

}  // namespace domsec::shell
