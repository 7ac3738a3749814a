#include "bench/measure.h"

#include <malloc.h>
#include <sys/resource.h>

#include <ctime>
#include <fstream>
#include <stdexcept>
#include <string>

namespace domsec::bench {

double thread_cpu() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) / 1e3;
}

Memory memory() {
  Memory memory;
  const struct mallinfo2 heap = mallinfo2();
  memory.allocated = static_cast<double>(heap.uordblks + heap.hblkhd) / 1024;
  std::ifstream rollup("/proc/self/smaps_rollup");
  for (std::string word; rollup >> word;) {
    if (word == "Pss:") rollup >> memory.pss;
  }
  return memory;
}

void allow_descriptors(std::size_t count) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur >= count) return;
  limit.rlim_cur = count;
  if (limit.rlim_max < count || setrlimit(RLIMIT_NOFILE, &limit) != 0) {
    throw std::runtime_error("the limit of open files is below " + std::to_string(count) +
                             ": raise it with ulimit -Hn");
  }
}

}  // namespace domsec::bench
