#include "domsec/cli/auth.h"

#include <charconv>
#include <ostream>

#include "auth_report.h"
#include "auth_servers.h"
#include "domsec/cli/clock.h"
#include "domsec/cli/options.h"
#include "domsec/exchange/configuration.h"
#include "domsec/pki/thumbprint.h"
#include "domsec/policy/auth_rotation.h"

namespace domsec::cli {
namespace {

constexpr int own_configuration_wrong = 2;

pki::Instant at_of(const AuthOptions& options) {
  return options.at.value_or(now());
}

bool fails(const std::vector<policy::Finding>& findings) {
  for (const policy::Finding& one : findings) {
    if (one.severity == finding::Severity::fails) return true;
  }
  return false;
}

int conclude(AuthReport& report, const AuthOptions& options, std::ostream& out) {
  if (options.form == AuthForm::json) {
    out << auth_json(report) << '\n';
  } else {
    write_auth_text(report, out);
  }
  return report.exit_code;
}

AuthReport report_of(const char* verb, const AuthOptions& options, policy::AuthState state) {
  AuthReport report;
  report.verb = verb;
  report.config = options.config;
  report.state = std::move(state);
  return report;
}

void write_configuration(exchange::Configuration& configuration, const exchange::AuthConfig& after) {
  exchange::Organisation organisation = configuration.organisation();
  organisation.auth_config = after;
  configuration.replace(std::move(organisation));
}

std::string read_thumbprint(const std::string& text) {
  if (const std::string fault = pki::thumbprint_fault(text); !fault.empty()) throw UsageError(fault);
  return pki::plain_thumbprint(text);
}

/// What keeps a certificate from being staged or published unless it is forced.
std::vector<policy::Finding> unfit(const AuthServers& servers, const std::string& thumbprint) {
  return policy::unfit_to_sign(servers.find(thumbprint), servers.name(), thumbprint);
}

bool refused(const std::vector<policy::Finding>& findings, AuthCaution caution) {
  for (const policy::Finding& one : findings) {
    if (one.code == finding::Code::auth_cert_missing || caution == AuthCaution::usual) return true;
  }
  return false;
}

}  // namespace

pki::Instant read_effective(const std::string& text, pki::Instant at) {
  if (const std::optional<pki::Instant> date = pki::read_rfc3339(text)) return *date;
  const bool relative = text.size() > 2 && text.front() == '+' && (text.back() == 'h' || text.back() == 'd');
  constexpr int most_hours = 24 * 365 * 10;
  int count = -1;
  const char* const end = text.data() + text.size() - 1;
  if (relative) {
    const auto [stopped, error] = std::from_chars(text.data() + 1, end, count);
    if (error != std::errc{} || stopped != end || text[1] == '-') count = -1;
  }
  if (count < 0 || count > most_hours) {
    throw UsageError("--effective: '" + text +
                     "' is no time; write one such as 2026-11-24T09:00:00Z, or +49h, or +3d");
  }
  return at + std::chrono::hours(text.back() == 'd' ? count * 24 : count);
}

int run_auth_show(const AuthOptions& options, std::ostream& out, std::ostream& err) {
  const exchange::Organisation organisation = exchange::read_toml(options.config);
  const AuthServers servers(options, organisation, err);
  AuthReport report = report_of("show", options, servers.state(organisation.auth_config, at_of(options)));
  report.monitor = policy::monitor_advice(report.state, options.hybrid);
  report.findings = policy::auth_findings(report.state);
  report.exit_code = fails(report.findings) ? own_configuration_wrong : 0;
  return conclude(report, options, out);
}

int run_auth_stage(const AuthOptions& options, std::ostream& out, std::ostream& err) {
  const pki::Instant at = at_of(options);
  const std::string thumbprint = read_thumbprint(options.thumbprint);
  const pki::Instant effective = read_effective(options.effective, at);
  exchange::Configuration configuration(options.config);
  const AuthServers servers(options, configuration.organisation(), err);
  const exchange::AuthConfig before = configuration.organisation().auth_config;
  if (thumbprint == before.current_certificate_thumbprint) {
    throw UsageError(thumbprint + " is the current certificate already; stage another one");
  }
  std::vector<policy::Finding> findings = unfit(servers, thumbprint);
  if (const auto lead = policy::auth_lead(at, effective)) findings.push_back(*lead);
  const bool refuse = refused(findings, options.caution);
  const exchange::AuthConfig after = refuse ? before : policy::staged(before, thumbprint, effective);
  if (!refuse) write_configuration(configuration, after);
  AuthReport report = report_of("stage", options, servers.state(after, at));
  report.findings = std::move(findings);
  report.exit_code = refuse ? own_configuration_wrong : 0;
  if (!refuse) {
    report.done = "staged " + thumbprint + ", takes effect " + pki::rfc3339(effective) +
                  "; what follows when: domsec auth plan";
  } else {
    err << "nothing is staged"
        << (report.findings.front().code == finding::Code::auth_cert_missing
                ? ""
                : "; --force stages it all the same")
        << '\n';
  }
  return conclude(report, options, out);
}

int run_auth_publish(const AuthOptions& options, std::ostream& out, std::ostream& err) {
  const pki::Instant at = at_of(options);
  exchange::Configuration configuration(options.config);
  const AuthServers servers(options, configuration.organisation(), err);
  const exchange::AuthConfig before = configuration.organisation().auth_config;
  const std::optional<exchange::AuthConfig> after = policy::published(before);
  if (!after) throw UsageError("no certificate is staged; stage one with domsec auth stage THUMBPRINT first");
  const std::vector<policy::Finding> findings = unfit(servers, before.next_certificate_thumbprint);
  const bool refuse = refused(findings, options.caution);
  if (!refuse) write_configuration(configuration, *after);
  AuthReport report = report_of("publish", options, servers.state(refuse ? before : *after, at));
  report.findings = findings;
  report.exit_code = refuse ? own_configuration_wrong : 0;
  if (refuse) {
    err << "nothing is published\n";
  } else {
    report.done = "published " + after->current_certificate_thumbprint + ": it signs from now on" +
                  (after->previous_certificate_thumbprint.empty()
                       ? ""
                       : ", and " + after->previous_certificate_thumbprint + " did before");
    report.reminders = policy::auth_reminders(at, options.hybrid);
  }
  return conclude(report, options, out);
}

int run_auth_clear(const AuthOptions& options, std::ostream& out, std::ostream& err) {
  exchange::Configuration configuration(options.config);
  const AuthServers servers(options, configuration.organisation(), err);
  const exchange::AuthConfig before = configuration.organisation().auth_config;
  const exchange::AuthConfig after = policy::previous_cleared(before);
  write_configuration(configuration, after);
  AuthReport report = report_of("clear", options, servers.state(after, at_of(options)));
  report.done =
      before.previous_certificate_thumbprint.empty()
          ? "there is no previous certificate"
          : "cleared: " + before.previous_certificate_thumbprint + " is the previous certificate no more";
  return conclude(report, options, out);
}

int run_auth_plan(const AuthOptions& options, std::ostream& out, std::ostream& err) {
  const exchange::Organisation organisation = exchange::read_toml(options.config);
  const AuthServers servers(options, organisation, err);
  AuthReport report = report_of("plan", options, servers.state(organisation.auth_config, at_of(options)));
  report.plan = policy::auth_plan(report.state, {options.service_start, options.hybrid});
  report.findings = policy::auth_findings(report.state);
  for (const policy::Finding& one : report.plan->findings) report.findings.push_back(one);
  return conclude(report, options, out);
}

namespace {

/// One run: what the certificate servicelet copies, what the AuthAdmin servicelet publishes.
void run_once(pki::Instant at, AuthServers& servers, exchange::Configuration& configuration,
              AuthReport& report) {
  const exchange::AuthConfig before = configuration.organisation().auth_config;
  std::vector<policy::Replication> copied = servers.replicate(before, at);
  const policy::AuthState state = servers.state(before, at);
  const auto next = state.servers.front().has(policy::AuthRole::next) ? policy::NextCertificate::here
                                                                      : policy::NextCertificate::missing;
  policy::ServiceletRun run = policy::servicelet_run(before, at, next);
  const bool published = run.deed == policy::ServiceletDeed::published;
  if (published) write_configuration(configuration, run.after);
  const bool like_the_last =
      !report.runs.empty() && !published && copied.empty() && report.runs.back().run.deed == run.deed;
  if (like_the_last) {
    report.runs.back().last = at;
    ++report.runs.back().count;
  } else {
    report.runs.push_back({std::move(run), at, 1, std::move(copied)});
  }
}

}  // namespace

int run_auth_run(const AuthOptions& options, std::ostream& out, std::ostream& err) {
  const pki::Instant at = at_of(options);
  const pki::Instant start = options.service_start.value_or(at);
  const pki::Instant until = options.until.value_or(at);
  if (start > at)
    throw UsageError("--service-start is after --at: the servicelet does not run before its service");
  if (until < at) throw UsageError("--until is before --at; give a later time");
  exchange::Configuration configuration(options.config);
  AuthServers servers(options, configuration.organisation(), err);
  AuthReport report = report_of("run", options, {});
  // What was due before `at` was done by the run that was the first to find it.
  const auto due = policy::publishing_run(configuration.organisation().auth_config, start);
  const auto runs_so_far = (at - start) / policy::auth_servicelet_interval;
  const pki::Instant last = start + runs_so_far * policy::auth_servicelet_interval;
  run_once(due && *due <= last ? *due : last, servers, configuration, report);
  pki::Instant next = last + policy::auth_servicelet_interval;
  for (; next <= until; next += policy::auth_servicelet_interval)
    run_once(next, servers, configuration, report);
  report.next_run = next;
  report.state = servers.state(configuration.organisation().auth_config, until);
  report.findings = policy::auth_findings(report.state);
  for (const AuthRuns& runs : report.runs) {
    if (runs.run.deed == policy::ServiceletDeed::published)
      report.reminders = policy::auth_reminders(runs.run.at, options.hybrid);
  }
  report.exit_code = fails(report.findings) ? own_configuration_wrong : 0;
  return conclude(report, options, out);
}

}  // namespace domsec::cli
