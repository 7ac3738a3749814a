#include "decoy_key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/param_build.h>
#include <openssl/rand.h>
#include <openssl/x509.h>

#include <array>
#include <string>

#include "domsec/pki/bundle.h"

namespace domsec::net {

namespace {

template <typename T, void (*free)(T*)>
struct Free {
  void operator()(T* object) const { free(object); }
};
using ParamsPtr = std::unique_ptr<OSSL_PARAM, Free<OSSL_PARAM, OSSL_PARAM_free>>;
using BuilderPtr = std::unique_ptr<OSSL_PARAM_BLD, Free<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free>>;
using NumberPtr = std::unique_ptr<BIGNUM, Free<BIGNUM, BN_clear_free>>;
using PkeyContextPtr = std::unique_ptr<EVP_PKEY_CTX, Free<EVP_PKEY_CTX, EVP_PKEY_CTX_free>>;

// A number below 2^(bits-1), hence below an RSA modulus or a curve's order of that size.
ParamsPtr private_number(const char* name, int bits) {
  const NumberPtr number(BN_secure_new());
  const BuilderPtr builder(OSSL_PARAM_BLD_new());
  if (BN_priv_rand(number.get(), bits - 1, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ODD) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), name, number.get()) != 1) {
    return nullptr;
  }
  return ParamsPtr(OSSL_PARAM_BLD_to_param(builder.get()));
}

ParamsPtr private_octets(const EVP_PKEY* key) {
  std::array<unsigned char, 57> octets{};  // Ed448, the longest
  const std::size_t size = EVP_PKEY_get_id(key) == EVP_PKEY_ED448 ? 57 : 32;
  const BuilderPtr builder(OSSL_PARAM_BLD_new());
  if (RAND_priv_bytes(octets.data(), static_cast<int>(size)) != 1 ||
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY, octets.data(), size) != 1) {
    return nullptr;
  }
  return ParamsPtr(OSSL_PARAM_BLD_to_param(builder.get()));
}

ParamsPtr private_half(const EVP_PKEY* key) {
  switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_RSA:
    case EVP_PKEY_RSA_PSS: return private_number(OSSL_PKEY_PARAM_RSA_D, EVP_PKEY_get_bits(key));
    case EVP_PKEY_EC: return private_number(OSSL_PKEY_PARAM_PRIV_KEY, EVP_PKEY_get_bits(key));
    case EVP_PKEY_ED25519:
    case EVP_PKEY_ED448: return private_octets(key);
    default: return nullptr;
  }
}

EvpPkeyPtr join(const EVP_PKEY* certified) {
  OSSL_PARAM* raw = nullptr;
  if (EVP_PKEY_todata(certified, EVP_PKEY_PUBLIC_KEY, &raw) != 1) return nullptr;
  const ParamsPtr public_half(raw);
  const ParamsPtr secret = private_half(certified);
  if (!secret) return nullptr;
  const ParamsPtr both(OSSL_PARAM_merge(public_half.get(), secret.get()));
  const PkeyContextPtr context(
      EVP_PKEY_CTX_new_from_name(nullptr, EVP_PKEY_get0_type_name(certified), nullptr));
  EVP_PKEY* joined = nullptr;
  if (!both || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &joined, EVP_PKEY_KEYPAIR, both.get()) != 1) {
    return nullptr;
  }
  return EvpPkeyPtr(joined);
}

}  // namespace

EvpPkeyPtr decoy_key(const pki::Certificate& certificate) {
  EvpPkeyPtr joined = join(X509_get0_pubkey(certificate.x509.get()));
  ERR_clear_error();
  if (joined) return joined;
  throw pki::BundleError(
      pki::BundleError::Kind::key_mismatch,
      "no wrong key can be made for the key kind of '" + certificate.subject + "'; use RSA, EC or Ed25519");
}

}  // namespace domsec::net
