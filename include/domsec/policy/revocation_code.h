// The finding for a revocation list that tells nothing, and what a state costs: the log, the report, `crl check` and the
// verdict say the same.
#pragma once

#include "domsec/finding/catalogue.h"
#include "domsec/finding/profile.h"
#include "domsec/pki/revocation.h"
#include "domsec/policy/domain_security.h"

namespace domsec::policy {

[[nodiscard]] finding::Code revocation_code(pki::CrlProblem problem);

/// D-9: --crl-fail soft makes a warning of what would refuse the peer; the strict profile knows no soft failure. silent
/// for a good state.
[[nodiscard]] finding::Severity revocation_severity(const pki::Revocation& revocation, CrlFail crl_fail,
                                                    finding::Profile profile);

}  // namespace domsec::policy
