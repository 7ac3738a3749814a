// Who must use what TLS (spec exchange 1.2, 1.4; R5, R6, R9, D-1, D-2, D-4). A listed domain whose
// conjunction fails is ordinary mail, said loudly (DS300, DS301); what the connector demands for all mail
// (RequireTLS, TlsAuthLevel) stays. Not here: configuration rules that concern no single domain
// (connector_lint.h), the peer (domain_security.h).
#include "domsec/policy/tls_requirement.h"

#include "domsec/policy/own_configuration.h"

namespace domsec::policy {
namespace {

using finding::Code;

std::string flag_text(std::string_view name, const exchange::Sourced<bool>& flag) {
  return std::string(name) + (*flag ? " $true (" : " $false (") + flag.origin.text() + ")";
}

std::string joined(const std::vector<std::string>& parts) {
  std::string out;
  for (const std::string& part : parts) out += (out.empty() ? "" : ", ") + part;
  return out;
}

std::string list_text(const TlsRequirement& requirement) {
  return requirement.list + " (" + requirement.list_origin.text() + ")";
}

void look_up(TlsRequirement& requirement, const exchange::DomainSecureList& list,
             const smtp::Domain& domain) {
  requirement.listed = list.lists(domain);
  if (!requirement.listed) return;
  requirement.list = list.name();
  requirement.list_origin = list.origin;
}

/// Listed, but the conjunction fails: one finding that names every flag.
void report_inert(TlsRequirement& requirement, Code code, std::string_view connector,
                  const smtp::Domain& domain) {
  requirement.findings.push_back(
      own_configuration(code, domain.text() + " is on " + list_text(requirement) + ", but connector " +
                          std::string(connector) + " does not secure it: " + joined(requirement.broken_by)));
}

/// spec exchange 1.2: what breaks the send conjunction besides the list.
std::vector<std::string> broken_by(const exchange::SendConnector& connector) {
  std::vector<std::string> flags;
  if (!*connector.domain_secure_enabled)
    flags.push_back(flag_text("DomainSecureEnabled", connector.domain_secure_enabled));
  if (!*connector.dns_routing_enabled)
    flags.push_back(flag_text("DNSRoutingEnabled", connector.dns_routing_enabled));
  if (*connector.ignore_starttls) flags.push_back(flag_text("IgnoreSTARTTLS", connector.ignore_starttls));
  return flags;
}

std::vector<std::string> broken_by(const exchange::ReceiveConnector& connector) {
  std::vector<std::string> flags;
  if (!*connector.domain_secure_enabled)
    flags.push_back(flag_text("DomainSecureEnabled", connector.domain_secure_enabled));
  const std::string mechanism = "AuthMechanism " + connector.auth_mechanism->text() + " (" +
                                connector.auth_mechanism.origin.text() + ")";
  if (!connector.auth_mechanism->tls) flags.push_back(mechanism + " lacks Tls");
  if (connector.auth_mechanism->external_authoritative)
    flags.push_back(mechanism + " has ExternalAuthoritative");
  return flags;
}

/// What the connector demands for every domain.
void demand_of_connector(TlsRequirement& requirement, const exchange::SendConnector& connector,
                         const smtp::Domain& partner) {
  if (connector.tls_auth_level) {
    switch (*connector.tls_auth_level) {
      case exchange::TlsAuthLevel::encryption_only:
        requirement.requirement = Requirement::encryption;
        requirement.reason = "TlsAuthLevel EncryptionOnly: TLS is demanded, no certificate is looked at";
        return;
      case exchange::TlsAuthLevel::certificate_validation:
        requirement.requirement = Requirement::certificate_validation;
        requirement.reason =
            "TlsAuthLevel CertificateValidation: chain and revocation are checked, the name is not";
        return;
      case exchange::TlsAuthLevel::domain_validation:
        requirement.requirement = Requirement::domain_validation;
        requirement.reference = pki::ReferenceId{partner.text(), false};
        if (connector.tls_domain) {
          requirement.reference =
              pki::ReferenceId{connector.tls_domain->domain.text(), connector.tls_domain->with_subdomains};
        }
        requirement.reason = "TlsAuthLevel DomainValidation: the certificate must name " +
                             std::string(requirement.reference->with_subdomains ? "*." : "") +
                             requirement.reference->text +
                             (connector.tls_domain ? " (TlsDomain)" : " (the recipient's domain)");
        return;
    }
  }
  if (*connector.require_tls) {
    requirement.requirement = Requirement::encryption;
    requirement.reason = flag_text("RequireTLS", connector.require_tls) + ": every message travels over TLS";
    return;
  }
  if (*connector.ignore_starttls || *connector.force_helo) {
    requirement.requirement = Requirement::none;
    requirement.reason = (*connector.ignore_starttls ? flag_text("IgnoreSTARTTLS", connector.ignore_starttls)
                                                     : flag_text("ForceHELO", connector.force_helo)) +
                         ": TLS is not tried";
    return;
  }
  requirement.requirement = Requirement::opportunistic;
  requirement.reason =
      partner.text() +
      " is not on the list and the connector demands nothing: TLS where the server offers it";
}

/// Combinations that Exchange refuses or that can never work: TLS stays demanded, mail does not fall back to
/// clear text.
void report_contradictions(TlsRequirement& requirement, const exchange::SendConnector& connector) {
  if (requirement.requirement < Requirement::encryption) return;
  if (*connector.force_helo) {
    requirement.findings.push_back(
        own_configuration(Code::send_connector_dead, "SC-11: " + flag_text("ForceHELO", connector.force_helo) +
                                                 " hides STARTTLS from connector " + connector.name +
                                                 ", which demands TLS"));
  }
  if (*connector.ignore_starttls && *connector.require_tls) {
    requirement.findings.push_back(
        own_configuration(Code::send_connector_conflict, "SC-3: " + flag_text("RequireTLS", connector.require_tls) +
                                                     " contradicts " +
                                                     flag_text("IgnoreSTARTTLS", connector.ignore_starttls)));
  } else if (connector.tls_auth_level && (*connector.ignore_starttls || !*connector.require_tls)) {
    requirement.findings.push_back(
        own_configuration(Code::send_connector_conflict,
                  "SC-4: TlsAuthLevel needs RequireTLS $true and IgnoreSTARTTLS $false on connector " +
                      connector.name));
  }
}

}  // namespace

TlsRequirement send_requirement(const exchange::TransportConfig& config,
                                const exchange::SendConnector& connector, const smtp::Domain& partner,
                                FailClosed fail_closed) {
  TlsRequirement requirement;
  look_up(requirement, config.tls_send_domain_secure_list, partner);
  if (requirement.listed) requirement.broken_by = broken_by(connector);
  const bool inert = !requirement.broken_by.empty();
  if (inert) report_inert(requirement, Code::send_inert, connector.name, partner);

  if (requirement.listed && (!inert || fail_closed == FailClosed::yes)) {
    requirement.requirement = Requirement::domain_secured;
    requirement.reference = pki::ReferenceId{partner.text(), false};
    requirement.reason = partner.text() + " is on " + list_text(requirement) +
                         (inert ? ", connector " + connector.name +
                                      " breaks the conjunction and --fail-closed holds the mail (D-2)"
                                : " and connector " + connector.name + " secures it: mutual TLS or no mail");
  } else {
    demand_of_connector(requirement, connector, partner);
    if (inert) {
      requirement.reason = partner.text() + " is on " + list_text(requirement) +
                           ", but the mail leaves as ordinary mail (D-2): " + joined(requirement.broken_by);
    }
  }
  report_contradictions(requirement, connector);
  return requirement;
}

TlsRequirement receive_requirement(const exchange::TransportConfig& config,
                                   const exchange::ReceiveConnector& connector,
                                   const std::optional<smtp::Domain>& sender) {
  TlsRequirement requirement;
  if (sender) look_up(requirement, config.tls_receive_domain_secure_list, *sender);
  if (requirement.listed) requirement.broken_by = broken_by(connector);

  if (requirement.listed && requirement.broken_by.empty()) {
    requirement.requirement = Requirement::domain_secured;
    requirement.reference = pki::ReferenceId{sender->text(), false};
    requirement.reason = sender->text() + " is on " + list_text(requirement) + " and connector " +
                         connector.name + " secures it: mutual TLS or no mail";
    return requirement;
  }
  if (requirement.listed) report_inert(requirement, Code::receive_inert, connector.name, *sender);
  if (*connector.require_tls) {
    requirement.requirement = Requirement::encryption;
    requirement.reason = flag_text("RequireTLS", connector.require_tls) + ": MAIL is taken inside TLS only";
    return requirement;
  }
  requirement.requirement = Requirement::opportunistic;
  if (!sender) {
    requirement.reason = "the null reverse-path has no sender domain and is exempt from the list (D-4)";
  } else if (requirement.listed) {
    requirement.reason = sender->text() + " is on " + list_text(requirement) +
                         ", but the connector does not secure it: " + joined(requirement.broken_by);
  } else {
    requirement.reason = sender->text() + " is not on the list: TLS is welcome, nothing is demanded";
  }
  return requirement;
}

std::string_view text(Requirement requirement) {
  switch (requirement) {
    case Requirement::none:
      return "no TLS";
    case Requirement::opportunistic:
      return "opportunistic";
    case Requirement::encryption:
      return "encryption";
    case Requirement::certificate_validation:
      return "certificate validation";
    case Requirement::domain_validation:
      return "domain validation";
    case Requirement::domain_secured:
      return "domain secured";
  }
  return "";
}

}  // namespace domsec::policy
