// The one place that knows flags, exit codes, the clock and stdout. One file per subcommand beside this one.
#include <cstdio>
#include <iostream>
#include <string_view>

#include "domsec/cli/verify.h"

int main(int argc, char** argv) {
  const bool batch = argc == 3 && std::string_view(argv[1]) == "verify" && std::string_view(argv[2]) == "--batch";
  if (batch) return domsec::cli::run_verify_batch(std::cin, std::cout);
  std::puts("domsec " DOMSEC_VERSION);
  return 0;
}
