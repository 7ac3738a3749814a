// Proxy and exceptions in curl's words. Not here: the environment (cli), the request (http_get.cpp).
#include "domsec/net/http_proxy.h"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <charconv>

#include "domsec/net/dns_message.h"
#include "domsec/net/http_get.h"

namespace domsec::net {
namespace {

namespace asio = boost::asio;

constexpr std::uint16_t usual_port = 1080;
constexpr std::size_t most_exceptions = 1000;

std::nullopt_t refuse(std::string& problem, std::string clause) {
  problem = std::move(clause);
  return std::nullopt;
}

/// Address octets; an IPv4 address in IPv6 form counts as the IPv4 address.
std::vector<std::uint8_t> octets_of(const std::string& address) {
  boost::system::error_code unread;
  const asio::ip::address read = asio::ip::make_address(address, unread);
  if (unread) return {};
  if (read.is_v4()) {
    const auto octets = read.to_v4().to_bytes();
    return {octets.begin(), octets.end()};
  }
  const asio::ip::address_v6 six = read.to_v6();
  const auto octets = six.to_bytes();
  return {octets.begin() + (six.is_v4_mapped() ? 12 : 0), octets.end()};
}

/// `192.0.2.0/24`, `2001:db8::/32`, or one address.
bool covers(std::string_view block, const std::string& address) {
  const std::size_t slash = block.find('/');
  const std::vector<std::uint8_t> network = octets_of(std::string(block.substr(0, slash)));
  const std::vector<std::uint8_t> host = octets_of(address);
  if (network.empty() || network.size() != host.size()) return false;
  std::size_t bits = network.size() * 8;
  if (slash != std::string_view::npos) {
    const std::string_view digits = block.substr(slash + 1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
    if (error != std::errc() || end != digits.data() + digits.size() || bits > network.size() * 8)
      return false;
  }
  for (std::size_t bit = 0; bit < bits; ++bit) {
    const unsigned mask = 0x80U >> (bit % 8);
    if ((network[bit / 8] & mask) != (host[bit / 8] & mask)) return false;
  }
  return true;
}

/// Label by label: `contoso.com` is an exception for itself and `crl.contoso.com`, not for `evilcontoso.com`.
bool names(std::string_view exception, std::string_view host) {
  if (host == exception) return true;
  return host.size() > exception.size() && host.ends_with(exception) &&
         host[host.size() - exception.size() - 1] == '.';
}

}  // namespace

bool HttpProxy::serves(std::string_view target) const {
  if (!set()) return false;
  const std::string name = canonical_host(target);
  const std::optional<std::string> address = numeric_address(name);
  return std::none_of(exceptions.begin(), exceptions.end(), [&](const std::string& exception) {
    if (exception == "*") return true;
    return address ? covers(exception, *address) : names(exception, name);
  });
}

std::string HttpProxy::text() const {
  if (!set()) return "none";
  const std::string name = host.find(':') == std::string::npos ? host : "[" + host + "]";
  return "http://" + name + ":" + std::to_string(port);
}

std::optional<HttpProxy> read_http_proxy(std::string_view text, std::string& problem) {
  if (text.empty() || text == "none") return HttpProxy();
  const bool named = text.find("://") != std::string_view::npos;
  const std::string uri = (named ? "" : "http://") + std::string(text);
  // The port is looked for before it is read: the URI of port 80 and the one without a port are the same.
  std::string_view authority = std::string_view(uri).substr(uri.find("://") + 3);
  authority = authority.substr(0, authority.find_first_of("/?#"));
  if (authority.find('@') != std::string_view::npos)
    return refuse(problem, "there is a user name, and a proxy that demands authentication cannot be used");
  std::string why;
  const std::optional<HttpUri> read = read_http_uri(uri, why);
  if (!read && named && !text.starts_with("http:"))
    return refuse(problem, "only a proxy that speaks http can be used");
  if (!read) return refuse(problem, why);
  if (read->target != "/") return refuse(problem, "a proxy has no path");
  const std::size_t colon = authority.rfind(':');
  const bool port = colon != std::string_view::npos && colon + 1 < authority.size() &&
                    authority.find(']', colon) == std::string_view::npos;
  HttpProxy proxy;
  proxy.host = read->host;
  proxy.port = port ? read->port : usual_port;
  return proxy;
}

std::vector<std::string> read_no_proxy(std::string_view text) {
  constexpr std::string_view separators = ", \t";
  std::vector<std::string> exceptions;
  while (exceptions.size() < most_exceptions) {
    const std::size_t begin = text.find_first_not_of(separators);
    if (begin == std::string_view::npos) break;
    const std::size_t end = std::min(text.find_first_of(separators, begin), text.size());
    std::string_view word = text.substr(begin, end - begin);
    text.remove_prefix(end);
    if (word.starts_with('.')) word.remove_prefix(1);
    if (word.starts_with('[') && word.ends_with(']')) word = word.substr(1, word.size() - 2);
    std::string exception = canonical_host(word);
    if (!exception.empty()) exceptions.push_back(std::move(exception));
  }
  // curl: `*` is every host where it stands alone, and a name that nobody has in a list.
  if (exceptions.size() > 1) std::erase(exceptions, "*");
  return exceptions;
}

std::optional<HttpProxy> choose_http_proxy(const std::string& named, const std::string& origin,
                                           const ProxyEnvironment& environment, std::string& problem) {
  const bool by_environment = named.empty();
  std::optional<HttpProxy> proxy = read_http_proxy(by_environment ? environment.http_proxy : named, problem);
  if (!proxy) return std::nullopt;
  if (by_environment && !proxy->set()) return proxy;
  proxy->origin = by_environment ? "http_proxy" : origin;
  proxy->exceptions = read_no_proxy(environment.no_proxy);
  if (by_environment) {
    for (const char* loopback : {"localhost", "127.0.0.0/8", "::1"}) proxy->exceptions.emplace_back(loopback);
  }
  return proxy;
}

}  // namespace domsec::net
