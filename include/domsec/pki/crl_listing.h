// Does a list name a certificate, whoever signed it and whenever? Nobody should decide by that alone; some
// programs do (policy/stack.h). The sound question is examine_revocation (revocation.h).
#pragma once

#include "domsec/pki/certificate.h"
#include "domsec/pki/revocation.h"

namespace domsec::pki {

/// By serial number, of a list with the issuer's name.
[[nodiscard]] bool is_listed(const Crl& list, const Certificate& certificate);

}  // namespace domsec::pki
