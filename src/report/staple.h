// What a server stapled, in one line.
#pragma once

#include <string>

#include "domsec/pki/ocsp.h"

namespace domsec::report {

/// `good, in force 2026-11-21T00:00:00Z to 2026-11-28T00:00:00Z, signed by CN=…`
[[nodiscard]] std::string staple_text(const pki::StapledStatus& status);

}  // namespace domsec::report
