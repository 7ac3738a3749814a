// Any bytes are a configuration or one ConfigError; what was read can be written and read again.
#include <cstdint>
#include <string_view>

#include "domsec/exchange/organisation.h"
#include "domsec/exchange/write_toml.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);  // NOLINT: the fuzzer's interface
  std::string shown;
  try {
    shown = domsec::exchange::show(domsec::exchange::read_toml_text(text, "domsec.toml"));
  } catch (const domsec::exchange::ConfigError&) {
    return 0;
  }
  (void)domsec::exchange::read_toml_text(shown, "domsec.toml");
  return 0;
}
