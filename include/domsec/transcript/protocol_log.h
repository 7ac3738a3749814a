// Exchange's SMTP protocol log: nine CSV fields, one physical line per record (spec protocol-log 1.2, 9.1). Pure text; the
// files are file_sink.h's.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "domsec/transcript/transcript.h"

namespace domsec::transcript {

/// The five header lines with CRLF, once per file. `software` is `domsec <version>` unless overridden.
[[nodiscard]] std::string protocol_log_header(policy::Role role, Time at, std::string_view software);

/// Renders the events of one session, one at a time; keeps the sequence number.
class ProtocolLog {
 public:
  /// Zero or more records, each with CRLF.
  [[nodiscard]] std::string render(const Transcript& transcript, const Event& event);

 private:
  std::string record(const Transcript& transcript, Time at, std::string_view event, std::string_view data, std::string_view context);
  int sequence_ = 0;
  bool connected_ = false;
};

/// The log of a whole transcript, without a header.
[[nodiscard]] std::string protocol_log(const Transcript& transcript);

/// One field, quoted when needed; CR and LF become blanks, other control octets `\xNN`.
[[nodiscard]] std::string csv_field(std::string_view text);

}  // namespace domsec::transcript
