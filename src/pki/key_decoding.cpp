// The one file that uses OpenSSL's ENGINE interface, which is deprecated since 3.0 and leaves with 4.0.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "domsec/pki/key_decoding.h"

#include <openssl/opensslv.h>

#if defined(DOMSEC_DIRECT_KEY_DECODING) && !defined(OPENSSL_NO_ENGINE) && OPENSSL_VERSION_MAJOR < 4
#define DOMSEC_HAS_DIRECT_READER 1
#include <openssl/engine.h>
#include <openssl/evp.h>
#endif

#include <array>

namespace domsec::pki {

namespace {

#ifdef DOMSEC_HAS_DIRECT_READER

// An answer of libcrypto's own methods: the ENGINE changes no arithmetic, it only makes them the chosen ones.
int own_methods(ENGINE*, EVP_PKEY_METHOD** method, const int** kinds, int kind) {
  static const std::array<int, 2> known{EVP_PKEY_RSA, EVP_PKEY_EC};
  if (method == nullptr) {
    *kinds = known.data();
    return static_cast<int>(known.size());
  }
  *method = const_cast<EVP_PKEY_METHOD*>(EVP_PKEY_meth_find(kind));
  return *method != nullptr ? 1 : 0;
}

// Lives as long as the process, as libcrypto's table of defaults does.
ENGINE* direct_reader() {
  static ENGINE* const engine = [] {
    ENGINE* const made = ENGINE_new();
    if (made != nullptr) {
      ENGINE_set_id(made, "domsec-direct");
      ENGINE_set_name(made, "libcrypto's own methods");
      ENGINE_set_pkey_meths(made, own_methods);
    }
    return made;
  }();
  return engine;
}

bool begin_direct() {
  ENGINE* const engine = direct_reader();
  return engine != nullptr && ENGINE_set_default_pkey_meths(engine) == 1;
}

void end_direct() { ENGINE_unregister_pkey_meths(direct_reader()); }

#else

bool begin_direct() { return false; }
void end_direct() {}

#endif

}  // namespace

bool has_direct_key_decoding() {
#ifdef DOMSEC_HAS_DIRECT_READER
  return true;
#else
  return false;
#endif
}

KeyDecodingScope::KeyDecodingScope(KeyDecoding decoding)
    : direct_(decoding == KeyDecoding::direct && begin_direct()) {}

KeyDecodingScope::~KeyDecodingScope() {
  if (direct_) end_direct();
}

std::string_view text(KeyDecoding decoding) {
  return decoding == KeyDecoding::direct ? "direct" : "providers";
}

std::optional<KeyDecoding> parse_key_decoding(std::string_view word) {
  if (word == "direct") return KeyDecoding::direct;
  if (word == "providers") return KeyDecoding::providers;
  return std::nullopt;
}

}  // namespace domsec::pki
