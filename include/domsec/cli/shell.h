// `domsec shell`: the cmdlets of the Exchange Management Shell over a configuration file; a script, commands
// of the command line, standard input, or a conversation at a terminal.
#pragma once

#include <iosfwd>
#include <optional>
#include <string>

namespace domsec::cli {

struct ShellOptions {
  std::string config;                   // --config FILE; empty = domsec.toml where it exists
  std::optional<std::string> commands;  // -c COMMANDS
  std::string script;                   // SCRIPT; `-` is standard input
  std::string store;                    // --store FILE; empty = Store of the configuration
  std::string root;                     // --root DIR: below it lie the files that a script names
};

/// 0, or the code that the script gives to `exit`; 2 for an error of the script or of the configuration. `in`
/// gives the script where none is named, and the answers to questions where one is.
int run_shell(const ShellOptions& options, std::istream& in, std::ostream& out, std::ostream& err);

}  // namespace domsec::cli
