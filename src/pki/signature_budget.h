// Private to pki/: signatures of certificates, each verified once and not too many of them. What a peer sends
// decides how many there are to verify; 1,000 certificates of one name are 1,000 possible issuers.
#pragma once

#include <map>
#include <utility>

#include "openssl_ptr.h"

namespace domsec::pki {

/// The cost of verifying with this key: 1 for RSA of 2048 bits (some 30 us), more for what is slower.
[[nodiscard]] int verification_cost(X509* issuer);

class SignatureBudget {
 public:
  explicit SignatureBudget(int cost) : left_(cost) {}
  enum class Answer { good, bad, not_asked };
  /// not_asked: the budget is spent.
  [[nodiscard]] Answer ask(X509* issuer, X509* subject);

 private:
  int left_;
  std::map<std::pair<X509*, X509*>, Answer> answers_;  // issuer, subject
};

}  // namespace domsec::pki
