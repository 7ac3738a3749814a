#pragma once

#include <string>

#include "domsec/store/backup.h"
#include "domsec/store/check.h"

namespace domsec::cli {

[[nodiscard]] std::string store_check_json(const store::StoreCheck& check, int exit_code);
/// Of a file that cannot be used.
[[nodiscard]] std::string store_check_json(const std::string& file, const store::StoreError& error,
                                           int exit_code);
[[nodiscard]] std::string store_backup_json(const std::string& store, const store::Backup& made);

}  // namespace domsec::cli
