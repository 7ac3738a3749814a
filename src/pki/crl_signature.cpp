// The signature of a list, once per issuer (RFC 5280 6.3.3 (g)). libcrypto's own check re-encodes the whole
// list each time.
#include <openssl/asn1t.h>

#include "crl_body.h"

namespace domsec::pki {
namespace {

constexpr std::size_t most_verdicts = 64;  // remembered; a peer can make any number of issuers of one name

bool verify(std::string_view tbs, const X509_CRL* head, const Certificate& issuer) {
  const ErrorQueueMark mark;
  EVP_PKEY* key = X509_get0_pubkey(issuer.x509.get());
  const X509_ALGOR* algorithm = nullptr;
  const ASN1_BIT_STRING* signature = nullptr;
  X509_CRL_get0_signature(head, &signature, &algorithm);
  // The value of an ASN1_SEQUENCE is its whole encoding, so this verifies the octets as they came.
  const Asn1StringOwner signed_part(ASN1_STRING_type_new(V_ASN1_SEQUENCE));
  if (key == nullptr || signed_part == nullptr) return false;
  if (ASN1_STRING_set(signed_part.get(), tbs.data(), static_cast<int>(tbs.size())) != 1) return false;
  return ASN1_item_verify(ASN1_ITEM_rptr(ASN1_SEQUENCE), algorithm, signature, signed_part.get(), key) == 1;
}

}  // namespace

bool Crl::Body::signed_by(const Certificate& by) const {
  const std::lock_guard lock(
      mutex_);  // held while verifying: the others need the answer, not another attempt
  for (const auto& [thumbprint, verdict] : verdicts_) {
    if (thumbprint == by.thumbprint_sha256) return verdict;
  }
  const bool verdict = verify(tbs, head.get(), by);
  if (verdicts_.size() < most_verdicts) verdicts_.emplace_back(by.thumbprint_sha256, verdict);
  return verdict;
}

}  // namespace domsec::pki
