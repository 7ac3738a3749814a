#include "receiving.h"

#include <algorithm>
#include <utility>

#include "domsec/net/loop.h"

namespace domsec::session {

namespace {

/// RFC 3463 3.8: X.7.x is security or policy. 3.2: X.1.x is about an address; with 550 it is refused for what it is, not
/// for how it is written.
bool calls_for_tarpit(const smtp::Reply& reply) {
  const std::optional<smtp::EnhancedStatusCode> status = reply.enhanced_status_code();
  if (!reply.permanent_failure() || !status) return false;
  return status->subject == 7 || (status->subject == 1 && reply.code() == 550);
}

}  // namespace

smtp::AddressLength address_length(const exchange::ReceiveConnector& connector) {
  return connector.long_addresses_enabled ? smtp::AddressLength::long_x400 : smtp::AddressLength::exchange;
}

void give(Receiving& receiving, const smtp::Reply& reply) {
  const std::chrono::seconds tarpit = receiving.plan.connector.tarpit_interval;
  if (tarpit.count() > 0 && calls_for_tarpit(reply)) {
    receiving.held_back += tarpit;
    receiving.transcript.append(transcript::Tarpitted{tarpit, reply.text()});
  }
  receiving.transcript.append(transcript::ReplyGiven{transcript::Direction::sent, reply});
  receiving.pending += reply.wire();
}

net::task<void> flush(Receiving& receiving) {
  if (receiving.pending.empty()) co_return;
  const std::string octets = std::exchange(receiving.pending, std::string());
  const std::chrono::seconds held_back = std::exchange(receiving.held_back, std::chrono::seconds(0));
  if (held_back.count() > 0) {
    const net::SteadyPoint now = std::chrono::steady_clock::now();
    const auto left = std::chrono::duration_cast<net::Milliseconds>(receiving.end - now);
    const net::Milliseconds wait =
        std::min<net::Milliseconds>(held_back, std::max(left, net::Milliseconds(0)));
    co_await net::sleep(wait);
  }
  co_await receiving.channel.write(octets, std::min(in(receiving.plan.timeouts.data_block), receiving.end));
}

net::SteadyPoint idle_limit(const Receiving& receiving) {
  const auto inactivity =
      std::chrono::duration_cast<net::Milliseconds>(receiving.plan.connector.connection_inactivity_timeout);
  return std::min(in(inactivity), receiving.end);
}

}  // namespace domsec::session
