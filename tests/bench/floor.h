// F, the unit of every ratio: what one full mutual TLS 1.3 handshake costs OpenSSL itself, in memory, with
// verification on.
#pragma once

#include "bench/partners.h"

namespace domsec::bench {

/// Microseconds of CPU per handshake.
struct Floor {
  double client = 0;
  double server = 0;
};

[[nodiscard]] Floor measure_floor(const Partners& partners, int handshakes);

}  // namespace domsec::bench
