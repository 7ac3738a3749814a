// One GET with Beast, bounded three ways: a deadline over everything (the watch closes the socket, whatever
// operation is under way fails by itself), the body's size while it arrives, and the number of redirects.
#include "domsec/net/http_get.h"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

namespace domsec::net {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr auto nothrow = asio::as_tuple(asio::use_awaitable);
constexpr std::uint32_t most_header_octets = 16U << 10;
constexpr int most_interim_answers = 4;  // 1xx, RFC 9110 15.2

/// Closes the socket at the deadline. The socket lives longer than this.
class Deadline {
 public:
  Deadline(tcp::socket& socket, SteadyPoint at) : timer_(socket.get_executor(), at) {
    timer_.async_wait([&socket, passed = passed_](const error_code& error) {
      if (error || *passed != State::armed) return;
      *passed = State::passed;
      error_code ignored;
      socket.close(ignored);
    });
  }
  ~Deadline() {
    if (*passed_ == State::armed)
      *passed_ = State::disarmed;  // an expiry already queued must not touch the socket
  }
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;
  [[nodiscard]] bool passed() const { return *passed_ == State::passed; }

 private:
  enum class State { armed, passed, disarmed };
  std::shared_ptr<State> passed_ = std::make_shared<State>(State::armed);
  asio::steady_timer timer_;
};

HttpAnswer failed(HttpStatus status, std::string detail, int code = 0) {
  HttpAnswer answer;
  answer.status = status;
  answer.code = code;
  answer.detail = std::move(detail);
  return answer;
}

/// Texts of our own for the usual errors; the system's depend on its language.
std::string clause_of(const error_code& error) {
  if (error == asio::error::connection_refused) return "connection refused";
  if (error == asio::error::network_unreachable) return "network unreachable";
  if (error == asio::error::host_unreachable) return "host unreachable";
  if (error == asio::error::connection_reset) return "connection reset";
  return error.message();
}

struct Connected {
  error_code error;
  bool timed_out = false;
};

/// The first address that accepts. No silent address may use up the time of the others: each has an equal
/// share of the rest.
task<Connected> connect(tcp::socket& socket, std::vector<std::string> addresses, std::uint16_t port,
                        SteadyPoint deadline) {
  Connected result;
  result.error = asio::error::host_unreachable;
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    const auto now = std::chrono::steady_clock::now();
    if (now >= deadline) {
      result.timed_out = true;
      break;
    }
    error_code unread;
    const tcp::endpoint to(asio::ip::make_address(addresses[i], unread), port);
    if (unread) continue;
    error_code ignored;
    socket.close(ignored);
    const Deadline share(socket, now + (deadline - now) / static_cast<int>(addresses.size() - i));
    const auto [error] = co_await socket.async_connect(to, nothrow);
    result.error = error;
    result.timed_out = share.passed();
    if (!error && !share.passed()) break;
  }
  co_return result;
}

enum class Way { direct, by_proxy };

/// A proxy gets the target in absolute form, the host in the Host field all the same (RFC 9112 3.2.2).
/// Without `Accept-Encoding`, compression would be allowed (RFC 9110 12.5.3).
http::request<http::empty_body> request_for(const HttpUri& uri, Way way) {
  const std::string target = way == Way::by_proxy ? uri.text() : uri.target;
  http::request<http::empty_body> request(http::verb::get, target, 11);
  request.set(http::field::host, uri.authority());
  request.set(http::field::user_agent, "domsec/" DOMSEC_VERSION);
  request.set(http::field::accept, "*/*");
  request.set(http::field::accept_encoding, "identity");
  request.set(http::field::connection, "close");
  return request;
}

HttpAnswer failed_read(const error_code& error, int code) {
  if (error == http::error::body_limit)
    return failed(HttpStatus::too_large, "the body is larger than is allowed", code);
  if (error == http::error::end_of_stream)
    return failed(HttpStatus::bad_answer, "the connection ended without an answer");
  if (error == http::error::partial_message)
    return failed(HttpStatus::bad_answer, "the answer ended early", code);
  if (error == http::error::header_limit || error == http::error::buffer_overflow) {
    return failed(HttpStatus::bad_answer, "the answer's header is too large");
  }
  if (error.category() == make_error_code(http::error::bad_method).category()) {
    return failed(HttpStatus::bad_answer, "the answer is no HTTP (" + error.message() + ")", code);
  }
  return failed(HttpStatus::unreachable, clause_of(error), code);
}

struct Exchanged {
  HttpAnswer answer;
  std::string location;  // of a redirect
};

bool is_redirect(unsigned code) {
  return code == 301 || code == 302 || code == 303 || code == 307 || code == 308;
}

Exchanged examined(http::response<http::string_body> response) {
  Exchanged result;
  result.answer.code = static_cast<int>(response.result_int());
  const auto encoding = response[http::field::content_encoding];
  if (is_redirect(response.result_int())) {
    result.location = std::string(response[http::field::location]);
    result.answer.status = HttpStatus::refused_redirect;  // until it is followed
  } else if (result.answer.code != 200) {
    result.answer.status = HttpStatus::error_status;
    result.answer.detail = "HTTP status " + std::to_string(result.answer.code);
  } else if (!encoding.empty() && encoding != "identity") {
    result.answer.status = HttpStatus::bad_answer;
    result.answer.detail = "the body is compressed although that was refused";
  } else {
    result.answer.status = HttpStatus::ok;
    result.answer.body = std::move(response.body());
  }
  return result;
}

task<Exchanged> read_answer(tcp::socket& socket, std::size_t octets) {
  boost::beast::flat_buffer buffer(64U << 10);
  Exchanged result;
  for (int i = 0; i < most_interim_answers; ++i) {
    http::response_parser<http::string_body> parser;
    parser.body_limit(octets);
    parser.header_limit(most_header_octets);
    const auto [error, size] = co_await http::async_read(socket, buffer, parser, nothrow);
    if (error) {
      result.answer =
          failed_read(error, parser.is_header_done() ? static_cast<int>(parser.get().result_int()) : 0);
      co_return result;
    }
    if (parser.get().result_int() >= 200) co_return examined(parser.release());
  }
  result.answer = failed(HttpStatus::bad_answer, "nothing but interim answers came");
  co_return result;
}

/// One request on a connection of its own.
task<Exchanged> exchange(std::vector<std::string> addresses, std::uint16_t port,
                         http::request<http::empty_body> request, std::size_t octets, SteadyPoint at) {
  tcp::socket socket(co_await asio::this_coro::executor);
  Exchanged result;
  const Connected connected = co_await connect(socket, std::move(addresses), port, at);
  if (connected.timed_out || connected.error) {
    result.answer = connected.timed_out ? failed(HttpStatus::timed_out, "no connection in time")
                                        : failed(HttpStatus::unreachable, clause_of(connected.error));
    co_return result;
  }
  const Deadline deadline(socket, at);
  const auto [error, size] = co_await http::async_write(socket, request, nothrow);
  if (!error) {
    result = co_await read_answer(socket, octets);
  } else {
    result.answer = failed(HttpStatus::unreachable, clause_of(error));
  }
  if (deadline.passed())
    result.answer = failed(HttpStatus::timed_out, "no whole answer in time", result.answer.code);
  co_return result;
}

std::string milliseconds(Milliseconds time) { return std::to_string(time.count()) + " ms"; }

/// The clause with the proxy in it: whose fault it is must not be looked for at the wrong host.
std::string by_way_of(const HttpProxy& proxy, const HttpAnswer& answer) {
  if (answer.status != HttpStatus::error_status) return "proxy " + proxy.text() + ": " + answer.detail;
  if (answer.code == 407) {
    return "the proxy " + proxy.text() +
           " demands authentication (HTTP status 407), and none is offered: allow this host, or name another "
           "proxy";
  }
  const std::string status = answer.detail + " by way of the proxy " + proxy.text();
  return answer.code == 403 ? status + ", which may refuse this host or address" : status;
}

/// One hop, to the host itself or to the proxy. A redirect is not followed here.
task<Exchanged> ask(Resolver& resolver, HttpUri uri, HttpLimits limits, HttpProxy proxy,
                    SteadyPoint deadline) {
  const Way way = proxy.serves(uri.host) ? Way::by_proxy : Way::direct;
  const std::string asked = way == Way::by_proxy ? proxy.host : uri.host;
  const std::uint16_t port = way == Way::by_proxy ? proxy.port : uri.port;
  MxHost host = co_await resolver.addresses(asked, deadline);
  Exchanged result;
  if (host.addresses.empty()) {
    const bool late = host.status == DnsStatus::timed_out && std::chrono::steady_clock::now() >= deadline;
    result.answer = failed(late ? HttpStatus::timed_out : HttpStatus::unresolved,
                           (way == Way::direct ? "host " + asked + ": " : std::string()) + host.detail);
  } else {
    http::request<http::empty_body> request = request_for(uri, way);
    result = co_await exchange(std::move(host.addresses), port, std::move(request), limits.octets, deadline);
    if (result.answer.status == HttpStatus::timed_out)
      result.answer.detail += " (" + milliseconds(limits.timeout) + ")";
  }
  const bool settled =
      result.answer.status == HttpStatus::ok || result.answer.status == HttpStatus::refused_redirect;
  if (way == Way::by_proxy && !settled) result.answer.detail = by_way_of(proxy, result.answer);
  co_return result;
}

task<HttpAnswer> get(Resolver& resolver, HttpUri uri, HttpLimits limits, HttpProxy proxy) {
  const SteadyPoint deadline = std::chrono::steady_clock::now() + limits.timeout;
  for (int redirects = 0;; ++redirects) {
    Exchanged result = co_await ask(resolver, uri, limits, proxy, deadline);
    if (result.answer.status != HttpStatus::refused_redirect) co_return std::move(result.answer);
    if (redirects >= limits.redirects) {
      co_return failed(HttpStatus::refused_redirect,
                       "more than " + std::to_string(limits.redirects) + " redirects", result.answer.code);
    }
    std::string problem;
    const std::optional<HttpUri> next = read_location(uri, result.location, problem);
    if (!next) co_return failed(HttpStatus::refused_redirect, "redirect: " + problem, result.answer.code);
    uri = *next;
  }
}

task<HttpAnswer> at_once(HttpAnswer answer) { co_return answer; }

}  // namespace

task<HttpAnswer> http_get(Resolver& resolver, std::string uri, HttpLimits limits) {
  return http_get(resolver, std::move(uri), limits, HttpProxy());
}

task<HttpAnswer> http_get(Resolver& resolver, std::string uri, HttpLimits limits, HttpProxy proxy) {
  std::string problem;
  const std::optional<HttpUri> read = read_http_uri(uri, problem);
  if (!read) return at_once(failed(HttpStatus::not_http, problem));
  return get(resolver, *read, limits, std::move(proxy));
}

std::string_view text(HttpStatus status) {
  switch (status) {
    case HttpStatus::ok:
      return "ok";
    case HttpStatus::not_http:
      return "not http";
    case HttpStatus::unresolved:
      return "unresolved";
    case HttpStatus::unreachable:
      return "unreachable";
    case HttpStatus::timed_out:
      return "timed out";
    case HttpStatus::too_large:
      return "too large";
    case HttpStatus::refused_redirect:
      return "refused redirect";
    case HttpStatus::bad_answer:
      return "bad answer";
    case HttpStatus::error_status:
      return "error status";
  }
  return "bad answer";
}

}  // namespace domsec::net
