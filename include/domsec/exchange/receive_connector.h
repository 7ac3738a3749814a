// Receive connector with Exchange's parameters and defaults (spec exchange 3).
#pragma once

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
  bool size_enabled = true;
  bool smtputf8_enabled = true;
  bool enabled = true;
  Origin origin;
  /// Read for rules RC-3 and RC-10 alone: domsec has neither accounts nor X-ANONYMOUSTLS.
  std::vector<std::string> permission_groups{};        // `AnonymousUsers`, `ExchangeServers`, …
  bool suppress_x_anonymous_tls = false;
  Origins origins{};
};

}  // namespace domsec::exchange
