// faults/*.toml as they were when domsec was built.
#pragma once

#include <array>
#include <string_view>

namespace domsec::lab {

struct BuiltInFaults {
  std::string_view file;
  std::string_view toml;
};

[[nodiscard]] std::array<BuiltInFaults, 5> built_in_faults();

}  // namespace domsec::lab
