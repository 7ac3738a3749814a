#include "octets.h"

#include "openssl_ptr.h"

namespace domsec::pki {

std::string hex_upper(std::string_view octets) {
  static constexpr std::string_view digits = "0123456789ABCDEF";
  std::string text;
  text.reserve(octets.size() * 2);
  for (const char c : octets) {
    const auto octet = static_cast<unsigned char>(c);
    text += digits[octet >> 4U];
    text += digits[octet & 15U];
  }
  return text;
}

std::string text_of(BIO* memory) {
  char* data = nullptr;
  const long length = BIO_get_mem_data(memory, &data);
  return length <= 0 ? std::string() : std::string(data, static_cast<std::size_t>(length));
}

}  // namespace domsec::pki
