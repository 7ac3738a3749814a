// domsec.auth/1
#include <boost/json.hpp>

#include "auth_report.h"
#include "json_values.h"

namespace domsec::cli {
namespace {

namespace json = boost::json;
using policy::AuthRole;

json::value time_or_null(const std::optional<pki::Instant>& at) {
  return at ? json::value(pki::rfc3339(*at)) : json::value(nullptr);
}

json::value certificate_json(const policy::AuthState& state, AuthRole role) {
  const std::string& thumbprint = thumbprint_of(state.config, role);
  if (thumbprint.empty()) return nullptr;
  const std::optional<policy::AuthCertificate>& here = state.servers.front().of(role);
  json::object object{{"thumbprint", thumbprint}, {"status", status_of(here, state.at)}};
  if (role == AuthRole::next)
    object["effective_date"] = text_or_null(state.config.next_certificate_effective_date);
  if (!here) return object;
  const pki::Certificate& certificate = *here->certificate;
  object["subject"] = certificate.subject;
  object["not_before"] = pki::rfc3339(certificate.not_before);
  object["not_after"] = pki::rfc3339(certificate.not_after);
  object["days_left"] = policy::days_left(certificate.not_after, state.at);
  object["private_key"] = here->has_private_key;
  object["key_exportable"] = here->key_exportable;
  return object;
}

json::array servers_json(const policy::AuthState& state) {
  json::array all;
  for (const policy::AuthServer& server : state.servers) {
    all.push_back(json::object{{"name", server.name},
                               {"site", server.site},
                               {"current", server.has(AuthRole::current)},
                               {"next", server.has(AuthRole::next)}});
  }
  return all;
}

json::array replications_json(const std::vector<policy::Replication>& replications) {
  json::array all;
  for (const policy::Replication& one : replications) {
    all.push_back(json::object{{"role", policy::text(one.role)},
                               {"thumbprint", one.thumbprint},
                               {"from", one.from},
                               {"to", one.to},
                               {"way", policy::text(one.way)},
                               {"commands", json::value_from(commands(one))}});
  }
  return all;
}

json::array steps_json(const std::vector<policy::AuthPlanStep>& steps) {
  json::array all;
  for (const policy::AuthPlanStep& step : steps) {
    all.push_back(json::object{{"step", text(step.kind)},
                               {"at", pki::rfc3339(step.at)},
                               {"until", time_or_null(step.until)},
                               {"what", step.what},
                               {"commands", json::value_from(step.commands)}});
  }
  return all;
}

std::string_view deed_text(policy::ServiceletDeed deed) {
  switch (deed) {
    case policy::ServiceletDeed::published:
      return "published";
    case policy::ServiceletDeed::nothing_staged:
      return "nothing-staged";
    case policy::ServiceletDeed::not_effective_yet:
      return "not-effective-yet";
    case policy::ServiceletDeed::next_missing:
      return "next-missing";
  }
  return "";
}

json::array runs_json(const std::vector<AuthRuns>& runs) {
  json::array all;
  for (const AuthRuns& one : runs) {
    json::object object{{"at", pki::rfc3339(one.run.at)},
                        {"last", pki::rfc3339(one.last)},
                        {"runs", one.count},
                        {"deed", deed_text(one.run.deed)},
                        {"why", one.run.why},
                        {"copied", replications_json(one.copied)},
                        {"event", nullptr}};
    if (one.run.deed == policy::ServiceletDeed::published) {
      object["event"] =
          json::object{{"id", 2014},
                       {"source", "MSExchange AuthAdmin"},
                       {"description", policy::event_2014(one.run.after.current_certificate_thumbprint)}};
    }
    all.push_back(std::move(object));
  }
  return all;
}

json::array findings_json(const std::vector<policy::Finding>& findings) {
  json::array all;
  for (const policy::Finding& one : findings) {
    all.push_back(json::object{{"code", finding::name(one.code)},
                               {"slug", finding::slug(one.code)},
                               {"severity", one.severity == finding::Severity::fails     ? "fails"
                                            : one.severity == finding::Severity::warning ? "warning"
                                                                                         : "information"},
                               {"detail", one.detail}});
  }
  return all;
}

}  // namespace

std::string auth_json(const AuthReport& report) {
  const policy::AuthState& state = report.state;
  json::object object{{"schema", "domsec.auth/1"},
                      {"verb", report.verb},
                      {"configuration", report.config},
                      {"at", pki::rfc3339(state.at)},
                      {"done", text_or_null(report.done)},
                      {"current", certificate_json(state, AuthRole::current)},
                      {"next", certificate_json(state, AuthRole::next)},
                      {"previous", certificate_json(state, AuthRole::previous)},
                      {"servers", servers_json(state)},
                      {"replication", replications_json(replications(state))},
                      {"findings", findings_json(report.findings)}};
  if (report.verb == "show") {
    object["monitor"] =
        json::object{{"action", text(report.monitor.action)},
                     {"stops_for_hybrid", report.monitor.stops_for_hybrid},
                     {"enable_days_in_future", json::value_from(report.monitor.enable_days_in_future)}};
  }
  if (report.plan) {
    object["plan"] = json::object{{"kind", text(report.plan->kind)},
                                  {"reason", report.plan->reason},
                                  {"due_from", time_or_null(report.plan->due_from)},
                                  {"steps", steps_json(report.plan->steps)}};
  }
  if (!report.runs.empty()) {
    object["runs"] = runs_json(report.runs);
    object["next_run"] = time_or_null(report.next_run);
  }
  if (!report.reminders.empty()) object["reminders"] = steps_json(report.reminders);
  object["exit_code"] = report.exit_code;
  return json::serialize(object);
}

}  // namespace domsec::cli
