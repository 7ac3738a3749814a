// Protocol log files read back as any other program would read them: five header lines, nine CSV fields a
// record (spec protocol-log 1.2, 9.1). Independent of the code that writes them.
#pragma once

#include <string>
#include <vector>

namespace domsec::testing {

struct LogRecord {
  std::string time;
  std::string connector;
  std::string session;
  int sequence = 0;
  std::string local;
  std::string remote;
  std::string mark;
  std::string data;
  std::string context;
  bool operator==(const LogRecord&) const = default;
};

/// Every `.LOG` below a directory, sorted.
[[nodiscard]] std::vector<std::string> log_files(const std::string& directory);
/// The records of one file. What is not the form (header, CRLF, nine fields, known mark) is a test failure.
[[nodiscard]] std::vector<LogRecord> read_log_file(const std::string& path);
/// The records of the first session in a file; fails the test when they do not count from 0 without a gap, or
/// do not end with `-`.
[[nodiscard]] std::vector<LogRecord> first_session(const std::string& path);
/// `mark data|context`, for messages and comparisons.
[[nodiscard]] std::string line_of(const LogRecord& record);
/// One line a record, for failure messages.
[[nodiscard]] std::string lines_of(const std::vector<LogRecord>& records);
/// The place of the first record whose line begins with these words at or behind `from`; records.size() when
/// there is none.
[[nodiscard]] std::size_t find_line(const std::vector<LogRecord>& records, const std::string& begin,
                                    std::size_t from = 0);

}  // namespace domsec::testing
