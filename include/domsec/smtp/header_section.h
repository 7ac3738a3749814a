// The header section of a message, measured: RFC 5322 2.1, all before the first empty line.
#pragma once

#include <cstddef>
#include <string_view>

namespace domsec::smtp {

struct HeaderSection {
  std::size_t octets = 0;    // with its line ends, without the empty line
  std::size_t received = 0;  // Received fields: one for each hop so far (RFC 5321 6.3)
};

[[nodiscard]] HeaderSection measure_header_section(std::string_view message);

}  // namespace domsec::smtp
