#include <CLI/CLI.hpp>
#include <iostream>

#include "domsec/cli/flags.h"
#include "domsec/cli/shell.h"

namespace domsec::cli {

void add_shell(CLI::App& app, Command& command) {
  auto options = std::make_shared<ShellOptions>();
  CLI::App* sub =
      app.add_subcommand("shell", "cmdlets of the Exchange Management Shell over the configuration");
  sub->add_option("--config", options->config,
                  "configuration file (default: domsec.toml, where there is one)")
      ->envname("DOMSEC_CONFIG");
  sub->add_option("--store", options->store, "state file with the certificates (default: Store of the configuration)");
  sub->add_option("-c,--command", options->commands, "run these commands");
  sub->add_option("--root", options->root, "files of scripts lie below this directory: C:\\x is DIR/x");
  sub->add_option("SCRIPT", options->script, "run this file; - is standard input");
  sub->callback([&command, options] {
    command = [options] { return run_shell(*options, std::cin, std::cout, std::cerr); };
  });
}

}  // namespace domsec::cli
