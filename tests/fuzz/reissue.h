// What an input says, under a signature that is right: nearly every mutation breaks the one it came with, and
// much of what is to be tried is read behind the signature only. Keys are made once; a run signs and makes
// none.
#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

#include "domsec/pki/certificate.h"
#include "fuzz/property.h"

namespace domsec::fuzz {

using X509Copy = std::unique_ptr<X509, decltype(&X509_free)>;

inline X509Copy copy_of(const pki::Certificate& certificate) {
  return {X509_dup(certificate.x509.get()), X509_free};
}

/// The certificate as `issuer` would have issued it; null when libcrypto does not write what it has read.
inline pki::CertificatePtr signed_again(X509* x509, const X509_NAME* issuer, EVP_PKEY* issuer_key) {
  if (X509_set_issuer_name(x509, issuer) != 1 || X509_sign(x509, issuer_key, EVP_sha256()) <= 0)
    return nullptr;
  unsigned char* octets = nullptr;
  const int length = i2d_X509(x509, &octets);
  if (length <= 0) return nullptr;
  const std::string der(reinterpret_cast<const char*>(octets), static_cast<std::size_t>(length));
  OPENSSL_free(octets);
  return pki::read_certificate_der(der);
}

/// Signed octets: an ECDSA signature with SHA-256.
inline std::string signature_of(const std::string& octets, EVP_PKEY* key) {
  std::string signature(static_cast<std::size_t>(EVP_PKEY_get_size(key)), '\0');
  std::size_t length = signature.size();
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  const bool made = EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key) == 1 &&
                    EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &length,
                                   reinterpret_cast<const unsigned char*>(octets.data()), octets.size()) == 1;
  property(made, "libcrypto signs");
  signature.resize(length);
  return signature;
}

/// One DER value.
inline std::string der_of(unsigned char tag, const std::string& content) {
  std::string length;
  for (std::size_t left = content.size(); left != 0; left >>= 8U)
    length.insert(length.begin(), static_cast<char>(left & 0xFFU));
  std::string value(1, static_cast<char>(tag));
  if (content.size() >= 0x80)
    value += static_cast<char>(0x80U | length.size()) + length;
  else
    value += static_cast<char>(content.size());
  return value + content;
}

}  // namespace domsec::fuzz
