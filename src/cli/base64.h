#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace domsec::cli {

/// RFC 4648 4, padded and without line ends.
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);

}  // namespace domsec::cli
