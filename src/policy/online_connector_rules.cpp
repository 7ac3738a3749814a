// Rules of Exchange Online's connectors (spec exchange 3.4). The record states them without numbers: IC-n and OC-n are ours.
#include "connector_rules.h"

namespace domsec::policy {

namespace {

using exchange::InboundConnector;
using exchange::OnlineConnectorType;
using exchange::OutboundConnector;
using finding::Code;

void add_inbound(const InboundConnector& c, std::vector<LintFinding>& all) {
  ConnectorFindings<InboundConnector> found(all, c);
  const Code conflict = Code::receive_connector_conflict;
  if (*c.restrict_domains_to_certificate && !c.tls_sender_certificate_name) {
    found.add(conflict, "IC-1", "RestrictDomainsToCertificate",
              "RestrictDomainsToCertificate $true needs TlsSenderCertificateName", "-RestrictDomainsToCertificate $false");
  }
  if (c.connector_type == OnlineConnectorType::on_premises && *c.restrict_domains_to_certificate) {
    found.add(conflict, "IC-2", "RestrictDomainsToCertificate",
              "RestrictDomainsToCertificate is for ConnectorType Partner", "-RestrictDomainsToCertificate $false");
  }
  if (*c.restrict_domains_to_ip_addresses && c.sender_ip_addresses.empty()) {
    found.add(conflict, "IC-3", "RestrictDomainsToIPAddresses",
              "RestrictDomainsToIPAddresses $true needs SenderIPAddresses", "-RestrictDomainsToIPAddresses $false");
  }
  if (c.treat_messages_as_internal && c.connector_type == OnlineConnectorType::partner) {
    found.add(conflict, "IC-4", "TreatMessagesAsInternal", "TreatMessagesAsInternal is for ConnectorType OnPremises",
              "-TreatMessagesAsInternal $false");
  }
  if (c.treat_messages_as_internal && c.cloud_services_mail_enabled) {
    found.add(conflict, "IC-5", "TreatMessagesAsInternal",
              "TreatMessagesAsInternal $true excludes CloudServicesMailEnabled $true", "-TreatMessagesAsInternal $false");
  }
  if (c.connector_type == OnlineConnectorType::partner && !*c.require_tls && *c.restrict_domains_to_certificate) {
    found.add(Code::exo_connector_weak, "IC-6", "RequireTls",
              "RestrictDomainsToCertificate $true can only be met over TLS, which RequireTls $false does not demand",
              "-RequireTls $true");
  }
}

void add_outbound(const OutboundConnector& c, std::vector<LintFinding>& all) {
  ConnectorFindings<OutboundConnector> found(all, c);
  const Code conflict = Code::send_connector_conflict;
  if (c.tls_domain && c.tls_settings != exchange::TlsAuthLevel::domain_validation) {
    found.add(conflict, "OC-1", "TlsDomain", "TlsDomain means something with TlsSettings DomainValidation only",
              "-TlsSettings DomainValidation");
  }
  if (!*c.use_mx_record && c.smart_hosts.empty()) {
    found.add(conflict, "OC-2", "UseMXRecord", "UseMXRecord $false needs SmartHosts", "-UseMXRecord $true");
  }
}

}  // namespace

void add_online_connector_rules(const exchange::Organisation& organisation, std::vector<LintFinding>& all) {
  for (const InboundConnector& connector : organisation.inbound_connectors) add_inbound(connector, all);
  for (const OutboundConnector& connector : organisation.outbound_connectors) add_outbound(connector, all);
}

}  // namespace domsec::policy
