// RemoteIPRanges: one address, a prefix, a mask or two ends; IPv4 and IPv6 (spec exchange 3.1, RC-6).
#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>

#include "domsec/exchange/receive_connector.h"
#include "shown_text.h"

namespace domsec::exchange {

namespace {

using Octets = std::array<std::uint8_t, 16>;

struct Address {
  Octets octets{};
  bool ipv6 = false;
};

/// An IPv4 address stands in the last four octets.
std::optional<Address> read_address(std::string_view text) {
  const std::string written(without_outer_blanks(text));
  Address address;
  if (inet_pton(AF_INET, written.c_str(), address.octets.data() + 12) == 1) return address;
  if (inet_pton(AF_INET6, written.c_str(), address.octets.data()) != 1) return std::nullopt;
  address.ipv6 = true;
  return address;
}

/// The ends of the block whose first `bits` bits are those of `address`, counted from the start of its own kind.
std::optional<IpRange> block(const Address& address, int bits) {
  const int offset = address.ipv6 ? 0 : 96;
  if (bits < 0 || bits + offset > 128) return std::nullopt;
  IpRange range;
  range.ipv6 = address.ipv6;
  for (int bit = 0; bit < 128; ++bit) {
    const auto octet = static_cast<std::size_t>(bit / 8);
    const auto mask = static_cast<std::uint8_t>(0x80U >> static_cast<unsigned>(bit % 8));
    const bool fixed = bit < offset + bits;
    const bool set = (address.octets[octet] & mask) != 0;
    if (fixed && set) range.first[octet] |= mask;
    if (fixed ? set : bit >= offset) range.last[octet] |= mask;
  }
  return range;
}

std::optional<int> read_bits(std::string_view text) {
  int bits = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bits);
  if (error != std::errc{} || end != text.data() + text.size() || bits < 0) return std::nullopt;
  return bits;
}

/// `255.255.255.0` -> 24; nothing when a hole is in it.
std::optional<int> mask_bits(const Address& mask) {
  int bits = 0;
  bool ended = false;
  for (int bit = mask.ipv6 ? 0 : 96; bit < 128; ++bit) {
    const bool set = (mask.octets[static_cast<std::size_t>(bit / 8)] & (0x80U >> static_cast<unsigned>(bit % 8))) != 0;
    if (set && ended) return std::nullopt;
    ended = ended || !set;
    bits += set ? 1 : 0;
  }
  return bits;
}

std::optional<IpRange> read_ends(std::string_view first, std::string_view last) {
  const std::optional<Address> from = read_address(first);
  const std::optional<Address> to = read_address(last);
  if (!from || !to || from->ipv6 != to->ipv6 || to->octets < from->octets) return std::nullopt;
  IpRange range;
  range.first = from->octets;
  range.last = to->octets;
  range.ipv6 = from->ipv6;
  return range;
}

std::optional<IpRange> read_any(std::string_view text) {
  if (const auto dash = text.find('-'); dash != std::string_view::npos) {
    return read_ends(text.substr(0, dash), text.substr(dash + 1));
  }
  std::string_view address = text;
  std::optional<int> bits;
  if (const auto slash = text.find('/'); slash != std::string_view::npos) {
    address = text.substr(0, slash);
    bits = read_bits(text.substr(slash + 1));
    if (!bits) return std::nullopt;
  } else if (const auto bracket = text.find('('); bracket != std::string_view::npos) {
    if (!text.ends_with(')')) return std::nullopt;
    address = text.substr(0, bracket);
    const std::optional<Address> mask = read_address(text.substr(bracket + 1, text.size() - bracket - 2));
    if (mask) bits = mask_bits(*mask);
    if (!bits || mask->ipv6 != (address.find(':') != std::string_view::npos)) return std::nullopt;
  }
  const std::optional<Address> read = read_address(address);
  if (!read) return std::nullopt;
  return block(*read, bits.value_or(read->ipv6 ? 128 : 32));
}

}  // namespace

bool IpRange::holds(const IpRange& other) const {
  return ipv6 == other.ipv6 && first <= other.first && other.last <= last;
}

std::optional<IpRange> read_ip_range(std::string_view text) {
  text = without_outer_blanks(text);
  std::optional<IpRange> range = read_any(text);
  if (range) range->text = std::string(text);
  return range;
}

}  // namespace domsec::exchange
