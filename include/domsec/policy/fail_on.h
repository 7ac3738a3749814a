// What a caller counts as a failure besides what fails anyhow: --fail-on (spec findings 1.4, peers 7.4). Pure.
#pragma once

#include "domsec/policy/verdict.h"

namespace domsec::policy {

struct FailOn {
  bool warnings = false;      // a warning counts as what fails does: 1, 2 or 3 by who is to blame
  bool inconclusive = false;  // 1 instead of 3: what could not be told is a failure
};

/// As exit_code(verdict), made stricter.
[[nodiscard]] int exit_code(const Verdict& verdict, const FailOn& fail_on);
/// A number that is no verdict's: a message that was not taken, a session that nobody judged.
[[nodiscard]] int stricter_exit_code(int code, const FailOn& fail_on);

/// Does any finding of it warn?
[[nodiscard]] bool warns(const Verdict& verdict);

}  // namespace domsec::policy
