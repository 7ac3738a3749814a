// Two certificates of one authority: the same name and key, issued twice (renewed, or by another CA). Either
// may stand in a path for the other, so the order in which a peer sends them matters to who does not look for
// another way.
#pragma once

#include "domsec/pki/certificate.h"

namespace domsec::pki {

[[nodiscard]] bool are_twins(const Certificate& one, const Certificate& other);

/// Without those that have a twin before them.
[[nodiscard]] Chain without_later_twins(const Chain& chain);

}  // namespace domsec::pki
