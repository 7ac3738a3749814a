// The Asio side of a Loop, for the files that need the io_context itself: net/, lab/ and web/ (never a public
// header).
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <cstddef>
#include <exception>
#include <functional>
#include <optional>

#include "domsec/net/loop.h"

namespace domsec::net {

struct Loop::Context {
  boost::asio::io_context io{1};  // the hint: run() is called by one thread; posting from others stays safe
  std::size_t running = 0;        // spawned coroutines that have not ended
  std::exception_ptr failure;     // the first exception that left one
  std::optional<boost::asio::signal_set> signals;
  std::function<void(int)> on_signal;
  std::optional<boost::asio::signal_set> hangups;
  std::function<void()> on_hangup;
  void await_hangup();
};

}  // namespace domsec::net
