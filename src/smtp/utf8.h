// UTF8-non-ascii of RFC 6531 3.3 and RFC 3629 4. Used inside smtp/ only.
#pragma once

#include <cstddef>
#include <string_view>

namespace domsec::smtp {

/// Length of the well-formed UTF-8 sequence of two to four octets at `at`; 0 when there is none (ASCII
/// included).
[[nodiscard]] inline std::size_t utf8_sequence(std::string_view text, std::size_t at) {
  const auto octet = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const auto is_tail = [&](std::size_t i) { return (octet(i) & 0xC0U) == 0x80U; };
  const unsigned first = octet(at);
  const unsigned second = octet(at + 1);
  if (first >= 0xC2 && first <= 0xDF) return is_tail(at + 1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    if ((first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F))
      return 0;  // overlong, surrogate
    return is_tail(at + 1) && is_tail(at + 2) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    if ((first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F))
      return 0;  // overlong, above 10FFFF
    return is_tail(at + 1) && is_tail(at + 2) && is_tail(at + 3) ? 4 : 0;
  }
  return 0;
}

}  // namespace domsec::smtp
