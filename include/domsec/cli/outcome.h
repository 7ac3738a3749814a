// How a run ends: which results count as failures.
#pragma once

#include <string>
#include <vector>

#include "domsec/policy/fail_on.h"

namespace domsec::cli {

/// `fail`, `warn`, `inconclusive`; any of them. Throws UsageError.
[[nodiscard]] policy::FailOn read_fail_on(const std::vector<std::string>& words);

}  // namespace domsec::cli
