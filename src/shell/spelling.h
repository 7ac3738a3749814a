// The known word that is most like a misspelt one. Private to shell/.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace domsec::shell {

/// Empty when none is near: more than a third of the letters differ.
[[nodiscard]] std::string nearest_word(std::string_view word, const std::vector<std::string>& known);

}  // namespace domsec::shell
