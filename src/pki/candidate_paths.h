// Private to pki/: every way from a leaf to an anchor through the certificates at hand (RFC 4158).
#pragma once

#include <span>
#include <vector>

#include "domsec/pki/path.h"
#include "openssl_ptr.h"

namespace domsec::pki {

/// Leaf … anchor, by names and key identifiers only (signatures are the verifier's), at most 100 and within a
/// bounded search: the certificates are the peer's, and a peer may send a maze.
[[nodiscard]] std::vector<std::vector<X509*>> candidate_paths(X509* leaf, std::span<X509* const> pool,
                                                              const TrustStore& anchors,
                                                              int max_intermediates);

}  // namespace domsec::pki
