// A loop that ends when one coroutine has ended, for tests over real loopback sockets, and the steady time
// from now on.
#pragma once

#include <chrono>
#include <utility>

#include "domsec/net/loop.h"

namespace domsec::testing {

/// How long something took.
class Stopwatch {
 public:
  [[nodiscard]] net::Milliseconds elapsed() const {
    return std::chrono::duration_cast<net::Milliseconds>(std::chrono::steady_clock::now() - start_);
  }

 private:
  net::SteadyPoint start_ = std::chrono::steady_clock::now();
};

inline net::SteadyPoint in(net::Milliseconds time) { return std::chrono::steady_clock::now() + time; }

}  // namespace domsec::testing
