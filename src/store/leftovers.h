// What a crash leaves in a spool, and a descriptor that closes itself. Private to store/.
#pragma once

#include <unistd.h>

#include <cstddef>
#include <string>

namespace domsec::store {

class Descriptor {
 public:
  explicit Descriptor(int descriptor) : descriptor_(descriptor) {}
  ~Descriptor() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const { return descriptor_; }

 private:
  int descriptor_;
};

/// Removes the .part files that no living process writes, and with them a .json whose .eml was never linked.
/// Complete messages, files of other names and what another process is writing stay. Returns how many
/// messages had begun and were never acknowledged.
std::size_t remove_leftovers(const std::string& directory);

}  // namespace domsec::store
