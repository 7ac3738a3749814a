#include "receiving.h"

#include <algorithm>
#include <utility>

#include "acting.h"
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

/// The reply as a fault makes it; the transcript tells what leaves in its place.
void give_on_purpose(Receiving& receiving, const smtp::Reply& right, const DialogueFault& fault) {
  const std::string octets = octets_of(fault, right.wire());
  receiving.as_read = first_reply(octets);
  const std::optional<smtp::Reply> whole = one_reply(octets);
  if (fault.instead) tell_purpose(receiving.transcript, "in place of \"" + right.text() + "\"");
  if (!fault.before.empty()) tell_purpose(receiving.transcript, "\"" + fault.before + "\" is said before the reply");
  if (!fault.behind.empty()) tell_purpose(receiving.transcript, "\"" + fault.behind + "\" is said behind the reply");
  if (whole) {
    receiving.transcript.append(transcript::ReplyGiven{transcript::Direction::sent, *whole});
  } else if (fault.instead) {
    tell_purpose(receiving.transcript, octets.empty() ? "nothing is said" : "\"" + octets + "\" is said");
  } else {
    receiving.transcript.append(transcript::ReplyGiven{transcript::Direction::sent, right});
  }
  receiving.pending += octets;
  if (!receiving.pending_fault) receiving.pending_fault = DialogueFault{};
  join(*receiving.pending_fault, fault);
}

}  // namespace

smtp::AddressLength address_length(const exchange::ReceiveConnector& connector) {
  return connector.long_addresses_enabled ? smtp::AddressLength::long_x400 : smtp::AddressLength::exchange;
}

void give(Receiving& receiving, const smtp::Reply& reply) {
  if (receiving.ends_on_purpose()) return;
  if (const auto fault = receiving.play.next(receiving.step)) return give_on_purpose(receiving, reply, *fault);
  const std::chrono::seconds tarpit = receiving.plan.connector.tarpit_interval;
  if (tarpit.count() > 0 && calls_for_tarpit(reply)) {
    receiving.held_back += tarpit;
    receiving.transcript.append(transcript::Tarpitted{tarpit, reply.text()});
  }
  receiving.transcript.append(transcript::ReplyGiven{transcript::Direction::sent, reply});
  receiving.pending += reply.wire();
  receiving.as_read = reply;
}

net::task<void> flush(Receiving& receiving) {
  if (receiving.pending.empty() && !receiving.pending_fault) co_return;
  const std::string octets = std::exchange(receiving.pending, std::string());
  const std::chrono::seconds held_back = std::exchange(receiving.held_back, std::chrono::seconds(0));
  if (held_back.count() > 0) {
    const net::SteadyPoint now = std::chrono::steady_clock::now();
    const auto left = std::chrono::duration_cast<net::Milliseconds>(receiving.end - now);
    const net::Milliseconds wait =
        std::min<net::Milliseconds>(held_back, std::max(left, net::Milliseconds(0)));
    co_await net::sleep(wait);
  }
  const std::optional<DialogueFault> fault = std::exchange(receiving.pending_fault, std::nullopt);
  const net::Milliseconds limit = receiving.plan.timeouts.data_block;
  if (fault) {
    co_await act(receiving.channel, receiving.transcript, *fault, octets, limit, receiving.end);
    co_return;
  }
  co_await receiving.channel.write(octets, std::min(in(limit), receiving.end));
}

bool will_acknowledge(const Receiving& receiving) {
  const std::optional<DialogueFault> fault = receiving.play.upcoming(receiving.step);
  if (!fault) return true;
  const std::optional<smtp::Reply> read = first_reply(octets_of(*fault, smtp::Reply(250, "OK").wire()));
  return read && read->completed();
}

net::SteadyPoint idle_limit(const Receiving& receiving) {
  const auto inactivity =
      std::chrono::duration_cast<net::Milliseconds>(receiving.plan.connector.connection_inactivity_timeout);
  return std::min(in(inactivity), receiving.end);
}

}  // namespace domsec::session
