#include "domsec/cli/preflight.h"

#include <algorithm>
#include <filesystem>
#include <ostream>
#include <set>

#include "certificate_subjects.h"
#include "domsec/cli/options.h"
#include "preflight_checks.h"

namespace domsec::cli {
namespace {

using Checks = std::vector<DoctorCheck>;

void append(Checks& all, Checks more) {
  for (DoctorCheck& check : more) all.push_back(std::move(check));
}

exchange::Organisation organisation_for(const PreflightOptions& options) {
  exchange::Organisation organisation = exchange::read_toml(options.config);
  std::error_code error;
  if (!options.store.empty()) {
    if (!std::filesystem::exists(options.store, error))
      throw UsageError("--store: there is no file '" + options.store + "'");
    organisation.store = options.store;
  }
  if (!options.crl_cache.empty()) organisation.revocation.cache_directory = options.crl_cache;
  if (!options.http_proxy.empty()) {
    organisation.revocation.http_proxy = options.http_proxy;
    organisation.revocation.origins.by_parameter["HttpProxy"] = exchange::Origin{"--http-proxy", 0};
  }
  if (!organisation.server_fqdn) organisation.server_fqdn = machine_name();
  return organisation;
}

/// What one run looks at: the same for every partner.
struct Flight {
  exchange::Organisation organisation;
  CertificateSubjects own;
  std::set<std::size_t> examined;  // of own.subjects
  pki::Instant at;
  net::Milliseconds limit;
};

policy::FitnessQuestion question_of(const Flight& flight, const smtp::Domain& partner) {
  policy::FitnessQuestion question;
  question.connectors = policy::connectors_for(partner, flight.organisation);
  question.every = policy::presenting_connectors(flight.organisation);
  question.accepted_domains = flight.organisation.accepted_domains;
  question.subscription = flight.organisation.edge_subscription;
  question.origin = flight.organisation.origin;
  question.crl_fail =
      flight.organisation.revocation.fail == "soft" ? policy::CrlFail::soft : policy::CrlFail::hard;
  question.ecc = policy::terms_of(&flight.organisation).ecc;
  question.at = flight.at;
  return question;
}

/// Path and lists of what would be presented to him, each examined once in a run.
Checks check_certificates(net::Loop& loop, const session::Edge& edge, Flight& flight,
                          const smtp::Domain& partner) {
  const policy::FitnessQuestion question = question_of(flight, partner);
  std::vector<policy::FitnessSubject>& subjects = flight.own.subjects;
  std::vector<std::size_t> presented;
  for (const policy::ConnectorFitness& one : policy::examine_fitness(question, subjects).connectors) {
    if (one.presents && std::ranges::find(presented, *one.presents) == presented.end())
      presented.push_back(*one.presents);
  }
  std::vector<std::size_t> fresh;
  std::ranges::copy_if(presented, std::back_inserter(fresh),
                       [&](std::size_t index) { return flight.examined.insert(index).second; });
  examine(loop, edge.examination(), flight.at, fresh, subjects);
  Checks all = check_presented(policy::examine_fitness(question, subjects), subjects, flight.at);
  for (const std::size_t index : presented) {
    const policy::FitnessSubject& subject = subjects[index];
    if (!subject.path) continue;  // self-signed
    append(all, chain_checks(*subject.path, subject.revocations.value_or(std::vector<pki::Revocation>()),
                             flight.organisation.revocation.fail));
  }
  return all;
}

/// Each port once, whichever connectors share it.
Checks check_listeners(net::Loop& loop, const Flight& flight) {
  Checks all;
  std::set<std::pair<std::string, std::uint16_t>> asked;
  for (const exchange::ReceiveConnector& connector : flight.organisation.receive_connectors) {
    if (!connector.enabled) continue;
    for (const exchange::Binding& binding : connector.bindings) {
      if (binding.port != 0 && !asked.insert({binding.address, binding.port}).second) continue;
      all.push_back(check_listener(loop, connector, binding, flight.limit));
    }
  }
  return all;
}

/// What is the same for every partner.
Checks check_server(net::Loop& loop, const session::Edge& edge, const Flight& flight) {
  Checks all{check_clock(now(), clock_discipline()),
             check_lint(flight.organisation, as_stored(flight.own), flight.at)};
  all.push_back(check_subscription(flight.organisation));
  append(all, check_own_files(flight.organisation));
  for (const policy::LintFinding& found : flight.own.findings) {
    if (found.finding.severity == finding::Severity::fails &&
        found.finding.code != finding::Code::key_file_exposed)
      all.push_back({"certificate", DoctorResult::fail, found.finding.detail, found.repair});
  }
  append(all, check_auth(flight.organisation, flight.own.subjects, flight.at));
  all.push_back(check_roots(edge));
  all.push_back(check_http_proxy(edge.http_proxy()));
  append(all, check_listeners(loop, flight));
  return all;
}

PartnerChecks check_partner(net::Loop& loop, session::Edge& edge, Flight& flight,
                            const smtp::Domain& partner) {
  PartnerChecks rows{partner.text(), check_switches(flight.organisation, partner, flight.at)};
  append(rows.checks, check_certificates(loop, edge, flight, partner));
  const net::SteadyPoint deadline = std::chrono::steady_clock::now() + flight.limit;
  rows.checks.push_back(
      check_dns(partner.text(), net::run(loop, edge.resolver().mx(partner.text(), deadline))));
  return rows;
}

std::vector<smtp::Domain> partners_of(const std::vector<std::string>& texts) {
  std::vector<smtp::Domain> partners;
  for (const std::string& text : texts) {
    const std::optional<smtp::Domain> domain = smtp::Domain::parse(text);
    if (!domain)
      throw UsageError("preflight: '" + text + "' is no domain; write one such as woodgrovebank.com");
    if (std::ranges::find(partners, *domain) == partners.end()) partners.push_back(*domain);
  }
  return partners;
}

/// Trust, lists and resolver of this configuration; its certificates are looked at elsewhere.
session::Edge trusting_edge(net::Loop& loop, const Flight& flight, double timeout_seconds) {
  exchange::Organisation trusting = flight.organisation;
  trusting.certificates.clear();
  EndOptions end;
  end.timeout_seconds = timeout_seconds;
  session::EdgeSettings settings = edge_settings_of(end);
  settings.now = [at = flight.at] { return at; };
  return session::Edge(loop, std::move(trusting), std::move(settings));
}

}  // namespace

int run_preflight(const PreflightOptions& options, std::ostream& out) {
  if (options.timeout_seconds <= 0) throw UsageError("--timeout: give a positive number of seconds");
  const std::vector<smtp::Domain> partners = partners_of(options.partners);
  Flight flight{organisation_for(options),
                {},
                {},
                options.at.value_or(now()),
                net::Milliseconds(static_cast<long>(options.timeout_seconds * 1000))};
  flight.own = read_subjects(flight.organisation, {});
  net::Loop loop;
  session::Edge edge = trusting_edge(loop, flight, options.timeout_seconds);
  const Checks server = check_server(loop, edge, flight);
  std::vector<PartnerChecks> rows;
  Checks all = server;
  for (const smtp::Domain& partner : partners) {
    rows.push_back(check_partner(loop, edge, flight, partner));
    append(all, rows.back().checks);
  }
  const int code = exit_code(all);
  if (options.form == DoctorForm::json) {
    out << json_of(server, rows, code) << '\n';
    return code;
  }
  out << "this server\n";
  write_text(server, out);
  for (const PartnerChecks& one : rows) {
    out << one.domain << '\n';
    write_text(one.checks, out);
  }
  write_sum(all, out);
  return code;
}

}  // namespace domsec::cli
