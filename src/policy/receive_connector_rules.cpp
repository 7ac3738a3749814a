// RC-2 … RC-11 (spec exchange 3.1).
#include <algorithm>

#include "connector_rules.h"
#include "domsec/policy/receive_connector_choice.h"

namespace domsec::policy {

namespace {

using exchange::AuthMechanism;
using exchange::ReceiveConnector;
using finding::Code;
using Findings = ConnectorFindings<ReceiveConnector>;

constexpr Code conflict = Code::receive_connector_conflict;

bool holds(const std::vector<std::string>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// `-AuthMechanism Tls,BasicAuth`
std::string auth_argument(const AuthMechanism& mechanism) {
  std::string words = mechanism.text();
  std::erase(words, ' ');
  return "-AuthMechanism " + words;
}

AuthMechanism with_tls(AuthMechanism mechanism) {
  mechanism.tls = true;
  return mechanism;
}

/// RC-2 … RC-5: AuthMechanism and the flags that lean on it.
void add_authentication(const ReceiveConnector& c, Findings& found) {
  const AuthMechanism& auth = *c.auth_mechanism;
  if (auth.basic_auth_require_tls && !(auth.basic_auth && auth.tls)) {
    AuthMechanism whole = with_tls(auth);
    whole.basic_auth = true;
    found.add(conflict, "RC-2", "AuthMechanism", "BasicAuthRequireTLS needs BasicAuth and Tls in AuthMechanism",
              auth_argument(whole));
  }
  if (auth.external_authoritative) {
    if (auth.integrated || auth.basic_auth || auth.basic_auth_require_tls || auth.exchange_server) {
      AuthMechanism alone;
      alone.tls = auth.tls;
      alone.external_authoritative = true;
      found.add(conflict, "RC-3", "AuthMechanism", "ExternalAuthoritative may only be joined by Tls in AuthMechanism",
                auth_argument(alone));
    }
    if (!holds(c.permission_groups, "ExchangeServers")) {
      std::string groups = "ExchangeServers";
      for (const std::string& group : c.permission_groups) groups += group == "None" ? "" : "," + group;
      found.add(conflict, "RC-3", "AuthMechanism", "ExternalAuthoritative needs PermissionGroups ExchangeServers",
                "-PermissionGroups " + groups);
    }
  }
  if (*c.require_tls && !auth.tls) {
    found.add(conflict, "RC-4", "RequireTLS", "RequireTLS $true needs Tls in AuthMechanism", auth_argument(with_tls(auth)));
  }
  if (*c.domain_secure_enabled && !auth.tls) {
    found.add(conflict, "RC-5", "DomainSecureEnabled", "DomainSecureEnabled $true needs Tls in AuthMechanism",
              auth_argument(with_tls(auth)));
  }
  if (*c.domain_secure_enabled && auth.external_authoritative) {
    AuthMechanism without = with_tls(auth);
    without.external_authoritative = false;
    found.add(conflict, "RC-5", "DomainSecureEnabled",
              "DomainSecureEnabled $true excludes ExternalAuthoritative in AuthMechanism", auth_argument(without));
  }
}

/// RC-7 … RC-11.
void add_settings(const ReceiveConnector& c, const exchange::Organisation& organisation, Findings& found) {
  if (c.connection_inactivity_timeout >= c.connection_timeout) {
    ReceiveConnector half;
    half.connection_inactivity_timeout = c.connection_timeout / 2;
    const auto* row = exchange::find_parameter<ReceiveConnector>("ConnectionInactivityTimeout");
    found.add(conflict, "RC-7", "ConnectionInactivityTimeout",
              "ConnectionInactivityTimeout must be shorter than ConnectionTimeout",
              c.connection_timeout > std::chrono::seconds(1)
                  ? "-ConnectionInactivityTimeout " + shell_literal(row->get(half))
                  : std::string("-ConnectionTimeout 00:10:00"));
  }
  if (c.binary_mime_enabled && !c.chunking_enabled) {
    found.add(conflict, "RC-8", "ChunkingEnabled", "BinaryMimeEnabled needs ChunkingEnabled", "-ChunkingEnabled $true");
  }
  if (!c.banner.empty() && !exchange::read_banner(c.banner)) {
    found.add(conflict, "RC-9", "Banner", "Banner must start with 220 and a blank", "-Banner $null");
  }
  if (c.suppress_x_anonymous_tls && !organisation.use_downgraded_exchange_server_auth) {
    found.add(conflict, "RC-10", "SuppressXAnonymousTls",
              "SuppressXAnonymousTls $true needs UseDownGradedExchangeServerAuth $true of the server",
              "-SuppressXAnonymousTls $false");
  }
  const bool changed = c.fqdn && organisation.server_fqdn && *c.fqdn != *organisation.server_fqdn &&
                       !organisation.server_fqdn->text().starts_with(c.fqdn->text() + ".");
  if (c.name.starts_with("Default ") && changed) {
    found.add(conflict, "RC-11", "Fqdn",
              "Fqdn of a Default connector must stay the server's name: internal mail flow needs it",
              "-Fqdn " + organisation.server_fqdn->text());
  }
}

}  // namespace

void add_receive_connector_rules(const ReceiveConnector& connector, const exchange::Organisation& organisation,
                                 std::vector<LintFinding>& all) {
  Findings found(all, connector);
  add_authentication(connector, found);
  add_settings(connector, organisation, found);
  add_certificate_name_rule(connector, found);
}

/// RC-6: an address and port belong to one connector for each client.
void add_binding_rules(const exchange::Organisation& organisation, std::vector<LintFinding>& all) {
  for (const BindingConflict& found : binding_conflicts(organisation.receive_connectors)) {
    Findings(all, *found.connector).add(conflict, "RC-6", found.parameter, found.what, "");
  }
}

}  // namespace domsec::policy
