// One scripted client against a receive connector, over a real socket.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "domsec/session/receive_session.h"
#include "support/scripted_peer.h"

namespace domsec::testing {

/// What a client of one connection hears, and our transcript of it.
struct Met {
  Heard heard;
  std::vector<transcript::Event> events;
  /// The notes of the transcript.
  [[nodiscard]] std::vector<std::string> irregularities() const;
};

/// A session in which the client does this; every phase has five seconds.
Met meet(std::vector<Action> actions, const std::shared_ptr<session::ReceivePlan>& plan);

/// Says each line after the greeting and hears one line after each; what was heard, the greeting left away. EHLO would be
/// answered with more lines: say HELO.
std::vector<std::string> answers(const std::vector<std::string>& lines,
                                 const std::shared_ptr<session::ReceivePlan>& plan);

}  // namespace domsec::testing
