// The operations of a Channel: try once on the descriptor, wait with the deadline when it would block, try
// again. RFC 5321 2.3.8 (lines), RFC 3207 (TLS in the middle of a connection), RFC 8446 6.1 (close_notify).
#include "domsec/net/channel.h"

#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "channel_body.h"
#include "channel_fault.h"

namespace domsec::net {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr std::size_t receive_chunk = 4096;
constexpr std::size_t most_drained = 1U << 20;
/// The patience of receivers, RFC 5321 4.5.3.2.7, twice.
constexpr Milliseconds longest_silence{600'000};
constexpr std::chrono::seconds farewell{1};

ChannelError line_too_long(const Endpoint& remote, std::size_t limit) {
  return {ChannelFault::line_too_long,
          remote.text() + ": no line end within " + std::to_string(limit) + " octets"};
}

tcp::endpoint numeric(const std::string& address, std::uint16_t port) {
  boost::system::error_code error;
  const auto parsed = asio::ip::make_address(address, error);
  if (error) throw ChannelError(ChannelFault::local, "'" + address + "' is no numeric address");
  return {parsed, port};
}

}  // namespace

// ---- the body ----

Progress Channel::Body::receive() {
  std::array<char, receive_chunk> chunk;
  std::size_t octets = 0;
  if (tls) {
    const Progress progress = tls->read(chunk.data(), chunk.size(), octets);
    if (progress != Progress::done) return progress;
  } else {
    const Transfer transfer = wire->receive(chunk.data(), chunk.size());
    if (transfer.moved == Moved::would_block) return Progress::want_read;
    if (transfer.moved == Moved::end) {
      throw ChannelError(ChannelFault::closed,
                         "read from " + wire->remote.text() + ": connection closed by the peer");
    }
    if (transfer.moved == Moved::failed)
      throw socket_failure(transfer.error, "read from " + wire->remote.text());
    octets = transfer.octets;
  }
  inbox.append({chunk.data(), octets});
  return Progress::done;
}

Progress Channel::Body::send(std::string_view octets, std::size_t& taken) {
  if (tls) return tls->write(octets, taken);
  const Transfer transfer = wire->send(octets.data(), octets.size());
  if (transfer.moved == Moved::failed)
    throw socket_failure(transfer.error, "write to " + wire->remote.text());
  taken = transfer.octets;
  return transfer.moved == Moved::some ? Progress::done : Progress::want_write;
}

// For a progress other than done.
task<void> Channel::Body::wait(Progress progress, SteadyPoint deadline) {
  in_a_row = 0;
  return wire->wait(progress == Progress::want_read ? Readiness::readable : Readiness::writable, deadline);
}

task<void> Channel::Body::let_others_go_on(SteadyPoint deadline) {
  in_a_row = 0;
  if (std::chrono::steady_clock::now() >= deadline) {
    throw ChannelError(ChannelFault::timed_out, wire->remote.text() + ": timed out");
  }
  const auto executor = co_await asio::this_coro::executor;
  co_await asio::post(executor, asio::use_awaitable);
}

task<void> Channel::Body::send_raw(std::string octets, SteadyPoint deadline) {
  for (std::string_view left = octets; !left.empty();) {
    const Transfer transfer = wire->send(left.data(), left.size());
    if (transfer.moved == Moved::failed)
      throw socket_failure(transfer.error, "write to " + wire->remote.text());
    left.remove_prefix(transfer.octets);
    if (transfer.moved == Moved::would_block) co_await wire->wait(Readiness::writable, deadline);
  }
}

task<void> Channel::Body::hear_out(std::size_t most, SteadyPoint deadline) {
  std::array<char, receive_chunk> ignored;
  for (std::size_t heard = 0; heard < most;) {
    if (turn_is_over()) co_await let_others_go_on(deadline);
    const Transfer transfer = wire->receive(ignored.data(), ignored.size());
    if (transfer.moved == Moved::end || transfer.moved == Moved::failed) co_return;
    heard += transfer.octets;
    if (transfer.moved == Moved::would_block) co_await wire->wait(Readiness::readable, deadline);
  }
}

// Whatever lies unread when a descriptor closes turns the end into a reset: behind a FIN the peer is heard
// out.
task<void> Channel::Body::play(SteadyPoint deadline) {
  using Act = HandshakeFault::Act;
  const Act act = tls->fault().renegotiate ? Act::close : tls->fault().act;
  const bool falls_silent = act == Act::silence || act == Act::octets;
  const SteadyPoint now = std::chrono::steady_clock::now();
  // Whose patience ends first must not be chance: who is silent on purpose outlasts the peer.
  const SteadyPoint end = falls_silent ? now + longest_silence : std::min(deadline, now + farewell);
  try {
    co_await send_raw(tls->parting(), end);
    if (act == Act::reset) {
      co_await wire->until_acknowledged(end);
      wire->abort();
      co_return;
    }
    if (!falls_silent) wire->end_of_sending();
    co_await hear_out(std::size_t(-1), end);
  } catch (const ChannelError&) {  // the time is over, or the peer is gone: the end is the same
  }
  wire->close();
}

Channel channel_of(tcp::socket connected) {
  auto wire = std::make_shared<Wire>(std::move(connected));
  wire->prepare();
  return Channel(std::make_unique<Channel::Body>(std::move(wire)));
}

// ---- the channel ----

task<Channel> Channel::connect(Endpoint to, SteadyPoint deadline, std::string source) {
  const tcp::endpoint there = numeric(to.address, to.port);
  tcp::socket socket(co_await asio::this_coro::executor);
  boost::system::error_code error;
  socket.open(there.protocol(), error);
  if (!error && !source.empty()) socket.bind(numeric(source, 0), error);
  if (error) throw socket_failure(error.value(), source.empty() ? "open a socket" : "bind to " + source);
  auto wire = std::make_shared<Wire>(std::move(socket));
  co_await wire->connect(there, deadline);
  co_return Channel(std::make_unique<Body>(std::move(wire)));
}

Channel::Channel(std::unique_ptr<Body> body) : body_(std::move(body)) {}
Channel::Channel(Channel&&) noexcept = default;
Channel& Channel::operator=(Channel&& other) noexcept {
  if (body_ && body_ != other.body_) close();
  body_ = std::move(other.body_);
  return *this;
}
Channel::~Channel() {
  if (body_) close();
}

const Endpoint& Channel::local() const { return body_->wire->local; }
const Endpoint& Channel::remote() const { return body_->wire->remote; }
bool Channel::tls() const { return body_->tls != nullptr; }

task<std::string> Channel::read_line(std::size_t limit, SteadyPoint deadline) {
  Body& body = *body_;
  for (;;) {
    if (body.turn_is_over()) co_await body.let_others_go_on(deadline);
    if (auto line = body.inbox.take_line(limit)) co_return std::move(*line);
    if (body.inbox.line_exceeds(limit)) throw line_too_long(remote(), limit);
    const Progress progress = body.receive();
    if (progress != Progress::done) co_await body.wait(progress, deadline);
  }
}

task<std::string> Channel::read_some(std::size_t limit, SteadyPoint deadline) {
  Body& body = *body_;
  while (body.inbox.empty()) {
    if (body.turn_is_over()) co_await body.let_others_go_on(deadline);
    const Progress progress = body.receive();
    if (progress != Progress::done) co_await body.wait(progress, deadline);
  }
  co_return body.inbox.take(limit);
}

task<void> Channel::skip_line(std::size_t limit, SteadyPoint deadline) {
  Body& body = *body_;
  std::size_t dropped = 0;
  while (!body.inbox.drop_line(dropped)) {
    if (dropped > limit) throw line_too_long(remote(), limit);
    if (body.turn_is_over()) co_await body.let_others_go_on(deadline);
    const Progress progress = body.receive();
    if (progress != Progress::done) co_await body.wait(progress, deadline);
  }
}

task<void> Channel::write(std::string_view octets, SteadyPoint deadline) {
  Body& body = *body_;
  while (!octets.empty()) {
    std::size_t taken = 0;
    const Progress progress = body.send(octets, taken);
    octets.remove_prefix(taken);
    if (progress != Progress::done) co_await body.wait(progress, deadline);
  }
}

std::size_t Channel::buffered() const { return body_->inbox.size(); }
bool Channel::has_line() const { return body_->inbox.has_line(); }
void Channel::unread(std::string_view octets) { body_->inbox.put_back(octets); }
void Channel::discard_buffered() { body_->inbox.clear(); }

task<TlsSession> Channel::start_tls(TlsStart start, SteadyPoint deadline) {
  Body& body = *body_;
  if (body.tls) throw ChannelError(ChannelFault::local, remote().text() + ": TLS is already active");
  if (!start.context) throw ChannelError(ChannelFault::local, remote().text() + ": no TLS context");
  // Octets that were not read belong to the handshake: clear text among them can never be taken for protected
  // text.
  std::string early(body.inbox.octets());
  body.inbox.clear();
  body.tls = std::make_unique<TlsStream>(body.wire, std::move(start), std::move(early));
  std::optional<ChannelError> on_purpose;
  try {
    for (;;) {
      const Progress progress = body.tls->handshake();
      if (progress == Progress::done) co_return body.tls->session();
      co_await body.wait(progress, deadline);
    }
  } catch (ChannelError& error) {
    error.during_handshake = true;
    error.seen = body.tls->seen_so_far();
    if (!body.tls->stopped()) throw;
    on_purpose = error;  // nothing can be awaited in here
  }
  co_await body.play(deadline);
  throw ChannelError(*on_purpose);
}

// In clear text the record is a plain one: the answer of a server that ends a handshake before it began.
task<void> Channel::send_alert(int number, SteadyPoint deadline) {
  Body& body = *body_;
  std::string record = body.tls ? body.tls->alert_by_hand(number) : AlertSeal::plain(number);
  co_await body.send_raw(std::move(record), deadline);
}

task<void> Channel::shutdown() {
  Body& body = *body_;
  if (body.wire->open() && body.tls) body.tls->close_notify();
  co_await cut();
}

task<void> Channel::cut() {
  Body& body = *body_;
  if (!body.wire->open()) co_return;
  try {
    body.wire->end_of_sending();
    // Octets left unread when the descriptor closes would turn the end into a reset, and the peer might lose
    // our last reply or alert. So the peer's end is awaited, within bounds.
    co_await body.hear_out(most_drained, std::chrono::steady_clock::now() + farewell);
  } catch (const ChannelError&) {  // the second has passed, or the peer is gone: the end is the same
  }
  close();
}

task<void> Channel::reset() {
  Body& body = *body_;
  try {
    if (body.wire->open()) co_await body.wire->until_acknowledged(std::chrono::steady_clock::now() + farewell);
  } catch (const ChannelError&) {  // the second has passed, or the peer is gone
  }
  abort();
}

void Channel::close() { body_->wire->close(); }
void Channel::abort() { body_->wire->abort(); }

}  // namespace domsec::net
