// The bytes of a configuration file, before a parser sees them.
#pragma once

#include <string>
#include <string_view>

#include "domsec/exchange/origin.h"
#include "domsec/exchange/value.h"

namespace domsec::exchange {

/// Throws ConfigError with `file:line:column: sentence`, as much of the place as is known; control bytes in `sentence` are
/// escaped.
[[noreturn]] void refuse(const Origin& at, std::string_view sentence);

/// At most 16 MiB of a regular file. Throws ConfigError.
[[nodiscard]] std::string read_configuration_file(const std::string& file);
/// UTF-8, not empty, and no deeper than a configuration can be: the parser recurses over brackets and dotted
/// keys.
void check_configuration_text(std::string_view text, const std::string& file);

}  // namespace domsec::exchange
