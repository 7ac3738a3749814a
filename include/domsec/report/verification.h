// A verification for people: the answer, every problem with the certificate it belongs to, the path, the
// names that were compared and the revocation of each certificate. Rendered only; policy/verification.h
// decides.
#pragma once

#include <string>

#include "domsec/policy/verification.h"

namespace domsec::report {

[[nodiscard]] std::string verification_text(const policy::VerificationInput& input,
                                            const policy::Verification& verification);

/// One certificate's revocation as a sentence: `good by http://… (fetched), next update …`.
[[nodiscard]] std::string revocation_text(const pki::Revocation& revocation);

}  // namespace domsec::report
