// What the verification of a chain costs, beside libcrypto doing the same work: DER in, verdict out.
#pragma once

#include "bench/partners.h"

namespace domsec::bench {

/// Microseconds a verification; leaf and CA read anew each time, as from the wire.
struct VerificationCost {
  double libcrypto = 0;  // d2i, X509_verify_cert with purpose and host name
  double ours = 0;       // policy::verify: path with all problems, every name
  double hit = 0;        // the path of the same certificates from the verdict cache, without the reading
  double revocation = 0; // what two certificates against cached lists of 100,000 entries add
};

[[nodiscard]] VerificationCost measure_verification(const Partners& partners, int verifications);

}  // namespace domsec::bench
