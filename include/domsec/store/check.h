// Is a state file whole, private, and does what is in it hold together? Nothing is changed, neither what is
// wrong.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "domsec/exchange/auth_config.h"
#include "domsec/store/database.h"

namespace domsec::store {

/// What is wrong and what mends it, a sentence each.
struct StoreProblem {
  enum class About { file, database, certificate, request, default_certificate, auth, queue };
  About about = About::file;
  std::string what;
  std::string remedy;
};
[[nodiscard]] std::string_view text(StoreProblem::About about);  // `certificate`

struct StoreCheck {
  std::string file;
  std::int64_t version = 0;       // of the tables
  std::int64_t last_version = 0;  // that this program knows: an older file is brought there when it is used
  std::size_t certificates = 0;
  std::size_t requests = 0;
  std::size_t messages = 0;  // that are queued
  bool damaged = false;      // SQLite itself finds fault with it: the rest may be wrong in any way
  std::vector<StoreProblem> problems;
};

struct CheckSettings {
  DatabaseSettings database{};
  const exchange::AuthConfig* auth_config = nullptr;  // of the configuration that has this store
  std::vector<std::string> thumbprints;               // of certificates with their keys that stand elsewhere
};

/// All of one moment, while others go on. Throws StoreError for a file that cannot be read at all.
[[nodiscard]] StoreCheck check(const std::string& file, const CheckSettings& settings = {});

}  // namespace domsec::store
