// Listeners and the receive connectors behind them: each connection is given to the connector that takes it, gets the plan
// that is in force when it arrives, a transcript, and at its end a last word to the owner (counters, files, tests).
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <variant>

#include "domsec/net/listener.h"
#include "domsec/session/receive_session.h"

namespace domsec::session {

using NewReceiveTranscript = std::function<transcript::Transcript()>;
using SessionEnded = std::function<void(const transcript::Transcript&)>;

/// One receive connector: its plan, and who is connected to it through whatever listener. Its sessions share the state.
class ServedConnector {
 public:
  explicit ServedConnector(NewReceiveTranscript new_transcript);
  /// From the next connection on; before the first one.
  void use(std::shared_ptr<const ReceivePlan> plan);

  struct State;
  [[nodiscard]] const std::shared_ptr<State>& state() const { return state_; }

 private:
  std::shared_ptr<State> state_;
};

/// No connector takes the client: he is told 421 4.3.2, and the transcript says why.
struct Unclaimed {
  transcript::Transcript transcript;
  std::string why;
};
using ChooseConnector = std::function<std::variant<std::shared_ptr<ServedConnector>, Unclaimed>(
    const net::Endpoint& local, const net::Endpoint& remote)>;

class Reception {
 public:
  /// Binds at once. Throws net::ChannelError(local). `ended` hears of clients that were turned away, too.
  Reception(net::Loop& loop, const net::Endpoint& at, ChooseConnector choose, SessionEnded ended);
  /// One connector that takes everybody.
  Reception(net::Loop& loop, const net::Endpoint& at, NewReceiveTranscript new_transcript, SessionEnded ended);

  /// Of the one connector that takes everybody.
  void use(std::shared_ptr<const ReceivePlan> plan);
  void start();
  void stop();
  [[nodiscard]] const net::Endpoint& endpoint() const { return listener_.endpoint(); }

 private:
  std::shared_ptr<ServedConnector> only_;
  ChooseConnector choose_;
  SessionEnded ended_;
  net::Listener listener_;
};

}  // namespace domsec::session
