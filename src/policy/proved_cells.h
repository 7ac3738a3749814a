// Which decisions of the mail programs the interop run has held against the real programs: data. The run
// compares itself with it, in both directions (tests/interop/matrix.py).
#pragma once

#include "domsec/finding/codes.h"
#include "domsec/policy/certificate_match.h"

namespace domsec::policy {

[[nodiscard]] bool is_proved(finding::Profile profile, ShownAs shown_as, finding::Code code,
                             Decision decision);

}  // namespace domsec::policy
