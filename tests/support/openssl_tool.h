// The openssl command line as a second opinion: what domsec writes must mean the same to it.
#pragma once

#include <string>

namespace domsec::testing {

struct ToolRun {
  int exit_code = -1;
  std::string output;  // both streams
};

/// `openssl ARGUMENTS` through the shell; standard input is /dev/null, so that nothing can prompt.
[[nodiscard]] ToolRun openssl(const std::string& arguments);
[[nodiscard]] bool has_openssl();

}  // namespace domsec::testing
