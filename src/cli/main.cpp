// The one place that knows flags, exit codes, the clock and stdout. One file per subcommand beside this one.
#include <cstdio>

int main() {
  std::puts("domsec " DOMSEC_VERSION);
  return 0;
}
