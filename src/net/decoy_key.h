// A private key that claims to belong to a certificate and does not: the fault "key does not match
// certificate".
#pragma once

#include <openssl/evp.h>

#include <memory>

#include "domsec/pki/certificate.h"

namespace domsec::net {

struct EvpPkeyFree {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using EvpPkeyPtr = std::unique_ptr<EVP_PKEY, EvpPkeyFree>;

/// The certificate's public half with somebody else's private half: OpenSSL compares public halves only and
/// takes it; the signatures do not verify, so that the peer answers CertificateVerify with decrypt_error (51,
/// RFC 8446 4.4.3). Throws pki::BundleError for a kind of key that cannot be joined so.
[[nodiscard]] EvpPkeyPtr decoy_key(const pki::Certificate& certificate);

}  // namespace domsec::net
