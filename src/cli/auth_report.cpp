#include "auth_report.h"

#include <ostream>

#include "domsec/policy/certificate_status.h"
#include "domsec/shell/value.h"

namespace domsec::cli {
namespace {

using policy::AuthRole;

std::string severity_word(finding::Severity severity) {
  if (severity == finding::Severity::fails) return "FAIL";
  return severity == finding::Severity::warning ? "warn" : "info";
}

std::string days(int count) {
  const int size = count < 0 ? -count : count;
  return std::to_string(size) + (size == 1 ? " day" : " days");
}

void write_findings(const AuthReport& report, std::ostream& out) {
  for (const policy::Finding& finding : report.findings) {
    out << severity_word(finding.severity) << "  " << finding::name(finding.code) << ' '
        << finding::slug(finding.code) << ": " << finding.detail << '\n';
  }
}

void write_certificate(const policy::AuthState& state, AuthRole role, std::ostream& out) {
  const std::string& thumbprint = thumbprint_of(state.config, role);
  const std::string label(policy::text(role));
  out << label << std::string(10 - label.size(), ' ') << (thumbprint.empty() ? "none" : thumbprint);
  const std::optional<policy::AuthCertificate>& here = state.servers.front().of(role);
  if (!thumbprint.empty()) out << "  " << status_of(here, state.at);
  if (role == AuthRole::next && !thumbprint.empty()) {
    const std::string& date = state.config.next_certificate_effective_date;
    out << ", takes effect " << (date.empty() ? "never: no date is set" : date);
  }
  out << '\n';
  if (!here) return;
  const pki::Certificate& certificate = *here->certificate;
  const int left = policy::days_left(certificate.not_after, state.at);
  out << "          " << certificate.subject << '\n'
      << "          " << days(left) << (left < 0 ? " over, since " : " left, until ")
      << pki::rfc3339(certificate.not_after)
      << (here->has_private_key && !here->key_exportable ? ", key not exportable" : "") << '\n';
}

void write_servers(const policy::AuthState& state, std::ostream& out) {
  if (state.servers.size() < 2) return;
  for (const policy::AuthServer& server : state.servers) {
    out << "server    " << server.name << " (" << server.site << "): ";
    const char* between = "";
    for (const AuthRole role : {AuthRole::current, AuthRole::next}) {
      if (thumbprint_of(state.config, role).empty()) continue;
      out << between << policy::text(role) << (server.has(role) ? " is here" : " is missing");
      between = ", ";
    }
    out << '\n';
  }
  for (const policy::Replication& one : replications(state)) {
    out << "copy      " << policy::text(one.role) << " from " << one.from << " to " << one.to << ": "
        << (one.way == policy::Replication::Way::servicelet   ? "the certificate servicelet does it"
            : one.way == policy::Replication::Way::impossible ? "its key cannot be exported"
                                                              : "by hand")
        << '\n';
    for (const std::string& command : commands(one)) out << "            " << command << '\n';
  }
}

void write_monitor(const policy::MonitorAdvice& advice, std::ostream& out) {
  out << "monitor   MonitorExchangeAuthCertificate would do ";
  if (advice.action == policy::MonitorAdvice::Action::none) {
    out << "nothing\n";
    return;
  }
  out << "this: " << text(advice.action);
  if (advice.enable_days_in_future) out << ", effective in " << days(*advice.enable_days_in_future);
  if (advice.stops_for_hybrid)
    out << "; as the organisation is hybrid it stops until it is told to ignore that";
  out << '\n';
}

void write_steps(const std::vector<policy::AuthPlanStep>& steps, std::ostream& out) {
  for (const policy::AuthPlanStep& step : steps) {
    const std::string label(text(step.kind));
    out << pki::rfc3339(step.at) << "  " << label << std::string(11 - label.size(), ' ') << step.what
        << (step.until ? ", until " + pki::rfc3339(*step.until) : "") << '\n';
    for (const std::string& command : step.commands) out << std::string(35, ' ') << command << '\n';
  }
}

/// As the event viewer shows it (seed 003).
void write_event(const policy::ServiceletRun& run, std::ostream& out) {
  out << "  Log Name:      Application\n"
         "  Source:        MSExchange AuthAdmin\n"
         "  Date:          "
      << shell::date_text(run.at, "M/d/yyyy h:mm:ss tt")
      << "\n"
         "  Event ID:      2014\n"
         "  Task Category: General\n"
         "  Level:         Information\n"
         "  Keywords:      Classic\n"
         "  User:          N/A\n"
         "  Description:   "
      << policy::event_2014(run.after.current_certificate_thumbprint) << '\n';
}

void write_runs(const AuthReport& report, std::ostream& out) {
  for (const AuthRuns& runs : report.runs) {
    for (const policy::Replication& one : runs.copied) {
      out << pki::rfc3339(runs.run.at) << "  copied the " << policy::text(one.role) << " certificate "
          << one.thumbprint << " from " << one.from << " to " << one.to << '\n';
    }
    const bool published = runs.run.deed == policy::ServiceletDeed::published;
    out << pki::rfc3339(runs.run.at);
    if (runs.count > 1) out << " to " << pki::rfc3339(runs.last) << ", " << runs.count << " runs:";
    out << (published ? "  published " + runs.run.after.current_certificate_thumbprint + ": "
                      : "  nothing published: ")
        << runs.run.why << '\n';
    if (published) write_event(runs.run, out);
  }
  if (!report.next_run) return;
  const auto effective = policy::effective_date(report.state.config);
  out << "next run  " << pki::rfc3339(*report.next_run)
      << (effective && *effective <= *report.next_run ? ", which publishes what is staged" : "") << '\n';
}

}  // namespace

std::string status_of(const std::optional<policy::AuthCertificate>& certificate, pki::Instant at) {
  if (!certificate) return "not on this server";
  if (!certificate->has_private_key) return "without its private key";
  const pki::Certificate& read = *certificate->certificate;
  const bool in_force = read.not_before <= at && at <= read.not_after;
  return std::string(
      policy::text(in_force ? policy::CertificateStatus::valid : policy::CertificateStatus::date_invalid));
}

void write_auth_text(const AuthReport& report, std::ostream& out) {
  if (!report.done.empty()) out << report.done << '\n';
  if (report.verb == "show") {
    const policy::AuthServer& own = report.state.servers.front();
    out << "Auth configuration of " << report.config << ", server " << own.name << " (" << own.site
        << "), at " << pki::rfc3339(report.state.at) << '\n';
    for (const AuthRole role : {AuthRole::current, AuthRole::next, AuthRole::previous}) {
      write_certificate(report.state, role, out);
    }
    write_servers(report.state, out);
    write_monitor(report.monitor, out);
  }
  if (report.plan) {
    out << text(report.plan->kind) << ": " << report.plan->reason << '\n';
    write_steps(report.plan->steps, out);
  }
  write_runs(report, out);
  write_steps(report.reminders, out);
  write_findings(report, out);
}

}  // namespace domsec::cli
