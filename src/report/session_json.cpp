// Each session is the document of transcript::session_json; around it stand what was asked and how the run
// ends.
#include "domsec/report/session_json.h"

#include <boost/json.hpp>

#include "domsec/finding/catalogue.h"
#include "domsec/transcript/ndjson.h"
#include "domsec/transcript/protocol_log.h"

namespace domsec::report {

namespace json = boost::json;

namespace {

json::string text_of(std::string_view octets) {
  const std::string line = transcript::one_line(octets);
  return json::string(line.data(), line.size());
}

json::object requirement_json(const policy::TlsRequirement& requirement) {
  json::array broken_by;
  for (const std::string& flag : requirement.broken_by) broken_by.emplace_back(text_of(flag));
  return {{"demands", text_of(policy::text(requirement.requirement))},
          {"listed", requirement.listed},
          {"list", text_of(requirement.list)},
          {"list_origin", text_of(requirement.listed ? requirement.list_origin.text() : std::string())},
          {"broken_by", std::move(broken_by)},
          {"reason", text_of(requirement.reason)}};
}

json::object plaintext_json(const PlaintextTrial& trial) {
  const policy::Finding& finding = trial.judgement.finding;
  return {{"answer", text_of(policy::text(trial.judgement.answer))},
          {"code", text_of(finding::name(finding.code))},
          {"slug", text_of(finding::slug(finding.code))},
          {"warning", finding.severity == finding::Severity::warning},
          {"detail", text_of(finding.detail)},
          {"session", json::parse(transcript::session_json(trial.transcript))}};
}

}  // namespace

std::string report_json(const Report& report) {
  json::array sessions;
  for (const Session& session : report.sessions) {
    const policy::Verdict& verdict = session.verdict;
    json::object object{{"host", text_of(session.host)}};
    object["preference"] = session.preference < 0 ? json::value() : json::value(session.preference);
    object["result"] = text_of(policy::text(verdict.result));
    object["code"] = text_of(finding::name(verdict.headline.code));
    object["slug"] = text_of(finding::slug(verdict.headline.code));
    object["treatment"] = text_of(policy::text(verdict.treatment));
    object["detail"] = text_of(verdict.headline.detail);
    object["session"] = json::parse(transcript::session_json(session.transcript));
    sessions.emplace_back(std::move(object));
  }
  json::object object{{"schema", "domsec.report/1"}, {"target", text_of(report.target)}};
  object["at"] = text_of(pki::rfc3339(report.at));
  object["requirement"] = requirement_json(report.requirement);
  object["connections"] = report.connections;
  object["exit_code"] = report.exit_code;
  object["sessions"] = std::move(sessions);
  if (report.plaintext) object["plaintext"] = plaintext_json(*report.plaintext);
  return json::serialize(object);
}

}  // namespace domsec::report
