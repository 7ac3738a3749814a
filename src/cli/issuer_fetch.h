// A search for missing issuers by a command that runs no session. Private to cli/.
#pragma once

#include <memory>

#include "domsec/cli/options.h"
#include "domsec/pki/path.h"

namespace domsec::cli {

/// Null when Aia is off in `organisation`, or nothing is missing. Throws UsageError and exchange::ConfigError.
[[nodiscard]] std::shared_ptr<const pki::IssuersFetched> fetch_issuers(
    const EndOptions& options, const exchange::Organisation& organisation, const pki::PathInput& question,
    const pki::PathExamination& first);

}  // namespace domsec::cli
