// The comparison of a peer's names with whom it should prove to be. What the path says about the CN belongs to
// it: a session that records the comparison and a judgement that repeats it must say the same.
#pragma once

#include "domsec/exchange/organisation.h"
#include "domsec/pki/certificate.h"
#include "domsec/pki/name_match.h"
#include "domsec/pki/path.h"

namespace domsec::policy {

/// pki::match_name, without the CN where that lies outside a name constraint of the path. Null: as if
/// there were no constraint.
[[nodiscard]] pki::NameMatch compare_name(const pki::Certificate& leaf,
                                          const pki::PathExamination* path,
                                          const pki::ReferenceId& reference, const pki::NameRule& rule);

/// How an organisation wants names compared: NameMatch, WildcardApex (D-5).
[[nodiscard]] pki::NameRule name_rule(const exchange::Organisation& organisation);

}  // namespace domsec::policy
