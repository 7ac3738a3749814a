// A key in three words for people: `RSA 2048`, `EC P-256`, `ED25519`.
#pragma once

#include <string>

struct evp_pkey_st;

namespace domsec::pki {

/// `unknown` for no key at all.
[[nodiscard]] std::string key_algorithm(evp_pkey_st* key);

}  // namespace domsec::pki
