// Private to pki/: what it costs to open a key file. How often a pass-phrase is hashed before it is a key is
// written in the file (RFC 8018, RFC 7914), up to 2^31 times and more; and a DSA or DH key has its public
// half computed with whatever modulus it names. A file that asks for minutes is refused, whoever wrote it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "openssl_ptr.h"

namespace domsec::pki {

/// Of one file: a second at most. NSS, which asks for the most, writes 3 times 600,000.
inline constexpr std::uint64_t most_rounds = 2'000'000;
inline constexpr const char* too_many_rounds =
    " wants its pass-phrase to be hashed more than 2,000,000 times: write it again with fewer iterations";
inline constexpr const char* no_tls_key =
    " holds a DSA or DH key, which TLS certificates do not have any more: name an RSA or EC key";

/// Rounds of hashing that a password-based encryption asks for; 0 when it is none.
[[nodiscard]] std::uint64_t rounds_of(const X509_ALGOR* encryption);
/// The same of all that a PKCS#12 file has outside of what is sealed.
[[nodiscard]] std::uint64_t rounds_of(const PKCS12* file);

/// May this key be built into libcrypto's object?
[[nodiscard]] bool is_key_of_tls(const PKCS8_PRIV_KEY_INFO* key);

/// What stands in the sealed parts of a PKCS#12 file that is `affordable` outside.
struct SealedContent {
  std::uint64_t rounds = 0;
  bool keys_of_tls = true;
  std::size_t keys = 0;  // different ones; those that the pass-phrase opens
};
[[nodiscard]] SealedContent sealed_content(const PKCS12* file, const char* pass_phrase, int length);

}  // namespace domsec::pki
