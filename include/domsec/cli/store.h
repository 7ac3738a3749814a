// `domsec store`: is the state file whole, and a copy of it.
#pragma once

#include <iosfwd>
#include <string>

namespace domsec::cli {

struct StoreOptions {
  std::string config;    // --config FILE; empty = domsec.toml where it exists
  std::string store;     // --store FILE; empty = Store of the configuration, else that of the queue
  bool json = false;     // --json
  std::string out;       // backup --out FILE
  bool replace = false;  // backup --replace
};

/// 0: nothing is wrong; 2: something in it is; 3: SQLite finds it damaged, or it cannot be used. Throws
/// UsageError, exchange::ConfigError and, but for check --json, store::StoreError.
int run_store_check(const StoreOptions& options, std::ostream& out, std::ostream& err);
int run_store_backup(const StoreOptions& options, std::ostream& out, std::ostream& err);

}  // namespace domsec::cli
