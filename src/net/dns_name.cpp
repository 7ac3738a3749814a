// Names and addresses as text: what may be asked for, and in which spelling.
#include <arpa/inet.h>

#include <array>

#include "domsec/net/dns_message.h"

namespace domsec::net {
namespace {

constexpr std::size_t most_label_octets = 63;  // RFC 1035 2.3.4

bool host_octet(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

bool is_host_name(std::string_view name) {
  if (name.empty() || name.size() > 253) return false;
  std::size_t label = 0;
  for (const char c : name) {
    if (c == '.') {
      if (label == 0) return false;
      label = 0;
    } else if (!host_octet(c) || ++label > most_label_octets) {
      return false;
    }
  }
  return label != 0;
}

std::string canonical_host(std::string_view name) {
  if (name.size() > 1 && name.back() == '.') name.remove_suffix(1);
  std::string host;
  host.reserve(name.size());
  for (const char c : name) host += lower(c);
  return host;
}

std::optional<std::string> numeric_address(std::string_view text) {
  if (text.size() >= INET6_ADDRSTRLEN || text.find('\0') != std::string_view::npos) return std::nullopt;
  const std::string address(text);
  for (const int family : {AF_INET, AF_INET6}) {
    std::array<char, 16> binary{};
    if (inet_pton(family, address.c_str(), binary.data()) == 1) {
      std::array<char, INET6_ADDRSTRLEN> printed{};
      return inet_ntop(family, binary.data(), printed.data(), printed.size());
    }
  }
  return std::nullopt;
}

std::string_view text(DnsType type) {
  switch (type) {
    case DnsType::other:
      return "other";
    case DnsType::a:
      return "A";
    case DnsType::cname:
      return "CNAME";
    case DnsType::soa:
      return "SOA";
    case DnsType::mx:
      return "MX";
    case DnsType::aaaa:
      return "AAAA";
    case DnsType::opt:
      return "OPT";
  }
  return "other";
}

}  // namespace domsec::net
