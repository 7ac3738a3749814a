// What `domsec verify --json` writes: the answer of the batch and, beside it, what its codes stand for.
#pragma once

#include <string>

#include "domsec/policy/verification.h"

namespace domsec::cli {

/// One line: result, reason, problems, revocation, chain, and `details`.
[[nodiscard]] std::string verification_document(const policy::Verification& verification);
/// The answer when an input cannot be read.
[[nodiscard]] std::string unreadable_document();
}  // namespace domsec::cli
