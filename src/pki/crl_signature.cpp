// The signature of a list, once per issuer (RFC 5280 6.3.3 (g)). libcrypto's own check re-encodes and hashes the
// whole list each time; here it is hashed once, when it is read, and a key is tried on the digest.
#include <openssl/asn1t.h>

#include "crl_body.h"

namespace domsec::pki {
namespace {

constexpr std::size_t most_verdicts = 64;  // remembered; a peer can make any number of issuers of one name

struct Signature {
  const ASN1_BIT_STRING* octets = nullptr;
  const X509_ALGOR* algorithm = nullptr;
  int digest = NID_undef;
  int key = NID_undef;
};

Signature signature_of(const X509_CRL* head) {
  Signature signature;
  X509_CRL_get0_signature(head, &signature.octets, &signature.algorithm);
  const ASN1_OBJECT* name = nullptr;
  X509_ALGOR_get0(&name, nullptr, nullptr, signature.algorithm);
  OBJ_find_sigid_algs(OBJ_obj2nid(name), &signature.digest, &signature.key);
  return signature;
}

/// PKCS #1 v1.5 and ECDSA sign a digest, and their algorithm identifiers say which.
bool signs_digest(const Signature& signature) {
  return signature.digest != NID_undef && (signature.key == EVP_PKEY_RSA || signature.key == EVP_PKEY_EC);
}

/// The value of an ASN1_SEQUENCE is its whole encoding, so this verifies the octets as they came.
bool verify_octets(const Crl::Body& body, const Signature& signature, EVP_PKEY* key) {
  const Asn1StringOwner signed_part(ASN1_STRING_type_new(V_ASN1_SEQUENCE));
  if (signed_part == nullptr) return false;
  if (ASN1_STRING_set(signed_part.get(), body.signed_part.data(), static_cast<int>(body.signed_part.size())) != 1)
    return false;
  return ASN1_item_verify(ASN1_ITEM_rptr(ASN1_SEQUENCE), signature.algorithm, signature.octets,
                          signed_part.get(), key) == 1;
}

bool verify_digest(const Crl::Body& body, const Signature& signature, EVP_PKEY* key) {
  constexpr long unused_bits = 7;  // of a BIT STRING's last octet, as libcrypto keeps their number
  if (EVP_PKEY_get_base_id(key) != signature.key || (signature.octets->flags & unused_bits) != 0) return false;
  const Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free> context(EVP_PKEY_CTX_new(key, nullptr));
  if (context == nullptr || EVP_PKEY_verify_init(context.get()) != 1) return false;
  if (EVP_PKEY_CTX_set_signature_md(context.get(), body.digest) != 1) return false;
  const auto* digest = reinterpret_cast<const unsigned char*>(body.signed_part.data());
  return EVP_PKEY_verify(context.get(), ASN1_STRING_get0_data(signature.octets),
                         static_cast<std::size_t>(ASN1_STRING_length(signature.octets)), digest,
                         body.signed_part.size()) == 1;
}

bool verify(const Crl::Body& body, const Certificate& issuer) {
  const ErrorQueueMark mark;
  EVP_PKEY* key = X509_get0_pubkey(issuer.x509.get());
  const Signature signature = signature_of(body.head.get());
  if (key == nullptr) return false;
  return body.digest == nullptr ? verify_octets(body, signature, key) : verify_digest(body, signature, key);
}

}  // namespace

void keep_signed_part(std::string_view tbs, Crl::Body& body) {
  const ErrorQueueMark mark;
  const Signature signature = signature_of(body.head.get());
  const EVP_MD* digest = signs_digest(signature) ? EVP_get_digestbynid(signature.digest) : nullptr;
  std::array<unsigned char, EVP_MAX_MD_SIZE> made{};
  unsigned size = 0;
  if (digest != nullptr && EVP_Digest(tbs.data(), tbs.size(), made.data(), &size, digest, nullptr) == 1) {
    body.digest = digest;
    body.signed_part.assign(reinterpret_cast<const char*>(made.data()), size);
  } else {
    body.signed_part = tbs;
  }
}

bool Crl::Body::signed_by(const Certificate& by) const {
  const std::lock_guard lock(
      mutex_);  // held while verifying: the others need the answer, not another attempt
  for (const auto& [thumbprint, verdict] : verdicts_) {
    if (thumbprint == by.thumbprint_sha256) return verdict;
  }
  const bool verdict = verify(*this, by);
  if (verdicts_.size() < most_verdicts) verdicts_.emplace_back(by.thumbprint_sha256, verdict);
  return verdict;
}

}  // namespace domsec::pki
