// SC-1 … SC-11 (spec exchange 2.4) and hybrid send connectors (2.6). Where the cmdlet's words are known they are used.
#include <algorithm>

#include "connector_rules.h"

namespace domsec::policy {

namespace {

using exchange::SendConnector;
using finding::Code;
using Findings = ConnectorFindings<SendConnector>;

/// SC-1 … SC-7 and SC-9: combinations that the cmdlet refuses.
void add_conflicts(const SendConnector& c, Findings& found) {
  const Code conflict = Code::send_connector_conflict;
  const bool smart_host = !c.smart_hosts.empty();
  if (*c.dns_routing_enabled && smart_host) {
    found.add(conflict, "SC-1", "SmartHosts", "DNSRoutingEnabled $true excludes SmartHosts; set one of the two",
              *c.domain_secure_enabled ? "-SmartHosts $null" : "-DNSRoutingEnabled $false");
  }
  if (!*c.dns_routing_enabled && !smart_host) {
    found.add(conflict, "SC-2", "DNSRoutingEnabled", "DNSRoutingEnabled $false needs SmartHosts; name the smart host",
              "-DNSRoutingEnabled $true");
  }
  if (*c.require_tls && *c.ignore_starttls) {
    found.add(conflict, "SC-3", "RequireTLS",
              "RequireTLS $true excludes IgnoreSTARTTLS $true; set IgnoreSTARTTLS $false", "-IgnoreSTARTTLS $false");
  }
  if (c.tls_auth_level && (!*c.require_tls || *c.ignore_starttls)) {
    found.add(conflict, "SC-4", "TlsAuthLevel", "TlsAuthLevel needs RequireTLS $true and IgnoreSTARTTLS $false",
              "-RequireTLS $true -IgnoreSTARTTLS $false");
  }
  const bool domain_validation = c.tls_auth_level == exchange::TlsAuthLevel::domain_validation;
  if (c.tls_domain && !domain_validation) {  // the cmdlet's own words, CSS-Exchange issue 1999
    found.add(
        conflict, "SC-5", "TlsDomain",
        "The TLSDomain parameter can only be set if the TLSAuthLevel parameter is set to DomainValidation.",
        "-TlsAuthLevel DomainValidation -RequireTLS $true -IgnoreSTARTTLS $false");
  }
  if (domain_validation && smart_host && !c.tls_domain) {
    const std::optional<smtp::Domain> host = smtp::Domain::parse(c.smart_hosts.front());
    found.add(conflict, "SC-6", "TlsAuthLevel",
              "TlsAuthLevel DomainValidation with SmartHosts needs TlsDomain; name the smart host's domain",
              host ? "-TlsDomain " + host->text() : std::string("-TlsAuthLevel CertificateValidation"));
  }
  if (c.tls_certificate_name && !*c.require_tls) {  // the cmdlet's own words, KB3062283
    found.add(conflict, "SC-7", "TlsCertificateName",
              "RequiredTls flag should be set to true if TlsCertificateName is specified.",
              "-RequireTLS $true -IgnoreSTARTTLS $false");
  }
  const bool basic = c.smart_host_auth_mechanism == exchange::SmartHostAuthMechanism::basic_auth ||
                     c.smart_host_auth_mechanism == exchange::SmartHostAuthMechanism::basic_auth_require_tls;
  if (basic && c.authentication_credential.empty()) {
    found.add(conflict, "SC-9", "SmartHostAuthMechanism",
              "SmartHostAuthMechanism " + std::string(text(c.smart_host_auth_mechanism)) +
                  " needs AuthenticationCredential",
              "-SmartHostAuthMechanism None");
  }
}

/// SC-8, SC-11: accepted, but it can never work.
void add_dead(const SendConnector& c, Findings& found) {
  if (*c.domain_secure_enabled && !*c.dns_routing_enabled) {
    found.add(Code::send_connector_dead, "SC-8", "DNSRoutingEnabled",
              "DomainSecureEnabled $true does nothing while DNSRoutingEnabled is $false",
              "-DNSRoutingEnabled $true -SmartHosts $null");
  }
  if (*c.domain_secure_enabled && *c.ignore_starttls) {
    found.add(Code::send_connector_dead, "SC-8", "IgnoreSTARTTLS",
              "DomainSecureEnabled $true does nothing while IgnoreSTARTTLS is $true", "-IgnoreSTARTTLS $false");
  }
  if (*c.domain_secure_enabled && *c.frontend_proxy_enabled) {   // spec exchange 1.2
    found.add(Code::send_connector_dead, "R5", "FrontendProxyEnabled",
              "Exchange does not support DomainSecureEnabled $true with FrontendProxyEnabled $true",
              "-FrontendProxyEnabled $false");
  }
  if (*c.force_helo && (*c.require_tls || *c.domain_secure_enabled)) {
    found.add(Code::send_connector_dead, "SC-11", "ForceHELO",
              std::string("ForceHELO $true hides STARTTLS, which ") +
                  (*c.require_tls ? "RequireTLS" : "DomainSecureEnabled") + " needs",
              "-ForceHELO $false");
  }
}

constexpr std::string_view exchange_online = "mail.protection.outlook.com";

/// A connector to Exchange Online, by its address space, smart host or TlsDomain.
bool is_hybrid(const SendConnector& c) {
  const bool by_space = std::any_of(c.address_spaces.begin(), c.address_spaces.end(), [](const auto& space) {
    return space.domain && space.domain->text().ends_with(".mail.onmicrosoft.com");
  });
  const bool by_host = std::any_of(c.smart_hosts.begin(), c.smart_hosts.end(), [](const std::string& host) {
    return exchange::same_word(host.substr(host.size() - std::min(host.size(), exchange_online.size())), exchange_online);
  });
  return by_space || by_host || (c.tls_domain && c.tls_domain->domain.text() == exchange_online);
}

/// Spec exchange 2.6: how HealthChecker rates such a connector. Its errors are errors here, its warnings warnings.
void add_hybrid(const SendConnector& c, Findings& found) {
  if (!is_hybrid(c)) return;
  const Code weak = Code::exo_connector_weak;
  if (!c.tls_certificate_name) {
    found.add(weak, "2.6", "TlsCertificateName", "a connector to Exchange Online has to name its TlsCertificateName", "");
  }
  if (!c.cloud_services_mail_enabled) {
    found.add(weak, "2.6", "CloudServicesMailEnabled",
              "a connector to Exchange Online needs CloudServicesMailEnabled $true to keep the organisation's headers",
              "-CloudServicesMailEnabled $true");
  }
  const bool validates = c.tls_auth_level == exchange::TlsAuthLevel::certificate_validation ||
                         c.tls_auth_level == exchange::TlsAuthLevel::domain_validation;
  if (!validates) {
    found.add(weak, "2.6", "TlsAuthLevel",
              "a connector to Exchange Online should have TlsAuthLevel DomainValidation or CertificateValidation",
              "-TlsAuthLevel DomainValidation -TlsDomain mail.protection.outlook.com -RequireTLS $true");
  } else if (c.tls_auth_level == exchange::TlsAuthLevel::domain_validation &&
             (!c.tls_domain || c.tls_domain->domain.text() != exchange_online)) {
    found.add(weak, "2.6", "TlsDomain", "TlsDomain of a connector to Exchange Online should be mail.protection.outlook.com",
              "-TlsDomain mail.protection.outlook.com");
  }
}

}  // namespace

void add_send_connector_rules(const SendConnector& connector, std::vector<LintFinding>& all) {
  Findings found(all, connector);
  add_conflicts(connector, found);
  add_dead(connector, found);
  add_hybrid(connector, found);
  add_certificate_name_rule(connector, found);
}

}  // namespace domsec::policy
