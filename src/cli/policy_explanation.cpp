// The story of one address: connector, list, conjunction, certificate, partner, outcome (spec exchange 1.2, 1.4, 4, 5.2).
// The decisions are policy's; here they are put side by side.
#include "policy_explanation.h"

#include <ostream>

#include "domsec/policy/connector_choice.h"
#include "domsec/policy/name_comparison.h"

namespace domsec::cli {

namespace {

Conjunct listed(const exchange::DomainSecureList& list, const std::optional<smtp::Domain>& domain) {
  const bool holds = domain && list.lists(*domain);
  const std::string name = domain ? domain->text() : "the null reverse-path";
  return {list.name(), (holds ? "holds " : "does not hold ") + name, holds, list.origin, "D-1"};
}

enum class Wanted { yes, no };

Conjunct flag(std::string name, const exchange::Sourced<bool>& value, Wanted wanted, std::string rule) {
  return {std::move(name), *value ? "$true" : "$false", *value == (wanted == Wanted::yes), value.origin, std::move(rule)};
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

template <typename Connector>
void select(SideExplanation& side, const Connector& connector, const exchange::Organisation& organisation,
            const std::vector<policy::StoredCertificate>& store, pki::Instant at) {
  side.certificate =
      policy::select_certificate(store, connector.tls_certificate_name, organisation.fqdn_of(connector), at);
  side.certificate_reason = side.certificate->reason;
}

/// What to type for the other outcome: mutual TLS, or ordinary mail.
template <typename Connector>
void propose(SideExplanation& side, const exchange::DomainSecureList& list, const Connector& connector,
             const std::optional<smtp::Domain>& domain) {
  if (!domain) return;
  if (side.requirement->requirement == policy::Requirement::domain_secured) {
    side.other_outcome = "ordinary mail";
    side.changes = {policy::list_command(list, policy::ListChange::remove, *domain)};
    return;
  }
  side.other_outcome = policy::text(policy::Requirement::domain_secured);
  if (!side.requirement->listed) side.changes.push_back(policy::list_command(list, policy::ListChange::add, *domain));
  if (std::string command = policy::securing_command(connector); !command.empty()) side.changes.push_back(std::move(command));
}

void conclude(SideExplanation& side, const exchange::Organisation& organisation, const pki::CertificatePtr& certificate,
              policy::TlsRequirement requirement) {
  side.partner = partner_text(organisation, requirement);
  if (certificate && requirement.reference) {
    side.presented = pki::match_name(*certificate, *requirement.reference, policy::name_rule(organisation));
  }
  side.outcome = std::string(policy::text(requirement.requirement));
  side.requirement = std::move(requirement);
}

SideExplanation explain_send(const exchange::Organisation& organisation, const std::vector<policy::StoredCertificate>& store,
                             const ExplanationQuestion& question) {
  const smtp::Domain& domain = *question.domain;
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
  side.conjuncts.push_back(flag("DomainSecureEnabled", connector.domain_secure_enabled, Wanted::yes, "R5"));
  side.conjuncts.push_back(flag("DNSRoutingEnabled", connector.dns_routing_enabled, Wanted::yes, "R5"));
  side.conjuncts.push_back(flag("IgnoreSTARTTLS", connector.ignore_starttls, Wanted::no, "R5"));
  side.conjuncts.push_back(flag("ForceHELO", connector.force_helo, Wanted::no, "SC-11"));
  conclude(side, organisation, question.certificate,
           policy::send_requirement(organisation.transport_config, connector, domain, question.fail_closed));
  propose(side, organisation.transport_config.tls_send_domain_secure_list, connector, question.domain);
  if (side.requirement->requirement == policy::Requirement::none) {
    side.certificate_reason = "TLS is not tried";
  } else {
    select(side, connector, organisation, store, question.at);
  }
  return side;
}

SideExplanation explain_receive(const exchange::Organisation& organisation, const exchange::ReceiveConnector& connector,
                                const std::vector<policy::StoredCertificate>& store, const ExplanationQuestion& question) {
  const std::optional<smtp::Domain>& domain = question.domain;
  SideExplanation side;
  side.role = policy::Role::receive;
  side.connector = connector.name;
  side.connector_origin = connector.origin;
  side.connector_reason = "it is enabled, and a partner may reach it";
  const exchange::AuthMechanism& auth = *connector.auth_mechanism;
  side.conjuncts.push_back(listed(organisation.transport_config.tls_receive_domain_secure_list, domain));
  side.conjuncts.push_back(flag("DomainSecureEnabled", connector.domain_secure_enabled, Wanted::yes, "R6"));
  side.conjuncts.push_back({"AuthMechanism", auth.text(), auth.tls && !auth.external_authoritative, connector.auth_mechanism.origin, "R6"});
  conclude(side, organisation, question.certificate,
           policy::receive_requirement(organisation.transport_config, connector, domain));
  propose(side, organisation.transport_config.tls_receive_domain_secure_list, connector, domain);
  if (!auth.tls) {
    side.certificate_reason = "AuthMechanism lacks Tls: STARTTLS is not offered";
  } else {
    select(side, connector, organisation, store, question.at);
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
  return conjunct.name + " " + conjunct.value + " (" + conjunct.origin.text() + ") [" + conjunct.rule + "]" +
         (conjunct.holds ? "" : "  <- not met");
}

/// What --certificate proves.
std::string text_of(const pki::NameMatch& match) {
  if (match.matches) {
    return "a certificate that names it: " + std::string(pki::text(match.by->source)) + " " + match.by->text;
  }
  std::string out = "a certificate that does not name it (SubjectMismatch)";
  for (const pki::NameAttempt& attempt : match.attempts) out += "; " + attempt.presented.text + ": " + attempt.why;
  return out;
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
  if (side.presented) write_line(out, "they present", text_of(*side.presented));
  write_line(out, "outcome", side.outcome + (side.requirement ? ": " + side.requirement->reason : std::string()));
  for (std::size_t i = 0; i < side.changes.size(); ++i) {
    write_line(out, i == 0 ? "otherwise" : "", (i == 0 ? side.other_outcome + " after  " : std::string()) + side.changes[i]);
  }
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
                    const ExplanationQuestion& question) {
  Explanation explanation{question.address, question.domain, {}};
  if (question.send && question.domain) explanation.sides.push_back(explain_send(organisation, store, question));
  for (const exchange::ReceiveConnector& connector : organisation.receive_connectors) {
    if (!question.receive || !connector.enabled) continue;
    explanation.sides.push_back(explain_receive(organisation, connector, store, question));
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
