#include "domsec/cli/cert_lint.h"

#include <algorithm>
#include <filesystem>
#include <numeric>
#include <ostream>

#include "certificate_subjects.h"
#include "domsec/cli/clock.h"
#include "domsec/cli/options.h"
#include "fitness_report.h"

namespace domsec::cli {
namespace {

using policy::PresentingConnector;

exchange::Organisation organisation_for(const CertLintOptions& options) {
  std::string file = options.config;
  std::error_code error;
  if (file.empty() && std::filesystem::exists("domsec.toml", error)) file = "domsec.toml";
  exchange::Organisation organisation = file.empty() ? exchange::Organisation() : exchange::read_toml(file);
  if (file.empty() && options.files.empty() && options.store.empty())
    throw UsageError(
        "cert lint: there is nothing to look at; name a FILE, --store or --config, there is no domsec.toml "
        "here");
  if (!options.store.empty()) {
    if (!std::filesystem::exists(options.store, error))
      throw UsageError("--store: there is no file '" + options.store + "'");
    organisation.store = options.store;
  }
  if (!options.roots.empty()) organisation.trusted_root_files = options.roots;
  if (!options.crl.empty()) organisation.revocation.mode = options.crl;
  // A list of today says nothing about another day.
  if (options.crl.empty() && options.at) organisation.revocation.mode = "off";
  if (!options.crl_cache.empty()) organisation.revocation.cache_directory = options.crl_cache;
  if (!options.http_proxy.empty()) {
    organisation.revocation.http_proxy = options.http_proxy;
    organisation.revocation.origins.by_parameter["HttpProxy"] = exchange::Origin{"--http-proxy", 0};
  }
  return organisation;
}

/// The connectors of that name, whether they have to present anything today or not.
std::vector<PresentingConnector> named(const std::string& name, const exchange::Organisation& organisation) {
  std::vector<PresentingConnector> all;
  for (const exchange::SendConnector& one : organisation.send_connectors) {
    if (exchange::same_word(name, one.name)) all.push_back(policy::presenting(one, organisation));
  }
  for (const exchange::ReceiveConnector& one : organisation.receive_connectors) {
    if (exchange::same_word(name, one.name)) all.push_back(policy::presenting(one, organisation));
  }
  if (all.empty())
    throw UsageError("--connector: no connector is called '" + name + "'; domsec policy show lists them");
  return all;
}

std::vector<PresentingConnector> for_partner(const std::string& partner,
                                             const exchange::Organisation& organisation) {
  const std::optional<smtp::Domain> domain = smtp::Domain::parse(partner);
  if (!domain) throw UsageError("--partner: '" + partner + "' is no domain");
  std::vector<PresentingConnector> all = policy::connectors_for(*domain, organisation);
  if (all.empty())
    throw UsageError("--partner: no connector takes mail to or from " + domain->text() +
                     "; add one, or set AddressSpaces");
  return all;
}

std::optional<finding::Profile> profile_of(const std::string& word) {
  if (word == "all") return std::nullopt;
  const auto profile = finding::read_profile(word);
  if (!profile)
    throw UsageError("--profile: '" + word + "' is none of all, exchange, postfix, exim, opensmtpd, strict");
  return profile;
}

policy::FitnessQuestion question_of(const CertLintOptions& options,
                                    const exchange::Organisation& organisation, pki::Instant at) {
  policy::FitnessQuestion question;
  question.connectors = !options.connector.empty() ? named(options.connector, organisation)
                        : !options.partner.empty() ? for_partner(options.partner, organisation)
                                                   : policy::presenting_connectors(organisation);
  question.every = policy::presenting_connectors(organisation);
  question.accepted_domains = organisation.accepted_domains;
  question.subscription = organisation.edge_subscription;
  question.origin = organisation.origin;
  question.profile = profile_of(options.profile);
  question.crl_fail = organisation.revocation.fail == "soft" ? policy::CrlFail::soft : policy::CrlFail::hard;
  question.ecc = policy::terms_of(&organisation).ecc;
  question.at = at;
  return question;
}

/// Trust and revocation as the sessions of this configuration have them; its own certificates are looked at
/// elsewhere.
void examine_all(const CertLintOptions& options, exchange::Organisation organisation, pki::Instant at,
                 std::vector<policy::FitnessSubject>& subjects) {
  organisation.certificates.clear();
  EndOptions end;
  end.timeout_seconds = options.timeout_seconds;
  session::EdgeSettings settings = edge_settings_of(end);
  settings.now = [at] { return at; };
  net::Loop loop;
  const session::Edge edge(loop, std::move(organisation), settings);
  std::vector<std::size_t> all(subjects.size());
  std::iota(all.begin(), all.end(), 0);
  examine(loop, edge.examination(), at, all, subjects);
}

/// The files; else those that the connectors look for; else all.
std::vector<std::size_t> shown(const CertLintOptions& options, const std::vector<std::size_t>& files,
                               const policy::Fitness& fitness) {
  if (!files.empty()) return files;
  const bool all = options.connector.empty() && options.partner.empty();
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < fitness.certificates.size(); ++i) {
    if (all || fitness.certificates[i].wanted) out.push_back(i);
  }
  return out;
}

/// Own faults before what the network keeps us from knowing.
int exit_code_of(const FitnessReport& report, FailOn fail_on) {
  int code = 0;
  const auto look = [&](const std::vector<policy::LintFinding>& findings) {
    for (const policy::LintFinding& one : findings) {
      const policy::Colour colour = policy::colour_of(one.finding.severity);
      if (colour == policy::Colour::red || (colour == policy::Colour::yellow && fail_on == FailOn::warnings))
        code = policy::worse_exit_code(code, one.finding.who == policy::Who::env ? 3 : 2);
    }
  };
  for (const std::size_t index : report.shown) look(report.fitness.certificates[index].findings);
  for (const policy::ConnectorFitness& connector : report.fitness.connectors) look(connector.findings);
  look(report.fitness.general);
  look(report.findings);
  return code;
}

}  // namespace

int run_cert_lint(const CertLintOptions& options, std::ostream& out) {
  if (options.timeout_seconds <= 0) throw UsageError("--timeout: give a positive number of seconds");
  if (!options.key.empty() && options.files.size() != 1) throw UsageError("--key goes with one FILE");
  if (!options.connector.empty() && !options.partner.empty())
    throw UsageError("--connector and --partner exclude each other");
  check_word(options.crl, {"off", "cached", "fetch"}, "--crl");
  const exchange::Organisation organisation = organisation_for(options);
  FitnessReport report;
  report.at = options.at.value_or(now());
  const policy::FitnessQuestion question = question_of(options, organisation, report.at);
  CertificateSubjects read = read_subjects(organisation, {options.files, options.key, options.key_pass_file});
  examine_all(options, organisation, report.at, read.subjects);
  report.subjects = std::move(read.subjects);
  report.fitness = policy::examine_fitness(question, report.subjects);
  report.shown = shown(options, read.named, report.fitness);
  const bool whole = options.connector.empty() && options.partner.empty();
  if (!whole) report.fitness.general.clear();
  if (whole && options.files.empty()) report.findings = std::move(read.findings);
  report.exit_code = exit_code_of(report, options.fail_on);
  if (options.form == PolicyForm::json) {
    out << json_of(report) << '\n';
  } else {
    write_text(report, out);
  }
  return report.exit_code;
}

}  // namespace domsec::cli
