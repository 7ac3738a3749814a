// The effective configuration as domsec.toml text, each value with the place it came from, for `domsec policy show`.
#pragma once

#include <string>

#include "domsec/exchange/organisation.h"

namespace domsec::exchange {

/// `Name = "Internet"  # domsec.toml:12`; `# default` where nothing was written. The text reads back to the same organisation.
[[nodiscard]] std::string show(const Organisation& organisation);

}  // namespace domsec::exchange
