// Numeric address and port as text. No names are resolved here.
#include <boost/asio/ip/address.hpp>
#include <charconv>

#include "domsec/net/channel.h"

namespace domsec::net {

namespace {

std::optional<std::uint16_t> read_port(std::string_view digits) {
  std::uint16_t port = 0;
  const char* const end = digits.data() + digits.size();
  const auto [at, error] = std::from_chars(digits.data(), end, port);
  if (error != std::errc() || at != end) return std::nullopt;
  return port;
}

}  // namespace

std::string Endpoint::text() const {
  const std::string number = std::to_string(port);
  return address.find(':') == std::string::npos ? address + ":" + number : "[" + address + "]:" + number;
}

std::optional<Endpoint> read_endpoint(std::string_view text) {
  std::string_view host;
  std::string_view port;
  const bool bracketed = text.starts_with('[');
  if (bracketed) {
    const std::size_t end = text.find("]:");
    if (end == std::string_view::npos) return std::nullopt;
    host = text.substr(1, end - 1);
    port = text.substr(end + 2);
  } else {
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos) return std::nullopt;
    host = text.substr(0, colon);
    port = text.substr(colon + 1);
  }
  if (host.find('\0') != std::string_view::npos) return std::nullopt;
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(std::string(host), error);
  if (error || address.is_v6() != bracketed) return std::nullopt;
  const auto number = read_port(port);
  if (!number) return std::nullopt;
  return Endpoint{address.to_string(), *number};
}

}  // namespace domsec::net
