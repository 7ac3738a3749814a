// The problems of a path and of a list by the codes that conformance data uses: `untrusted`, `crl_expired` … They are
// finer than PathFault where the data is.
#pragma once

#include <string_view>

#include "domsec/pki/path.h"
#include "domsec/pki/revocation.h"

namespace domsec::pki {

[[nodiscard]] std::string_view problem_code(const PathProblem& problem);
[[nodiscard]] std::string_view problem_code(CrlProblem problem);
/// The part of the answer that is bad. A signature that fails and an issuer that is no CA are `untrusted`: nobody who is
/// trusted vouches for the leaf. Everything else is its own class.
[[nodiscard]] std::string_view problem_class(const PathProblem& problem);

}  // namespace domsec::pki
