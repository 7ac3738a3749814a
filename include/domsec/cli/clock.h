// The one place that reads the wall clock.
#pragma once

#include "domsec/pki/instant.h"
#include "domsec/transcript/event.h"

namespace domsec::cli {

[[nodiscard]] pki::Instant now();
[[nodiscard]] transcript::Time now_in_milliseconds();

}  // namespace domsec::cli
