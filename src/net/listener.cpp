// Accepts connections and gives each to a coroutine of its own. Nothing that happens in one session ends the
// listener.
#include "domsec/net/listener.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstdio>
#include <utility>

#include "channel_body.h"
#include "loop_context.h"

namespace domsec::net {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {
constexpr int backlog = 511;
constexpr Milliseconds pause_without_descriptors{100};
}  // namespace

struct Listener::Body {
  explicit Body(Loop& of) : loop(of), acceptor(of.context().io), pause(of.context().io) {}

  Loop& loop;
  tcp::acceptor acceptor;
  asio::steady_timer pause;
  Endpoint endpoint;
  std::function<task<void>(Channel)> session;
};

namespace {

// The listener's body is a parameter: it keeps the session's closure alive as long as its coroutine runs.
task<void> contained(std::shared_ptr<Listener::Body> body, Channel channel) {
  try {
    co_await body->session(std::move(channel));
  } catch (const ChannelError&) {  // the peer's fault, and the session's to report
  } catch (const std::exception& error) {
    std::fprintf(stderr, "domsec: a session on %s ended by an internal error: %s\n",
                 body->endpoint.text().c_str(), error.what());
  }
}

bool lacks_descriptors(const error_code& error) {
  return error == asio::error::no_descriptors || error == asio::error::no_memory ||
         error == asio::error::no_buffer_space || error == boost::system::errc::too_many_files_open_in_system;
}

task<void> accept_all(std::shared_ptr<Listener::Body> body) {
  while (body->acceptor.is_open()) {
    auto [error, socket] = co_await body->acceptor.async_accept(asio::as_tuple(asio::use_awaitable));
    if (!error) {
      body->loop.spawn(contained(body, channel_of(std::move(socket))));
      continue;
    }
    // Without descriptors the connection stays in the backlog: wait for sessions to end instead of spinning.
    // Everything else (ECONNABORTED, EPROTO) concerns one connection that has gone again.
    if (!lacks_descriptors(error)) continue;
    body->pause.expires_after(pause_without_descriptors);
    co_await body->pause.async_wait(asio::as_tuple(asio::use_awaitable));
  }
}

}  // namespace

Listener::Listener(Loop& loop, const Endpoint& at) : body_(std::make_shared<Body>(loop)) {
  error_code error;
  const auto address = asio::ip::make_address(at.address, error);
  const tcp::endpoint wanted(address, at.port);
  tcp::acceptor& acceptor = body_->acceptor;
  if (!error) acceptor.open(wanted.protocol(), error);
  if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
  if (!error && address.is_v6()) acceptor.set_option(asio::ip::v6_only(true), error);
  if (!error) acceptor.bind(wanted, error);
  if (!error) acceptor.listen(backlog, error);
  if (error)
    throw ChannelError(ChannelFault::local, "cannot listen on " + at.text() + ": " + error.message());
  const tcp::endpoint bound = acceptor.local_endpoint();
  body_->endpoint = {bound.address().to_string(), bound.port()};
}

Listener::Listener(Listener&&) noexcept = default;

Listener::~Listener() {
  if (body_) stop();
}

const Endpoint& Listener::endpoint() const { return body_->endpoint; }

void Listener::start(std::function<task<void>(Channel)> session) {
  body_->session = std::move(session);
  body_->loop.spawn(accept_all(body_));
}

void Listener::stop() {
  error_code ignored;
  body_->acceptor.close(ignored);
  body_->pause.cancel();
}

}  // namespace domsec::net
