// Private to pki/: what a certificate of a path may be used for. RFC 5280 4.2.1.3, 4.2.1.9, 4.2.1.12.
#pragma once

#include <span>
#include <vector>

#include "chain_problem.h"

namespace domsec::pki {

/// Extended key usage, and of the leaf key usage, for a purpose. keyCertSign is libcrypto's check.
enum class PathPosition { leaf, authority };
[[nodiscard]] bool serves(X509* x509, Purpose purpose, PathPosition position);

/// The application policies of Microsoft's authorities (1.3.6.1.4.1.311.21.10) beside an extended key usage:
/// they say the same in another form, so that nothing is missed where they are critical and not read.
[[nodiscard]] bool is_repeated_usage(X509_EXTENSION* extension, X509* of);

/// Every certificate of the path that does not serve, and every authority that lacks basicConstraints. Leaf
/// first; the anchors say what their authorities are for.
[[nodiscard]] std::vector<ChainProblem> purpose_problems(std::span<X509* const> chain, Purpose purpose,
                                                         const TrustStore& anchors);

}  // namespace domsec::pki
