// A fault of a dialogue on the channel: written late, in pieces, and the end of the session that follows.
// Shared by both engines.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

#include "dialogue_play.h"
#include "domsec/net/channel.h"
#include "domsec/transcript/transcript.h"

namespace domsec::session {

/// What a fault lets follow has been done, and the channel is closed. Caught once per session, like a broken
/// channel.
class EndedOnPurpose : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// For the transcript; `what` may hold anything.
void tell_purpose(transcript::Transcript& transcript, std::string_view what);
/// `octets` in the fault's manner, each write within `limit`, everything before `end`, then what the fault
/// lets follow. Throws net::ChannelError; EndedOnPurpose unless the session goes on.
net::task<void> act(net::Channel& channel, transcript::Transcript& transcript, DialogueFault fault,
                    std::string octets, net::Milliseconds limit, net::SteadyPoint end);
/// Broken where it is ours.
void record_end_on_purpose(transcript::Transcript& transcript, policy::Step step,
                           const EndedOnPurpose& ended);

}  // namespace domsec::session
