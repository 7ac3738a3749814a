// New-/Set-InboundConnector and -OutboundConnector of Exchange Online (spec exchange 3.4).
#include "parameter_rows.h"

namespace domsec::exchange {

namespace {

const Words<OnlineConnectorType>& connector_types() {
  static const Words<OnlineConnectorType> words{{"Partner", OnlineConnectorType::partner},
                                                {"OnPremises", OnlineConnectorType::on_premises}};
  return words;
}

/// IPv4 alone: an address, or a block from /24 to /32.
bool is_sender_address(const std::string& text) {
  const std::optional<IpRange> range = read_ip_range(text);
  if (!range || range->ipv6 || text.find_first_of("-(") != std::string::npos) return false;
  return std::equal(range->first.begin(), range->first.begin() + 15, range->last.begin());
}

/// No session obeys them: Exchange Online's connectors are kept and linted, and what they would decide is policy/online_requirement.h.
template <typename Object>
std::vector<Parameter<Object>> carried(std::vector<Parameter<Object>> table) {
  for (Parameter<Object>& row : table) row.effect = Effect::carried;
  return table;
}

std::vector<Parameter<InboundConnector>> inbound_table() {
  using C = InboundConnector;
  return {
      identity<C>("Name", &C::name),
      word<C, OnlineConnectorType>("ConnectorType", &C::connector_type, connector_types(), "a type"),
      flag<C>("Enabled", &C::enabled),
      address_spaces<C>("SenderDomains", &C::sender_domains),
      texts<C>("SenderIPAddresses", &C::sender_ip_addresses, is_sender_address,
               "an IPv4 address; write 192.0.2.1, or 192.0.2.0/24 with a prefix from /24 to /32"),
      flag<C>("RequireTls", &C::require_tls),
      flag<C>("RestrictDomainsToCertificate", &C::restrict_domains_to_certificate),
      flag<C>("RestrictDomainsToIPAddresses", &C::restrict_domains_to_ip_addresses),
      domain_or_more<C>("TlsSenderCertificateName", &C::tls_sender_certificate_name),
      flag<C>("TreatMessagesAsInternal", &C::treat_messages_as_internal),
      flag<C>("CloudServicesMailEnabled", &C::cloud_services_mail_enabled),
      list<C, smtp::Domain>("AssociatedAcceptedDomains", &C::associated_accepted_domains, smtp::Domain::parse,
                            domain_text, std::string(a_domain_name)),
      text<C>("Comment", &C::comment),
  };
}

std::vector<Parameter<OutboundConnector>> outbound_table() {
  using C = OutboundConnector;
  const Words<SmtpDaneMode> dane{{"Opportunistic", SmtpDaneMode::opportunistic},
                                 {"Mandatory", SmtpDaneMode::mandatory},
                                 {"None", SmtpDaneMode::none}};
  const Words<MtaStsMode> sts{{"Opportunistic", MtaStsMode::opportunistic}, {"None", MtaStsMode::none}};
  return {
      identity<C>("Name", &C::name),
      word<C, OnlineConnectorType>("ConnectorType", &C::connector_type, connector_types(), "a type"),
      flag<C>("Enabled", &C::enabled),
      address_spaces<C>("RecipientDomains", &C::recipient_domains),
      word<C, TlsAuthLevel>("TlsSettings", &C::tls_settings, tls_auth_levels(), "a level"),
      domain_or_more<C>("TlsDomain", &C::tls_domain),
      flag<C>("UseMXRecord", &C::use_mx_record),
      texts<C>("SmartHosts", &C::smart_hosts, is_smart_host, std::string(a_host)),
      word<C, SmtpDaneMode>("SmtpDaneMode", &C::smtp_dane_mode, dane, "a mode"),
      word<C, MtaStsMode>("MtaStsMode", &C::mta_sts_mode, sts, "a mode"),
      flag<C>("CloudServicesMailEnabled", &C::cloud_services_mail_enabled),
      flag<C>("AllAcceptedDomains", &C::all_accepted_domains),
      flag<C>("RouteAllMessagesViaOnPremises", &C::route_all_messages_via_on_premises),
      flag<C>("IsTransportRuleScoped", &C::is_transport_rule_scoped),
      text<C>("Comment", &C::comment),
  };
}

}  // namespace

template <>
const std::vector<Parameter<InboundConnector>>& parameters<InboundConnector>() {
  static const std::vector<Parameter<InboundConnector>> rows = carried(inbound_table());
  return rows;
}

template <>
std::string_view object_name<InboundConnector>() {
  return "InboundConnector";
}

template <>
const std::vector<Parameter<OutboundConnector>>& parameters<OutboundConnector>() {
  static const std::vector<Parameter<OutboundConnector>> rows = carried(outbound_table());
  return rows;
}

template <>
std::string_view object_name<OutboundConnector>() {
  return "OutboundConnector";
}

}  // namespace domsec::exchange
