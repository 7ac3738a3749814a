// What a peer's certificate is for: key usage and extended key usage, of the leaf and of the CAs above it
// (RFC 5280 4.2.1.3, 4.2.1.12; D-10). Part of peer_judgement.h.
#pragma once

#include <optional>

#include "peer_judgement.h"

namespace domsec::policy {

/// What the leaf itself says, whatever the path says: each stack looks at it in its own way.
[[nodiscard]] std::optional<PeerFinding> usage_finding(Role role, const PeerEvidence& peer,
                                                       const Rules& rules);

/// X509_V_ERR 26 of the leaf that says no more than its EKU, which usage_finding judges by D-10. One number
/// covers more than that: the EKU of a CA above the leaf, and a key usage without any bit for TLS. Those are
/// nobody's custom, and D-10 excuses neither.
[[nodiscard]] bool told_by_usage(const pki::PathProblem& problem, Role role, const PeerEvidence& peer);
/// Any other X509_V_ERR 26.
[[nodiscard]] PeerFinding wrong_purpose(const pki::PathProblem& problem, Role role, const PeerEvidence& peer,
                                        const Rules& rules);

}  // namespace domsec::policy
