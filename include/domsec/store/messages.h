// Accepted mail on disk: `<id>.eml` as received behind the header firewall, `<id>.json` with envelope,
// verdict and session. A message is on stable storage before keep() returns, so that 250 may follow; a crash
// leaves no half .eml.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "domsec/policy/verdict.h"
#include "domsec/smtp/path.h"
#include "domsec/transcript/transcript.h"

namespace domsec::store {

/// A message that was taken whole.
struct Message {
  smtp::ReversePath reverse_path;
  std::vector<smtp::ForwardPath> recipients;
  std::string content;
  std::string partner;      // sender's domain, empty for the null reverse-path
  policy::Verdict verdict;  // of its MAIL FROM
  std::string helo;
  std::string remote;  // `203.0.113.7:50412`, `[2001:db8::1]:50412`
  std::string fqdn;    // ours
  bool esmtp = true;
  std::optional<transcript::TlsEstablished> tls;
};

struct Stored {
  std::string id;
};
/// One sentence with path and cause.
struct NotStored {
  std::string what;
};

class Spool {
 public:
  /// Makes the directory (mode 0700) when it is not there. Throws std::runtime_error with path and remedy
  /// when it cannot be written. What a crash left half done is removed.
  explicit Spool(std::string directory);

  /// Thread-safe; several processes may share a directory. Ids sort by time of acceptance.
  [[nodiscard]] std::variant<Stored, NotStored> keep(const Message& message,
                                                     const transcript::Transcript& session);
  [[nodiscard]] const std::string& directory() const { return directory_; }
  /// Messages that an earlier run had begun to keep and never acknowledged; they are gone.
  [[nodiscard]] std::size_t unfinished_removed() const { return unfinished_removed_; }

 private:
  std::string directory_;
  std::size_t unfinished_removed_ = 0;
  std::atomic<std::uint64_t> count_{0};
};

/// The document beside a message, schema domsec.message/1, one line with its line end.
[[nodiscard]] std::string message_json(const std::string& id, const Message& message,
                                       const transcript::Transcript& session);

}  // namespace domsec::store
