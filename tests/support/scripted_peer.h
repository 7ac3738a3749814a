// The other end of a session test: plays a list of actions over a real socket, then goes on as told: closes,
// falls silent, resets, trickles. It judges nothing.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "domsec/net/channel.h"
#include "domsec/net/listener.h"

namespace domsec::testing {

/// Octets that the peer sends.
struct Say { std::string octets; };
/// Waits for one line (CRLF); it is remembered.
struct Hear {};
/// Waits for CRLF "." CRLF.
struct HearData {};
/// The TLS handshake, in the peer's role.
struct StartTls { std::shared_ptr<const net::TlsContext> context; };

using Action = std::variant<Say, Hear, HearData, StartTls>;

/// What happens when the actions are played.
enum class Ending { close, reset, silence };
/// Whole writes, or one octet at a time.
enum class Pace { whole, trickle };

struct Script {
  std::vector<Action> actions;
  Ending ending = Ending::close;
  Pace pace = Pace::whole;
};

/// What the peer heard, in order; data as one entry.
struct Heard {
  std::vector<std::string> lines;
  std::string data;
  bool broken = false;                 // the other side ended before the script did
  [[nodiscard]] bool any_line_begins(std::string_view prefix) const;
};

/// Plays over a connected channel. Silence lasts until the other side closes, at most five seconds.
net::task<void> play(net::Channel channel, net::TlsRole role, Script script, std::shared_ptr<Heard> heard);

/// A listening scripted server on a free loopback port; every connection gets the same script.
class ScriptedServer {
 public:
  ScriptedServer(net::Loop& loop, Script script);
  [[nodiscard]] const net::Endpoint& endpoint() const { return listener_.endpoint(); }
  [[nodiscard]] const Heard& heard() const { return *heard_; }
  [[nodiscard]] int connections() const { return *connections_; }
  void stop() { listener_.stop(); }

 private:
  net::Listener listener_;
  std::shared_ptr<Heard> heard_ = std::make_shared<Heard>();
  std::shared_ptr<int> connections_ = std::make_shared<int>(0);
};

}  // namespace domsec::testing
