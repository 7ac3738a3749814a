// The names of a certificate as one stack reads them: which of them it leaves aside although they look right.
// Part of peer_judgement.h.
#pragma once

#include "domsec/pki/certificate.h"
#include "domsec/pki/name_match.h"
#include "domsec/pki/path.h"
#include "domsec/policy/stack.h"

namespace domsec::policy {

/// Does it leave any aside?
[[nodiscard]] bool reads_names_its_own_way(const pki::Certificate& leaf, const Stack& stack);

/// compare_name, without what the stack leaves aside; `why` of such an attempt says so.
[[nodiscard]] pki::NameMatch compare_name_as(const Stack& stack, const pki::Certificate& leaf,
                                             const pki::PathExamination* path,
                                             const pki::ReferenceId& reference, const pki::NameRule& rule);

}  // namespace domsec::policy
