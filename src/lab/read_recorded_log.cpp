// Protocol logs of ours: nine CSV fields a line, sessions interleaved.
#include <algorithm>
#include <map>

#include "read_recorded.h"

namespace domsec::lab {
namespace {

constexpr std::size_t most_sessions = 100'000;

/// The fields of one line; quotes are doubled inside quotes.
std::vector<std::string> fields_of(std::string_view line) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '"' && quoted && i + 1 < line.size() && line[i + 1] == '"') {
      fields.back() += line[++i];
    } else if (line[i] == '"') {
      quoted = !quoted;
    } else if (line[i] == ',' && !quoted) {
      fields.emplace_back();
    } else {
      fields.back() += line[i];
    }
  }
  return fields;
}

}  // namespace

std::vector<RecordedSession> read_recorded_log(std::string_view text, const std::string& file) {
  std::vector<RecordedSession> sessions;
  std::map<std::string, std::size_t> places;  // by session
  policy::Role role = policy::Role::send;
  std::size_t number = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    ++number;
    while (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (line.starts_with("#Log-type:")) {
      role = line.find("Receive") != std::string_view::npos ? policy::Role::receive : policy::Role::send;
    }
    if (line.empty() || line.front() == '#') continue;
    std::vector<std::string> fields = fields_of(line);
    if (fields.size() != 9) {
      throw LabError(file + ":" + std::to_string(number) +
                     ": a record of the protocol log has nine fields, this one " +
                     std::to_string(fields.size()) + "; is it the log of another program?");
    }
    const auto [place, is_new] = places.emplace(fields[2], sessions.size());
    if (is_new) {
      if (sessions.size() == most_sessions)
        throw LabError(file + ": more than " + std::to_string(most_sessions) + " sessions; cut the file");
      RecordedSession session;
      session.session_id = fields[2];
      session.role = role;
      sessions.push_back(std::move(session));
    }
    add_record(sessions[place->second], {std::move(fields[6]), std::move(fields[7]), std::move(fields[8])});
  }
  return sessions;
}

std::vector<RecordedSession> read_recorded_sessions(std::string_view text, const std::string& file) {
  const std::size_t first = text.find_first_not_of("\xEF\xBB\xBF \t\r\n");
  if (first == std::string_view::npos) throw LabError(file + ": it is empty; no session is recorded in it");
  std::vector<RecordedSession> sessions = text[first] == '{' ? read_recorded_json(text.substr(first), file)
                                                             : read_recorded_log(text.substr(first), file);
  if (sessions.empty()) throw LabError(file + ": no session is recorded in it");
  return sessions;
}

}  // namespace domsec::lab
