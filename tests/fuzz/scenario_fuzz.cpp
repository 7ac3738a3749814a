// Any bytes are a scenario or one LabError with its file.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "domsec/lab/scenario.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);  // NOLINT: the fuzzer's interface
  try {
    const domsec::lab::Scenario scenario = domsec::lab::read_scenario(text, "scenario.toml");
    if (scenario.steps.empty()) std::abort();
  } catch (const domsec::lab::LabError& error) {
    if (std::string_view(error.what()).empty()) std::abort();
  }
  return 0;
}
