// Who delivers what: one octet of a file for each message, locked by the open file description (F_OFD_SETLK).
// The kernel ends a lock with its owner, however he dies, so that nothing stale is left and no process id is
// ever compared; a lock is seen by every process on the machine, also from another container that shares the
// directory. The file has no content, and is never removed: whoever made it anew would not see the locks on
// the old one. Private to store/.
#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "leftovers.h"

namespace domsec::store {

class LeaseFile {
 public:
  /// Throws StoreError.
  explicit LeaseFile(const std::string& path);

  /// False: somebody has it, in another process or in this one.
  [[nodiscard]] bool take(std::int64_t number);
  void give_back(std::int64_t number);
  [[nodiscard]] bool taken(std::int64_t number) const;

 private:
  std::string path_;
  Descriptor file_;
  std::set<std::int64_t> held_;  // locks of one description do not exclude each other
};

}  // namespace domsec::store
