// What policy apply found and did, as values that text and JSON render.
#pragma once

#include <string>
#include <vector>

#include "domsec/exchange/edge_subscription.h"
#include "domsec/policy/connector_lint.h"

namespace domsec::cli {

struct AppliedEdge {
  std::string file;
  std::vector<exchange::Drift> drift;
  std::vector<policy::LintFinding> findings;   // what keeps the Edge from securing the lists' domains
  bool written = false;
};

// policy_apply_json.cpp
[[nodiscard]] std::string json_of(const std::vector<AppliedEdge>& edges, int exit_code);

}  // namespace domsec::cli
