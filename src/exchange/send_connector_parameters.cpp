// Set-SendConnector: spec exchange 2.1 with its defaults and limits.
#include "parameter_rows.h"

namespace domsec::exchange {

namespace {

using C = SendConnector;
using std::chrono::hours;
using std::chrono::seconds;

const Words<SmartHostAuthMechanism>& smart_host_auth_mechanisms() {
  static const Words<SmartHostAuthMechanism> words{
      {"None", SmartHostAuthMechanism::none},
      {"BasicAuth", SmartHostAuthMechanism::basic_auth},
      {"BasicAuthRequireTLS", SmartHostAuthMechanism::basic_auth_require_tls},
      {"ExchangeServer", SmartHostAuthMechanism::exchange_server},
      {"ExternalAuthoritative", SmartHostAuthMechanism::external_authoritative}};
  return words;
}

Parameter<C> error_policies() {
  Parameter<C> row{"ErrorPolicies", Kind::words, Effect::carried,
                   {"Default", "DowngradeDnsFailures", "DowngradeCustomFailures", "UpgradeCustomFailures"}};
  const std::string expected = "a policy; write " + alternatives(row.words);
  row.set = [expected](C& connector, const Value& value, const Origin&) {
    ErrorPolicies policies;
    for (const Written& entry : set_of("ErrorPolicies", value)) {
      if (same_word(entry.text, "DowngradeDnsFailures")) {
        policies.downgrade_dns_failures = true;
      } else if (same_word(entry.text, "DowngradeCustomFailures")) {
        policies.downgrade_custom_failures = true;
      } else if (same_word(entry.text, "UpgradeCustomFailures")) {
        policies.upgrade_custom_failures = true;
      } else if (!same_word(entry.text, "Default")) {
        refuse_value("ErrorPolicies", entry, expected);
      }
    }
    connector.error_policies = policies;
  };
  row.get = [](const C& connector) { return text_value(connector.error_policies.text()); };
  return row;
}

std::vector<Parameter<C>> table() {
  const Words<SendConnectorType> types{{"Default", SendConnectorType::standard},
                                       {"XPremises", SendConnectorType::x_premises}};
  const auto address = [](const std::string& text) { return text.empty() || is_ip_address(text); };
  const auto any_server = [](const std::string& text) { return !text.empty(); };
  Parameter<C> source_address = text<C>("SourceIPAddress", &C::source_ip_address, Effect::carried);
  source_address.set = [address](C& connector, const Value& value, const Origin&) {
    const Written written = is_null(value) ? Written{} : text_of("SourceIPAddress", value);
    if (!address(written.text)) {
      refuse_value("SourceIPAddress", written, "an address; write one such as 192.0.2.1");
    }
    connector.source_ip_address = written.text;
  };
  return {
      identity<C>("Name", &C::name),
      domain<C>("Fqdn", &C::fqdn),
      flag<C>("DomainSecureEnabled", &C::domain_secure_enabled),
      flag<C>("DNSRoutingEnabled", &C::dns_routing_enabled),
      texts<C>("SmartHosts", &C::smart_hosts, is_smart_host, std::string(a_host)),
      flag<C>("IgnoreSTARTTLS", &C::ignore_starttls),
      flag<C>("RequireTLS", &C::require_tls),
      flag<C>("ForceHELO", &C::force_helo),
      word<C, TlsAuthLevel>("TlsAuthLevel", &C::tls_auth_level, tls_auth_levels(), "a level"),
      domain_or_more<C>("TlsDomain", &C::tls_domain),
      certificate_name<C>("TlsCertificateName", &C::tls_certificate_name),
      address_spaces<C>("AddressSpaces", &C::address_spaces),
      word<C, ProtocolLoggingLevel>("ProtocolLoggingLevel", &C::protocol_logging_level, protocol_logging_levels(),
                                    "a level"),
      time_span<C>("ConnectionInactivityTimeOut", &C::connection_inactivity_timeout, seconds(1), hours(24)),
      number<C>("Port", &C::port, 1, 65535),
      flag<C>("Enabled", &C::enabled),
      word<C, SmartHostAuthMechanism>("SmartHostAuthMechanism", &C::smart_host_auth_mechanism,
                                      smart_host_auth_mechanisms(), "a mechanism", Effect::carried),
      text<C>("AuthenticationCredential", &C::authentication_credential, Effect::carried),
      size<C>("MaxMessageSize", &C::max_message_size, 0, unlimited_size, Effect::carried),
      number<C>("SmtpMaxMessagesPerConnection", &C::smtp_max_messages_per_connection, 0, unlimited_number,
                Effect::carried),
      error_policies(),
      word<C, SendConnectorType>("ConnectorType", &C::connector_type, types, "a type", Effect::carried),
      flag<C>("CloudServicesMailEnabled", &C::cloud_services_mail_enabled, Effect::carried),
      flag<C>("RequireOorg", &C::require_oorg, Effect::carried),
      flag<C>("FrontendProxyEnabled", &C::frontend_proxy_enabled, Effect::carried),
      flag<C>("UseExternalDNSServersEnabled", &C::use_external_dns_servers_enabled, Effect::carried),
      texts<C>("SourceTransportServers", &C::source_transport_servers, any_server, "a server; write its name",
               Effect::carried),
      source_address,
      word<C, Usage>("Usage", &C::usage, usages(), "a usage", Effect::carried),
      text<C>("Comment", &C::comment, Effect::carried),
  };
}

}  // namespace

template <>
const std::vector<Parameter<C>>& parameters<C>() {
  static const std::vector<Parameter<C>> rows = table();
  return rows;
}

template <>
std::string_view object_name<C>() {
  return "SendConnector";
}

}  // namespace domsec::exchange
