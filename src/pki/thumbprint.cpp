#include "domsec/pki/thumbprint.h"

#include <algorithm>
#include <array>

#include "domsec/pki/harmless.h"

namespace domsec::pki {
namespace {

constexpr std::size_t sha1_digits = 40;
constexpr std::size_t sha256_digits = 64;

/// First and last of what is left out, in UTF-8: no-break space; zero-width and left-to-right, right-to-left
/// marks; embeddings; word joiner and isolates; byte order mark.
struct Marks {
  std::string_view first;
  std::string_view last;
};
constexpr std::array invisible = {
    Marks{"\xC2\xA0", "\xC2\xA0"},         Marks{"\xE2\x80\x8B", "\xE2\x80\x8F"},
    Marks{"\xE2\x80\xAA", "\xE2\x80\xAF"}, Marks{"\xE2\x81\xA0", "\xE2\x81\xA9"},
    Marks{"\xEF\xBB\xBF", "\xEF\xBB\xBF"},
};

/// Octets of a mark at the front of `text`; 0 when there is none.
std::size_t mark_at(std::string_view text) {
  for (const Marks& marks : invisible) {
    const std::string_view front = text.substr(0, marks.first.size());
    if (front.size() == marks.first.size() && front >= marks.first && front <= marks.last)
      return front.size();
  }
  return 0;
}

}  // namespace

std::string plain_thumbprint(std::string_view spelled) {
  // `SHA1 Fingerprint=53:88:...`, as openssl prints it.
  constexpr std::string_view printed = "Fingerprint=";
  if (const std::size_t at = spelled.find(printed); at != std::string_view::npos)
    spelled.remove_prefix(at + printed.size());
  std::string plain;
  while (!spelled.empty()) {
    const std::size_t mark = mark_at(spelled);
    const char c = spelled.front();
    if (mark == 0 && std::string_view(" \t\r\n:-").find(c) == std::string_view::npos)
      plain += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    spelled.remove_prefix(std::max<std::size_t>(mark, 1));
  }
  return plain;
}

bool is_thumbprint(std::string_view plain) {
  return plain.size() == sha1_digits && plain.find_first_not_of("0123456789ABCDEF") == std::string_view::npos;
}

std::string thumbprint_fault(std::string_view spelled) {
  const std::string plain = plain_thumbprint(spelled);
  if (is_thumbprint(plain)) return {};
  const bool hex = plain.find_first_not_of("0123456789ABCDEF") == std::string::npos;
  if (hex && plain.size() == sha256_digits)
    return "a thumbprint has 40 hexadecimal digits (SHA-1); these 64 are the SHA-256 of a certificate";
  return "'" + harmless(spelled, 80) + "' is no thumbprint; write its 40 hexadecimal digits";
}

}  // namespace domsec::pki
