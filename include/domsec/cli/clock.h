// The one place that reads the wall clock.
#pragma once

#include "domsec/pki/instant.h"
#include "domsec/transcript/event.h"

namespace domsec::cli {

[[nodiscard]] pki::Instant now();
[[nodiscard]] transcript::Time now_in_milliseconds();

/// Does a time service keep the kernel's clock in step?
enum class ClockDiscipline { kept, free_running, unknown };
[[nodiscard]] ClockDiscipline clock_discipline();

}  // namespace domsec::cli
