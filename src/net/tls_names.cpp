#include "tls_names.h"

#include <openssl/x509.h>

#include <array>
#include <string_view>

namespace domsec::net {

std::string signature_scheme_name(unsigned scheme) {
  struct Scheme {
    unsigned number;
    std::string_view name;
  };
  static constexpr std::array<Scheme, 23> schemes{{
      {0x0201, "rsa_pkcs1_sha1"},          {0x0202, "dsa_sha1"},
      {0x0203, "ecdsa_sha1"},              {0x0301, "rsa_pkcs1_sha224"},
      {0x0302, "dsa_sha224"},              {0x0303, "ecdsa_sha224"},
      {0x0401, "rsa_pkcs1_sha256"},        {0x0402, "dsa_sha256"},
      {0x0403, "ecdsa_secp256r1_sha256"},  {0x0501, "rsa_pkcs1_sha384"},
      {0x0502, "dsa_sha384"},              {0x0503, "ecdsa_secp384r1_sha384"},
      {0x0601, "rsa_pkcs1_sha512"},        {0x0602, "dsa_sha512"},
      {0x0603, "ecdsa_secp521r1_sha512"},  {0x0804, "rsa_pss_rsae_sha256"},
      {0x0805, "rsa_pss_rsae_sha384"},     {0x0806, "rsa_pss_rsae_sha512"},
      {0x0807, "ed25519"},                 {0x0808, "ed448"},
      {0x0809, "rsa_pss_pss_sha256"},      {0x080a, "rsa_pss_pss_sha384"},
      {0x080b, "rsa_pss_pss_sha512"},
  }};
  for (const Scheme& known : schemes) {
    if (known.number == scheme) return std::string(known.name);
  }
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text = "0x";
  for (int shift = 12; shift >= 0; shift -= 4)
    text += digits[(scheme >> static_cast<unsigned>(shift)) & 0xFU];
  return text;
}

std::string group_name(int nid) {
  switch (nid) {
    case NID_undef: return {};
    case NID_X25519: return "X25519";
    case NID_X448: return "X448";
    case NID_X9_62_prime256v1: return "P-256";
    case NID_secp384r1: return "P-384";
    case NID_secp521r1: return "P-521";
    default: break;
  }
  const char* const name = OBJ_nid2sn(nid);
  return name != nullptr ? name : std::string();
}

std::optional<int> verify_error_for_alert(int alert) {
  switch (alert) {
    case SSL_AD_HANDSHAKE_FAILURE: return X509_V_ERR_APPLICATION_VERIFICATION;
    case SSL_AD_BAD_CERTIFICATE: return X509_V_ERR_CERT_REJECTED;
    case SSL_AD_UNSUPPORTED_CERTIFICATE: return X509_V_ERR_INVALID_PURPOSE;
    case SSL_AD_CERTIFICATE_REVOKED: return X509_V_ERR_CERT_REVOKED;
    case SSL_AD_CERTIFICATE_EXPIRED: return X509_V_ERR_CERT_HAS_EXPIRED;
    case SSL_AD_CERTIFICATE_UNKNOWN: return X509_V_ERR_SUITE_B_INVALID_ALGORITHM;
    case SSL_AD_UNKNOWN_CA: return X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY;
    case SSL_AD_DECRYPT_ERROR: return X509_V_ERR_CERT_SIGNATURE_FAILURE;
    case SSL_AD_INTERNAL_ERROR: return X509_V_ERR_OUT_OF_MEM;
    default: return std::nullopt;
  }
}

}  // namespace domsec::net
