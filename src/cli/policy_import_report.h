// What an import took, what it passed over and what it did not understand.
#pragma once

#include <string>

#include "domsec/cli/policy_exchange.h"

namespace domsec::cli {

[[nodiscard]] std::string import_text(const exchange::Import& import, const PolicyImportOptions& options);
/// One document.
[[nodiscard]] std::string import_json(const exchange::Import& import, const PolicyImportOptions& options);

}  // namespace domsec::cli
