// Receive connector with Exchange's parameters and defaults (spec exchange 3).
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domsec/exchange/send_connector.h"
#include "domsec/exchange/transport_config.h"

namespace domsec::exchange {

/// AuthMechanism: a set of flags with Exchange's bit values (spec exchange 3.1).
struct AuthMechanism {
  bool tls = true;
  bool integrated = false;
  bool basic_auth = false;
  bool basic_auth_require_tls = false;
  bool exchange_server = false;
  bool external_authoritative = false;
  [[nodiscard]] std::string text() const;  // `Tls, ExchangeServer`; `None`
};
[[nodiscard]] std::optional<AuthMechanism> read_auth_mechanism(const std::vector<std::string>& words);

/// `127.0.0.1:2525`, `[::1]:2525`.
struct Binding {
  std::string address;
  std::uint16_t port = 25;
};

/// The text of a Banner `220 text`; nothing when it does not start so (RC-9).
[[nodiscard]] std::optional<std::string> read_banner(std::string_view banner);

/// One entry of RemoteIPRanges: `192.0.2.1`, `192.0.2.0/24`, `192.0.2.0(255.255.255.0)`, `192.0.2.1-192.0.2.9`; IPv6 alike.
/// Both ends count, in the order of the octets.
struct IpRange {
  std::string text;                     // as written
  std::array<std::uint8_t, 16> first{};
  std::array<std::uint8_t, 16> last{};
  bool ipv6 = false;                    // else the last four octets are the address
  [[nodiscard]] bool holds(const IpRange& other) const;
};
[[nodiscard]] std::optional<IpRange> read_ip_range(std::string_view text);

/// SizeEnabled: whether EHLO says SIZE, and with the number.
enum class SizeEnabled { enabled, disabled, without_value };
/// ExtendedProtectionPolicy: concerns Integrated AUTH after TLS, not the mutual TLS itself (spec exchange 3.1).
enum class ExtendedProtectionPolicy { none, allow, require };
[[nodiscard]] std::string_view text(ExtendedProtectionPolicy policy);
enum class MessageRateSource { none, ip_address, user, all };
enum class TransportRole { hub_transport, frontend_transport };

/// One entry of TlsDomainCapabilities, `mail.protection.outlook.com:AcceptCloudServicesMail`.
struct TlsDomainCapability {
  std::string domain;                   // a domain, `NO-TLS`, or `<I>…<S>…`
  std::vector<std::string> capabilities;
  [[nodiscard]] std::string text() const;
};
[[nodiscard]] std::optional<TlsDomainCapability> read_tls_domain_capability(std::string_view text);

struct ReceiveConnector {
  std::string name = "Internet";
  std::optional<smtp::Domain> fqdn;
  std::vector<Binding> bindings;
  Sourced<AuthMechanism> auth_mechanism;
  Sourced<bool> domain_secure_enabled{false, {}};
  Sourced<bool> require_tls{false, {}};
  std::optional<TlsCertificateName> tls_certificate_name;
  ProtocolLoggingLevel protocol_logging_level = ProtocolLoggingLevel::none;
  std::string banner;  // whole, `220 text`; empty = the default
  std::uint64_t max_message_size = 36ULL << 20;
  std::uint64_t max_header_size = 256ULL << 10;
  int max_recipients_per_message = 200;
  int max_protocol_errors = 5;
  int max_hop_count = 60;
  int max_inbound_connection = 5000;
  int max_inbound_connection_per_source = 20;
  std::chrono::seconds connection_timeout{600};
  std::chrono::seconds connection_inactivity_timeout{300};
  std::chrono::seconds tarpit_interval{0};  // Exchange's default is 5 s; a tester answers at once unless told
  bool chunking_enabled = true;
  bool pipelining_enabled = true;
  bool eight_bit_mime_enabled = true;
  bool binary_mime_enabled = true;
  bool delivery_status_notification_enabled = true;
  bool enhanced_status_codes_enabled = true;
  SizeEnabled size_enabled = SizeEnabled::enabled;
  bool smtputf8_enabled = true;
  bool enabled = true;
  Origin origin;
  /// Which clients are this connector's, beside its Bindings (RC-6); empty = all.
  std::vector<IpRange> remote_ip_ranges{};
  int max_inbound_connection_percentage_per_source = 2;
  int max_local_hop_count = 5;          // Exchange's page says 8, its objects 5 (D-17)
  int message_rate_limit = 2147483647;  // messages a minute, unlimited
  MessageRateSource message_rate_source = MessageRateSource::ip_address;
  bool bare_linefeed_rejection_enabled = false;
  bool require_ehlo_domain = false;
  bool reject_reserved_top_level_recipient_domains = false;
  bool long_addresses_enabled = false;
  bool orar_enabled = false;
  std::vector<TlsDomainCapability> tls_domain_capabilities{};
  ExtendedProtectionPolicy extended_protection_policy = ExtendedProtectionPolicy::none;
  bool enable_auth_gssapi = false;
  int max_logon_failures = 3;
  std::chrono::seconds auth_tarpit_interval{5};
  std::chrono::seconds max_acknowledgement_delay{30};
  TransportRole transport_role = TransportRole::frontend_transport;
  Usage usage = Usage::custom;
  std::string comment{};
  /// Read for rules RC-3 and RC-10 alone: domsec has neither accounts nor X-ANONYMOUSTLS.
  std::vector<std::string> permission_groups{};        // `AnonymousUsers`, `ExchangeServers`, …
  bool suppress_x_anonymous_tls = false;
  Origins origins{};
};

}  // namespace domsec::exchange
