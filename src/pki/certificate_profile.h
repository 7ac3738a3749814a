// Private to pki/: what a certificate of a path must look like, apart from what a path needs. RFC
// 5280 4.1, 4.2.
#pragma once

#include <span>
#include <vector>

#include "chain_problem.h"

namespace domsec::pki {

/// trust: what leaves open what a certificate says (two extensions of one kind, an encoding that is not DER,
/// a critical policy qualifier that nobody knows). strict: also what breaks the profile of RFC 5280 beyond
/// what X509_V_FLAG_X509_STRICT looks at.
[[nodiscard]] std::vector<ChainProblem> certificate_profile_problems(std::span<X509* const> chain,
                                                                     PathProfile profile);

}  // namespace domsec::pki
