#include "base64.h"

namespace domsec::cli {

std::optional<std::string> from_base64(std::string_view text) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  if (text.size() % 4 != 0) return std::nullopt;
  std::size_t letters = text.size();
  while (letters > 0 && text.size() - letters < 2 && text[letters - 1] == '=') --letters;
  std::string octets;
  octets.reserve(3 * text.size() / 4);
  unsigned bits = 0;
  for (std::size_t i = 0; i < letters; ++i) {
    const std::size_t value = alphabet.find(text[i]);
    if (value == std::string_view::npos) return std::nullopt;
    bits = (bits << 6U) | static_cast<unsigned>(value);
    if (i % 4 != 0) octets += static_cast<char>((bits >> (6U - 2U * (i % 4))) & 0xFFU);
  }
  return octets;
}

}  // namespace domsec::cli
