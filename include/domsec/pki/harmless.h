// A stranger's text, fit to be shown: it cannot move the cursor, end the line or read in another direction.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace domsec::pki {

/// Control bytes, backslashes and bytes that are no UTF-8 become `\xNN`, characters that change the reading
/// direction or are invisible `\uNNNN`; what is longer than `limit` bytes is cut and its whole size is given.
[[nodiscard]] std::string harmless(std::string_view text, std::size_t limit = 256);

}  // namespace domsec::pki
