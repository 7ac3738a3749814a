// The rules of every connector, and of the lists that lean on them (spec exchange 2.4, 3.1, 1.2; findings 3.7). One finding for
// each broken rule, at the line of the parameter that breaks it. Not here: what the certificates of the store add
// (certificate_lint.cpp).
#include "domsec/policy/connector_lint.h"

#include "connector_rules.h"
#include "domsec/policy/connector_choice.h"
#include "domsec/policy/tls_requirement.h"

namespace domsec::policy {

namespace {

using exchange::ReceiveConnector;
using exchange::SendConnector;
using finding::Code;

void add_listed(std::vector<LintFinding>& all, Finding finding, std::string rule, const exchange::DomainSecureList& list,
                std::string repair) {
  LintFinding found{std::move(finding), std::move(rule), list.origin};
  found.parameter = list.name();
  found.repair = std::move(repair);
  all.push_back(std::move(found));
}

/// R5, D-2: each domain of the send list through the connector that would take its mail.
void lint_send_list(const exchange::Organisation& organisation, std::vector<LintFinding>& all) {
  const exchange::DomainSecureList& list = organisation.transport_config.tls_send_domain_secure_list;
  for (const smtp::Domain& domain : list.domains()) {
    const ConnectorChoice choice = choose_send_connector(organisation.send_connectors, domain);
    if (choice.connector == nullptr) {
      add_listed(all,
                 own_configuration(Code::list_one_sided,
                                   domain.text() + " is on " + list.name() + ", but " + choice.reason),
                 "R5", list, organisation.send_connectors.empty() ? "New-SendConnector Internet -AddressSpaces *" : "");
      continue;
    }
    for (Finding& finding :
         send_requirement(organisation.transport_config, *choice.connector, domain).findings) {
      if (finding.code == Code::send_inert) add_listed(all, std::move(finding), "R5", list, securing_command(*choice.connector));
    }
  }
}

/// R6, R30: every connector that could take the partner's mail has to secure it.
void lint_receive_list(const exchange::Organisation& organisation, std::vector<LintFinding>& all) {
  const exchange::DomainSecureList& list = organisation.transport_config.tls_receive_domain_secure_list;
  for (const smtp::Domain& domain : list.domains()) {
    bool taken = false;
    for (const ReceiveConnector& connector : organisation.receive_connectors) {
      if (!connector.enabled) continue;
      taken = true;
      for (Finding& finding :
           receive_requirement(organisation.transport_config, connector, domain).findings) {
        if (finding.code == Code::receive_inert) add_listed(all, std::move(finding), "R30", list, securing_command(connector));
      }
    }
    if (!taken) {
      add_listed(all,
                 own_configuration(Code::receive_inert, domain.text() + " is on " + list.name() +
                                                            ", but no receive connector is enabled"),
                 "R6", list, "");
    }
  }
}

/// D-3: a partner on one list alone is secured in one direction.
void lint_one_sided(const exchange::TransportConfig& config, std::vector<LintFinding>& all) {
  const exchange::DomainSecureList& send = config.tls_send_domain_secure_list;
  const exchange::DomainSecureList& receive = config.tls_receive_domain_secure_list;
  const auto compare = [&all](const exchange::DomainSecureList& list,
                              const exchange::DomainSecureList& other) {
    for (const smtp::Domain& domain : list.domains()) {
      if (other.lists(domain)) continue;
      add_listed(all,
                 own_configuration(Code::list_one_sided,
                                   domain.text() + " is on " + list.name() + " but not on " + other.name()),
                 "D-3", list,
                 list_command(other, ListChange::add, domain));
    }
  };
  compare(send, receive);
  compare(receive, send);
}

}  // namespace

std::string securing_command(const SendConnector& connector) {
  std::string arguments;
  if (!*connector.domain_secure_enabled) arguments += " -DomainSecureEnabled $true";
  if (!*connector.dns_routing_enabled) arguments += " -DNSRoutingEnabled $true -SmartHosts $null";
  if (*connector.ignore_starttls) arguments += " -IgnoreSTARTTLS $false";
  return arguments.empty() ? arguments : set_command("SendConnector", connector.name, arguments.substr(1));
}

std::string securing_command(const ReceiveConnector& connector) {
  exchange::AuthMechanism auth = *connector.auth_mechanism;
  const bool fit = auth.tls && !auth.external_authoritative;
  if (fit && *connector.domain_secure_enabled) return {};
  auth.tls = true;
  auth.external_authoritative = false;
  std::string words = auth.text();
  std::erase(words, ' ');
  return set_command("ReceiveConnector", connector.name,
                     "-DomainSecureEnabled $true" + (fit ? std::string() : " -AuthMechanism " + words));
}

std::string list_command(const exchange::DomainSecureList& list, ListChange change, const smtp::Domain& domain) {
  return set_command("TransportConfig", "", "-" + list.name() + (change == ListChange::add ? " @{Add='" : " @{Remove='") +
                                                domain.text() + "'}");
}

std::vector<LintFinding> lint_connectors(const exchange::Organisation& organisation) {
  std::vector<LintFinding> all;
  for (const SendConnector& connector : organisation.send_connectors) add_send_connector_rules(connector, all);
  for (const ReceiveConnector& connector : organisation.receive_connectors) {
    add_receive_connector_rules(connector, organisation, all);
  }
  add_binding_rules(organisation, all);
  add_online_connector_rules(organisation, all);
  return all;
}

std::vector<LintFinding> lint(const exchange::Organisation& organisation) {
  std::vector<LintFinding> all = lint_connectors(organisation);
  lint_send_list(organisation, all);
  lint_receive_list(organisation, all);
  lint_one_sided(organisation.transport_config, all);
  return all;
}

}  // namespace domsec::policy
