// Private to pki/: every way from a leaf to an anchor through the certificates at hand (RFC 4158).
#pragma once

#include <span>
#include <vector>

#include "domsec/pki/path.h"
#include "openssl_ptr.h"

namespace domsec::pki {

using CandidatePath = std::vector<X509*>;  // leaf … anchor

/// Best first: by how many of its certificates cannot serve (date, CA, purpose), then the shorter, then in
/// the order of what was presented. At most 200 within 20,000 steps and a bounded number of signatures: the
/// certificates are the peer's, and a peer may send a maze.
[[nodiscard]] std::vector<CandidatePath> candidate_paths(X509* leaf, std::span<X509* const> pool,
                                                         const TrustStore& anchors, const PathInput& input);

}  // namespace domsec::pki
