#include "support/log_files.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace domsec::testing {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t header_lines = 5;

/// The physical lines; each ends in CRLF and has no other CR or LF.
std::vector<std::string> lines_of_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = text.find("\r\n");
    if (end == std::string::npos) {
      ADD_FAILURE() << path << " does not end in CRLF";
      break;
    }
    lines.push_back(text.substr(0, end));
    EXPECT_EQ(lines.back().find_first_of("\r\n"), std::string::npos) << path;
    text.erase(0, end + 2);
  }
  return lines;
}

/// RFC 4180: a field is quoted when it holds a comma or a quote, quotes are doubled.
std::vector<std::string> fields_of(const std::string& line) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (quoted && line[i] == '"' && i + 1 < line.size() && line[i + 1] == '"') {
      fields.back() += line[++i];
    } else if (line[i] == '"') {
      quoted = !quoted;
    } else if (line[i] == ',' && !quoted) {
      fields.emplace_back();
    } else {
      fields.back() += line[i];
    }
  }
  EXPECT_FALSE(quoted) << line;
  return fields;
}

void expect_header(const std::vector<std::string>& lines, const std::string& path) {
  ASSERT_GE(lines.size(), header_lines) << path;
  EXPECT_TRUE(lines[0].starts_with("#Software: domsec ")) << lines[0];
  EXPECT_EQ(lines[1], "#Version: 15.0.0.0");
  const bool send = fs::path(path).filename().string().starts_with("SEND");
  EXPECT_EQ(lines[2], send ? "#Log-type: SMTP Send Protocol Log" : "#Log-type: SMTP Receive Protocol Log");
  EXPECT_TRUE(lines[3].starts_with("#Date: ")) << lines[3];
  EXPECT_EQ(lines[4],
            "#Fields: date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,"
            "event,data,context");
}

}  // namespace

std::vector<std::string> log_files(const std::string& directory) {
  std::vector<std::string> files;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(directory)) {
    if (entry.path().extension() == ".LOG") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<LogRecord> read_log_file(const std::string& path) {
  const std::vector<std::string> lines = lines_of_file(path);
  expect_header(lines, path);
  std::vector<LogRecord> records;
  for (std::size_t i = header_lines; i < lines.size(); ++i) {
    const std::vector<std::string> fields = fields_of(lines[i]);
    if (fields.size() != 9) {
      ADD_FAILURE() << fields.size() << " fields: " << lines[i];
      continue;
    }
    EXPECT_NE(std::string("+-><*").find(fields[6]), std::string::npos) << lines[i];
    records.push_back(LogRecord{fields[0], fields[1], fields[2], std::stoi(fields[3]), fields[4], fields[5],
                                fields[6], fields[7], fields[8]});
  }
  return records;
}

std::vector<LogRecord> first_session(const std::string& path) {
  std::vector<LogRecord> session;
  for (LogRecord& record : read_log_file(path)) {
    if (session.empty() || record.session == session.front().session) session.push_back(std::move(record));
  }
  for (std::size_t i = 0; i < session.size(); ++i) EXPECT_EQ(session[i].sequence, static_cast<int>(i));
  if (session.empty() || session.back().mark != "-") ADD_FAILURE() << path << ": the session has no end";
  return session;
}

std::string line_of(const LogRecord& record) {
  return record.mark + " " + record.data + "|" + record.context;
}

std::string lines_of(const std::vector<LogRecord>& records) {
  std::string text;
  for (const LogRecord& record : records) text += line_of(record) + "\n";
  return text;
}

std::size_t find_line(const std::vector<LogRecord>& records, const std::string& begin, std::size_t from) {
  for (std::size_t i = from; i < records.size(); ++i) {
    if (line_of(records[i]).starts_with(begin)) return i;
  }
  return records.size();
}

}  // namespace domsec::testing
