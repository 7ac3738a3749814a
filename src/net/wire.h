// A non-blocking TCP socket with a deadline for every wait. Octets are moved by plain recv and send on the
// descriptor, so that clear text and OpenSSL (through a BIO) use the same two functions; Asio only says when
// the descriptor is ready. MSG_NOSIGNAL on each send: SIGPIPE stays as the process has it, no global state is
// touched.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstddef>
#include <memory>
#include <string>

#include "domsec/net/channel.h"

namespace domsec::net {

enum class Readiness { readable, writable };

enum class Moved { some, would_block, end, failed };

struct Transfer {
  Moved moved = Moved::would_block;
  std::size_t octets = 0;
  int error = 0;  // errno when failed
};

class Wire : public std::enable_shared_from_this<Wire> {
 public:
  explicit Wire(boost::asio::ip::tcp::socket connected)
      : socket_(std::move(connected)), timer_(socket_.get_executor()) {}

  /// Asks the socket for its addresses; non-blocking mode, no Nagle delay.
  void prepare();
  task<void> connect(boost::asio::ip::tcp::endpoint to, SteadyPoint deadline);

  Transfer receive(char* into, std::size_t size);
  Transfer send(const char* from, std::size_t size);
  /// Returns when the descriptor may be ready; throws timed_out, or local when it was closed here.
  task<void> wait(Readiness readiness, SteadyPoint deadline);

  /// Until the peer's machine has all that was sent, a quarter of a second at most: an RST overtakes what is
  /// lost on the way and drops what has not left.
  task<void> until_acknowledged(SteadyPoint deadline);

  /// No more from us; the peer sees the end after what was sent.
  void end_of_sending();
  void close();
  void abort();
  [[nodiscard]] bool open() const { return socket_.is_open(); }

  Endpoint local;
  Endpoint remote;
  boost::asio::ip::tcp::socket& socket() { return socket_; }

 private:
  void arm(SteadyPoint deadline);
  void on_timer(unsigned turn);

  boost::asio::ip::tcp::socket socket_;
  boost::asio::steady_timer timer_;
  SteadyPoint deadline_{};     // of the wait in progress
  SteadyPoint armed_until_{};  // of the timer; may lie before deadline_, then the timer arms itself again
  unsigned turn_ = 0;          // tells a stale timer from the current one
  bool armed_ = false;
  bool waiting_ = false;
  bool expired_ = false;
};

}  // namespace domsec::net
