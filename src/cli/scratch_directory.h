// A directory for one run, removed with everything in it.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <string>

#include "domsec/cli/options.h"

namespace domsec::cli {

struct ScratchDirectory {
  std::string path;
  ScratchDirectory() : path(std::filesystem::temp_directory_path() / "domsec.XXXXXX") {
    if (::mkdtemp(path.data()) == nullptr)
      throw UsageError("no directory can be made in " + path + "; set TMPDIR to one");
  }
  ~ScratchDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;
};

}  // namespace domsec::cli
