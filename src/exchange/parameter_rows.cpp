// Words and notations that the tables of several objects share.
#include "parameter_rows.h"

namespace domsec::exchange {

std::string alternatives(const std::vector<std::string>& words) {
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) out += i + 1 == words.size() ? " or " : ", ";
    out += words[i];
  }
  return out;
}

std::string domain_text(const smtp::Domain& domain) { return domain.text(); }

std::string domain_with_subdomains_text(const SmtpDomainWithSubdomains& domain) {
  return (domain.with_subdomains ? "*." : "") + domain.domain.text();
}

const Words<TlsAuthLevel>& tls_auth_levels() {
  static const Words<TlsAuthLevel> words{{"EncryptionOnly", TlsAuthLevel::encryption_only},
                                         {"CertificateValidation", TlsAuthLevel::certificate_validation},
                                         {"DomainValidation", TlsAuthLevel::domain_validation}};
  return words;
}

const Words<ProtocolLoggingLevel>& protocol_logging_levels() {
  static const Words<ProtocolLoggingLevel> words{{"None", ProtocolLoggingLevel::none},
                                                 {"Verbose", ProtocolLoggingLevel::verbose}};
  return words;
}

const Words<Usage>& usages() {
  static const Words<Usage> words{{"Custom", Usage::custom},
                                  {"Internal", Usage::internal},
                                  {"Internet", Usage::internet},
                                  {"Partner", Usage::partner},
                                  {"Client", Usage::client}};
  return words;
}

AddressSpace address_space_of(std::string_view name, const Written& entry) {
  std::optional<AddressSpace> space = read_address_space(entry.text);
  if (space) return *std::move(space);
  if (entry.text == "--") {
    refuse_value(name, entry,
                 "supported, because there is no Exchange organisation behind domsec; write domains");
  }
  if (entry.text.size() > 1 && entry.text[0] == '*' && entry.text[1] != '.') {
    refuse_value(name, entry, "an address space; write * alone, contoso.com or *.contoso.com");
  }
  refuse_value(name, entry, "an address space; write [SMTP:]domain[;cost] with a cost from 1 to 100");
}

}  // namespace domsec::exchange
