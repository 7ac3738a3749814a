// Which tables the state file has. Each part that must last adds its steps at the end of the one list.
#pragma once

#include "domsec/store/database.h"

namespace domsec::store {

/// In the order of versions: the first step makes version 1.
[[nodiscard]] Migrations migrations();

/// `$XDG_STATE_HOME/domsec/store.db`, or `~/.local/state/domsec/store.db`.
/// Throws StoreError when there is neither variable.
[[nodiscard]] std::string default_store_file();

}  // namespace domsec::store
