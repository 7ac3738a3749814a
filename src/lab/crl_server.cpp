// The lab's distribution point on Asio and Beast. Bounded: few connections at once, small requests, a limit on the time of
// each; what is served wrong on purpose ends with the client's patience or with that limit.
#include "domsec/lab/crl_server.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <map>
#include <optional>
#include <set>

#include "../net/loop_context.h"

namespace domsec::lab {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr auto nothrow = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t most_connections = 256;
constexpr auto connection_limit = std::chrono::seconds(60);

struct Entry {
  CrlPage page;
  std::size_t gets = 0;
};

}  // namespace

struct CrlServer::Body {
  explicit Body(asio::io_context& context) : io(context), acceptor(context) {}

  asio::io_context& io;
  tcp::acceptor acceptor;
  net::Endpoint endpoint;
  std::map<std::string, Entry> pages;
  std::set<std::shared_ptr<tcp::socket>> open;
  std::size_t connections = 0;
};

namespace {

using BodyPtr = std::shared_ptr<CrlServer::Body>;
using SocketPtr = std::shared_ptr<tcp::socket>;

/// Status line and header. Without a length the connection's end ends the body, with -1 chunks do.
std::string header(int status, std::optional<std::size_t> length, const std::string& more) {
  std::string text = "HTTP/1.1 " + std::to_string(status) + " " +
                     std::string(http::obsolete_reason(http::int_to_status(static_cast<unsigned>(status)))) + "\r\n";
  text += "Server: domsec-lab\r\nContent-Type: application/pkix-crl\r\nConnection: close\r\n" + more;
  if (length) text += "Content-Length: " + std::to_string(*length) + "\r\n";
  return text + "\r\n";
}

std::string hex(std::size_t number) {
  std::string digits;
  for (; number != 0 || digits.empty(); number >>= 4U) digits.insert(digits.begin(), "0123456789abcdef"[number & 15U]);
  return digits;
}

std::string chunked(const CrlPage& page) {
  std::string text = header(page.status, std::nullopt, "Transfer-Encoding: chunked\r\n");
  constexpr std::size_t chunk = 100;
  for (std::size_t at = 0; at < page.body.size(); at += chunk) {
    const std::string part = page.body.substr(at, chunk);
    text += hex(part.size()) + "\r\n" + part + "\r\n";
  }
  return text + "0\r\n\r\n";
}

net::task<bool> send(SocketPtr socket, std::string octets) {
  const auto [error, size] = co_await asio::async_write(*socket, asio::buffer(octets), nothrow);
  co_return !error;
}

net::task<void> drip(SocketPtr socket, CrlPage page) {
  const std::string octets = header(page.status, page.body.size(), "") + page.body;
  for (const char octet : octets) {
    if (!co_await send(socket, std::string(1, octet))) co_return;
    co_await net::sleep(page.pace);
    if (!socket->is_open()) co_return;
  }
}

net::task<void> flood(SocketPtr socket) {
  bool going = co_await send(socket, header(200, std::nullopt, ""));
  const std::string octets(64U << 10, '0');
  while (going) going = co_await send(socket, octets);
}

/// Waits until the client has gone, or the connection's limit closes the socket.
net::task<void> wait_for_the_end(SocketPtr socket) {
  std::array<char, 512> octets{};
  while (true) {
    const auto [error, size] = co_await socket->async_read_some(asio::buffer(octets), nothrow);
    if (error) co_return;
  }
}

net::task<void> answer(SocketPtr socket, CrlPage page) {
  switch (page.behaviour) {
    case CrlBehaviour::serve:
      co_await send(socket, header(page.status, page.body.size(), "") + page.body);
      break;
    case CrlBehaviour::chunked:
      co_await send(socket, chunked(page));
      break;
    case CrlBehaviour::silence:
      break;
    case CrlBehaviour::drip:
      co_await drip(socket, page);
      break;
    case CrlBehaviour::endless:
      co_await flood(socket);
      break;
    case CrlBehaviour::cut_short:
      co_await send(socket, header(page.status, page.body.size(), "") + page.body.substr(0, page.body.size() / 2));
      break;
    case CrlBehaviour::redirect:
      co_await send(socket, header(302, 0, "Location: " + page.location + "\r\n"));
      break;
    case CrlBehaviour::garbage:
      co_await send(socket, std::string("\x16\x03\x01 this is no HTTP\r\n\0\xff\r\n\r\n", 28));
      break;
  }
  if (page.behaviour == CrlBehaviour::silence) {
    co_await wait_for_the_end(socket);
    co_return;
  }
  // The end of our side first: closing with unread octets would reset the connection under the answer.
  error_code ignored;
  socket->shutdown(tcp::socket::shutdown_send, ignored);
  co_await wait_for_the_end(socket);
}

net::task<void> serve(BodyPtr body, SocketPtr socket) {
  asio::steady_timer limit(socket->get_executor(), connection_limit);
  limit.async_wait([socket](const error_code& error) {
    error_code ignored;
    if (!error) socket->close(ignored);
  });
  boost::beast::flat_buffer buffer(16U << 10);
  http::request_parser<http::empty_body> parser;
  const auto [error, size] = co_await http::async_read(*socket, buffer, parser, nothrow);
  if (!error && parser.get().method() == http::verb::get) {
    CrlPage page;
    page.status = 404;
    const auto found = body->pages.find(std::string(parser.get().target()));
    if (found != body->pages.end()) {
      ++found->second.gets;
      page = found->second.page;
    }
    co_await answer(socket, std::move(page));
  }
  error_code ignored;
  socket->close(ignored);
  body->open.erase(socket);
}

net::task<void> accept(BodyPtr body) {
  while (body->acceptor.is_open()) {
    auto socket = std::make_shared<tcp::socket>(body->io);
    const auto [error] = co_await body->acceptor.async_accept(*socket, nothrow);
    if (!body->acceptor.is_open() || error == asio::error::operation_aborted) co_return;
    if (error || body->open.size() >= most_connections) continue;
    ++body->connections;
    body->open.insert(socket);
    asio::co_spawn(body->io, serve(body, socket), asio::detached);
  }
}

void bind(CrlServer::Body& body) {
  const tcp::endpoint at(asio::ip::make_address(body.endpoint.address), body.endpoint.port);
  body.acceptor.open(at.protocol());
  body.acceptor.set_option(asio::socket_base::reuse_address(true));
  body.acceptor.bind(at);
  body.endpoint.port = body.acceptor.local_endpoint().port();
}

}  // namespace

CrlServer::CrlServer(net::Loop& loop, net::Endpoint at) : body_(std::make_shared<Body>(loop.context().io)) {
  body_->endpoint = at;
  try {
    bind(*body_);
    listen();
  } catch (const std::exception& trouble) {
    throw net::ChannelError(net::ChannelFault::local, "CRL server at " + at.text() + ": " + trouble.what());
  }
}

CrlServer::~CrlServer() { stop(); }

const net::Endpoint& CrlServer::endpoint() const { return body_->endpoint; }
std::string CrlServer::uri(const std::string& path) const { return "http://" + body_->endpoint.text() + path; }
void CrlServer::put(const std::string& path, CrlPage page) { body_->pages[path].page = std::move(page); }
std::size_t CrlServer::connections() const { return body_->connections; }

std::size_t CrlServer::gets(const std::string& path) const {
  const auto found = body_->pages.find(path);
  return found == body_->pages.end() ? 0 : found->second.gets;
}

/// A socket that is bound but does not listen answers with RST, and nobody else gets the port.
void CrlServer::refuse() {
  body_->acceptor.close();
  bind(*body_);
}

void CrlServer::listen() {
  body_->acceptor.listen();
  asio::co_spawn(body_->io, accept(body_), asio::detached);  // not Loop::spawn: a server does not keep the loop running
}

void CrlServer::stop() {
  error_code ignored;
  body_->acceptor.close(ignored);
  for (const SocketPtr& socket : body_->open) socket->close(ignored);
}

}  // namespace domsec::lab
