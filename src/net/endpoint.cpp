// Numeric address and port as text. No names are resolved here.
#include <boost/asio/ip/address.hpp>
#include <charconv>

#include "domsec/net/channel.h"
#include "domsec/net/private_address.h"

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

bool is_private_address(std::string_view text) {
  boost::system::error_code error;
  auto address = boost::asio::ip::make_address(std::string(text), error);
  if (error || address.is_unspecified()) return false;
  if (address.is_v6()) {
    const auto v6 = address.to_v6();
    if (!v6.is_v4_mapped()) {
      const bool unique_local = (v6.to_bytes()[0] & 0xFE) == 0xFC;
      return v6.is_loopback() || v6.is_link_local() || unique_local;
    }
    address = boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, v6);
  }
  const auto octets = address.to_v4().to_bytes();
  const bool in_172 = octets[0] == 172 && (octets[1] & 0xF0) == 16;
  const bool in_192 = octets[0] == 192 && octets[1] == 168;
  const bool link_local = octets[0] == 169 && octets[1] == 254;
  return octets[0] == 127 || octets[0] == 10 || in_172 || in_192 || link_local;
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
