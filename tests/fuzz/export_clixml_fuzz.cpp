// Any bytes are exported objects or one ConfigError, and each value stands in the text.
#include <cstdint>
#include <string_view>

#include "domsec/exchange/exported_object.h"
#include "domsec/exchange/organisation.h"
#include "fuzz/exported_places.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);  // NOLINT: the fuzzer's interface
  try {
    const domsec::exchange::ExportedText text("export.xml", bytes);
    check_places(text, domsec::exchange::read_export_clixml(text));
  } catch (const domsec::exchange::ConfigError&) {
    return 0;
  }
  return 0;
}
