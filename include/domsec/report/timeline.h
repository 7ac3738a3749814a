// Both ends of one session on one time axis, and where they disagree. The ends are joined by what only they
// can both know: the TLS exporter value (RFC 5705, 9266), else the pair of addresses, or the session that our
// own header names in the accepted mail.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "domsec/transcript/transcript.h"

namespace domsec::report {

enum class JoinedBy { exporter, addresses, nothing };

enum class End { sender, receiver };

struct TimelineEntry {
  std::chrono::milliseconds at{0};  // since the first event of either end
  End end = End::sender;
  std::string text;  // what this end did or saw, one line
};

/// What one end holds and the other does not.
struct Disagreement {
  std::chrono::milliseconds at{0};
  std::string subject;   // `TLS`, `own certificate`, `reply to MAIL`, `verdict` …
  std::string sender;    // what the sender holds
  std::string receiver;  // what the receiver holds
  std::string meaning;   // one sentence: what that says about the path between them, or who is to act
};

struct Timeline {
  JoinedBy joined = JoinedBy::nothing;
  std::vector<TimelineEntry> entries;  // by time
  std::vector<Disagreement> disagreements;
};

[[nodiscard]] JoinedBy joined_by(const transcript::Transcript& sender, const transcript::Transcript& receiver);
[[nodiscard]] Timeline timeline(const transcript::Transcript& sender, const transcript::Transcript& receiver);
/// Two columns with the time between them, 100 characters wide, then the disagreements.
[[nodiscard]] std::string timeline_text(const Timeline& timeline);

}  // namespace domsec::report
