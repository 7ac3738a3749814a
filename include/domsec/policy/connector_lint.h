// Configuration rules before any session: SC-1 … SC-11, RC-1 … RC-11, list entries, one-sided partners (D-3), inert lists.
#pragma once

#include <string>
#include <vector>

#include "domsec/exchange/organisation.h"
#include "domsec/policy/verdict.h"

namespace domsec::policy {

/// A finding with its place: `domsec.toml:12`.
struct LintFinding {
  Finding finding;
  std::string rule;                 // `SC-1`
  exchange::Origin origin;
};

[[nodiscard]] std::vector<LintFinding> lint(const exchange::Organisation& organisation);

}  // namespace domsec::policy
