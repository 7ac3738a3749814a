#include "domsec/cli/policy_apply.h"

#include <algorithm>
#include <filesystem>
#include <ostream>

#include "domsec/cli/clock.h"
#include "domsec/exchange/configuration.h"
#include "policy_apply_report.h"

namespace domsec::cli {

namespace {

using exchange::ConfigError;

std::string absolute(const std::string& file) {
  std::error_code error;
  const std::filesystem::path path = std::filesystem::weakly_canonical(std::filesystem::absolute(file), error);
  return error ? file : path.string();
}

exchange::Organisation read_organisation(const PolicyApplyOptions& options) {
  exchange::Organisation organisation = exchange::read_toml(options.organisation);
  if (!organisation.edge_subscription.organization.empty()) {
    throw ConfigError(organisation.edge_subscription.origins.of("Organization").text() + ": " + options.organisation +
                      " is the configuration of an Edge; name the organisation's own file");
  }
  std::vector<std::string> seen{absolute(options.organisation)};
  for (const std::string& edge : options.edges) {
    const std::string path = absolute(edge);
    if (std::find(seen.begin(), seen.end(), path) != seen.end()) {
      throw ConfigError(edge + ": the file is named twice; give each Edge a configuration of its own");
    }
    seen.push_back(path);
  }
  return organisation;
}

/// R30: the Edge's receive connectors have to secure what the lists hold; and what would keep EdgeSync incomplete.
std::vector<policy::LintFinding> findings_of(const exchange::Organisation& edge) {
  std::vector<policy::LintFinding> all = policy::lint(edge);
  std::erase_if(all, [](const policy::LintFinding& one) {
    return one.finding.code != finding::Code::receive_inert && one.finding.code != finding::Code::send_inert &&
           one.finding.code != finding::Code::tls_certificate_name_invalid;
  });
  return all;
}

std::string shown(const std::string& literal, const exchange::Origin& origin) {
  return (literal.empty() ? "not set" : literal) + " (" + origin.text() + ")";
}

std::string text_of(const exchange::Drift& drift) {
  if (!drift.parameter.empty()) {
    return drift.object + " " + drift.parameter + ": " + shown(drift.on_edge, drift.edge_origin) + " -> " +
           shown(drift.in_organisation, drift.organisation_origin);
  }
  return drift.edge_origin.file.empty()
             ? drift.object + ": missing here (" + drift.organisation_origin.text() + ")"
             : drift.object + ": not in the organisation (" + drift.edge_origin.text() + ")";
}

void write_text(const AppliedEdge& edge, ApplyRun run, std::ostream& out) {
  const std::size_t count = edge.drift.size();
  out << edge.file << ": "
      << (count == 0 ? "as its organisation" : std::to_string(count) + (count == 1 ? " difference" : " differences"))
      << (edge.written ? ", written" : run == ApplyRun::dry && count > 0 ? ", not written" : "") << '\n';
  for (const exchange::Drift& drift : edge.drift) out << "  " << text_of(drift) << '\n';
  for (const policy::LintFinding& one : edge.findings) {
    out << "  " << finding::name(one.finding.code) << ' ' << finding::slug(one.finding.code) << " [" << one.rule << "] "
        << one.finding.detail << '\n';
    if (!one.repair.empty()) out << "    repair on this Edge: " << one.repair << '\n';
  }
}

/// One Edge, read and ready to be written.
struct Prepared {
  exchange::Configuration configuration;
  exchange::Organisation after;
};

}  // namespace

int run_policy_apply(const PolicyApplyOptions& options, std::ostream& out, std::ostream& err) {
  std::vector<AppliedEdge> applied;
  int code = 0;
  try {
    const exchange::Organisation organisation = read_organisation(options);
    const pki::Instant at = options.at.value_or(now());
    std::vector<Prepared> prepared;
    for (const std::string& file : options.edges) {
      exchange::Configuration configuration(file);
      exchange::Organisation after = exchange::replicated(configuration.organisation(), organisation);
      AppliedEdge edge{file, exchange::drift(configuration.organisation(), organisation), findings_of(after), false};
      const bool subscribed = configuration.organisation().edge_subscription.organization == absolute(options.organisation);
      if (!edge.drift.empty() || !subscribed) {
        after.edge_subscription.organization = absolute(options.organisation);
        after.edge_subscription.applied = pki::rfc3339(at);
        (void)exchange::edited(configuration.texts(), configuration.organisation(), after);   // refused before any is written
      }
      if (!edge.findings.empty() || (options.run == ApplyRun::dry && !edge.drift.empty())) code = 2;
      prepared.push_back({std::move(configuration), std::move(after)});
      applied.push_back(std::move(edge));
    }
    for (std::size_t i = 0; i < prepared.size() && options.run == ApplyRun::write; ++i) {
      const exchange::ConfigurationTexts before = prepared[i].configuration.texts();
      prepared[i].configuration.replace(prepared[i].after, exchange::Configuration::By::organisation);
      applied[i].written = before != prepared[i].configuration.texts();
    }
  } catch (const ConfigError& error) {
    for (const AppliedEdge& edge : applied) {
      if (edge.written) err << edge.file << ": written before the error\n";
    }
    err << error.what() << '\n';
    return 2;
  }
  if (options.form == PolicyForm::json) {
    out << json_of(applied, code) << '\n';
  } else {
    for (const AppliedEdge& edge : applied) write_text(edge, options.run, out);
  }
  return code;
}

}  // namespace domsec::cli
