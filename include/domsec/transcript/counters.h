// \MSExchange Secure Mail Transport(_total)\… with exact names (spec exchange 7), and our own beside them
// (never in that object).
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "domsec/transcript/transcript.h"

namespace domsec::transcript {

class Counters {
 public:
  std::atomic<std::uint64_t> domain_secure_messages_received{0};
  std::atomic<std::uint64_t> domain_secure_messages_sent{0};
  std::atomic<std::uint64_t> domain_secure_outbound_session_failures{0};
  // Ours:
  std::atomic<std::uint64_t> sessions_received{0};
  std::atomic<std::uint64_t> sessions_sent{0};
  std::atomic<std::uint64_t> messages_refused{0};

  /// Adds what a finished session did.
  void add(const Transcript& finished);
  /// Name and value, Exchange's object first.
  [[nodiscard]] std::vector<std::pair<std::string, std::uint64_t>> values() const;
  /// Ours alone, of one connector: Exchange's object is attested for `_total` only.
  [[nodiscard]] std::vector<std::pair<std::string, std::uint64_t>> own_values(const std::string& instance) const;
};

}  // namespace domsec::transcript
