// Set-ReceiveConnector: spec exchange 3.1 and 3.2 with its defaults and limits.
#include "parameter_rows.h"

namespace domsec::exchange {

namespace {

using C = ReceiveConnector;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

Parameter<C> auth_mechanism() {
  Parameter<C> row{"AuthMechanism", Kind::words, Effect::in_force,
                   {"None", "Tls", "Integrated", "BasicAuth", "BasicAuthRequireTLS", "ExchangeServer",
                    "ExternalAuthoritative"}};
  const std::string expected = "a mechanism; write " + alternatives(row.words);
  row.set = [expected](C& connector, const Value& value, const Origin& origin) {
    std::vector<std::string> words;
    for (const Written& entry : set_of("AuthMechanism", value)) {
      words.push_back(entry.text);
      if (!read_auth_mechanism({entry.text})) refuse_value("AuthMechanism", entry, expected);
    }
    const std::optional<AuthMechanism> mechanism = read_auth_mechanism(words);
    if (!mechanism) {
      refuse_at(value, words.empty()
                           ? "AuthMechanism is an empty list; write [\"None\"] or remove the line"
                           : "AuthMechanism: None stands only alone (RC-1); remove None or the others");
    }
    connector.auth_mechanism = Sourced<AuthMechanism>{*mechanism, origin};
  };
  row.get = [](const C& connector) { return text_value(connector.auth_mechanism->text()); };
  return row;
}

/// RFC 5321 4.5.3.1.5: a reply line has at most 512 octets, its CRLF among them. That it starts with 220 is RC-9.
Parameter<C> banner() {
  Parameter<C> row = text<C>("Banner", &C::banner);
  row.set = [](C& connector, const Value& value, const Origin&) {
    const std::string line = is_null(value) ? std::string() : text_of("Banner", value).text;
    if (line.size() > 510) {
      refuse_at(value, "Banner has " + std::to_string(line.size()) + " octets; write at most 510, one reply line");
    }
    connector.banner = line;
  };
  return row;
}

/// The words of Exchange, and true or false.
Parameter<C> size_enabled() {
  const Words<SizeEnabled> words{{"Enabled", SizeEnabled::enabled},
                                 {"Disabled", SizeEnabled::disabled},
                                 {"EnabledwithoutValue", SizeEnabled::without_value}};
  Parameter<C> row = word<C, SizeEnabled>("SizeEnabled", &C::size_enabled, words, "a choice");
  row.set = [by_word = row.set](C& connector, const Value& value, const Origin& origin) {
    const bool* flag = std::get_if<bool>(&value.value);
    if (flag == nullptr) {
      by_word(connector, value, origin);
    } else {
      connector.size_enabled = *flag ? SizeEnabled::enabled : SizeEnabled::disabled;
    }
  };
  return row;
}

void add_limits(std::vector<Parameter<C>>& rows) {
  rows.push_back(size<C>("MaxMessageSize", &C::max_message_size, 65536, 2147483647));
  rows.push_back(size<C>("MaxHeaderSize", &C::max_header_size, 1, 2147483647));
  rows.push_back(number<C>("MaxRecipientsPerMessage", &C::max_recipients_per_message, 1, 512000));
  rows.push_back(limit<C>("MaxProtocolErrors", &C::max_protocol_errors, 0, unlimited_number));
  rows.push_back(number<C>("MaxHopCount", &C::max_hop_count, 1, 500));
  rows.push_back(number<C>("MaxLocalHopCount", &C::max_local_hop_count, 0, 50));
  rows.push_back(limit<C>("MaxInboundConnection", &C::max_inbound_connection, 1, unlimited_number));
  rows.push_back(limit<C>("MaxInboundConnectionPerSource", &C::max_inbound_connection_per_source, 1, 10000));
  rows.push_back(number<C>("MaxInboundConnectionPercentagePerSource",
                           &C::max_inbound_connection_percentage_per_source, 1, 100));
  rows.push_back(limit<C>("MessageRateLimit", &C::message_rate_limit, 1, unlimited_number));
  const Words<MessageRateSource> sources{{"None", MessageRateSource::none},
                                         {"IPAddress", MessageRateSource::ip_address},
                                         {"User", MessageRateSource::user},
                                         {"All", MessageRateSource::all}};
  rows.push_back(word<C, MessageRateSource>("MessageRateSource", &C::message_rate_source, sources, "a source"));
  rows.push_back(time_span<C>("ConnectionTimeout", &C::connection_timeout, seconds(1), hours(24)));
  rows.push_back(
      time_span<C>("ConnectionInactivityTimeout", &C::connection_inactivity_timeout, seconds(1), hours(24)));
  rows.push_back(time_span<C>("TarpitInterval", &C::tarpit_interval, seconds(0), minutes(10)));
  rows.push_back(time_span<C>("AuthTarpitInterval", &C::auth_tarpit_interval, seconds(0), minutes(10),
                              Effect::carried));
  rows.push_back(time_span<C>("MaxAcknowledgementDelay", &C::max_acknowledgement_delay, seconds(0), minutes(10),
                              Effect::carried));
  rows.push_back(number<C>("MaxLogonFailures", &C::max_logon_failures, 0, 10, Effect::carried));
}

void add_extensions(std::vector<Parameter<C>>& rows) {
  rows.push_back(flag<C>("ChunkingEnabled", &C::chunking_enabled));
  rows.push_back(flag<C>("PipeliningEnabled", &C::pipelining_enabled));
  rows.push_back(flag<C>("EightBitMimeEnabled", &C::eight_bit_mime_enabled));
  rows.push_back(flag<C>("BinaryMimeEnabled", &C::binary_mime_enabled));
  rows.push_back(flag<C>("DeliveryStatusNotificationEnabled", &C::delivery_status_notification_enabled));
  rows.push_back(flag<C>("EnhancedStatusCodesEnabled", &C::enhanced_status_codes_enabled));
  rows.push_back(size_enabled());
  rows.push_back(flag<C>("SmtpUtf8Enabled", &C::smtputf8_enabled));
  rows.push_back(flag<C>("OrarEnabled", &C::orar_enabled));
  rows.push_back(flag<C>("LongAddressesEnabled", &C::long_addresses_enabled));
  rows.push_back(flag<C>("BareLinefeedRejectionEnabled", &C::bare_linefeed_rejection_enabled));
  rows.push_back(flag<C>("RequireEHLODomain", &C::require_ehlo_domain));
  rows.push_back(flag<C>("RejectReservedTopLevelRecipientDomains", &C::reject_reserved_top_level_recipient_domains));
}

std::vector<Parameter<C>> table() {
  const Words<ExtendedProtectionPolicy> policies{{"None", ExtendedProtectionPolicy::none},
                                                 {"Allow", ExtendedProtectionPolicy::allow},
                                                 {"Require", ExtendedProtectionPolicy::require}};
  const Words<TransportRole> roles{{"HubTransport", TransportRole::hub_transport},
                                   {"FrontendTransport", TransportRole::frontend_transport}};
  const auto range_text = [](const IpRange& range) { return range.text; };
  const auto capability_text = [](const TlsDomainCapability& capability) { return capability.text(); };
  std::vector<Parameter<C>> rows{
      identity<C>("Name", &C::name),
      domain<C>("Fqdn", &C::fqdn),
      list<C, Binding>("Bindings", &C::bindings, read_binding, binding_text,
                       "an address with a port; write one such as 0.0.0.0:25 or [::1]:2525"),
      list<C, IpRange>("RemoteIPRanges", &C::remote_ip_ranges, read_ip_range, range_text,
                       "a range; write 192.0.2.1, 192.0.2.0/24 or 192.0.2.1-192.0.2.9"),
      auth_mechanism(),
      set_of_words<C>("PermissionGroups", &C::permission_groups,
                      {"None", "AnonymousUsers", "ExchangeUsers", "ExchangeServers", "ExchangeLegacyServers",
                       "Partners", "Custom"},
                      "a group", Effect::carried),
      flag<C>("DomainSecureEnabled", &C::domain_secure_enabled),
      flag<C>("RequireTLS", &C::require_tls),
      flag<C>("SuppressXAnonymousTls", &C::suppress_x_anonymous_tls, Effect::carried),
      certificate_name<C>("TlsCertificateName", &C::tls_certificate_name),
      list<C, TlsDomainCapability>("TlsDomainCapabilities", &C::tls_domain_capabilities, read_tls_domain_capability,
                                   capability_text,
                                   "a capability; write domain:Capability with AcceptCloudServicesMail, "
                                   "AcceptOorgProtocol or AcceptOorgHeader"),
      word<C, ExtendedProtectionPolicy>("ExtendedProtectionPolicy", &C::extended_protection_policy, policies,
                                        "a policy", Effect::carried),
      flag<C>("EnableAuthGSSAPI", &C::enable_auth_gssapi, Effect::carried),
      word<C, ProtocolLoggingLevel>("ProtocolLoggingLevel", &C::protocol_logging_level, protocol_logging_levels(),
                                    "a level"),
      banner(),
  };
  add_limits(rows);
  add_extensions(rows);
  rows.push_back(flag<C>("Enabled", &C::enabled));
  rows.push_back(word<C, TransportRole>("TransportRole", &C::transport_role, roles, "a role", Effect::carried));
  rows.push_back(word<C, Usage>("Usage", &C::usage, usages(), "a usage", Effect::carried));
  rows.push_back(text<C>("Comment", &C::comment, Effect::carried));
  return rows;
}

}  // namespace

template <>
const std::vector<Parameter<C>>& parameters<C>() {
  static const std::vector<Parameter<C>> rows = table();
  return rows;
}

template <>
std::string_view object_name<C>() {
  return "ReceiveConnector";
}

}  // namespace domsec::exchange
