// The story of one address: connector, list, conjunction, certificate, partner, outcome (spec exchange 1.2, 1.4, 4, 5.2).
// The decisions are policy's; here they are put side by side.
#include "policy_explanation.h"

#include <ostream>

#include "domsec/policy/connector_choice.h"

namespace domsec::cli {

namespace {

Conjunct listed(const exchange::DomainSecureList& list, const std::optional<smtp::Domain>& domain) {
  const bool holds = domain && list.lists(*domain);
  const std::string name = domain ? domain->text() : "the null reverse-path";
  return {list.name(), (holds ? "holds " : "does not hold ") + name, holds, list.origin};
}

enum class Wanted { yes, no };

Conjunct flag(std::string name, const exchange::Sourced<bool>& value, Wanted wanted) {
  return {std::move(name), *value ? "$true" : "$false", *value == (wanted == Wanted::yes), value.origin};
}

/// Spec exchange 5.2, D-5: which names satisfy the reference.
std::string partner_text(const exchange::Organisation& organisation, const policy::TlsRequirement& requirement) {
  if (!requirement.reference) return {};
  const std::string name = (requirement.reference->with_subdomains ? "*." : "") + requirement.reference->text;
  const std::string mode = organisation.name_match == "exact"
                               ? "exact: a name of the certificate equals it"
                               : "subdomains: a name of the certificate equals it or lies below it";
  const std::string apex = organisation.wildcard_apex ? ", and a wildcard also covers its apex" : "";
  return name + " (NameMatch " + mode + apex + "; " + organisation.origins.of("NameMatch").text() + ")";
}

/// Spec exchange 4.1 step 2: TlsCertificateName, else Fqdn, else the server's name.
template <typename Connector>
void select(SideExplanation& side, const Connector& connector, const exchange::Organisation& organisation,
            const std::vector<policy::StoredCertificate>& store, pki::Instant at) {
  const std::optional<smtp::Domain>& name = connector.fqdn ? connector.fqdn : organisation.server_fqdn;
  if (!name) {
    side.certificate_reason = "neither the connector nor the server has an FQDN to look for; set Fqdn or ServerFqdn";
    return;
  }
  side.certificate = policy::select_certificate(store, connector.tls_certificate_name, *name, at);
  side.certificate_reason = side.certificate->reason;
}

void conclude(SideExplanation& side, const exchange::Organisation& organisation, policy::TlsRequirement requirement) {
  side.partner = partner_text(organisation, requirement);
  side.outcome = std::string(policy::text(requirement.requirement));
  side.requirement = std::move(requirement);
}

SideExplanation explain_send(const exchange::Organisation& organisation, const std::vector<policy::StoredCertificate>& store,
                             const smtp::Domain& domain, policy::FailClosed fail_closed, pki::Instant at) {
  SideExplanation side;
  const policy::ConnectorChoice choice = policy::choose_send_connector(organisation.send_connectors, domain);
  side.connector_reason = choice.reason;
  side.conjuncts.push_back(listed(organisation.transport_config.tls_send_domain_secure_list, domain));
  if (choice.connector == nullptr) {
    side.outcome = "not sent";
    return side;
  }
  const exchange::SendConnector& connector = *choice.connector;
  side.connector = connector.name;
  side.connector_origin = connector.origin;
  side.conjuncts.push_back(flag("DomainSecureEnabled", connector.domain_secure_enabled, Wanted::yes));
  side.conjuncts.push_back(flag("DNSRoutingEnabled", connector.dns_routing_enabled, Wanted::yes));
  side.conjuncts.push_back(flag("IgnoreSTARTTLS", connector.ignore_starttls, Wanted::no));
  side.conjuncts.push_back(flag("ForceHELO", connector.force_helo, Wanted::no));
  conclude(side, organisation, policy::send_requirement(organisation.transport_config, connector, domain, fail_closed));
  if (side.requirement->requirement == policy::Requirement::none) {
    side.certificate_reason = "TLS is not tried";
  } else {
    select(side, connector, organisation, store, at);
  }
  return side;
}

SideExplanation explain_receive(const exchange::Organisation& organisation, const exchange::ReceiveConnector& connector,
                                const std::vector<policy::StoredCertificate>& store, const std::optional<smtp::Domain>& domain,
                                pki::Instant at) {
  SideExplanation side;
  side.role = policy::Role::receive;
  side.connector = connector.name;
  side.connector_origin = connector.origin;
  side.connector_reason = "it is enabled, and a partner may reach it";
  const exchange::AuthMechanism& auth = *connector.auth_mechanism;
  side.conjuncts.push_back(listed(organisation.transport_config.tls_receive_domain_secure_list, domain));
  side.conjuncts.push_back(flag("DomainSecureEnabled", connector.domain_secure_enabled, Wanted::yes));
  side.conjuncts.push_back({"AuthMechanism", auth.text(), auth.tls && !auth.external_authoritative, connector.auth_mechanism.origin});
  conclude(side, organisation, policy::receive_requirement(organisation.transport_config, connector, domain));
  if (!auth.tls) {
    side.certificate_reason = "AuthMechanism lacks Tls: STARTTLS is not offered";
  } else {
    select(side, connector, organisation, store, at);
  }
  return side;
}

void write_line(std::ostream& out, std::string_view label, std::string_view text) {
  constexpr std::size_t column = 14;
  std::string head(label);
  head.resize(column, ' ');
  out << "  " << head << text << '\n';
}

/// `DNSRoutingEnabled $true (default): holds`
std::string text_of(const Conjunct& conjunct) {
  return conjunct.name + " " + conjunct.value + " (" + conjunct.origin.text() + ")" + (conjunct.holds ? "" : "  <- not met");
}

void write_side(const SideExplanation& side, std::ostream& out) {
  write_line(out, "connector", side.connector.empty() ? "none: " + side.connector_reason
                                                      : side.connector + " (" + side.connector_origin.text() + "), because " + side.connector_reason);
  for (std::size_t i = 0; i < side.conjuncts.size(); ++i) {
    write_line(out, i == 0 ? "list" : i == 1 ? "conditions" : "", text_of(side.conjuncts[i]));
  }
  if (!side.connector.empty()) {
    write_line(out, "we present", side.certificate_reason);
    write_line(out, "they prove", side.partner.empty() ? "nothing that decides" : side.partner);
  }
  write_line(out, "outcome", side.outcome + (side.requirement ? ": " + side.requirement->reason : std::string()));
  const auto report = [&out](const std::vector<policy::Finding>& findings) {
    for (const policy::Finding& finding : findings) {
      write_line(out, severity_word(finding.severity), std::string(finding::name(finding.code)) + " " +
                                                           std::string(finding::slug(finding.code)) + ": " + finding.detail);
    }
  };
  if (side.requirement) report(side.requirement->findings);
  if (side.certificate) report(side.certificate->findings);
}

}  // namespace

Explanation explain(const exchange::Organisation& organisation, const std::vector<policy::StoredCertificate>& store,
                    const std::string& address, const std::optional<smtp::Domain>& domain, policy::FailClosed fail_closed,
                    pki::Instant at) {
  Explanation explanation{address, domain, {}};
  if (domain) explanation.sides.push_back(explain_send(organisation, store, *domain, fail_closed, at));
  for (const exchange::ReceiveConnector& connector : organisation.receive_connectors) {
    if (connector.enabled) explanation.sides.push_back(explain_receive(organisation, connector, store, domain, at));
  }
  return explanation;
}

std::vector<policy::Finding> findings_of(const Explanation& explanation) {
  std::vector<policy::Finding> all;
  for (const SideExplanation& side : explanation.sides) {
    if (side.requirement) all.insert(all.end(), side.requirement->findings.begin(), side.requirement->findings.end());
    if (side.certificate) all.insert(all.end(), side.certificate->findings.begin(), side.certificate->findings.end());
  }
  return all;
}

void write_text(const Explanation& explanation, std::ostream& out) {
  for (const SideExplanation& side : explanation.sides) {
    if (&side != &explanation.sides.front()) out << '\n';
    out << (side.role == policy::Role::send ? "Mail to " : "Mail from ") << explanation.address << '\n';
    write_side(side, out);
  }
  if (explanation.sides.empty()) out << "Mail from " << explanation.address << "\n  no receive connector is enabled\n";
}

}  // namespace domsec::cli
