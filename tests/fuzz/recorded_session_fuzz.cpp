// Any bytes are sessions or one LabError with the file's name; each is like itself, and can be looked for.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "domsec/lab/recorded_session.h"
#include "domsec/lab/recipe.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);  // NOLINT: the fuzzer's interface
  try {
    for (const domsec::lab::RecordedSession& session : domsec::lab::read_recorded_sessions(text, "evidence")) {
      if (domsec::lab::likeness(session, session) != 1) std::abort();
      (void)domsec::lab::candidates(session);
    }
  } catch (const domsec::lab::LabError& error) {
    if (!std::string_view(error.what()).starts_with("evidence")) std::abort();
  }
  return 0;
}
