// The lab's name server on Asio: RFC 1035 4.2, UDP and TCP. The answers are dns_zone.cpp's. Bounded: queries are counted
// for known names only, few TCP connections, idle ones closed, few delayed answers.
#include "domsec/lab/dns_server.h"

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "../net/loop_context.h"
#include "dns_zone.h"
#include "domsec/net/dns_message.h"

namespace domsec::lab {

namespace asio = boost::asio;
using asio::ip::tcp;
using asio::ip::udp;

namespace {

constexpr auto nothrow = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t most_connections = 64;
constexpr std::size_t most_delayed = 4096;
constexpr auto idle_limit = std::chrono::seconds(10);

}  // namespace

struct DnsServer::Body {
  explicit Body(asio::io_context& io) : udp_socket(io), acceptor(io) {}

  udp::socket udp_socket;
  tcp::acceptor acceptor;
  net::Endpoint endpoint;
  DnsZone zone;
  std::size_t connections = 0;
  std::size_t delayed = 0;
  bool stopped = false;
};

namespace {

using BodyPtr = std::shared_ptr<DnsServer::Body>;

net::task<void> send_later(BodyPtr body, std::string octets, udp::endpoint to, net::Milliseconds delay) {
  asio::steady_timer timer(co_await asio::this_coro::executor, delay);
  co_await timer.async_wait(nothrow);
  --body->delayed;
  boost::system::error_code ignored;
  if (!body->stopped) body->udp_socket.send_to(asio::buffer(octets), to, 0, ignored);
}

net::task<void> serve_udp(BodyPtr body) {
  const auto executor = co_await asio::this_coro::executor;
  std::array<char, 4096> datagram{};
  udp::endpoint from;
  while (!body->stopped) {
    const auto [error, size] = co_await body->udp_socket.async_receive_from(asio::buffer(datagram), from, nothrow);
    if (body->stopped) co_return;
    if (error) continue;  // a client's closed port comes back as an error of the next read
    DnsReply reply = reply_to(body->zone, std::string_view(datagram.data(), size), DnsTransport::udp);
    if (!reply.octets) continue;
    if (reply.delay.count() > 0) {
      if (body->delayed >= most_delayed) continue;
      ++body->delayed;
      asio::co_spawn(executor, send_later(body, *std::move(reply.octets), from, reply.delay), asio::detached);
      continue;
    }
    boost::system::error_code ignored;
    body->udp_socket.send_to(asio::buffer(*reply.octets), from, 0, ignored);
  }
}

/// Queries of one connection, one after another, each behind its length (RFC 1035 4.2.2).
net::task<void> serve_queries(BodyPtr body, std::shared_ptr<tcp::socket> socket) {
  asio::steady_timer timer(socket->get_executor());
  while (!body->stopped) {
    timer.expires_after(idle_limit);
    timer.async_wait([socket](const boost::system::error_code& error) {
      boost::system::error_code ignored;
      if (!error) socket->close(ignored);
    });
    std::array<unsigned char, 2> length{};
    const auto [no_length, two] = co_await asio::async_read(*socket, asio::buffer(length), nothrow);
    if (no_length) co_return;
    std::string query(static_cast<std::size_t>(length[0] << 8U | length[1]), '\0');
    const auto [no_query, all] = co_await asio::async_read(*socket, asio::buffer(query), nothrow);
    if (no_query || body->stopped) co_return;
    const DnsReply reply = reply_to(body->zone, query, DnsTransport::tcp);
    if (reply.delay.count() > 0) co_await net::sleep(reply.delay);
    if (!reply.octets) continue;
    std::string octets{static_cast<char>(reply.octets->size() >> 8U), static_cast<char>(reply.octets->size() & 0xFFU)};
    octets += *reply.octets;
    const auto [unsent, sent] = co_await asio::async_write(*socket, asio::buffer(octets), nothrow);
    if (unsent) co_return;
  }
}

net::task<void> serve_connection(BodyPtr body, std::shared_ptr<tcp::socket> socket) {
  co_await serve_queries(body, socket);
  --body->connections;
  boost::system::error_code ignored;
  socket->close(ignored);
}

net::task<void> serve_tcp(BodyPtr body) {
  const auto executor = co_await asio::this_coro::executor;
  while (!body->stopped) {
    auto socket = std::make_shared<tcp::socket>(executor);
    const auto [error] = co_await body->acceptor.async_accept(*socket, nothrow);
    if (body->stopped) co_return;
    if (error || body->connections >= most_connections) continue;
    ++body->connections;
    asio::co_spawn(executor, serve_connection(body, socket), asio::detached);
  }
}

/// UDP first, then TCP on the same port; false when the TCP port of a free UDP port is taken.
bool bind_both(DnsServer::Body& body, const asio::ip::address& address, std::uint16_t port) {
  const udp::endpoint at(address, port);
  body.udp_socket.open(at.protocol());
  body.udp_socket.set_option(asio::socket_base::receive_buffer_size(1 << 20));
  body.udp_socket.bind(at);
  const tcp::endpoint same(address, body.udp_socket.local_endpoint().port());
  boost::system::error_code error;
  body.acceptor.open(same.protocol());
  body.acceptor.set_option(asio::socket_base::reuse_address(true));
  body.acceptor.bind(same, error);
  if (!error) body.acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (!error) return true;
  body.udp_socket.close();
  body.acceptor.close();
  if (port != 0) throw boost::system::system_error(error);
  return false;
}

}  // namespace

DnsServer::DnsServer(net::Loop& loop, net::Endpoint at) {
  asio::io_context& io = loop.context().io;
  body_ = std::make_shared<Body>(io);
  try {
    const asio::ip::address address = asio::ip::make_address(at.address);
    int tries = 16;
    while (!bind_both(*body_, address, at.port)) {
      if (--tries == 0) throw std::runtime_error("no port is free for both UDP and TCP");
    }
  } catch (const std::exception& trouble) {
    throw net::ChannelError(net::ChannelFault::local, "name server at " + at.text() + ": " + trouble.what());
  }
  body_->endpoint = net::Endpoint{at.address, body_->udp_socket.local_endpoint().port()};
  // Not Loop::spawn: a server does not keep the loop running.
  asio::co_spawn(io, serve_udp(body_), asio::detached);
  asio::co_spawn(io, serve_tcp(body_), asio::detached);
}

DnsServer::~DnsServer() { stop(); }

void DnsServer::stop() {
  body_->stopped = true;
  boost::system::error_code ignored;
  body_->udp_socket.close(ignored);
  body_->acceptor.close(ignored);
}

const net::Endpoint& DnsServer::endpoint() const { return body_->endpoint; }

void DnsServer::put(const std::string& name, DnsName records) {
  body_->zone.names[net::canonical_host(name)].records = std::move(records);
}

void DnsServer::remove(const std::string& name) { body_->zone.names.erase(net::canonical_host(name)); }

std::size_t DnsServer::queries() const { return body_->zone.queries; }
std::size_t DnsServer::tcp_queries() const { return body_->zone.tcp_queries; }
std::size_t DnsServer::malformed() const { return body_->zone.malformed; }

std::size_t DnsServer::queries(const std::string& name) const {
  const auto found = body_->zone.names.find(net::canonical_host(name));
  return found == body_->zone.names.end() ? 0 : found->second.queries;
}

}  // namespace domsec::lab
