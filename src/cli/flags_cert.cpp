#include <CLI/CLI.hpp>

#include "domsec/cli/flags.h"

namespace domsec::cli {

void add_cert(CLI::App& app, Command& command) {
  CLI::App* cert =
      app.add_subcommand("cert", "certificates: of the store, of files, and as mail servers present them");
  cert->require_subcommand(1);
  add_cert_show(*cert, command);
  add_cert_match(*cert, command);
  add_cert_select(*cert, command);
  add_cert_lint(*cert, command);
  add_cert_rotate(*cert, command);
  add_cert_authority(*cert, command);
  add_cert_store(*cert, command);
}

}  // namespace domsec::cli
