// [[SendConnector]] and [[ReceiveConnector]]: the parameters of spec exchange 2.1, 3.1 and 3.2 with their
// ranges.
#include <algorithm>

#include "configuration_values.h"
#include "organisation_sections.h"
#include "shown_text.h"

namespace domsec::exchange {

namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr std::string_view certificate_name = "a certificate name; write <I>issuer<S>subject";

void read_name(Section& section, const Origin& origin, std::string& into) {
  section.read("Name", into);
  if (!into.empty() && into.size() <= 64) return;
  const int line = section.origin("Name").line;
  section.refuse_at(line > 0 ? line : origin.line,
                    "Name has " + std::to_string(into.size()) + " octets; write 1 to 64");
}

void read_smart_hosts(Section& section, std::vector<std::string>& into) {
  const auto entries = section.read_list("SmartHosts");
  if (!entries) return;
  into.clear();
  for (const Section::Entry& entry : *entries) {
    if (!is_smart_host(entry.text)) {
      section.refuse_value(
          "SmartHosts", entry,
          "a host; write a name such as relay.contoso.com or an address such as [192.0.2.1]");
    }
    into.push_back(entry.text);
  }
}

/// Spec exchange 2.5. The two spellings that are near a right one get a remedy of their own.
[[noreturn]] void refuse_address_space(const Section& section, const Section::Entry& entry) {
  if (entry.text == "--") {
    section.refuse_value("AddressSpaces", entry,
                         "supported, because there is no Exchange organisation behind domsec; write domains");
  }
  if (entry.text.size() > 1 && entry.text[0] == '*' && entry.text[1] != '.') {
    section.refuse_value("AddressSpaces", entry,
                         "an address space; write * alone, contoso.com or *.contoso.com");
  }
  section.refuse_value("AddressSpaces", entry,
                       "an address space; write [SMTP:]domain[;cost] with a cost from 1 to 100");
}

void read_address_spaces(Section& section, std::vector<AddressSpace>& into) {
  const auto entries = section.read_list("AddressSpaces");
  if (!entries) return;
  into.clear();
  for (const Section::Entry& entry : *entries) {
    std::optional<AddressSpace> space = read_address_space(entry.text);
    if (!space) refuse_address_space(section, entry);
    into.push_back(*std::move(space));
  }
}

void read_bindings(Section& section, std::vector<Binding>& into) {
  const auto entries = section.read_list("Bindings");
  if (!entries) return;
  into.clear();
  for (const Section::Entry& entry : *entries) {
    std::optional<Binding> binding = read_binding(entry.text);
    if (!binding) {
      section.refuse_value("Bindings", entry,
                           "an address with a port; write one such as 0.0.0.0:25 or [::1]:2525");
    }
    into.push_back(*std::move(binding));
  }
}

void read_auth(Section& section, Sourced<AuthMechanism>& into) {
  const auto entries = section.read_set("AuthMechanism");
  if (!entries) return;
  std::vector<std::string> words;
  for (const Section::Entry& entry : *entries) {
    words.push_back(entry.text);
    if (!read_auth_mechanism({entry.text})) {
      section.refuse_value(
          "AuthMechanism", entry,
          "a mechanism; write None, Tls, Integrated, BasicAuth, BasicAuthRequireTLS, ExchangeServer or "
          "ExternalAuthoritative");
    }
  }
  const std::optional<AuthMechanism> mechanism = read_auth_mechanism(words);
  const Origin origin = section.origin("AuthMechanism");
  if (!mechanism) {
    section.refuse_at(origin.line,
                      words.empty()
                          ? "AuthMechanism is an empty list; write [\"None\"] or remove the line"
                          : "AuthMechanism: None stands only alone (RC-1); remove None or the others");
  }
  into = Sourced<AuthMechanism>{*mechanism, origin};
}

void read_permission_groups(Section& section, std::vector<std::string>& into) {
  const auto entries = section.read_set("PermissionGroups");
  if (!entries) return;
  const std::vector<std::string> groups{
      "None",     "AnonymousUsers", "ExchangeUsers", "ExchangeServers", "ExchangeLegacyServers",
      "Partners", "Custom"};
  into.clear();
  for (const Section::Entry& entry : *entries) {
    const auto found = std::find_if(groups.begin(), groups.end(), [&entry](const std::string& group) {
      return lower_case(group) == lower_case(entry.text);
    });
    if (found == groups.end()) {
      section.refuse_value(
          "PermissionGroups", entry,
          "a group; write None, AnonymousUsers, ExchangeUsers, ExchangeServers, ExchangeLegacyServers, "
          "Partners or Custom");
    }
    into.push_back(*found);
  }
}

/// RFC 5321 4.5.3.1.5: a reply line has at most 512 octets, its CRLF among them. That it starts with 220 is RC-9.
void read_banner_line(Section& section, std::string& into) {
  section.read("Banner", into);
  if (into.size() <= 510) return;
  section.refuse_at(section.origin("Banner").line, "Banner has " + std::to_string(into.size()) +
                                                       " octets; write at most 510, one reply line");
}

void read_receive_limits(Section& section, ReceiveConnector& into) {
  section.read_size("MaxMessageSize", into.max_message_size, 65536, 2147483647);
  section.read_size("MaxHeaderSize", into.max_header_size, 1, 2147483647);
  section.read_number("MaxRecipientsPerMessage", into.max_recipients_per_message, 1, 512000);
  section.read_limit("MaxProtocolErrors", into.max_protocol_errors, 0, unlimited_number);
  section.read_number("MaxHopCount", into.max_hop_count, 1, 500);
  section.read_limit("MaxInboundConnection", into.max_inbound_connection, 1, unlimited_number);
  section.read_limit("MaxInboundConnectionPerSource", into.max_inbound_connection_per_source, 1, 10000);
  section.read_time_span("ConnectionTimeout", into.connection_timeout, seconds(1), hours(24));
  section.read_time_span("ConnectionInactivityTimeout", into.connection_inactivity_timeout, seconds(1),
                         hours(24));
  section.read_time_span("TarpitInterval", into.tarpit_interval, seconds(0), std::chrono::minutes(10));
}

void read_receive_extensions(Section& section, ReceiveConnector& into) {
  section.read("ChunkingEnabled", into.chunking_enabled);
  section.read("PipeliningEnabled", into.pipelining_enabled);
  section.read("EightBitMimeEnabled", into.eight_bit_mime_enabled);
  section.read("BinaryMimeEnabled", into.binary_mime_enabled);
  section.read("DeliveryStatusNotificationEnabled", into.delivery_status_notification_enabled);
  section.read("EnhancedStatusCodesEnabled", into.enhanced_status_codes_enabled);
  section.read("SizeEnabled", into.size_enabled);
  section.read("SmtpUtf8Enabled", into.smtputf8_enabled);
}

}  // namespace

SendConnector read_send_connector(const ConfigurationTable& table, const Origin& origin) {
  SendConnector connector;
  connector.origin = origin;
  Section section("[[SendConnector]]", table, origin.file, connector.origins);
  read_name(section, origin, connector.name);
  section.read("Fqdn", connector.fqdn);
  section.read("DomainSecureEnabled", connector.domain_secure_enabled);
  section.read("DNSRoutingEnabled", connector.dns_routing_enabled);
  read_smart_hosts(section, connector.smart_hosts);
  section.read("IgnoreSTARTTLS", connector.ignore_starttls);
  section.read("RequireTLS", connector.require_tls);
  section.read("ForceHELO", connector.force_helo);
  section.read_as("TlsAuthLevel", connector.tls_auth_level, read_tls_auth_level,
                  "a level; write EncryptionOnly, CertificateValidation or DomainValidation");
  section.read_as("TlsDomain", connector.tls_domain, read_domain_with_subdomains,
                  "a domain; write contoso.com, or *.contoso.com for it and its sub-domains");
  section.read_as("TlsCertificateName", connector.tls_certificate_name, read_tls_certificate_name,
                  certificate_name);
  read_address_spaces(section, connector.address_spaces);
  section.read_as("ProtocolLoggingLevel", connector.protocol_logging_level, read_protocol_logging_level,
                  "a level; write None or Verbose");
  section.read_time_span("ConnectionInactivityTimeOut", connector.connection_inactivity_timeout, seconds(1),
                         hours(24));
  int port = connector.port;
  section.read_number("Port", port, 1, 65535);
  connector.port = static_cast<std::uint16_t>(port);
  section.read("Enabled", connector.enabled);
  section.read_as(
      "SmartHostAuthMechanism", connector.smart_host_auth_mechanism, read_smart_host_auth_mechanism,
      "a mechanism; write None, BasicAuth, BasicAuthRequireTLS, ExchangeServer or ExternalAuthoritative");
  section.read("AuthenticationCredential", connector.authentication_credential);
  section.refuse_unknown_keys();
  return connector;
}

ReceiveConnector read_receive_connector(const ConfigurationTable& table, const Origin& origin) {
  ReceiveConnector connector;
  connector.origin = origin;
  Section section("[[ReceiveConnector]]", table, origin.file, connector.origins);
  read_name(section, origin, connector.name);
  section.read("Fqdn", connector.fqdn);
  read_bindings(section, connector.bindings);
  read_auth(section, connector.auth_mechanism);
  read_permission_groups(section, connector.permission_groups);
  section.read("DomainSecureEnabled", connector.domain_secure_enabled);
  section.read("RequireTLS", connector.require_tls);
  section.read("SuppressXAnonymousTls", connector.suppress_x_anonymous_tls);
  section.read_as("TlsCertificateName", connector.tls_certificate_name, read_tls_certificate_name,
                  certificate_name);
  section.read_as("ProtocolLoggingLevel", connector.protocol_logging_level, read_protocol_logging_level,
                  "a level; write None or Verbose");
  read_banner_line(section, connector.banner);
  read_receive_limits(section, connector);
  read_receive_extensions(section, connector);
  section.read("Enabled", connector.enabled);
  section.refuse_unknown_keys();
  return connector;
}

}  // namespace domsec::exchange
