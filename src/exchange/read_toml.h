// Reading a configuration from wherever its texts are.
#pragma once

#include <functional>
#include <string>

#include "domsec/exchange/organisation.h"

namespace domsec::exchange {

/// Gives the text of a file; throws ConfigError when it cannot.
using TextOf = std::function<std::string(const std::string& file)>;

/// Asks for `file` first, then for what it includes, each by the name that its origin gets.
[[nodiscard]] Organisation read_toml_from(const std::string& file, const TextOf& text_of);

}  // namespace domsec::exchange
