// Configuration rules before any session (spec exchange 2.4, 3.1, 1.2; findings 3.7). One finding for each
// broken rule, at the line of the parameter that breaks it. Not here: what the certificates of the store add
// (certificate_lint.cpp).
#include "domsec/policy/connector_lint.h"

#include <algorithm>

#include "domsec/policy/connector_choice.h"
#include "domsec/policy/receive_connector_choice.h"
#include "domsec/policy/tls_requirement.h"
#include "own_configuration.h"

namespace domsec::policy {

namespace {

using exchange::Origin;
using exchange::ReceiveConnector;
using exchange::SendConnector;
using finding::Code;

/// Collects the findings of one connector; every text begins with the connector's name.
class ConnectorFindings {
 public:
  ConnectorFindings(std::vector<LintFinding>& all, std::string title, const exchange::Origins& origins,
                    const Origin& origin)
      : all_(all), title_(std::move(title)), origins_(origins), origin_(origin) {}

  /// `parameter` gives the line; the connector's own line when it is a default.
  void add(Code code, std::string rule, std::string_view parameter, const std::string& what) {
    const Origin at = origins_.of(parameter);
    all_.push_back(
        {own_configuration(code, title_ + ": " + what), std::move(rule), at.file.empty() ? origin_ : at});
  }

 private:
  std::vector<LintFinding>& all_;
  std::string title_;
  const exchange::Origins& origins_;
  const Origin& origin_;
};

/// SC-1 … SC-7 and SC-9: combinations that the cmdlet refuses.
void lint_conflicts(const SendConnector& c, ConnectorFindings& found) {
  const Code conflict = Code::send_connector_conflict;
  const bool smart_host = !c.smart_hosts.empty();
  if (*c.dns_routing_enabled && smart_host) {
    found.add(conflict, "SC-1", "SmartHosts",
              "DNSRoutingEnabled $true excludes SmartHosts; set one of the two");
  }
  if (!*c.dns_routing_enabled && !smart_host) {
    found.add(conflict, "SC-2", "DNSRoutingEnabled",
              "DNSRoutingEnabled $false needs SmartHosts; name the smart host");
  }
  if (*c.require_tls && *c.ignore_starttls) {
    found.add(conflict, "SC-3", "RequireTLS",
              "RequireTLS $true excludes IgnoreSTARTTLS $true; set IgnoreSTARTTLS $false");
  }
  if (c.tls_auth_level && (!*c.require_tls || *c.ignore_starttls)) {
    found.add(conflict, "SC-4", "TlsAuthLevel",
              "TlsAuthLevel needs RequireTLS $true and IgnoreSTARTTLS $false");
  }
  const bool domain_validation = c.tls_auth_level == exchange::TlsAuthLevel::domain_validation;
  if (c.tls_domain && !domain_validation) {  // the cmdlet's own words, CSS-Exchange issue 1999
    found.add(
        conflict, "SC-5", "TlsDomain",
        "The TLSDomain parameter can only be set if the TLSAuthLevel parameter is set to DomainValidation.");
  }
  if (domain_validation && smart_host && !c.tls_domain) {
    found.add(conflict, "SC-6", "TlsAuthLevel",
              "TlsAuthLevel DomainValidation with SmartHosts needs TlsDomain; name the smart host's domain");
  }
  if (c.tls_certificate_name && !*c.require_tls) {  // the cmdlet's own words, KB3062283
    found.add(conflict, "SC-7", "TlsCertificateName",
              "RequiredTls flag should be set to true if TlsCertificateName is specified.");
  }
  const bool basic = c.smart_host_auth_mechanism == exchange::SmartHostAuthMechanism::basic_auth ||
                     c.smart_host_auth_mechanism == exchange::SmartHostAuthMechanism::basic_auth_require_tls;
  if (basic && c.authentication_credential.empty()) {
    found.add(conflict, "SC-9", "SmartHostAuthMechanism",
              "SmartHostAuthMechanism " + std::string(text(c.smart_host_auth_mechanism)) +
                  " needs AuthenticationCredential");
  }
}

/// SC-8, SC-11: accepted, but it can never work. DS305: too long for an Edge (spec exchange 2.3).
void lint_dead(const SendConnector& c, ConnectorFindings& found) {
  if (*c.domain_secure_enabled && !*c.dns_routing_enabled) {
    found.add(Code::send_connector_dead, "SC-8", "DNSRoutingEnabled",
              "DomainSecureEnabled $true does nothing while DNSRoutingEnabled is $false");
  }
  if (*c.domain_secure_enabled && *c.ignore_starttls) {
    found.add(Code::send_connector_dead, "SC-8", "IgnoreSTARTTLS",
              "DomainSecureEnabled $true does nothing while IgnoreSTARTTLS is $true");
  }
  if (*c.force_helo && (*c.require_tls || *c.domain_secure_enabled)) {
    found.add(Code::send_connector_dead, "SC-11", "ForceHELO",
              std::string("ForceHELO $true hides STARTTLS, which ") +
                  (*c.require_tls ? "RequireTLS" : "DomainSecureEnabled") + " needs");
  }
}

template <typename Connector>
void lint_certificate_name(const Connector& c, ConnectorFindings& found) {
  constexpr std::size_t edge_limit = 256;
  if (!c.tls_certificate_name || c.tls_certificate_name->text().size() <= edge_limit) return;
  found.add(Code::tls_certificate_name_invalid, "R38", "TlsCertificateName",
            "TlsCertificateName has " + std::to_string(c.tls_certificate_name->text().size()) +
                " characters; an Edge takes 256 and its subscription stays incomplete");
}

bool holds(const std::vector<std::string>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// RC-2 … RC-5: AuthMechanism and the flags that lean on it.
void lint_authentication(const ReceiveConnector& c, ConnectorFindings& found) {
  const Code conflict = Code::receive_connector_conflict;
  const exchange::AuthMechanism& auth = *c.auth_mechanism;
  if (auth.basic_auth_require_tls && !(auth.basic_auth && auth.tls)) {
    found.add(conflict, "RC-2", "AuthMechanism",
              "BasicAuthRequireTLS needs BasicAuth and Tls in AuthMechanism");
  }
  if (auth.external_authoritative) {
    const bool company =
        auth.integrated || auth.basic_auth || auth.basic_auth_require_tls || auth.exchange_server;
    if (company)
      found.add(conflict, "RC-3", "AuthMechanism",
                "ExternalAuthoritative may only be joined by Tls in AuthMechanism");
    if (!holds(c.permission_groups, "ExchangeServers")) {
      found.add(conflict, "RC-3", "AuthMechanism",
                "ExternalAuthoritative needs PermissionGroups ExchangeServers");
    }
  }
  if (*c.require_tls && !auth.tls)
    found.add(conflict, "RC-4", "RequireTLS", "RequireTLS $true needs Tls in AuthMechanism");
  if (*c.domain_secure_enabled && !auth.tls) {
    found.add(conflict, "RC-5", "DomainSecureEnabled",
              "DomainSecureEnabled $true needs Tls in AuthMechanism");
  }
  if (*c.domain_secure_enabled && auth.external_authoritative) {
    found.add(conflict, "RC-5", "DomainSecureEnabled",
              "DomainSecureEnabled $true excludes ExternalAuthoritative in AuthMechanism");
  }
}

/// RC-7 … RC-11.
void lint_settings(const ReceiveConnector& c, const exchange::Organisation& organisation,
                   ConnectorFindings& found) {
  const Code conflict = Code::receive_connector_conflict;
  if (c.connection_inactivity_timeout >= c.connection_timeout) {
    found.add(conflict, "RC-7", "ConnectionInactivityTimeout",
              "ConnectionInactivityTimeout must be shorter than ConnectionTimeout");
  }
  if (c.binary_mime_enabled && !c.chunking_enabled) {
    found.add(conflict, "RC-8", "ChunkingEnabled", "BinaryMimeEnabled needs ChunkingEnabled");
  }
  if (!c.banner.empty() && !exchange::read_banner(c.banner)) {
    found.add(conflict, "RC-9", "Banner", "Banner must start with 220 and a blank");
  }
  if (c.suppress_x_anonymous_tls && !organisation.use_downgraded_exchange_server_auth) {
    found.add(conflict, "RC-10", "SuppressXAnonymousTls",
              "SuppressXAnonymousTls $true needs UseDownGradedExchangeServerAuth $true of the server");
  }
  const bool changed = c.fqdn && organisation.server_fqdn && *c.fqdn != *organisation.server_fqdn &&
                       !organisation.server_fqdn->text().starts_with(c.fqdn->text() + ".");
  if (c.name.starts_with("Default ") && changed) {
    found.add(conflict, "RC-11", "Fqdn",
              "Fqdn of a Default connector must stay the server's name: internal mail flow needs it");
  }
}

/// RC-6: an address and port belong to one connector for each client.
void lint_bindings(const exchange::Organisation& organisation, std::vector<LintFinding>& all) {
  for (const BindingConflict& conflict : binding_conflicts(organisation.receive_connectors)) {
    const ReceiveConnector& c = *conflict.connector;
    ConnectorFindings found(all, "ReceiveConnector " + c.name, c.origins, c.origin);
    found.add(Code::receive_connector_conflict, "RC-6", conflict.parameter, conflict.what);
  }
}

void add_listed(std::vector<LintFinding>& all, Finding finding, std::string rule, const Origin& origin) {
  all.push_back({std::move(finding), std::move(rule), origin});
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
                 "R5", list.origin);
      continue;
    }
    for (Finding& finding :
         send_requirement(organisation.transport_config, *choice.connector, domain).findings) {
      if (finding.code == Code::send_inert) add_listed(all, std::move(finding), "R5", list.origin);
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
        if (finding.code == Code::receive_inert) add_listed(all, std::move(finding), "R30", list.origin);
      }
    }
    if (!taken) {
      add_listed(all,
                 own_configuration(Code::receive_inert, domain.text() + " is on " + list.name() +
                                                            ", but no receive connector is enabled"),
                 "R6", list.origin);
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
                 "D-3", list.origin);
    }
  };
  compare(send, receive);
  compare(receive, send);
}

}  // namespace

std::vector<LintFinding> lint(const exchange::Organisation& organisation) {
  std::vector<LintFinding> all;
  for (const SendConnector& connector : organisation.send_connectors) {
    ConnectorFindings found(all, "SendConnector " + connector.name, connector.origins, connector.origin);
    lint_conflicts(connector, found);
    lint_dead(connector, found);
    lint_certificate_name(connector, found);
  }
  for (const ReceiveConnector& connector : organisation.receive_connectors) {
    ConnectorFindings found(all, "ReceiveConnector " + connector.name, connector.origins, connector.origin);
    lint_authentication(connector, found);
    lint_settings(connector, organisation, found);
    lint_certificate_name(connector, found);
  }
  lint_bindings(organisation, all);
  lint_send_list(organisation, all);
  lint_receive_list(organisation, all);
  lint_one_sided(organisation.transport_config, all);
  return all;
}

}  // namespace domsec::policy
