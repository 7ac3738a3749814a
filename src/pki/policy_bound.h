// Private to pki/: how many certificate policies of a peer's certificate are examined. libcrypto sorts all of
// a certificate's again for each of them: 10,000, which fit into a handshake, take two seconds. Real
// certificates have ten.
#pragma once

#include <span>
#include <vector>

#include "chain_problem.h"
#include "openssl_ptr.h"

namespace domsec::pki {

/// Beyond it the certificate is refused, and its path not held to RFC 5280 6.1.3 (d) at all.
[[nodiscard]] bool has_too_many_policies(X509* x509);

/// INVALID_POLICY_EXTENSION for each of these.
[[nodiscard]] std::vector<ChainProblem> policy_bound_problems(std::span<X509* const> chain);

}  // namespace domsec::pki
