// Octets as text, and what libcrypto wrote to memory.
#pragma once

#include <string>
#include <string_view>

struct bio_st;

namespace domsec::pki {

[[nodiscard]] std::string hex_upper(std::string_view octets);
/// Everything that was written to a memory BIO.
[[nodiscard]] std::string text_of(bio_st* memory);

}  // namespace domsec::pki
