// Whole sessions of domsec's two engines over loopback, each end a process of its own.
#pragma once

#include "bench/partners.h"

namespace domsec::bench {

/// message: full delivery of one message, kept in memory. spooled: the same into a store::Spool (fsync).
/// probe: up to the EHLO inside TLS, no mail.
enum class Dialogue { message, spooled, probe };
/// The protocol log of the receiving end.
enum class Logging { file, none };

struct SessionShape {
  Dialogue dialogue = Dialogue::message;
  Logging logging = Logging::file;
  int sessions = 1000;
  int in_flight = 64;
};

/// Microseconds of CPU of each end's thread per session.
struct SessionCost {
  double client = 0;
  double server = 0;
};

/// Throws when a session does not end as it should: only good sessions count.
[[nodiscard]] SessionCost measure_sessions(const Partners& partners, const SessionShape& shape);

}  // namespace domsec::bench
