#include <CLI/CLI.hpp>

#include "domsec/cli/flags.h"

namespace domsec::cli {

void add_cert(CLI::App& app, Command& command) {
  CLI::App* cert = app.add_subcommand("cert", "certificates as files, before any session");
  cert->require_subcommand(1);
  add_cert_match(*cert, command);
}

}  // namespace domsec::cli
