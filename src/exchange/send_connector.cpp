// The value types of a send connector in Exchange's notation (spec exchange 2). Not here: which combinations
// make sense (policy/connector_lint), which connector takes a domain (policy/connector_choice).
#include "domsec/exchange/send_connector.h"

#include <algorithm>
#include <charconv>

#include "shown_text.h"

namespace domsec::exchange {

namespace {

bool has_control_byte(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto octet = static_cast<unsigned char>(c);
    return octet < 0x20 || octet == 0x7f;
  });
}

/// 1 to 100 (spec exchange 2.5).
std::optional<int> read_cost(std::string_view text) {
  int cost = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), cost);
  if (error != std::errc{} || end != text.data() + text.size() || cost < 1 || cost > 100) return std::nullopt;
  return cost;
}

}  // namespace

std::optional<AddressSpace> read_address_space(std::string_view text) {
  AddressSpace space;
  space.text = std::string(text);
  if (const auto semicolon = text.find(';'); semicolon != std::string_view::npos) {
    const std::optional<int> cost = read_cost(without_outer_blanks(text.substr(semicolon + 1)));
    if (!cost) return std::nullopt;
    space.cost = *cost;
    text = text.substr(0, semicolon);
  }
  if (const auto colon = text.find(':'); colon != std::string_view::npos) {
    if (lower_case(without_outer_blanks(text.substr(0, colon))) != "smtp") return std::nullopt;
    text = text.substr(colon + 1);
  }
  text = without_outer_blanks(text);
  if (text == "*") return space;
  std::optional<SmtpDomainWithSubdomains> name = read_domain_with_subdomains(text);
  if (!name) return std::nullopt;
  space.domain = std::move(name->domain);
  space.with_subdomains = name->with_subdomains;
  return space;
}

std::optional<SmtpDomainWithSubdomains> read_domain_with_subdomains(std::string_view text) {
  const bool with_subdomains = text.starts_with("*.");
  if (with_subdomains) text.remove_prefix(2);
  std::optional<smtp::Domain> domain = smtp::Domain::parse(text);
  if (!domain) return std::nullopt;
  return SmtpDomainWithSubdomains{*std::move(domain), with_subdomains};
}

std::string TlsCertificateName::text() const { return "<I>" + issuer + "<S>" + subject; }

std::optional<TlsCertificateName> read_tls_certificate_name(std::string_view text) {
  text = without_outer_blanks(text);
  if (has_control_byte(text)) return std::nullopt;
  const std::string folded = lower_case(text);
  if (!folded.starts_with("<i>")) return std::nullopt;
  const auto subject = folded.find("<s>");
  if (subject == std::string::npos) return std::nullopt;
  TlsCertificateName name;
  name.issuer = std::string(without_outer_blanks(text.substr(3, subject - 3)));
  name.subject = std::string(without_outer_blanks(text.substr(subject + 3)));
  if (name.issuer.empty() || name.subject.empty()) return std::nullopt;
  return name;
}

std::string_view text(ProtocolLoggingLevel level) {
  switch (level) {
    case ProtocolLoggingLevel::none: return "None";
    case ProtocolLoggingLevel::verbose: return "Verbose";
  }
  return {};
}

std::optional<ProtocolLoggingLevel> read_protocol_logging_level(std::string_view written) {
  for (const ProtocolLoggingLevel level : {ProtocolLoggingLevel::none, ProtocolLoggingLevel::verbose}) {
    if (lower_case(written) == lower_case(text(level))) return level;
  }
  return std::nullopt;
}

std::string_view text(TlsAuthLevel level) {
  switch (level) {
    case TlsAuthLevel::encryption_only: return "EncryptionOnly";
    case TlsAuthLevel::certificate_validation: return "CertificateValidation";
    case TlsAuthLevel::domain_validation: return "DomainValidation";
  }
  return {};
}

std::optional<TlsAuthLevel> read_tls_auth_level(std::string_view written) {
  for (const TlsAuthLevel level : {TlsAuthLevel::encryption_only, TlsAuthLevel::certificate_validation,
                                   TlsAuthLevel::domain_validation}) {
    if (lower_case(written) == lower_case(text(level))) return level;
  }
  return std::nullopt;
}

std::string_view text(SmartHostAuthMechanism mechanism) {
  switch (mechanism) {
    case SmartHostAuthMechanism::none: return "None";
    case SmartHostAuthMechanism::basic_auth: return "BasicAuth";
    case SmartHostAuthMechanism::basic_auth_require_tls: return "BasicAuthRequireTLS";
    case SmartHostAuthMechanism::exchange_server: return "ExchangeServer";
    case SmartHostAuthMechanism::external_authoritative: return "ExternalAuthoritative";
  }
  return {};
}

std::optional<SmartHostAuthMechanism> read_smart_host_auth_mechanism(std::string_view written) {
  for (const SmartHostAuthMechanism mechanism :
       {SmartHostAuthMechanism::none, SmartHostAuthMechanism::basic_auth,
        SmartHostAuthMechanism::basic_auth_require_tls, SmartHostAuthMechanism::exchange_server,
        SmartHostAuthMechanism::external_authoritative}) {
    if (lower_case(written) == lower_case(text(mechanism))) return mechanism;
  }
  return std::nullopt;
}

std::string ErrorPolicies::text() const {
  std::string out;
  const auto add = [&out](bool set, std::string_view word) {
    if (set) out += (out.empty() ? "" : ", ") + std::string(word);
  };
  add(downgrade_dns_failures, "DowngradeDnsFailures");
  add(downgrade_custom_failures, "DowngradeCustomFailures");
  add(upgrade_custom_failures, "UpgradeCustomFailures");
  return out.empty() ? "Default" : out;
}

}  // namespace domsec::exchange
