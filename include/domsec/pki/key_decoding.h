// How libcrypto reads the public key of a certificate. OpenSSL 3.0 builds a chain of decoders for every key that
// it reads, a third of a mutual handshake (openssl issue 19119); a default ENGINE for the key's method makes it
// take the direct reader that it still has. Outcomes are the same (tests/pki/key_decoding_test.cpp);
// docs/performance.md has the figures.
#pragma once

#include <optional>
#include <string_view>

namespace domsec::pki {

enum class KeyDecoding {
  providers,  // as OpenSSL does it by itself
  direct,     // RSA and EC keys by the direct reader; others by the providers
};

/// False: this build or this libcrypto has no direct reader, and `direct` does what `providers` does.
[[nodiscard]] bool has_direct_key_decoding();

/// The decoding of the keys that are read while it lives. The choice is one of the process (libcrypto has no
/// narrower one), hence the short life: round a step of a handshake, never round the making of a key, which
/// libcrypto would leave to the direct methods as well. Where two threads read keys, one may meet the other's
/// choice: it costs time and changes no outcome. Where one of them makes keys, that fails: take `providers`.
class KeyDecodingScope {
 public:
  explicit KeyDecodingScope(KeyDecoding decoding);
  ~KeyDecodingScope();
  KeyDecodingScope(const KeyDecodingScope&) = delete;
  KeyDecodingScope& operator=(const KeyDecodingScope&) = delete;

 private:
  bool direct_;
};

[[nodiscard]] std::string_view text(KeyDecoding decoding);  // `providers`, `direct`
[[nodiscard]] std::optional<KeyDecoding> parse_key_decoding(std::string_view word);

}  // namespace domsec::pki
