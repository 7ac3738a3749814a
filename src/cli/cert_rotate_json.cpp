// domsec.rotation/1
#include <boost/json.hpp>

#include "cert_rotate_report.h"
#include "json_values.h"

namespace domsec::cli {

namespace {

namespace json = boost::json;
using lab::RehearsedMoment;
using lab::RehearsedSession;

json::object certificate_json(const pki::Certificate& certificate) {
  return {{"thumbprint", certificate.thumbprint},
          {"subject", certificate.subject},
          {"issuer", certificate.issuer},
          {"not_before", pki::rfc3339(certificate.not_before)},
          {"not_after", pki::rfc3339(certificate.not_after)}};
}

json::object session_json(const RehearsedSession& session) {
  json::object out{{"role", policy::text(session.role)},
                   {"connector", session.connector},
                   {"presented", text_or_null(session.presented)},
                   {"mail_flows", session.mail_flows}};
  out["finding"] = session.mail_flows ? json::value(nullptr)
                                      : json::value(json::object{{"code", finding::name(session.cause.code)},
                                                                 {"slug", finding::slug(session.cause.code)},
                                                                 {"who", policy::text(session.cause.who)},
                                                                 {"detail", session.cause.detail}});
  return out;
}

json::object moment_json(const RehearsedEdge& edge, const RehearsedMoment& moment) {
  json::array commands_taken;
  if (moment.step) {
    for (const std::string& command : commands(edge, *moment.step)) commands_taken.emplace_back(command);
  }
  json::array sessions;
  for (const RehearsedSession& session : moment.sessions) sessions.push_back(session_json(session));
  json::object out{{"at", pki::rfc3339(moment.at)},
                   {"commands", std::move(commands_taken)},
                   {"refused", text_or_null(moment.refusal)},
                   {"sessions", std::move(sessions)}};
  out["step"] = moment.step ? json::value(policy::text(*moment.step)) : json::value(nullptr);
  out["mail_flows"] = moment.refusal.empty() ? json::value(moment.mail_flows()) : json::value(nullptr);
  return out;
}

json::array order_json(const RehearsedEdge& edge, const std::vector<RehearsedMoment>& moments) {
  json::array out;
  for (const RehearsedMoment& moment : moments) out.push_back(moment_json(edge, moment));
  return out;
}

}  // namespace

std::string json_of(const std::vector<RehearsedEdge>& edges, int exit_code) {
  json::array all;
  for (const RehearsedEdge& edge : edges) {
    const policy::Rotation& rotation = edge.rehearsed.rotation;
    all.push_back(json::object{{"configuration", edge.file},
                               {"today", certificate_json(*edge.today)},
                               {"tomorrow", certificate_json(*edge.tomorrow)},
                               {"same_names", rotation.same_names},
                               {"by_tls_certificate_name", rotation.by_name},
                               {"partner_changes", rotation.partner_changes},
                               {"usual", order_json(edge, edge.rehearsed.usual)},
                               {"best", order_json(edge, edge.rehearsed.best)},
                               {"interruptions", edge.rehearsed.interruptions},
                               {"expired_undone", moment_json(edge, edge.rehearsed.undone)},
                               {"expired_done", moment_json(edge, edge.rehearsed.done)},
                               {"safe", is_safe(edge)}});
  }
  return json::serialize(
      json::object{{"schema", "domsec.rotation/1"}, {"edges", std::move(all)}, {"exit_code", exit_code}});
}

}  // namespace domsec::cli
