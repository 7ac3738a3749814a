// Private to pki/: OpenSSL's verify numbers as classes of fault.
#pragma once

#include "domsec/pki/path.h"

namespace domsec::pki {

/// D-18: whether the peer sent a CA certificate decides how "issuer not found" is called.
enum class PresentedAuthority { none, some };
[[nodiscard]] PathFault path_fault(int x509_error, PresentedAuthority presented);

}  // namespace domsec::pki
