#include "signature_budget.h"

#include <algorithm>

namespace domsec::pki {

int verification_cost(X509* issuer) {
  const EVP_PKEY* key = X509_get0_pubkey(issuer);
  if (key == nullptr) return 1;
  const int bits = EVP_PKEY_get_bits(key);
  switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_RSA:
    case EVP_PKEY_RSA_PSS:
      return std::clamp(bits / 2048 * (bits / 2048), 1, 1000);
    case EVP_PKEY_EC:
      return bits <= 256 ? 2 : bits <= 384 ? 20 : 40;  // only P-256 is fast
    case EVP_PKEY_ED25519:
      return 3;
    default:
      return 20;  // libcrypto's numbers are plain ints
  }
}

SignatureBudget::Answer SignatureBudget::ask(X509* issuer, X509* subject) {
  const auto kept = answers_.find({issuer, subject});
  if (kept != answers_.end()) return kept->second;
  const int cost = verification_cost(issuer);
  if (cost > left_) return Answer::not_asked;
  left_ -= cost;
  const ErrorQueueMark mark;
  EVP_PKEY* key = X509_get0_pubkey(issuer);
  const Answer answer = key != nullptr && X509_verify(subject, key) == 1 ? Answer::good : Answer::bad;
  answers_.emplace(std::pair(issuer, subject), answer);
  return answer;
}

}  // namespace domsec::pki
