#include "support/openssl_tool.h"

#include <sys/wait.h>

#include <array>
#include <cstdio>

namespace domsec::testing {

ToolRun openssl(const std::string& arguments) {
  const std::string line = "openssl " + arguments + " 2>&1 </dev/null";
  FILE* pipe = ::popen(line.c_str(), "r");
  if (pipe == nullptr) return {};
  ToolRun run;
  std::array<char, 4096> block{};
  while (const std::size_t count = std::fread(block.data(), 1, block.size(), pipe))
    run.output.append(block.data(), count);
  const int status = ::pclose(pipe);
  if (WIFEXITED(status)) run.exit_code = WEXITSTATUS(status);
  return run;
}

bool has_openssl() {
  static const bool found = openssl("version").exit_code == 0;
  return found;
}

}  // namespace domsec::testing
