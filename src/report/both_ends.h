// Two transcripts of one session laid side by side: what each end holds, which utterance arrived as which,
// and one clock for both.
#pragma once

#include <chrono>
#include <optional>
#include <vector>

#include "domsec/policy/evidence.h"
#include "domsec/transcript/transcript.h"
#include "spoken.h"

namespace domsec::report {

/// One end.
struct OneEnd {
  explicit OneEnd(const transcript::Transcript& of);

  const transcript::Transcript& transcript;
  policy::Evidence evidence;
  std::vector<Utterance> commands;  // said by the sender, heard by the receiver
  std::vector<Utterance> replies;   // the other way round

  /// Index of the last event of that kind.
  template <typename Kind>
  [[nodiscard]] std::optional<std::size_t> last() const {
    const std::vector<transcript::Event>& events = transcript.events();
    for (std::size_t i = events.size(); i-- > 0;) {
      if (events[i].body.is<Kind>()) return i;
    }
    return std::nullopt;
  }
  template <typename Kind>
  [[nodiscard]] const Kind* last_facts() const {
    const std::optional<std::size_t> at = last<Kind>();
    return at ? transcript.events()[*at].body.as<Kind>() : nullptr;
  }
};

struct BothEnds {
  BothEnds(const transcript::Transcript& senders, const transcript::Transcript& receivers);

  OneEnd sender;
  OneEnd receiver;
  std::vector<Arrival> commands;       // said = the sender's
  std::vector<Arrival> replies;        // said = the receiver's
  std::chrono::milliseconds ahead{0};  // of the receiver's clock
  transcript::Time begun;              // the first event of either, by the sender's clock

  /// Since `begun`.
  [[nodiscard]] std::chrono::milliseconds senders_time(std::size_t event) const;
  [[nodiscard]] std::chrono::milliseconds receivers_time(std::size_t event) const;
};

}  // namespace domsec::report
