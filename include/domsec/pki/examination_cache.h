// The verdict cache: examinations of paths and of revocation that were made before with the same inputs are not made
// again. An answer is kept by everything that it hangs on (certificates, anchors, lists, purpose, profile, rules) and for
// as long as no date of any of them is crossed, good answers and bad ones alike; so a hit differs from a fresh
// examination in nothing but its time. Never across a change of trust or of a list.
#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>

#include "domsec/pki/path.h"
#include "domsec/pki/revocation.h"

namespace domsec::pki {

/// Safe to share between threads.
class ExaminationCache {
 public:
  explicit ExaminationCache(std::size_t most = 1024) : most_(most) {}

  /// examine_path; `remembered` is set in an answer that was kept.
  [[nodiscard]] PathExamination path(const PathInput& input);
  /// examine_revocation.
  [[nodiscard]] Revocation revocation(const RevocationQuestion& question,
                                      std::span<const CrlCandidate> candidates, const RevocationRules& rules);

  [[nodiscard]] std::size_t hits() const;
  [[nodiscard]] std::size_t misses() const;

 private:
  /// No date of what the answer hangs on lies between the two.
  struct Period {
    Instant from;   // inclusive
    Instant until;  // exclusive
  };
  /// What a key names by its address; an address may be used again once its owner is gone.
  using Owners = std::vector<std::weak_ptr<const void>>;
  struct Kept {
    std::string key;
    Period period;
    Owners owners;
    std::shared_ptr<const PathExamination> path;
    std::shared_ptr<const Revocation> revocation;
  };

  static Period period_round(Instant at, std::span<const Instant> dates);
  std::optional<Kept> find(const std::string& key, Instant at);
  void keep(Kept kept);

  std::size_t most_;
  mutable std::mutex mutex_;
  std::list<Kept> kept_;  // the least used last
  std::unordered_map<std::string_view, std::list<Kept>::iterator> by_key_;
  std::size_t hits_ = 0;
  std::size_t misses_ = 0;
};

}  // namespace domsec::pki
