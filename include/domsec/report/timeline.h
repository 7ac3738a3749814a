// Both ends of one session on one time axis, and where they disagree. The ends are joined by what only they
// can both know: the TLS exporter value (RFC 5705, 9266), else the pair of addresses, else the id under which
// the receiver took the message. That id stands in its reply to the end of the data, which the sender keeps,
// and in the Received field of the accepted mail; a transcript holds no header field, so the reply is what is
// looked at.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "domsec/transcript/transcript.h"

namespace domsec::report {

enum class JoinedBy { exporter, addresses, message, nothing };

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
  /// How much the receiver's clock is ahead of the sender's, as far as that shows: something was heard before
  /// it was said. Taken out of every `at`.
  std::chrono::milliseconds ahead{0};
  std::vector<TimelineEntry> entries;       // by time; at one time nothing is heard before it is said
  std::vector<Disagreement> disagreements;  // by time
};

[[nodiscard]] std::string_view text(JoinedBy joined);  // `TLS exporter`, `addresses` …
[[nodiscard]] std::string_view text(End end);          // `sender`, `receiver`

/// An exporter value that differs joins nothing: addresses are then all that is left.
[[nodiscard]] JoinedBy joined_by(const transcript::Transcript& sender,
                                 const transcript::Transcript& receiver);
/// `sender` is of a send session and `receiver` of a receive session. Disagreements are looked for whatever
/// joins the two: the caller knows that they belong together, or asks joined_by first.
[[nodiscard]] Timeline timeline(const transcript::Transcript& sender, const transcript::Transcript& receiver);
/// Two columns with the time between them, 100 characters wide, then the disagreements.
[[nodiscard]] std::string timeline_text(const Timeline& timeline);

}  // namespace domsec::report
