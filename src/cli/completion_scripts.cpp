// The completion scripts. Each walks the words typed so far down to a subcommand (`at`), then offers what may stand there.
#include <ostream>

#include "completion_tree.h"

namespace domsec::cli {
namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

/// `'domsec check'|'domsec lab'|…`: what leads further down.
std::string deeper(const std::vector<CompletionNode>& tree) {
  std::string text;
  for (const CompletionNode& node : tree) {
    if (node.path != tree.front().path) text += (text.empty() ? "" : "|") + quoted(node.path);
  }
  return text;
}

/// `'domsec check|--crl'|'domsec send|--crl'`: every name of one flag at one place.
std::string places(const CompletionNode& node, const CompletionFlag& flag) {
  std::string text;
  for (const std::string& name : flag.names) text += (text.empty() ? "" : "|") + quoted(node.path + "|" + name);
  return text;
}

/// Every place where a file may stand, as one pattern; there is always one.
std::string file_places(const std::vector<CompletionNode>& tree) {
  std::string text;
  for (const CompletionNode& node : tree) {
    for (const CompletionFlag& flag : node.flags) {
      if (flag.value == FlagValue::file) text += (text.empty() ? "" : "|") + places(node, flag);
    }
  }
  return text;
}

/// One arm of a `case` for each flag that takes one of a few words; `arm` writes what is done with them.
template <typename Arm>
void write_word_arms(const std::vector<CompletionNode>& tree, std::ostream& out, const Arm& arm) {
  for (const CompletionNode& node : tree) {
    for (const CompletionFlag& flag : node.flags) {
      if (flag.value == FlagValue::words) out << "    (" << places(node, flag) << ") " << arm(joined(flag.words)) << "; return ;;\n";
    }
  }
}

std::string all_words(const CompletionNode& node) {
  std::vector<std::string> words;
  for (const auto& [name, about] : node.commands) words.push_back(name);
  words.insert(words.end(), node.words.begin(), node.words.end());
  for (const CompletionFlag& flag : node.flags) words.insert(words.end(), flag.names.begin(), flag.names.end());
  return joined(words);
}

/// In zsh's `name:what it does` a colon of the name or the text is escaped.
std::string zsh_entry(const std::string& name, const std::string& about) {
  std::string text = name + ":";
  for (const char c : about) text += c == ':' ? std::string("\\:") : std::string(1, c);
  return quoted(text);
}

/// In fish's single quotes the quote and the backslash are escaped.
std::string fish_quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += (c == '\'' || c == '\\') ? std::string("\\") + c : std::string(1, c);
  return out + "'";
}

void write_fish_flag(const CompletionFlag& flag, const std::string& start, std::ostream& out) {
  out << start;
  for (const std::string& name : flag.names) {
    out << (name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1));
  }
  switch (flag.value) {
    case FlagValue::none: break;
    case FlagValue::words: out << " -x -a " << fish_quoted(joined(flag.words)); break;
    case FlagValue::file: out << " -r -F"; break;
  }
  out << " -d " << fish_quoted(flag.about) << '\n';
}

}  // namespace

std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

void write_bash(const std::vector<CompletionNode>& tree, std::ostream& out) {
  out << "# bash completion of domsec: domsec completion bash\n"
         "_domsec() {\n"
         "  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} at=domsec words= i\n"
         "  # The shell cuts --flag=value at its equals sign.\n"
         "  if [[ $current == = ]]; then\n    current=\n"
         "  elif [[ $previous == = ]]; then\n    previous=${COMP_WORDS[COMP_CWORD-2]}\n  fi\n"
         "  for ((i = 1; i < COMP_CWORD; i++)); do\n    case \"$at ${COMP_WORDS[i]}\" in\n      "
      << deeper(tree) << ") at=\"$at ${COMP_WORDS[i]}\" ;;\n    esac\n  done\n  case \"$at|$previous\" in\n";
  write_word_arms(tree, out, [](const std::string& words) {
    return "mapfile -t COMPREPLY < <(compgen -W " + quoted(words) + " -- \"$current\")";
  });
  out << "    (" << file_places(tree) << ") mapfile -t COMPREPLY < <(compgen -f -- \"$current\"); return ;;\n  esac\n  case $at in\n";
  for (const CompletionNode& node : tree) out << "    " << quoted(node.path) << ") words=" << quoted(all_words(node)) << " ;;\n";
  out << "  esac\n  mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\")\n}\ncomplete -o filenames -F _domsec domsec\n";
}

void write_zsh(const std::vector<CompletionNode>& tree, std::ostream& out) {
  out << "#compdef domsec\n"
         "# zsh completion of domsec: domsec completion zsh\n"
         "_domsec() {\n"
         "  local at=domsec word previous=${words[CURRENT-1]}\n"
         "  local -a commands flags\n"
         "  for word in ${words[2,CURRENT-1]}; do\n    case \"$at $word\" in\n      ("
      << deeper(tree) << ") at=\"$at $word\" ;;\n    esac\n  done\n  case \"$at|$previous\" in\n";
  write_word_arms(tree, out, [](const std::string& words) { return "compadd -- " + words; });
  out << "    (" << file_places(tree) << ") _files; return ;;\n  esac\n  case $at in\n";
  for (const CompletionNode& node : tree) {
    out << "    (" << quoted(node.path) << ")\n      commands=(";
    for (const auto& [name, about] : node.commands) out << zsh_entry(name, about) << ' ';
    for (const std::string& word : node.words) out << quoted(word) << ' ';
    out << ")\n      flags=(";
    for (const CompletionFlag& flag : node.flags) {
      for (const std::string& name : flag.names) out << zsh_entry(name, flag.about) << ' ';
    }
    out << ") ;;\n";
  }
  out << "  esac\n  _describe -t commands command commands\n  _describe -o -t flags flag flags\n}\n"
         "if [[ $funcstack[1] == _domsec ]]; then\n  _domsec \"$@\"\nelse\n  compdef _domsec domsec\nfi\n";
}

void write_fish(const std::vector<CompletionNode>& tree, std::ostream& out) {
  out << "# fish completion of domsec: domsec completion fish\n"
         "function __domsec_at\n"
         "  set -l at domsec\n"
         "  for word in (commandline -opc)[2..-1]\n"
         "    if contains -- \"$at $word\"";
  for (const CompletionNode& node : tree) out << ' ' << fish_quoted(node.path);
  out << "\n      set at \"$at $word\"\n    end\n  end\n  test \"$at\" = \"$argv[1]\"\nend\ncomplete -c domsec -f\n";
  for (const CompletionNode& node : tree) {
    const std::string start = "complete -c domsec -n \"__domsec_at " + fish_quoted(node.path) + "\"";
    for (const auto& [name, about] : node.commands) {
      out << start << " -a " << fish_quoted(name) << " -d " << fish_quoted(about) << '\n';
    }
    if (!node.words.empty()) out << start << " -a " << fish_quoted(joined(node.words)) << '\n';
    for (const CompletionFlag& flag : node.flags) write_fish_flag(flag, start, out);
  }
}

}  // namespace domsec::cli
