// `domsec completion bash|zsh|fish`: a script that completes subcommands, flags and their words. It is made from the command
// line's own tree at run time, so that it knows every flag there is.
#pragma once

#include <iosfwd>
#include <string>

namespace CLI {
class App;
}

namespace domsec::cli {

/// 0, or 2 when the shell is none of the three.
int run_completion(const CLI::App& app, const std::string& shell, std::ostream& out, std::ostream& err);

}  // namespace domsec::cli
