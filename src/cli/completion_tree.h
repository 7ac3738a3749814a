// The command line as completion sees it: one node for each subcommand, and the three scripts that are written from it.
#pragma once

#include <iosfwd>
#include <string>
#include <utility>
#include <vector>

namespace CLI {
class App;
}

namespace domsec::cli {

enum class FlagValue { none, words, file };

struct CompletionFlag {
  std::vector<std::string> names;       // `-q`, `--quiet`
  std::string about;
  FlagValue value = FlagValue::none;
  std::vector<std::string> words;       // for FlagValue::words
};

struct CompletionNode {
  std::string path;                     // `domsec lab up`
  std::vector<std::pair<std::string, std::string>> commands;   // name and what it does
  std::vector<CompletionFlag> flags;
  std::vector<std::string> words;       // what may stand as an argument: faults, codes …
};

/// The root first.
[[nodiscard]] std::vector<CompletionNode> completion_tree(const CLI::App& app);

void write_bash(const std::vector<CompletionNode>& tree, std::ostream& out);
void write_zsh(const std::vector<CompletionNode>& tree, std::ostream& out);
void write_fish(const std::vector<CompletionNode>& tree, std::ostream& out);

/// In single quotes for sh, bash and zsh.
[[nodiscard]] std::string quoted(const std::string& text);

}  // namespace domsec::cli
