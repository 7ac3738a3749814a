// Schema domsec.run/1. Each transcript is the document of transcript::session_json.
#include <boost/json.hpp>

#include "domsec/transcript/ndjson.h"
#include "domsec/transcript/protocol_log.h"
#include "test_case_text.h"

namespace domsec::report {

namespace json = boost::json;

namespace {

json::string text_of(std::string_view octets) {
  const std::string line = transcript::one_line(octets);
  return json::string(line.data(), line.size());
}

json::object to_json(const SourceLine& at) {
  return {{"file", text_of(at.file)}, {"line", at.line}};
}

json::object to_json(const Difference& difference) {
  return {{"at", to_json(difference.at)},
          {"what", text_of(difference.what)},
          {"expected", text_of(difference.expected)},
          {"seen", text_of(difference.seen)}};
}

json::value to_json(const std::vector<transcript::Transcript>& transcripts) {
  if (transcripts.empty()) return nullptr;
  return json::parse(transcript::session_json(transcripts.front()));
}

json::object to_json(const Disagreement& one) {
  return {{"at_ms", one.at.count()},
          {"subject", text_of(one.subject)},
          {"sender", text_of(one.sender)},
          {"receiver", text_of(one.receiver)},
          {"meaning", text_of(one.meaning)}};
}

json::object to_json(const TestedSession& session) {
  json::object object{{"title", text_of(session.title)}, {"at", to_json(session.at)}};
  const bool both = has_both_ends(session);
  const Timeline timeline = both ? timeline_of(session) : Timeline{};
  json::array disagreements;
  for (const Disagreement& one : timeline.disagreements) disagreements.push_back(to_json(one));
  object["joined_by"] = both ? json::value(text_of(text(timeline.joined))) : json::value(nullptr);
  object["receiver_clock_ahead_ms"] = timeline.ahead.count();
  object["disagreements"] = std::move(disagreements);
  object["sender"] = to_json(session.sender);
  object["receiver"] = to_json(session.receiver);
  return object;
}

json::object to_json(const TestCase& test) {
  json::array differences;
  for (const Difference& difference : test.differences) differences.push_back(to_json(difference));
  json::array sessions;
  for (const TestedSession& session : test.sessions) sessions.push_back(to_json(session));
  return {{"name", text_of(test.name)},
          {"title", text_of(test.title)},
          {"source", to_json(test.source)},
          {"outcome", text_of(text(test.outcome))},
          {"trouble", text_of(test.trouble)},
          {"took_ms", test.took.count()},
          {"differences", std::move(differences)},
          {"sessions", std::move(sessions)}};
}

}  // namespace

std::string run_json(const TestReport& report) {
  json::array cases;
  for (const TestCase& test : report.cases) cases.push_back(to_json(test));
  return json::serialize(json::object{{"schema", "domsec.run/1"},
                                      {"name", text_of(report.name)},
                                      {"version", text_of(report.version)},
                                      {"begun", transcript::log_time(report.begun)},
                                      {"passed", report.count(TestCase::Outcome::passed)},
                                      {"failed", report.count(TestCase::Outcome::failed)},
                                      {"broken", report.count(TestCase::Outcome::broken)},
                                      {"cases", std::move(cases)}});
}

}  // namespace domsec::report
