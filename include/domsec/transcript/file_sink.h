// Protocol log files: SmtpSend/SENDyyyymmddHH-n.LOG, SmtpReceive/RECVyyyymmddHH-n.LOG, UTC hour; rotated at a
// size, deleted by total size and age (spec protocol-log 9.1-3). A session's records are in the file before it
// waits for the other end: a tester is read while it runs.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "domsec/exchange/transport_config.h"
#include "domsec/transcript/transcript.h"

namespace domsec::transcript {

/// The settings' path is the folder above `SmtpSend` or `SmtpReceive`, or that folder itself; empty = nothing
/// is written. A size of zero is no limit, an age of zero is for ever. Deletion happens when a file begins.
class ProtocolLogFiles {
 public:
  /// Throws std::runtime_error with path and remedy when the directory cannot be written.
  ProtocolLogFiles(policy::Role role, exchange::ProtocolLogSettings settings, std::string software);
  ~ProtocolLogFiles();

  /// Whole records with CRLF. Thread-safe. A write error is reported once on stderr and counted, never
  /// thrown.
  void write(Time at, std::string_view records);
  /// Empty before the first record.
  [[nodiscard]] std::string current_file() const;
  /// Record sets that were lost.
  [[nodiscard]] std::uint64_t failures() const;

  /// A sink that renders one session into these files; a new one for each session. It may outlive this
  /// object.
  [[nodiscard]] Sink sink();

 private:
  struct Body;
  class Turns;
  std::shared_ptr<Body> body_;
};

}  // namespace domsec::transcript
