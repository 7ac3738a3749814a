// A copy of the state file that is whole at every moment, made while others work on it.
#pragma once

#include <cstdint>
#include <string>

#include "domsec/store/database.h"

namespace domsec::store {

enum class ExistingFile { refused, replaced };

struct Backup {
  std::string file;
  std::int64_t version = 0;
  std::uintmax_t octets = 0;
};

/// Writes what the store holds at this moment to `file` (mode 0600). It is there whole and on the disk, or
/// not at all: it takes its name when it is complete and SQLite finds it sound. Throws StoreError: also when
/// `file` is there and shall not be replaced, and when a program works on it as its store.
Backup back_up(const std::string& store, const std::string& file, ExistingFile existing,
               DatabaseSettings settings = {});

}  // namespace domsec::store
