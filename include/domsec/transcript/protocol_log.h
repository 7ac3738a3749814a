// Exchange's SMTP protocol log: nine CSV fields, one physical line per record (spec protocol-log 1.2, 9.1).
// Pure text; the files are file_sink.h's.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "domsec/transcript/check.h"
#include "domsec/transcript/transcript.h"

namespace domsec::transcript {

/// The five header lines with CRLF, once per file. `software` is `domsec <version>` unless overridden.
[[nodiscard]] std::string protocol_log_header(policy::Role role, Time at, std::string_view software);

/// One record's last three fields as they stand in the log, before CSV: event mark, data, context.
struct Record {
  std::string mark;      // `+`, `-`, `>`, `<`, `*`
  std::string data;
  std::string context;
};

/// Renders the events of one session, one at a time; keeps the sequence number and the endpoints.
class ProtocolLog {
 public:
  explicit ProtocolLog(policy::Role role) : checks_(role) {}
  /// Zero or more records, each with CRLF.
  [[nodiscard]] std::string render(const Transcript& transcript, const Event& event);
  /// The same before they are text: the session document has them, too.
  [[nodiscard]] std::vector<Record> records(const Transcript& transcript, const Event& event);

 private:
  Checks checks_;
  int sequence_ = 0;
  bool connected_ = false;
  std::string local_;
  std::string remote_;
};

/// The log of a whole transcript, without a header.
[[nodiscard]] std::string protocol_log(const Transcript& transcript);

/// One field, quoted when needed; CR and LF become blanks, other control octets `\xNN`.
[[nodiscard]] std::string csv_field(std::string_view text);
/// The same at the end of a record.
void append_csv_field(std::string& record, std::string_view octets);
/// The same without the quoting: well-formed UTF-8 on one physical line.
[[nodiscard]] std::string one_line(std::string_view text);
/// `2026-11-22T09:15:02.118Z`
[[nodiscard]] std::string log_time(Time at);

}  // namespace domsec::transcript
