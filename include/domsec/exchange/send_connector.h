// Send connector with Exchange's parameters and defaults (spec exchange 2).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "domsec/exchange/transport_config.h"
#include "domsec/smtp/domain.h"

namespace domsec::exchange {

enum class ProtocolLoggingLevel { none, verbose };
enum class TlsAuthLevel { encryption_only, certificate_validation, domain_validation };

/// `[type:]domain[;cost]`: `*`, `contoso.com` (exact), `*.contoso.com` (domain and sub-domains).
struct AddressSpace {
  std::string text;                      // as written
  std::optional<smtp::Domain> domain;    // nothing = `*`
  bool with_subdomains = false;
  int cost = 1;
};
[[nodiscard]] std::optional<AddressSpace> read_address_space(std::string_view text);

/// `<I>issuer<S>subject`; compared without regard to blanks, RDN order and case of attribute types (spec
/// exchange 4.5).
struct TlsCertificateName {
  std::string issuer;
  std::string subject;
  [[nodiscard]] std::string text() const;
};
[[nodiscard]] std::optional<TlsCertificateName> read_tls_certificate_name(std::string_view text);

/// `Verbose`, `CertificateValidation`: Exchange's words, any case (they are enumerations of PowerShell).
[[nodiscard]] std::string_view text(ProtocolLoggingLevel level);
[[nodiscard]] std::optional<ProtocolLoggingLevel> read_protocol_logging_level(std::string_view text);
[[nodiscard]] std::string_view text(TlsAuthLevel level);
[[nodiscard]] std::optional<TlsAuthLevel> read_tls_auth_level(std::string_view text);

/// `contoso.com` or `*.contoso.com` (domain and sub-domains).
struct SmtpDomainWithSubdomains {
  smtp::Domain domain;
  bool with_subdomains = false;
};

[[nodiscard]] std::optional<SmtpDomainWithSubdomains> read_domain_with_subdomains(std::string_view text);

/// SmartHostAuthMechanism: exactly one (spec exchange 2.1).
enum class SmartHostAuthMechanism {
  none,
  basic_auth,
  basic_auth_require_tls,
  exchange_server,
  external_authoritative
};
[[nodiscard]] std::string_view text(SmartHostAuthMechanism mechanism);
[[nodiscard]] std::optional<SmartHostAuthMechanism> read_smart_host_auth_mechanism(std::string_view text);

/// ErrorPolicies: a set; `Default` alone is the default (spec exchange 2.1).
struct ErrorPolicies {
  bool downgrade_dns_failures = false;
  bool downgrade_custom_failures = false;
  bool upgrade_custom_failures = false;
  [[nodiscard]] std::string text() const;              // `Default`; `DowngradeDnsFailures, UpgradeCustomFailures`
};
enum class SendConnectorType { standard, x_premises };  // ConnectorType `Default`, `XPremises`
/// Usage of New-SendConnector and New-ReceiveConnector: the template that a connector was made from.
enum class Usage { custom, internal, internet, partner, client };

struct SendConnector {
  std::string name = "Internet";
  std::optional<smtp::Domain> fqdn;                    // Fqdn; nothing = the server's FQDN
  Sourced<bool> domain_secure_enabled{false, {}};
  Sourced<bool> dns_routing_enabled{true, {}};
  std::vector<std::string> smart_hosts;
  Sourced<bool> ignore_starttls{false, {}};            // IgnoreSTARTTLS
  Sourced<bool> require_tls{false, {}};
  Sourced<bool> force_helo{false, {}};
  std::optional<TlsAuthLevel> tls_auth_level;
  std::optional<SmtpDomainWithSubdomains> tls_domain;
  std::optional<TlsCertificateName> tls_certificate_name;
  std::vector<AddressSpace> address_spaces;
  ProtocolLoggingLevel protocol_logging_level = ProtocolLoggingLevel::none;
  std::chrono::seconds connection_inactivity_timeout{600};
  std::uint16_t port = 25;
  bool enabled = true;
  Origin origin;
  /// Read for rule SC-9 alone: domsec does not log on to smart hosts.
  SmartHostAuthMechanism smart_host_auth_mechanism = SmartHostAuthMechanism::none;
  std::string authentication_credential{};             // a user's name
  /// The connector page says 35 MB, the cmdlet page 25 MB (spec exchange 11).
  std::uint64_t max_message_size = 35ULL << 20;
  int smtp_max_messages_per_connection = 20;
  ErrorPolicies error_policies{};
  SendConnectorType connector_type = SendConnectorType::standard;
  bool cloud_services_mail_enabled = false;
  bool require_oorg = false;
  Sourced<bool> frontend_proxy_enabled{false, {}};
  bool use_external_dns_servers_enabled = false;
  std::vector<std::string> source_transport_servers{};
  std::string source_ip_address{};                     // Edge only; empty = the system's choice
  Usage usage = Usage::custom;
  std::string comment{};
  Origins origins{};
};

}  // namespace domsec::exchange
