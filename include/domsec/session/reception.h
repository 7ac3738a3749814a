// A listener of one receive connector: each connection gets the plan that is in force when it arrives, a transcript, and at
// its end a last word to the owner (counters, files, tests).
#pragma once

#include <functional>
#include <memory>

#include "domsec/net/listener.h"
#include "domsec/session/receive_session.h"

namespace domsec::session {

using NewReceiveTranscript = std::function<transcript::Transcript()>;
using SessionEnded = std::function<void(const transcript::Transcript&)>;

/// What the sessions of one listener share with it; it outlives both.
struct RunningSessions;

class Reception {
 public:
  /// Binds at once. Throws net::ChannelError(local).
  Reception(net::Loop& loop, const net::Endpoint& at, NewReceiveTranscript new_transcript, SessionEnded ended);

  /// From the next connection on.
  void use(std::shared_ptr<const ReceivePlan> plan);
  void start();
  void stop();
  [[nodiscard]] const net::Endpoint& endpoint() const { return listener_.endpoint(); }

 private:
  std::shared_ptr<RunningSessions> running_;
  net::Listener listener_;
};

}  // namespace domsec::session
