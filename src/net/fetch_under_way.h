// A fetch under way; whoever wants the same URI meanwhile waits for it. Private to net/.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <utility>

#include "domsec/net/loop.h"

namespace domsec::net {

template <typename Result>
struct FetchUnderWay {
  explicit FetchUnderWay(const boost::asio::any_io_executor& executor) : done(executor, SteadyPoint::max()) {}
  void finish(Result with) {
    result = std::move(with);
    finished = true;
    done.cancel();
  }
  boost::asio::steady_timer done;  // cancelled at the end
  bool finished = false;
  Result result;
};

}  // namespace domsec::net
