// Memory of sessions that wait: greeted inside mutual TLS, certificates examined, no command yet. The
// receiving end only; the clients are another process.
#pragma once

#include "bench/partners.h"

namespace domsec::bench {

/// KiB per session.
struct IdleCost {
  double pss = 0;
  double allocated = 0;
};

/// Forks: call it before any thread is started.
[[nodiscard]] IdleCost measure_idle(const Partners& partners, int sessions);

}  // namespace domsec::bench
