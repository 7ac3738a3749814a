// Reports, session documents and lines of them, as `check`, `send` and `serve` write them
// (report/session_json.h).
#include <algorithm>
#include <boost/json.hpp>

#include "read_recorded.h"

namespace domsec::lab {
namespace {

namespace json = boost::json;

LabError no_document(const std::string& file, std::size_t line, const std::string& why) {
  return LabError(file + ":" + std::to_string(line) + ": " + why);
}

std::string text_of(const json::object& object, const char* key) {
  const json::value* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

const json::array* array_of(const json::object& object, const char* key) {
  const json::value* value = object.if_contains(key);
  return value == nullptr ? nullptr : value->if_array();
}

RecordedSession read_session(const json::object& session, const std::string& file, std::size_t line) {
  const std::string role = text_of(session, "role");
  if (role != "send" && role != "receive")
    throw no_document(file, line, "the session says neither role \"send\" nor \"receive\"");
  RecordedSession recorded;
  recorded.session_id = text_of(session, "session_id");
  recorded.role = role == "send" ? policy::Role::send : policy::Role::receive;
  const json::array* events = array_of(session, "events");
  if (events == nullptr) throw no_document(file, line, "the session has no events: they tell what happened");
  for (const json::value& each : *events) {
    const json::object* event = each.if_object();
    if (event == nullptr) continue;
    add_record(recorded, {text_of(*event, "dir"), text_of(*event, "data"), text_of(*event, "context")});
  }
  return recorded;
}

void read_document(const json::value& document, const std::string& file, std::size_t line,
                   std::vector<RecordedSession>& into) {
  const json::object* object = document.if_object();
  if (object == nullptr) throw no_document(file, line, "it is no report and no session of domsec");
  const std::string schema = text_of(*object, "schema");
  if (schema.starts_with("domsec.session/")) {
    into.push_back(read_session(*object, file, line));
    return;
  }
  const json::array* sessions = array_of(*object, "sessions");
  if (!schema.starts_with("domsec.report/") || sessions == nullptr) {
    throw no_document(file, line,
                      "its schema is '" + schema +
                          "'; a report (--json) or a session (--log-json) of check, send or serve is read");
  }
  for (const json::value& each : *sessions) {
    const json::object* tried = each.if_object();
    const json::value* session = tried == nullptr ? nullptr : tried->if_contains("session");
    if (session != nullptr && session->is_object())
      into.push_back(read_session(session->get_object(), file, line));
  }
}

}  // namespace

std::vector<RecordedSession> read_recorded_json(std::string_view text, const std::string& file) {
  std::vector<RecordedSession> sessions;
  std::size_t line = 1;
  json::stream_parser parser;
  json::error_code error;
  while (text.find_first_not_of(" \t\r\n") != std::string_view::npos) {
    const std::size_t begin = text.find_first_not_of(" \t\r\n");
    line += static_cast<std::size_t>(std::count(text.begin(), text.begin() + static_cast<long>(begin), '\n'));
    text.remove_prefix(begin);
    parser.reset();
    const std::size_t read = parser.write_some(text.data(), text.size(), error);
    if (!error && !parser.done()) parser.finish(error);
    if (error) {
      const auto lines =
          std::count(text.begin(), text.begin() + static_cast<long>(std::min(read, text.size())), '\n');
      throw no_document(file, line + static_cast<std::size_t>(lines), "no JSON: " + error.message());
    }
    read_document(parser.release(), file, line, sessions);
    line += static_cast<std::size_t>(std::count(text.begin(), text.begin() + static_cast<long>(read), '\n'));
    text.remove_prefix(read);
  }
  return sessions;
}

}  // namespace domsec::lab
