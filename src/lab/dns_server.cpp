// The lab's name server on Asio: RFC 1035 4.2 (UDP and TCP), TC when an answer does not fit the datagram, RFC 6891 for the
// size that fits. Bounded: queries counted for known names only, few TCP connections, idle ones closed, one answer a query.
#include "domsec/lab/dns_server.h"

#include <algorithm>
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
#include <map>
#include <optional>

#include "../net/loop_context.h"
#include "domsec/net/dns_message.h"

namespace domsec::lab {

namespace asio = boost::asio;
using asio::ip::tcp;
using asio::ip::udp;
using net::DnsMessage;
using net::DnsRcode;
using net::DnsRecord;
using net::DnsType;

namespace {

constexpr auto nothrow = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t plain_udp_octets = 512;      // RFC 1035 2.3.4
constexpr std::size_t most_edns_octets = 1232;
constexpr int most_aliases = 8;                    // of one answer; a circle stops here
constexpr std::size_t most_connections = 64;
constexpr std::size_t most_delayed = 4096;
constexpr auto idle_limit = std::chrono::seconds(10);

enum class Transport { udp, tcp };

struct Entry {
  DnsName records;
  std::size_t queries = 0;
};

}  // namespace

struct DnsServer::Body {
  explicit Body(asio::io_context& io) : udp_socket(io), acceptor(io) {}

  udp::socket udp_socket;
  tcp::acceptor acceptor;
  net::Endpoint endpoint;
  std::map<std::string, Entry> names;
  std::size_t queries = 0;
  std::size_t tcp_queries = 0;
  std::size_t malformed = 0;
  std::size_t connections = 0;
  std::size_t delayed = 0;
  bool stopped = false;
};

namespace {

using BodyPtr = std::shared_ptr<DnsServer::Body>;

struct Reply {
  std::optional<std::string> octets;  // nothing: silence
  net::Milliseconds delay{0};
};

/// `.` is the root, whose text is empty.
std::string target_name(const std::string& name) { return name == "." ? std::string() : net::canonical_host(name); }

bool has_descendant(const DnsServer::Body& body, const std::string& name) {
  return std::any_of(body.names.begin(), body.names.end(),
                     [suffix = "." + name](const auto& entry) { return entry.first.ends_with(suffix); });
}

void add_record(DnsMessage& answer, const std::string& name, DnsType type, std::uint16_t preference, std::string value) {
  DnsRecord& record = answer.answers.emplace_back();
  record.name = name;
  record.type = type;
  record.preference = preference;
  record.value = std::move(value);
}

void add_records(DnsMessage& answer, const std::string& name, const DnsName& records, DnsType wanted) {
  if (wanted == DnsType::mx) {
    for (const DnsMx& mx : records.mx) add_record(answer, name, DnsType::mx, mx.preference, target_name(mx.host));
  }
  for (const std::string& address : records.addresses) {
    const DnsType type = address.find(':') == std::string::npos ? DnsType::a : DnsType::aaaa;
    if (type == wanted) add_record(answer, name, type, 0, address);
  }
}

/// The answer section: aliases are followed inside the zone (RFC 1034 4.3.2 step 3a).
void resolve(const DnsServer::Body& body, DnsMessage& answer) {
  std::string name = answer.question->name;
  for (int aliases = 0; aliases <= most_aliases; ++aliases) {
    const auto found = body.names.find(name);
    if (found == body.names.end()) {
      if (!has_descendant(body, name)) answer.rcode = DnsRcode::name_error;
      break;
    }
    const DnsName& records = found->second.records;
    if (records.alias.empty() || answer.question->type == DnsType::cname) {
      if (!records.alias.empty()) add_record(answer, name, DnsType::cname, 0, target_name(records.alias));
      add_records(answer, name, records, answer.question->type);
      break;
    }
    add_record(answer, name, DnsType::cname, 0, target_name(records.alias));
    name = target_name(records.alias);
  }
  const auto wanted = [&answer](const DnsRecord& record) { return record.type == answer.question->type; };
  answer.soa_in_authority = std::none_of(answer.answers.begin(), answer.answers.end(), wanted);
}

/// Fits the answer to the transport; what cannot be written at all becomes SERVFAIL.
std::string written(DnsMessage answer, std::size_t limit) {
  std::optional<std::string> octets = net::write_dns_message(answer);
  if (octets && octets->size() <= limit) return *std::move(octets);
  answer.truncated = octets.has_value();
  if (!octets) answer.rcode = DnsRcode::server_failure;
  answer.answers.clear();
  return net::write_dns_message(answer).value_or(std::string());
}

Reply behave(const DnsServer::Body& body, DnsMessage answer, const DnsName& records, Transport over, std::size_t limit) {
  Reply reply;
  reply.delay = records.delay;
  switch (records.behaviour) {
    case DnsBehaviour::answer:
      resolve(body, answer);
      break;
    case DnsBehaviour::nxdomain:
      answer.rcode = DnsRcode::name_error;
      break;
    case DnsBehaviour::servfail:
      answer.rcode = DnsRcode::server_failure;
      break;
    case DnsBehaviour::refused:
      answer.rcode = DnsRcode::refused;
      break;
    case DnsBehaviour::silence:
      return reply;
    case DnsBehaviour::truncated:
      if (over == Transport::tcp) resolve(body, answer);
      answer.truncated = over == Transport::udp;
      break;
    case DnsBehaviour::garbage:
      resolve(body, answer);
      answer.edns_octets.reset();
      answer.soa_in_authority = false;
      add_record(answer, answer.question->name, DnsType::cname, 0, "cut.invalid");
      reply.octets = written(std::move(answer), limit);
      reply.octets->resize(reply.octets->size() - 5);
      return reply;
  }
  reply.octets = written(std::move(answer), limit);
  return reply;
}

Reply reply_to(DnsServer::Body& body, std::string_view octets, Transport over) {
  const std::optional<DnsMessage> query = net::read_dns_message(octets);
  if (!query || query->response || !query->question) {
    ++body.malformed;
    return {};
  }
  ++body.queries;
  if (over == Transport::tcp) ++body.tcp_queries;
  DnsMessage answer;
  answer.id = query->id;
  answer.response = true;
  answer.recursion_desired = query->recursion_desired;
  answer.question = query->question;
  if (query->edns_octets) answer.edns_octets = static_cast<std::uint16_t>(most_edns_octets);
  std::size_t limit = 0xFFFF;
  if (over == Transport::udp) {
    limit = std::clamp<std::size_t>(query->edns_octets.value_or(0), plain_udp_octets, most_edns_octets);
  }
  const auto found = body.names.find(query->question->name);
  if (found == body.names.end()) return behave(body, std::move(answer), DnsName(), over, limit);
  ++found->second.queries;
  return behave(body, std::move(answer), found->second.records, over, limit);
}

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
    Reply reply = reply_to(*body, std::string_view(datagram.data(), size), Transport::udp);
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
    const Reply reply = reply_to(*body, query, Transport::tcp);
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
  body_->names[net::canonical_host(name)].records = std::move(records);
}

void DnsServer::remove(const std::string& name) { body_->names.erase(net::canonical_host(name)); }

std::size_t DnsServer::queries() const { return body_->queries; }
std::size_t DnsServer::tcp_queries() const { return body_->tcp_queries; }
std::size_t DnsServer::malformed() const { return body_->malformed; }

std::size_t DnsServer::queries(const std::string& name) const {
  const auto found = body_->names.find(net::canonical_host(name));
  return found == body_->names.end() ? 0 : found->second.queries;
}

}  // namespace domsec::lab
