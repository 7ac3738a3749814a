// Operator's text inside a message. Not here: the messages.
#include "shown_text.h"

#include <algorithm>

namespace domsec::exchange {

namespace {

constexpr std::size_t most_octets = 80;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

std::string shown(std::string_view text) {
  constexpr std::string_view hex = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text.substr(0, most_octets)) {
    const auto octet = static_cast<unsigned char>(c);
    if (octet >= 0x20 && octet < 0x7f && c != '"') {
      out += c;
    } else {
      out += "\\x";
      out += hex[octet >> 4U];
      out += hex[octet & 15U];
    }
  }
  out += text.size() > most_octets ? "...\"" : "\"";
  return out;
}

std::string lower_case(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), lower);
  return out;
}

std::string_view without_outer_blanks(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace domsec::exchange
