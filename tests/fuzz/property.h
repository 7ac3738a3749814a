// Properties that hold for every input. A broken one ends the process, which is what libFuzzer looks for.
#pragma once

#include <cstdio>
#include <cstdlib>

inline void property(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "property broken: %s\n", what);
  std::abort();
}
