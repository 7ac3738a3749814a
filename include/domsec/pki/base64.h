// RFC 4648 4.
#pragma once

#include <string>
#include <string_view>

namespace domsec::pki {

/// In lines of 64, each with its end, as PEM has them.
[[nodiscard]] std::string base64_lines(std::string_view octets);

}  // namespace domsec::pki
