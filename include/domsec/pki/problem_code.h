// The problems of a path and of a list by the codes that conformance data uses: `untrusted`, `crl_expired` … They are
// finer than PathFault where the data is.
#pragma once

#include <string_view>

#include "domsec/pki/path.h"
#include "domsec/pki/revocation.h"

namespace domsec::pki {

[[nodiscard]] std::string_view problem_code(const PathProblem& problem);
[[nodiscard]] std::string_view problem_code(CrlProblem problem);

}  // namespace domsec::pki
