#include "domsec/cli/clock.h"

#include <sys/timex.h>

namespace domsec::cli {

pki::Instant now() { return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()); }

transcript::Time now_in_milliseconds() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

ClockDiscipline clock_discipline() {
  timex state{};  // no mode bits: nothing is changed (adjtimex(2))
  const int result = ::adjtimex(&state);
  if (result < 0) return ClockDiscipline::unknown;
  return result == TIME_ERROR || (state.status & STA_UNSYNC) != 0 ? ClockDiscipline::free_running : ClockDiscipline::kept;
}

}  // namespace domsec::cli
