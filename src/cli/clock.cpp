#include "domsec/cli/clock.h"

namespace domsec::cli {

pki::Instant now() { return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()); }

transcript::Time now_in_milliseconds() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

}  // namespace domsec::cli
