// The header section of a message, measured: RFC 5322 2.1, all before the first empty line.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace domsec::smtp {

struct HeaderSection {
  std::size_t octets = 0;    // with its line ends, without the empty line
  std::size_t received = 0;  // Received fields: one for each hop so far (RFC 5321 6.3)
};

/// The line at the start of `text`, with its LF. A bare LF ends a line too: a chunk (BDAT) may hold it, and the
/// next hop may take it for one.
[[nodiscard]] std::string_view first_line(std::string_view text);
/// Where the body begins when `line` starts the field `name` (lower case): names are compared without case, and
/// blanks may stand before the colon (RFC 5322 1.2.2, 4.5.3).
[[nodiscard]] std::optional<std::size_t> field_body(std::string_view line, std::string_view name);

[[nodiscard]] HeaderSection measure_header_section(std::string_view message);

}  // namespace domsec::smtp
