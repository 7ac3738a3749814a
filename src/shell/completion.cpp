#include "domsec/shell/completion.h"

#include <algorithm>
#include <optional>

namespace domsec::shell {
namespace {

bool starts(std::string_view text, std::string_view with) {
  return text.size() >= with.size() && same_word(text.substr(0, with.size()), with);
}

struct Word {
  std::size_t begin = 0;
  std::string_view text;
};

/// The words of the last command of the line: what stands behind the last `|`, `;`, `(` or `{` outside of
/// quotes.
std::vector<Word> last_command(std::string_view line) {
  std::vector<Word> words;
  char quote = '\0';
  bool open = false;  // inside a word
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    const bool divides = quote == '\0' && std::string_view("|;({=").find(c) != std::string_view::npos;
    if (divides) words.clear();
    if (divides || (quote == '\0' && (c == ' ' || c == '\t' || c == ','))) {
      open = false;
      continue;
    }
    if (c == '"' || c == '\'') quote = quote == '\0' ? c : quote == c ? '\0' : quote;
    if (!open) words.push_back({i, {}});
    open = true;
    words.back().text = line.substr(words.back().begin, i + 1 - words.back().begin);
  }
  if (!open) words.push_back({line.size(), {}});
  return words;
}

const Cmdlet* cmdlet_of(const std::vector<Word>& words, const CmdletTable& table) {
  return words.size() < 2 ? nullptr : table.find(words.front().text);
}

/// The parameter whose value is being typed.
const ParameterSpec* open_parameter(const std::vector<Word>& words, const Cmdlet& cmdlet) {
  for (auto word = words.rbegin() + 1; word != words.rend(); ++word) {
    if (!word->text.starts_with('-')) continue;
    try {
      return &parameter_of(cmdlet, word->text.substr(1), {});
    } catch (const ScriptError&) {
      return nullptr;
    }
  }
  return nullptr;
}

}  // namespace

Completions completions(std::string_view line, const Interpreter& interpreter) {
  const std::vector<Word> words = last_command(line);
  const std::string_view typed = words.back().text;
  Completions found{words.back().begin, {}};
  const auto offer = [&](std::string word) {
    if (starts(word, typed)) found.words.push_back(std::move(word));
  };
  const Cmdlet* cmdlet = cmdlet_of(words, interpreter.cmdlets());
  if (typed.starts_with('$')) {
    for (const std::string& name : interpreter.variables()) offer("$" + name);
    for (const char* fixed : {"$true", "$false", "$null"}) offer(fixed);
  } else if (typed.starts_with('-') && cmdlet) {
    for (const ParameterSpec& spec : cmdlet->parameters) offer("-" + spec.name);
    for (const ParameterSpec& spec : common_parameters()) offer("-" + spec.name);
  } else if (cmdlet) {
    if (const ParameterSpec* spec = open_parameter(words, *cmdlet)) {
      for (const std::string& word : spec->words) offer(word);
      if (spec->kind == ParameterKind::truth)
        for (const char* truth : {"$true", "$false"}) offer(truth);
    } else if (cmdlet->name == "Get-Help") {
      for (const Cmdlet* one : interpreter.cmdlets().all()) offer(one->name);
    }
  } else if (words.size() == 1) {
    for (const Cmdlet* one : interpreter.cmdlets().all()) offer(one->name);
  }
  std::sort(found.words.begin(), found.words.end());
  found.words.erase(std::unique(found.words.begin(), found.words.end()), found.words.end());
  return found;
}

std::string common_start(const std::vector<std::string>& words) {
  if (words.empty()) return {};
  std::string start = words.front();
  for (const std::string& word : words) {
    std::size_t same = 0;
    while (same < std::min(start.size(), word.size()) &&
           lower(start.substr(same, 1)) == lower(word.substr(same, 1)))
      ++same;
    start.resize(same);
  }
  return start;
}

}  // namespace domsec::shell
