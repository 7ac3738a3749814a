#include "domsec/pki/base64.h"

#include <array>

#include "openssl_ptr.h"

namespace domsec::pki {

std::string base64_lines(std::string_view octets) {
  constexpr std::size_t octets_of_a_line = 48;
  std::string text;
  while (!octets.empty()) {
    const std::string_view line = octets.substr(0, octets_of_a_line);
    std::array<unsigned char, 65> digits{};  // and the NUL that libcrypto writes
    const int length = EVP_EncodeBlock(digits.data(), reinterpret_cast<const unsigned char*>(line.data()),
                                       static_cast<int>(line.size()));
    text.append(reinterpret_cast<const char*>(digits.data()), static_cast<std::size_t>(length));
    text += '\n';
    octets.remove_prefix(line.size());
  }
  return text;
}

}  // namespace domsec::pki
