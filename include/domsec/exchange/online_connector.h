// Connectors of Exchange Online (spec exchange 3.4): what a partner's tenant demands of mail that comes in and of mail that
// goes out. domsec judges by them; it does not run them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "domsec/exchange/send_connector.h"

namespace domsec::exchange {

enum class OnlineConnectorType { partner, on_premises };
[[nodiscard]] std::string_view text(OnlineConnectorType type);   // `Partner`, `OnPremises`

/// New-/Set-InboundConnector.
struct InboundConnector {
  std::string name = "Inbound";
  OnlineConnectorType connector_type = OnlineConnectorType::partner;
  bool enabled = true;
  std::vector<AddressSpace> sender_domains;               // `*`, `contoso.com`, `*.contoso.com`; `smtp:…;cost` is taken
  std::vector<std::string> sender_ip_addresses;           // IPv4, or /24 to /32
  Sourced<bool> require_tls{true, {}};                    // RequireTls, Partner only
  Sourced<bool> restrict_domains_to_certificate{false, {}};
  Sourced<bool> restrict_domains_to_ip_addresses{false, {}};
  std::optional<SmtpDomainWithSubdomains> tls_sender_certificate_name;
  bool treat_messages_as_internal = false;
  bool cloud_services_mail_enabled = false;
  std::vector<smtp::Domain> associated_accepted_domains;
  std::string comment;
  Origin origin;
  Origins origins{};
};

enum class SmtpDaneMode { opportunistic, mandatory, none };
enum class MtaStsMode { opportunistic, none };

/// New-/Set-OutboundConnector.
struct OutboundConnector {
  std::string name = "Outbound";
  OnlineConnectorType connector_type = OnlineConnectorType::partner;
  bool enabled = true;
  std::vector<AddressSpace> recipient_domains;
  std::optional<TlsAuthLevel> tls_settings;               // TlsSettings; nothing = opportunistic
  std::optional<SmtpDomainWithSubdomains> tls_domain;
  Sourced<bool> use_mx_record{true, {}};
  std::vector<std::string> smart_hosts;
  SmtpDaneMode smtp_dane_mode = SmtpDaneMode::opportunistic;
  MtaStsMode mta_sts_mode = MtaStsMode::opportunistic;
  bool cloud_services_mail_enabled = false;
  bool all_accepted_domains = false;
  bool route_all_messages_via_on_premises = false;
  bool is_transport_rule_scoped = false;
  std::string comment;
  Origin origin;
  Origins origins{};
};

}  // namespace domsec::exchange
