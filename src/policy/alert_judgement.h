// What an alert of the peer says about us, with what is known of our own certificate taken into account (spec
// findings 3.2), and the findings that a reply in clear words shares with it. Part of refusal_judgement.h.
#pragma once

#include <string>

#include "domsec/pki/instant.h"
#include "domsec/policy/domain_security.h"

namespace domsec::policy {

/// A finding of the session itself: it fails whatever the profile predicts.
[[nodiscard]] Finding failing(finding::Code code, Who who, Level level, std::string detail);

[[nodiscard]] Finding from_alert(const Evidence& evidence, const pki::Alert& alert, pki::Instant at);

/// DS203, or its probable cause when our own certificate shows it.
[[nodiscard]] Finding refused_purpose(const Evidence& evidence, std::string detail);
/// DS205; the CA names that the server asked for may be why we sent nothing.
[[nodiscard]] Finding certificate_required(const Evidence& evidence, std::string detail);
/// DS217, the probable cause of `unknown CA` when our leaf goes out alone: nobody can reach a root from it.
/// The fault is then ours, whoever says so.
[[nodiscard]] Finding for_want_of_intermediates(const Evidence& evidence, finding::Code observed,
                                                std::string detail);

}  // namespace domsec::policy
