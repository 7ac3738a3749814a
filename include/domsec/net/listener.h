// A listening socket; each accepted connection is a Channel given to a coroutine.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "domsec/net/channel.h"

namespace domsec::net {

class Listener {
 public:
  /// Binds at once (port 0 = a free one). Throws ChannelError(local) with the address in the message.
  Listener(Loop& loop, const Endpoint& at);
  ~Listener();
  Listener(Listener&&) noexcept;

  [[nodiscard]] const Endpoint& endpoint() const;
  /// Accepts until stop(). An exception in one session never ends the listener.
  void start(std::function<task<void>(Channel)> session);
  /// No new connections; the running sessions go on.
  void stop();

  struct Body;

 private:
  std::shared_ptr<Body> body_;
};

}  // namespace domsec::net
