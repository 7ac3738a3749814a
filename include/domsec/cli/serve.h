// `domsec serve`: the receiving partner in the foreground.
#pragma once

#include <iosfwd>

#include "domsec/cli/options.h"

namespace domsec::cli {

/// Until SIGINT, SIGTERM or --count sessions; 0 then, or with --fail-on the code of the worst judgement.
int run_serve(const ServeOptions& options, std::ostream& out, std::ostream& err);

}  // namespace domsec::cli
