// What is measured with: CPU time of a thread (never the wall clock, the machine is shared) and memory of the
// process.
#pragma once

#include <cstddef>

namespace domsec::bench {

/// CPU time of the calling thread, microseconds.
[[nodiscard]] double thread_cpu();

struct Memory {
  double pss = 0;        // KiB, of the whole process
  double allocated = 0;  // KiB, in use from malloc
};
[[nodiscard]] Memory memory();

/// Room for `count` descriptors. Throws when the system's limit is lower.
void allow_descriptors(std::size_t count);

}  // namespace domsec::bench
