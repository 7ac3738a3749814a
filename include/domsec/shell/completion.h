// What may stand at the end of a line that is being typed: cmdlets, parameters, the words of a parameter,
// variables.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "domsec/shell/evaluator.h"

namespace domsec::shell {

struct Completions {
  std::size_t begin = 0;           // where the word starts that they take the place of
  std::vector<std::string> words;  // in order, each once
};

[[nodiscard]] Completions completions(std::string_view line, const Interpreter& interpreter);
/// What all of them begin with, without regard to case.
[[nodiscard]] std::string common_start(const std::vector<std::string>& words);

}  // namespace domsec::shell
