#include "domsec/cli/sending.h"

#include "domsec/lab/state_file.h"
#include "domsec/policy/connector_choice.h"

namespace domsec::cli {
namespace {

exchange::Origin flag(const char* name) { return exchange::Origin{name, 0}; }

smtp::Domain partner_of(const SendOptions& options, const TargetText& target) {
  if (!options.verify_name.empty()) {
    const auto name = smtp::Domain::parse(options.verify_name);
    if (!name) throw UsageError("--verify-name: '" + options.verify_name + "' is no domain name");
    return *name;
  }
  if (!target.domain) {
    throw UsageError("'" + target.host + "' is an address: give --verify-name NAME, the domain whose certificate you expect");
  }
  return *target.domain;
}

/// A running lab lends the configuration of a partner of `partner`, unless the user has one of his own.
std::string lend_from_lab(const SendOptions& options, const smtp::Domain& partner, EndOptions& end) {
  if (!end.config.empty() || !end.certificate.empty() || !end.pfx.empty() || !end.roots.empty()) return {};
  const std::string directory = options.end.lab_state.empty() ? lab::default_directory() : options.end.lab_state;
  const auto state = lab::running(directory);
  if (!state || !lab::owner_of(*state, partner.text())) return {};
  for (const lab::StateOrganisation& organisation : state->organisations) {
    if (&organisation == lab::owner_of(*state, partner.text()) || organisation.hosts.empty()) continue;
    end.config = organisation.hosts.front().configuration;
    return organisation.name;
  }
  return {};
}

/// The certificate on the command line is the one that is meant: chosen by its issuer and subject, not by the FQDN.
void prefer_given_certificate(const EndOptions& end, exchange::SendConnector& connector) {
  const pki::CertificatePtr given = given_certificate(end);
  if (given) connector.tls_certificate_name = exchange::TlsCertificateName{given->issuer, given->subject};
}

exchange::SendConnector connector_for(const SendOptions& options, const exchange::Organisation& organisation,
                                      const smtp::Domain& partner) {
  if (!options.connector.empty()) {
    for (const exchange::SendConnector& connector : organisation.send_connectors) {
      if (connector.name == options.connector) return connector;
    }
    throw UsageError("--connector: there is no send connector '" + options.connector + "'");
  }
  if (organisation.send_connectors.empty()) {
    exchange::SendConnector connector;
    connector.protocol_logging_level = exchange::ProtocolLoggingLevel::verbose;
    return connector;
  }
  const policy::ConnectorChoice choice = policy::choose_send_connector(organisation.send_connectors, partner);
  if (!choice.connector) throw exchange::ConfigError(organisation.origin.file + ": " + choice.reason);
  return *choice.connector;
}

/// --require takes the place of what the configuration says about this partner.
void apply_require(const std::string& require, exchange::Organisation& organisation, exchange::SendConnector& connector,
                   const smtp::Domain& partner) {
  exchange::DomainSecureList& list = organisation.transport_config.tls_send_domain_secure_list;
  const std::vector<std::string> entry{partner.text()};
  if (require == "mutual") {
    if (list.lists(partner)) return;
    if (const auto error = list.add(entry)) throw UsageError("--require mutual: " + error->what);
    list.origin = flag("--require");
    connector.domain_secure_enabled = {true, flag("--require")};
    return;
  }
  if (const auto error = list.remove(entry)) throw UsageError("--require: " + error->what);
  connector.require_tls = {require == "tls" || require == "server", flag("--require")};
  connector.tls_auth_level.reset();
  connector.tls_domain.reset();
  if (require == "tls") connector.tls_auth_level = exchange::TlsAuthLevel::encryption_only;
  if (require == "server") connector.tls_auth_level = exchange::TlsAuthLevel::domain_validation;
}

std::string required(const SendOptions& options, const EndOptions& end) {
  if (options.require.empty()) {
    if (!end.config.empty()) return {};
    return end.certificate.empty() && end.pfx.empty() ? "server" : "mutual";
  }
  for (const char* word : {"none", "tls", "server", "mutual"}) {
    if (options.require == word) return options.require;
  }
  throw UsageError("--require: '" + options.require + "' is none of none, tls, server, mutual");
}

/// --names against what names the partner already, and against an address, which has no name.
void apply_names(const SendOptions& options, exchange::Organisation& organisation, const exchange::SendConnector& connector) {
  check_word(options.names, {"domain", "mx", "fqdn"}, "--names");
  if (options.names.empty()) return;
  organisation.name_reference = options.names;
  if (options.names == "domain") return;
  if (!options.verify_name.empty()) throw UsageError("--names " + options.names + " and --verify-name name two things: give one");
  if (options.end.name_match == "subdomains") {
    throw UsageError("--names " + options.names + " compares hosts exactly: leave --name-match subdomains away");
  }
  if (connector.tls_domain) {
    throw UsageError("--names " + options.names + ": TlsDomain of connector " + connector.name +
                     " names the partner; leave --names away, or give --require");
  }
}

/// A host to be proved needs a name, and one that is known before the certificate comes.
void require_host_name(const std::string& names, const TargetText& text, const session::Target& target) {
  if (names == "mx" && net::read_endpoint(target.host + ":0")) {
    throw UsageError("'" + target.host + "' is an address: names mx needs the host by name; use --resolve for its address");
  }
  if (names == "fqdn" && text.implicit_tls) {
    throw UsageError("smtps:// brings the greeting behind the certificate: use --names domain or mx");
  }
}

session::Target target_for(const SendOptions& options, const TargetText& text, const exchange::SendConnector& connector,
                           const smtp::Domain& partner) {
  session::Target target;
  target.port = connector.port;
  if (!options.connect.empty()) {
    std::tie(target.host, target.port) = read_host_port(options.connect, connector.port);
  } else if (!text.host.empty()) {
    target.host = text.host;
    target.port = text.port;
  } else if (!*connector.dns_routing_enabled && !connector.smart_hosts.empty()) {
    std::tie(target.host, target.port) = read_host_port(connector.smart_hosts.front(), connector.port);
  } else {
    target.domain = text.domain ? text.domain->text() : partner.text();
  }
  return target;
}

}  // namespace

Route find_route(const SendOptions& options, const TargetText& text) {
  const smtp::Domain partner = partner_of(options, text);
  EndOptions end = options.end;
  const std::string lent = lend_from_lab(options, text.domain ? *text.domain : partner, end);
  exchange::Organisation organisation = organisation_of(end);
  if (!organisation.server_fqdn) organisation.server_fqdn = machine_name();
  exchange::SendConnector connector = connector_for(options, organisation, partner);
  prefer_given_certificate(end, connector);
  const std::string require = required(options, end);
  if (!require.empty()) apply_require(require, organisation, connector, partner);
  if (!options.output.log_directory.empty()) {
    connector.protocol_logging_level = exchange::ProtocolLoggingLevel::verbose;
    organisation.transport_config.send_protocol_log.path = options.output.log_directory;
  }
  apply_names(options, organisation, connector);
  session::Target target = target_for(options, text, connector, partner);
  require_host_name(organisation.name_reference, text, target);
  return Route{std::move(organisation), std::move(connector), partner, std::move(target), text.implicit_tls, lent};
}

}  // namespace domsec::cli
