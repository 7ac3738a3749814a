// The inside of a Channel, for the files of net/ that make one.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "domsec/net/channel.h"
#include "inbox.h"
#include "tls_stream.h"
#include "wire.h"

namespace domsec::net {

struct Channel::Body {
  explicit Body(std::shared_ptr<Wire> connected) : wire(std::move(connected)) {}

  /// Receives at most 4 KiB into the inbox, or says what to wait for. Throws ChannelError at the end.
  Progress receive();
  Progress send(std::string_view octets, std::size_t& taken);
  task<void> wait(Progress progress, SteadyPoint deadline);
  /// A peer that always has octets ready never makes us wait. Its deadline counts all the same, and the other
  /// sessions get their turn after so many lines or receptions in a row.
  [[nodiscard]] bool turn_is_over() { return ++in_a_row > 16; }
  task<void> let_others_go_on(SteadyPoint deadline);

  /// Octets as they are, beside TLS.
  task<void> send_raw(std::string octets, SteadyPoint deadline);
  /// Reads and drops what comes, up to so many octets, until the peer ends; throws at the deadline.
  task<void> hear_out(std::size_t most, SteadyPoint deadline);
  /// The act of a fault on purpose, and the end of the connection. Never throws for what the peer does.
  task<void> play(SteadyPoint deadline);

  std::shared_ptr<Wire> wire;
  std::unique_ptr<TlsStream> tls;
  Inbox inbox;
  int in_a_row = 0;
};

/// A connected socket as a Channel.
[[nodiscard]] Channel channel_of(boost::asio::ip::tcp::socket connected);

}  // namespace domsec::net
