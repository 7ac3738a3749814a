// MessageRateLimit of a receive connector: how many messages a client, or a sender, may begin within a minute, over all
// its connections (spec exchange 3.2). The time is given. Not here: what a client is told beyond it.
#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <string>

#include "domsec/exchange/receive_connector.h"
#include "domsec/net/loop.h"

namespace domsec::session {

class SubmissionRate {
 public:
  SubmissionRate(int limit, exchange::MessageRateSource source) : limit_(static_cast<std::size_t>(limit)), source_(source) {}

  /// Did this address, or this sender (empty: the null reverse-path), begin as many messages in the last minute as it may?
  [[nodiscard]] bool reached(const std::string& address, const std::string& sender, net::SteadyPoint now);
  /// One more message has begun.
  void count(const std::string& address, const std::string& sender, net::SteadyPoint now);

 private:
  using Begun = std::map<std::string, std::deque<net::SteadyPoint>>;  // the last minute's, oldest first
  [[nodiscard]] bool full(Begun& begun, const std::string& who, net::SteadyPoint now) const;
  static void forget(Begun& begun, net::SteadyPoint now);

  std::size_t limit_;
  exchange::MessageRateSource source_;
  Begun by_address_;
  Begun by_sender_;
  net::SteadyPoint swept_{};
};

}  // namespace domsec::session
