// One thread, one event loop. Sessions are spawned on it; cli/ and tests own it.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "domsec/net/task.h"

namespace domsec::net {

using Milliseconds = std::chrono::milliseconds;
/// Monotonic; a deadline is a point of it.
using SteadyPoint = std::chrono::steady_clock::time_point;

class Loop {
 public:
  Loop();
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  /// Starts a coroutine. An exception that leaves it ends run() with that exception.
  void spawn(task<void> work);
  /// Until every coroutine has ended, or stop(). Rethrows what left a coroutine.
  void run();
  void stop();
  /// Calls `on_signal` once for SIGINT or SIGTERM.
  void on_termination(std::function<void(int signal)> on_signal);
  /// Calls `on_signal` for every SIGHUP.
  void on_hangup(std::function<void()> on_signal);

  /// Opaque, for net/, lab/ and web/.
  struct Context;
  [[nodiscard]] Context& context() { return *context_; }

 private:
  std::unique_ptr<Context> context_;
};

/// Runs one coroutine to its end on this loop and returns its result (tests, short commands). Other
/// coroutines (a listener) stay where they are then, until the loop runs again.
template <typename T>
T run(Loop& loop, task<T> work) {
  std::optional<T> result;
  auto body = [](Loop& of, task<T> inner, std::optional<T>& into) -> task<void> {
    into.emplace(co_await std::move(inner));
    of.stop();
  };
  loop.spawn(body(loop, std::move(work), result));
  loop.run();
  return std::move(result).value();
}

inline void run(Loop& loop, task<void> work) {
  auto body = [](Loop& of, task<void> inner) -> task<void> {
    co_await std::move(inner);
    of.stop();
  };
  loop.spawn(body(loop, std::move(work)));
  loop.run();
}

task<void> sleep(Milliseconds duration);

}  // namespace domsec::net
