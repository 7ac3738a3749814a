#include "domsec/cli/outcome.h"

#include "domsec/cli/options.h"

namespace domsec::cli {

policy::FailOn read_fail_on(const std::vector<std::string>& words) {
  policy::FailOn fail_on;
  for (const std::string& word : words) {
    if (word == "warn") {
      fail_on.warnings = true;
    } else if (word == "inconclusive") {
      fail_on.inconclusive = true;
    } else if (word != "fail") {
      throw UsageError("--fail-on: '" + word + "' is none of fail, warn, inconclusive");
    }
  }
  return fail_on;
}

}  // namespace domsec::cli
