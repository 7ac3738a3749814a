// Reading DER values one after the other (X.690 8.1, 10.1): definite lengths in their shortest form, low tag
// numbers. For what is too large or too plain to be built into libcrypto objects; everything else is
// libcrypto's to parse.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace domsec::pki {

enum DerTag : unsigned char {
  der_boolean = 0x01,
  der_integer = 0x02,
  der_bit_string = 0x03,
  der_octet_string = 0x04,
  der_oid = 0x06,
  der_enumerated = 0x0A,
  der_utc_time = 0x17,
  der_generalized_time = 0x18,
  der_sequence = 0x30,
  der_context_0 = 0xA0,
};

struct DerValue {
  unsigned char tag = 0;
  std::string_view content;
  std::string_view whole;  // with tag and length
};

/// Takes the first value off `rest`. Nothing, and `rest` as it was, when the octets are no DER value.
[[nodiscard]] inline std::optional<DerValue> take_der(std::string_view& rest) {
  const auto octet = [&](std::size_t i) { return static_cast<unsigned char>(rest[i]); };
  if (rest.size() < 2 || (octet(0) & 0x1FU) == 0x1FU) return std::nullopt;
  std::size_t length = octet(1);
  std::size_t header = 2;
  if (length >= 0x80) {
    const std::size_t count = length & 0x7FU;
    if (count == 0 || count > 4 || rest.size() < 2 + count) return std::nullopt;
    length = 0;
    for (std::size_t i = 0; i < count; ++i) length = (length << 8U) | octet(2 + i);
    header += count;
    if (length < 0x80 || (count > 1 && octet(2) == 0)) return std::nullopt;  // not the shortest form
  }
  if (rest.size() - header < length) return std::nullopt;
  const DerValue value{octet(0), rest.substr(header, length), rest.substr(0, header + length)};
  rest.remove_prefix(value.whole.size());
  return value;
}

/// The same, of one tag only.
[[nodiscard]] inline std::optional<DerValue> take_der(std::string_view& rest, unsigned char tag) {
  if (rest.empty() || static_cast<unsigned char>(rest.front()) != tag) return std::nullopt;
  return take_der(rest);
}

/// X.690 8.3.2: at least one octet, and the first nine bits are not all alike.
[[nodiscard]] inline bool is_der_integer(std::string_view content) {
  if (content.empty()) return false;
  if (content.size() == 1) return true;
  const auto first = static_cast<unsigned char>(content[0]);
  const bool high = (static_cast<unsigned char>(content[1]) & 0x80U) != 0;
  return !(first == 0x00 && !high) && !(first == 0xFF && high);
}

}  // namespace domsec::pki
