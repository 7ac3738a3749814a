// The document of `domsec cert show --json`: schema domsec.certificates/1, one line without its line end.
#pragma once

#include <string>
#include <vector>

#include "presented_chain.h"

namespace domsec::cli {

/// `paths` are beside the chains; `exit_code` is what the program ends with for this target.
[[nodiscard]] std::string certificates_json(const std::string& target, const Presentation& presentation,
                                            const std::vector<pki::PathExamination>& paths, pki::Instant at,
                                            int exit_code);

}  // namespace domsec::cli
