// Deadlines (src/README.md): the timer cancels the wait on the descriptor and the operation fails by itself;
// there is no race of two awaited operations. The timer is left armed between operations and looks at the
// current deadline when it fires, so that a session with the same time limit for each step arms it seldom.
#include "wire.h"

#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>

#include "channel_fault.h"

namespace domsec::net {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

Endpoint endpoint_of(const tcp::endpoint& endpoint) {
  return {endpoint.address().to_string(), endpoint.port()};
}

Transfer transfer_of(ssize_t result, Moved when_zero) {
  if (result > 0) return {Moved::some, static_cast<std::size_t>(result), 0};
  if (result == 0) return {when_zero, 0, 0};
  if (errno == EAGAIN || errno == EWOULDBLOCK) return {Moved::would_block, 0, 0};
  return {Moved::failed, 0, errno};
}

}  // namespace

void Wire::prepare() {
  error_code error;
  socket_.native_non_blocking(true, error);
  socket_.set_option(tcp::no_delay(true), error);
  const tcp::endpoint here = socket_.local_endpoint(error);
  if (!error) local = endpoint_of(here);
  if (!remote.address.empty()) return;
  const tcp::endpoint there = socket_.remote_endpoint(error);
  if (!error) remote = endpoint_of(there);
}

task<void> Wire::connect(tcp::endpoint to, SteadyPoint deadline) {
  const auto self = shared_from_this();
  remote = endpoint_of(to);
  expired_ = false;
  waiting_ = true;
  arm(deadline);
  const auto [error] = co_await socket_.async_connect(to, asio::as_tuple(asio::use_awaitable));
  waiting_ = false;
  if (error && expired_) throw socket_failure(ETIMEDOUT, "connect to " + remote.text());
  if (error) throw socket_failure(error.value(), "connect to " + remote.text());
  prepare();
}

Transfer Wire::receive(char* into, std::size_t size) {
  ssize_t result = 0;
  do result = ::recv(socket_.native_handle(), into, size, 0);
  while (result < 0 && errno == EINTR);
  return transfer_of(result, Moved::end);
}

Transfer Wire::send(const char* from, std::size_t size) {
  ssize_t result = 0;
  do result = ::send(socket_.native_handle(), from, size, MSG_NOSIGNAL);
  while (result < 0 && errno == EINTR);
  return transfer_of(result, Moved::would_block);
}

task<void> Wire::wait(Readiness readiness, SteadyPoint deadline) {
  const auto self = shared_from_this();
  if (!open()) throw ChannelError(ChannelFault::local, remote.text() + ": already closed here");
  if (std::chrono::steady_clock::now() >= deadline)
    throw ChannelError(ChannelFault::timed_out, remote.text() + ": timed out");
  expired_ = false;
  waiting_ = true;
  arm(deadline);
  const auto side = readiness == Readiness::readable ? tcp::socket::wait_read : tcp::socket::wait_write;
  const auto [error] = co_await socket_.async_wait(side, asio::as_tuple(asio::use_awaitable));
  waiting_ = false;
  if (!error) co_return;
  if (expired_) throw ChannelError(ChannelFault::timed_out, remote.text() + ": timed out");
  if (error == asio::error::operation_aborted)
    throw ChannelError(ChannelFault::local, remote.text() + ": closed here");
  throw socket_failure(error.value(), remote.text());
}

task<void> Wire::until_acknowledged(SteadyPoint deadline) {
  const auto self = shared_from_this();
  constexpr std::chrono::milliseconds between{2};
  deadline = std::min(deadline, std::chrono::steady_clock::now() + std::chrono::milliseconds(250));
  asio::steady_timer pause(socket_.get_executor());
  int octets = 0;
  while (open() && ::ioctl(socket_.native_handle(), SIOCOUTQ, &octets) == 0 && octets > 0 &&
         std::chrono::steady_clock::now() < deadline) {
    pause.expires_after(between);
    co_await pause.async_wait(asio::as_tuple(asio::use_awaitable));
  }
}

void Wire::arm(SteadyPoint deadline) {
  deadline_ = deadline;
  if (deadline == SteadyPoint::max() || (armed_ && armed_until_ <= deadline)) return;
  armed_ = true;
  armed_until_ = deadline;
  timer_.expires_at(deadline);
  timer_.async_wait([weak = weak_from_this(), turn = ++turn_](const error_code&) {
    if (const auto wire = weak.lock()) wire->on_timer(turn);
  });
}

void Wire::on_timer(unsigned turn) {
  if (turn != turn_) return;
  armed_ = false;
  if (!waiting_) return;
  if (std::chrono::steady_clock::now() < deadline_) {
    arm(deadline_);
    return;
  }
  expired_ = true;
  error_code ignored;
  socket_.cancel(ignored);
}

void Wire::end_of_sending() {
  error_code ignored;
  socket_.shutdown(tcp::socket::shutdown_send, ignored);
}

void Wire::close() {
  error_code ignored;
  socket_.close(ignored);
  ++turn_;
  armed_ = false;
  timer_.cancel();
}

void Wire::abort() {
  error_code ignored;
  socket_.set_option(asio::socket_base::linger(true, 0), ignored);
  close();
}

}  // namespace domsec::net
