// What a distribution point serves instead of a sound list.
#pragma once

#include "domsec/lab/certificate_fault.h"
#include "domsec/lab/crl_server.h"

namespace domsec::lab {

/// `sound` is what `issuer` would publish now.
[[nodiscard]] CrlPage faulty_list(ListState state, const pki::Authority& issuer, const pki::Authority& other,
                                  pki::CrlRecipe sound, pki::Instant now);

}  // namespace domsec::lab
