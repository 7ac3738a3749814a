// The order of `domsec doctor`'s checklist and its text.
#include "domsec/cli/doctor.h"

#include <filesystem>
#include <ostream>
#include <set>

#include "doctor_checks.h"
#include "domsec/cli/options.h"
#include "domsec/lab/state_file.h"
#include "domsec/lab/stored_identities.h"
#include "domsec/policy/connector_choice.h"
#include "domsec/store/database.h"

namespace domsec::cli {
namespace {

using Checks = std::vector<DoctorCheck>;

constexpr std::size_t most_partners = 20;

void append(Checks& all, Checks more) {
  for (DoctorCheck& check : more) all.push_back(std::move(check));
}

/// The configuration, or nothing; what came of reading it is the row.
std::optional<exchange::Organisation> read_configuration(const DoctorOptions& options, Checks& all) {
  std::string file = options.config;
  if (file.empty() && std::filesystem::exists("domsec.toml")) file = "domsec.toml";
  if (file.empty()) {
    all.push_back({"configuration", DoctorResult::skip, "none is named and there is no domsec.toml here",
                   "domsec doctor --config FILE"});
    return exchange::Organisation();
  }
  try {
    exchange::Organisation organisation = exchange::read_toml(file);
    all.push_back({"configuration", DoctorResult::ok, file});
    return organisation;
  } catch (const exchange::ConfigError& error) {
    all.push_back({"configuration", DoctorResult::fail, error.what()});
    return std::nullopt;
  }
}

void check_files(const exchange::Organisation& organisation, Checks& all) {
  append(all, check_own_files(organisation));
  const exchange::TransportConfig& config = organisation.transport_config;
  if (!organisation.spool.empty()) all.push_back(check_directory("Spool", organisation.spool));
  if (!config.send_protocol_log.path.empty())
    all.push_back(check_directory("SendProtocolLogPath", config.send_protocol_log.path));
  if (!config.receive_protocol_log.path.empty()) {
    all.push_back(check_directory("ReceiveProtocolLogPath", config.receive_protocol_log.path));
  }
}

/// Each connector's certificate; the chain of each different one is examined once.
void check_identities(net::Loop& loop, const session::Edge& edge, pki::Instant now, Checks& all) {
  std::set<std::string> examined;
  const auto check_connector = [&](const std::string& title, const auto& connector) {
    const session::OwnChoice choice = edge.own_certificate(connector);
    all.push_back(check_certificate(title, choice, now));
    if (!choice.credentials || !examined.insert(choice.credentials->chain.front()->thumbprint_sha256).second)
      return;
    append(all, check_own_chain(loop, edge, choice.credentials->chain, now));
  };
  for (const auto& connector : edge.organisation().send_connectors) {
    if (connector.enabled && *connector.domain_secure_enabled)
      check_connector("send connector " + connector.name, connector);
  }
  for (const auto& connector : edge.organisation().receive_connectors) {
    if (policy::offers_tls(connector)) check_connector("receive connector " + connector.name, connector);
  }
}

void check_network(net::Loop& loop, session::Edge& edge, double timeout_seconds, Checks& all) {
  const net::Milliseconds limit(static_cast<long>(timeout_seconds * 1000));
  std::size_t asked = 0;
  for (const smtp::Domain& domain :
       edge.organisation().transport_config.tls_send_domain_secure_list.domains()) {
    if (++asked > most_partners) {
      all.push_back({"dns", DoctorResult::skip,
                     "only the first " + std::to_string(most_partners) + " domains were looked up"});
      break;
    }
    const net::SteadyPoint deadline = std::chrono::steady_clock::now() + limit;
    all.push_back(check_dns(domain.text(), net::run(loop, edge.resolver().mx(domain.text(), deadline))));
  }
  for (const exchange::ReceiveConnector& connector : edge.organisation().receive_connectors) {
    if (!connector.enabled) continue;
    for (const exchange::Binding& binding : connector.bindings) all.push_back(check_port(loop, binding));
  }
}

void check_organisation(const exchange::Organisation& organisation, const DoctorOptions& options,
                        pki::Instant now, Checks& all) {
  if (!organisation.origin.file.empty())
    all.push_back(check_lint(organisation, load_certificates(organisation), now));
  check_files(organisation, all);
  net::Loop loop;
  EndOptions end;
  end.timeout_seconds = options.timeout_seconds;
  session::EdgeSettings settings = edge_settings_of(end);
  settings.now = cli::now;
  try {
    exchange::Organisation named = organisation;
    if (!options.crl_cache.empty()) named.revocation.cache_directory = options.crl_cache;
    if (!options.http_proxy.empty()) {
      named.revocation.http_proxy = options.http_proxy;
      named.revocation.origins.by_parameter["HttpProxy"] = exchange::Origin{"--http-proxy", 0};
    }
    if (!named.server_fqdn) named.server_fqdn = machine_name();
    settings.identities = lab::stored_identities(named);
    session::Edge edge(loop, std::move(named), settings);
    all.push_back(check_roots(edge));
    all.push_back(check_http_proxy(edge.http_proxy()));
    check_identities(loop, edge, now, all);
    check_network(loop, edge, options.timeout_seconds, all);
  } catch (const pki::BundleError& error) {
    all.push_back({"files", DoctorResult::fail, error.what()});
  } catch (const exchange::ConfigError& error) {
    all.push_back({"files", DoctorResult::fail, error.what()});
  } catch (const store::StoreError& error) {
    all.push_back({"files", DoctorResult::fail, error.what()});
  }
}

}  // namespace

int run_doctor(const DoctorOptions& options, std::ostream& out) {
  if (options.timeout_seconds <= 0) throw UsageError("--timeout: give a positive number of seconds");
  const pki::Instant at = now();
  Checks all{check_clock(at, clock_discipline()), check_tls_library()};
  if (const auto organisation = read_configuration(options, all))
    check_organisation(*organisation, options, at, all);
  all.push_back(check_lab(options.lab_state.empty() ? lab::default_directory() : options.lab_state));
  if (options.form == DoctorForm::json) {
    out << json_of(all) << '\n';
  } else {
    write_text(all, out);
    write_sum(all, out);
  }
  return exit_code(all);
}

}  // namespace domsec::cli
