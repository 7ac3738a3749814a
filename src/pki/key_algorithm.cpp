#include "key_algorithm.h"

#include <array>

#include "openssl_ptr.h"

namespace domsec::pki {
namespace {

std::string curve(EVP_PKEY* key) {
  std::array<char, 80> group{};
  std::size_t length = 0;
  if (EVP_PKEY_get_group_name(key, group.data(), group.size(), &length) != 1) return "explicit";
  const std::string name(group.data(), length);
  if (name == "prime256v1") return "P-256";  // NIST's names are the ones of policies and of TLS
  if (name == "secp384r1") return "P-384";
  if (name == "secp521r1") return "P-521";
  return name;
}

}  // namespace

std::string key_algorithm(EVP_PKEY* key) {
  const ErrorQueueMark mark;
  if (key == nullptr) return "unknown";
  const std::string bits = std::to_string(EVP_PKEY_get_bits(key));
  switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_RSA: return "RSA " + bits;
    case EVP_PKEY_RSA_PSS: return "RSA-PSS " + bits;
    case EVP_PKEY_DSA: return "DSA " + bits;
    case EVP_PKEY_EC: return "EC " + curve(key);
    case EVP_PKEY_ED25519: return "ED25519";
    case EVP_PKEY_ED448: return "ED448";
    default: break;  // libcrypto's numbers are an open set
  }
  const char* name = EVP_PKEY_get0_type_name(key);
  return name == nullptr ? "unknown" : name;
}

}  // namespace domsec::pki
