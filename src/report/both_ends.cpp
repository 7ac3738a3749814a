#include "both_ends.h"

#include <algorithm>

namespace domsec::report {

namespace {

using Milliseconds = std::chrono::milliseconds;

/// The shortest time that something took from its saying to its hearing, each by the clock of its end.
std::optional<Milliseconds> shortest(const std::vector<Arrival>& arrivals, const OneEnd& sayer,
                                     const std::vector<Utterance>& said, const OneEnd& hearer,
                                     const std::vector<Utterance>& heard) {
  std::optional<Milliseconds> found;
  for (const Arrival& arrival : arrivals) {
    if (!arrival.said || !arrival.heard) continue;
    const Milliseconds took = hearer.transcript.events()[heard[*arrival.heard].event].at -
                              sayer.transcript.events()[said[*arrival.said].event].at;
    if (!found || took < *found) found = took;
  }
  return found;
}

/// What takes less than no time was measured by two clocks. As in RFC 5905 8, both ways are taken to be
/// equally long; with one way alone, to take no time.
Milliseconds clock_ahead(std::optional<Milliseconds> there, std::optional<Milliseconds> back) {
  constexpr Milliseconds zero{0};
  if (there.value_or(zero) >= zero && back.value_or(zero) >= zero) return zero;
  if (there && back) return (*there - *back) / 2;
  return there ? *there : -*back;
}

}  // namespace

OneEnd::OneEnd(const transcript::Transcript& of)
    : transcript(of),
      evidence(transcript::evidence_of(of)),
      commands(commands_of(of)),
      replies(replies_of(of)) {}

BothEnds::BothEnds(const transcript::Transcript& senders, const transcript::Transcript& receivers)
    : sender(senders),
      receiver(receivers),
      commands(arrivals(sender.commands, receiver.commands)),
      replies(arrivals(receiver.replies, sender.replies)) {
  ahead = clock_ahead(shortest(commands, sender, sender.commands, receiver, receiver.commands),
                      shortest(replies, receiver, receiver.replies, sender, sender.replies));
  std::optional<transcript::Time> first;
  if (!senders.events().empty()) first = senders.events().front().at;
  if (!receivers.events().empty()) {
    const transcript::Time theirs = receivers.events().front().at - ahead;
    first = first ? std::min(*first, theirs) : theirs;
  }
  begun = first.value_or(transcript::Time{});
}

Milliseconds BothEnds::senders_time(std::size_t event) const {
  return sender.transcript.events()[event].at - begun;
}

Milliseconds BothEnds::receivers_time(std::size_t event) const {
  return receiver.transcript.events()[event].at - ahead - begun;
}

}  // namespace domsec::report
