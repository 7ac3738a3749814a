// Spec exchange 3.4 and the refusals of 6.1.
#include "domsec/policy/online_requirement.h"

#include <algorithm>
#include <tuple>

#include "address_space_match.h"

namespace domsec::policy {

namespace {

using exchange::InboundConnector;
using exchange::OutboundConnector;

std::string placed(const std::string& value, const exchange::Origins& origins, std::string_view parameter) {
  return value + " (" + origins.of(parameter).text() + ")";
}

/// SenderIPAddresses: empty lists nobody.
bool lists_address(const InboundConnector& connector, const std::string& address) {
  const std::optional<exchange::IpRange> client = exchange::read_ip_range(address);
  return client && std::any_of(connector.sender_ip_addresses.begin(), connector.sender_ip_addresses.end(),
                               [&client](const std::string& text) {
                                 const auto range = exchange::read_ip_range(text);
                                 return range && range->holds(*client);
                               });
}

template <typename Connector>
std::optional<std::size_t> best_space(const Connector& connector, const std::vector<exchange::AddressSpace>& spaces,
                                      const smtp::Domain& domain) {
  std::optional<std::size_t> best;
  if (!connector.enabled) return best;
  for (const exchange::AddressSpace& space : spaces) best = std::max(best, specificity(space, domain));
  return best;
}

constexpr std::string_view attribution =
    "550 5.7.51 TenantInboundAttribution; There is a partner connector configured that matched the message's recipient "
    "domain. The connector had either the RestrictDomainsToIPAddresses or RestrictDomainsToCertificate set";

OnlineDecision refused(const InboundConnector& connector, std::string_view reply, std::string reason) {
  return {&connector, false, std::string(reply), connector.name + ": " + std::move(reason)};
}

OnlineDecision judge(const InboundConnector& c, const OnlineArrival& arrival) {
  if (c.connector_type == exchange::OnlineConnectorType::on_premises) {
    return {&c, true, {}, c.name + ": ConnectorType OnPremises demands nothing of a partner"};
  }
  if (*c.require_tls && !arrival.tls) {
    return refused(c, "451 5.7.3 STARTTLS is required to send mail",
                   placed("RequireTls $true", c.origins, "RequireTls") + ", and the mail came in clear");
  }
  if (*c.restrict_domains_to_certificate) {
    const std::string rule = placed("RestrictDomainsToCertificate $true", c.origins, "RestrictDomainsToCertificate");
    if (!c.tls_sender_certificate_name) return refused(c, attribution, rule + " without a TlsSenderCertificateName");
    const std::string wanted = (c.tls_sender_certificate_name->with_subdomains ? "*." : "") +
                               c.tls_sender_certificate_name->domain.text();
    if (arrival.certificate_names.empty()) return refused(c, attribution, rule + ", and no certificate was shown");
    if (!arrival.certificate_valid) return refused(c, attribution, rule + ", and the certificate is not valid");
    if (!names_sender(*c.tls_sender_certificate_name, arrival.certificate_names)) {
      return refused(c, attribution, rule + ", and the certificate does not name " + wanted);
    }
  }
  if (*c.restrict_domains_to_ip_addresses && !lists_address(c, arrival.address)) {
    return refused(c, attribution,
                   placed("RestrictDomainsToIPAddresses $true", c.origins, "RestrictDomainsToIPAddresses") + ", and " +
                       arrival.address + " is not among SenderIPAddresses");
  }
  return {&c, true, {}, c.name + ": all that it demands is met"};
}

}  // namespace

bool names_sender(const exchange::SmtpDomainWithSubdomains& wanted, const std::vector<std::string>& names) {
  return std::any_of(names.begin(), names.end(), [&wanted](const std::string& name) {
    if (pki::covers_host(name, wanted.domain.text())) return true;
    if (!wanted.with_subdomains) return false;
    const std::string host = name.starts_with("*.") ? name.substr(2) : name;
    const std::optional<smtp::Domain> domain = smtp::Domain::parse(host);
    return domain && (*domain == wanted.domain || domain->is_below(wanted.domain));
  });
}

OnlineDecision judge_inbound(const std::vector<InboundConnector>& connectors, const OnlineArrival& arrival) {
  const InboundConnector* chosen = nullptr;
  std::tuple<std::size_t, bool> rank;
  for (const InboundConnector& connector : connectors) {
    const std::optional<std::size_t> specific = best_space(connector, connector.sender_domains, arrival.sender);
    if (!specific) continue;
    const std::tuple<std::size_t, bool> own{*specific, lists_address(connector, arrival.address)};
    const bool better = chosen == nullptr || own > rank || (own == rank && connector.name < chosen->name);
    if (!better) continue;
    chosen = &connector;
    rank = own;
  }
  if (chosen == nullptr) {
    return {nullptr, true, {}, "no enabled inbound connector is for " + arrival.sender.text() + ": ordinary mail"};
  }
  return judge(*chosen, arrival);
}

OutboundChoice choose_outbound_connector(const std::vector<OutboundConnector>& connectors, const smtp::Domain& recipient) {
  const OutboundConnector* chosen = nullptr;
  std::size_t most = 0;
  for (const OutboundConnector& connector : connectors) {
    const std::optional<std::size_t> specific = best_space(connector, connector.recipient_domains, recipient);
    if (!specific) continue;
    const bool better = chosen == nullptr || *specific > most || (*specific == most && connector.name < chosen->name);
    if (!better) continue;
    chosen = &connector;
    most = *specific;
  }
  if (chosen == nullptr) return {nullptr, "no enabled outbound connector is for " + recipient.text() + ": by MX, opportunistic TLS"};
  return {chosen, "RecipientDomains of " + chosen->name + " name " + recipient.text() + " most closely"};
}

TlsRequirement outbound_requirement(const OutboundConnector& connector, const smtp::Domain& recipient) {
  TlsRequirement requirement;
  if (!connector.tls_settings) {
    requirement.reason = "TlsSettings is not set: TLS where the server offers it";
    return requirement;
  }
  const std::string settings =
      placed("TlsSettings " + std::string(text(*connector.tls_settings)), connector.origins, "TlsSettings");
  switch (*connector.tls_settings) {
    case exchange::TlsAuthLevel::encryption_only:
      requirement.requirement = Requirement::encryption;
      requirement.reason = settings + ": TLS is demanded, no certificate is looked at";
      break;
    case exchange::TlsAuthLevel::certificate_validation:
      requirement.requirement = Requirement::certificate_validation;
      requirement.reason = settings + ": chain and revocation are checked, the name is not";
      break;
    case exchange::TlsAuthLevel::domain_validation:
      requirement.requirement = Requirement::domain_validation;
      requirement.reference = connector.tls_domain ? pki::ReferenceId{connector.tls_domain->domain.text(),
                                                                      connector.tls_domain->with_subdomains}
                                                   : pki::ReferenceId{recipient.text(), false};
      requirement.reason = settings + ": the certificate must name " +
                           (requirement.reference->with_subdomains ? "*." : "") + requirement.reference->text +
                           (connector.tls_domain ? " (TlsDomain)" : " (the recipient's domain)");
      break;
  }
  return requirement;
}

}  // namespace domsec::policy
