// What a store of many certificates costs: to list them, to choose one for a connector, to look
// at the fitness of all, to check them.
#pragma once

#include <cstddef>
#include <memory>

namespace domsec::bench {

/// Milliseconds.
struct StoreCost {
  double list = 0;    // all of the store, read and parsed
  double choose = 0;  // one for a connector among those that are loaded, as a session does
  double lint = 0;    // every rule over every certificate, without the signatures of paths
  double check = 0;   // domsec store check
};

/// A store of that many certificates with their keys, made once.
class FilledStore {
 public:
  explicit FilledStore(std::size_t certificates);
  ~FilledStore();
  FilledStore(const FilledStore&) = delete;
  FilledStore& operator=(const FilledStore&) = delete;
  [[nodiscard]] StoreCost measure() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace domsec::bench
