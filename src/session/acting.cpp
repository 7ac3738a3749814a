#include "acting.h"

#include <algorithm>

#include "domsec/net/loop.h"
#include "domsec/pki/harmless.h"
#include "domsec/session/dialogue.h"

namespace domsec::session {
namespace {

using Then = DialogueFault::Then;

constexpr net::Milliseconds alert_limit{1000};

net::task<void> wait(net::Milliseconds time, net::SteadyPoint end) {
  const auto left = std::chrono::duration_cast<net::Milliseconds>(end - std::chrono::steady_clock::now());
  const net::Milliseconds bounded = std::min(time, left);
  if (bounded.count() > 0) co_await net::sleep(bounded);
}

net::task<void> write_pieces(net::Channel& channel, const DialogueFault& fault, const std::string& octets,
                             net::Milliseconds limit, net::SteadyPoint end) {
  const std::size_t piece = fault.piece == 0 ? octets.size() : fault.piece;
  for (std::size_t at = 0; at < octets.size(); at += piece) {
    if (at > 0) co_await wait(fault.pause, end);
    co_await channel.write(std::string_view(octets).substr(at, piece), std::min(in(limit), end));
  }
}

/// Until the peer goes or the time is over; what it says is dropped.
net::task<void> keep_silent(net::Channel& channel, net::SteadyPoint end) {
  constexpr std::size_t most = 16U << 10;
  try {
    while (true) co_await channel.read_some(most, end);
  } catch (const net::ChannelError&) {  // either is the end
  }
}

net::task<void> end_as_told(net::Channel& channel, transcript::Transcript& transcript,
                            const DialogueFault& fault, net::SteadyPoint end) {
  switch (fault.then) {
    case Then::go_on:
    case Then::close:
      co_await channel.shutdown();
      break;
    case Then::cut:
      co_await channel.cut();
      break;
    case Then::reset:
      co_await channel.reset();
      break;
    case Then::silence:
      co_await keep_silent(channel, end);
      break;
    case Then::alert: {
      const bool inside = channel.tls();
      co_await channel.send_alert(fault.alert, in(alert_limit));
      transcript.append(
          transcript::AlertSeen{transcript::Direction::sent, pki::Alert{fault.alert, true}, inside});
      co_await channel.shutdown();
      break;
    }
  }
  channel.close();
}

}  // namespace

void tell_purpose(transcript::Transcript& transcript, std::string_view what) {
  transcript.append(transcript::Irregularity{"on purpose: " + pki::harmless(what, 512)});
}

net::task<void> act(net::Channel& channel, transcript::Transcript& transcript, DialogueFault fault,
                    std::string octets, net::Milliseconds limit, net::SteadyPoint end) {
  for (const std::string& manner : manner_of(fault)) tell_purpose(transcript, manner);
  co_await wait(fault.delay, end);
  co_await write_pieces(channel, fault, octets, limit, end);
  if (fault.then == Then::go_on) co_return;
  const std::string ending = ending_of(fault);
  tell_purpose(transcript, ending);
  co_await end_as_told(channel, transcript, fault, end);
  throw EndedOnPurpose("on purpose: " + ending);
}

void record_end_on_purpose(transcript::Transcript& transcript, policy::Step step,
                           const EndedOnPurpose& ended) {
  transcript.append(transcript::Broken{step, policy::BreakKind::local_error, ended.what()});
}

}  // namespace domsec::session
