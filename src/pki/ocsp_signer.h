// Private to pki/: who signed an OCSP response, and may he? RFC 6960 4.2.2.2. libcrypto's OCSP_basic_verify
// is not asked: it takes any chain to an anchor of the store for a trusted responder when the anchor is
// marked so, skips the chain on request, and looks neither at key usage nor at the responder's dates at an
// instant of ours.
#pragma once

#include <string>

#include "domsec/pki/ocsp.h"
#include "openssl_ptr.h"

namespace domsec::pki {

/// Why the signature does not count; `none` when it does. `signer` is his subject, or his name in the
/// response.
struct OcspSigner {
  OcspProblem problem = OcspProblem::none;
  std::string detail;
  std::string signer;
};

/// The issuer himself, or a responder of the certificates in the response whom the issuer certified for it.
[[nodiscard]] OcspSigner check_ocsp_signer(OCSP_BASICRESP* response, const Certificate& issuer, Instant at);

}  // namespace domsec::pki
