#include <CLI/CLI.hpp>
#include <iostream>

#include "domsec/cli/flags.h"
#include "domsec/cli/store.h"

namespace domsec::cli {
namespace {

CLI::App* add(CLI::App& store, Command& command, const std::shared_ptr<StoreOptions>& options,
              const char* name, const char* what,
              int (*run)(const StoreOptions&, std::ostream&, std::ostream&)) {
  CLI::App* sub = store.add_subcommand(name, what);
  sub->add_option("--store", options->store,
                  "state file (default: Store of the configuration, else that of the queue)");
  sub->add_option("--config", options->config,
                  "configuration file (default: domsec.toml, where there is one)")
      ->envname("DOMSEC_CONFIG");
  sub->add_flag("--json", options->json, "one JSON document");
  sub->callback(
      [&command, options, run] { command = [options, run] { return run(*options, std::cout, std::cerr); }; });
  return sub;
}

}  // namespace

void add_store_commands(CLI::App& app, Command& command) {
  auto options = std::make_shared<StoreOptions>();
  CLI::App* store =
      app.add_subcommand("store", "the file of certificates, keys and queued mail: check it, back it up");
  store->require_subcommand(1);
  add(*store, command, options, "check", "is it whole, private, and does everything in it belong together?",
      run_store_check);
  CLI::App* backup = add(*store, command, options, "backup", "a copy of this moment, while others work on it",
                         run_store_backup);
  backup->add_option("--out", options->out, "the copy; mode 0600")->required();
  backup->add_flag("--replace", options->replace, "in the place of a file that is there");
}

}  // namespace domsec::cli
