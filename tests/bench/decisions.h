// What long domain-secure lists cost: read from the configuration, asked for a mail, linted.
#pragma once

#include <cstddef>

namespace domsec::bench {

struct DecisionCost {
  double load = 0;         // milliseconds: text to organisation
  double lint = 0;         // milliseconds
  double listed = 0;       // nanoseconds: connector chosen by the caller, requirement with its reason
  double unlisted = 0;
};

[[nodiscard]] DecisionCost measure_decisions(std::size_t domains);

}  // namespace domsec::bench
