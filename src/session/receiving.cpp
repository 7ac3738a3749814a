#include "receiving.h"

#include <algorithm>
#include <utility>

namespace domsec::session {

void give(Receiving& receiving, const smtp::Reply& reply) {
  receiving.transcript.append(transcript::ReplyGiven{transcript::Direction::sent, reply});
  receiving.pending += reply.wire();
}

net::task<void> flush(Receiving& receiving) {
  if (receiving.pending.empty()) co_return;
  const std::string octets = std::exchange(receiving.pending, std::string());
  co_await receiving.channel.write(octets, std::min(in(receiving.plan.timeouts.data_block), receiving.end));
}

net::SteadyPoint idle_limit(const Receiving& receiving) {
  const auto inactivity =
      std::chrono::duration_cast<net::Milliseconds>(receiving.plan.connector.connection_inactivity_timeout);
  return std::min(in(inactivity), receiving.end);
}

}  // namespace domsec::session
