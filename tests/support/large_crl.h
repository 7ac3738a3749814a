// A list of many entries in a moment: libcrypto's own objects would take seconds and hundreds of megabytes for a million.
#pragma once

#include <cstddef>
#include <string>

#include "domsec/pki/authority.h"

namespace domsec::testing {

/// DER, signed by `issuer`. The entries of `recipe`, then `more` with serials of 16 octets that start with 0x5A, each
/// with a reason, as CAs write them: 38 octets an entry.
[[nodiscard]] std::string large_crl(const pki::Authority& issuer, const pki::CrlRecipe& recipe, std::size_t more);
/// The serial of the entry number `index` of those, upper-case hex.
[[nodiscard]] std::string large_crl_serial(std::size_t index);

}  // namespace domsec::testing
