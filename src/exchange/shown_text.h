// Operator's text inside a message: bounded, on one line, with everything that is not printable escaped.
#pragma once

#include <string>
#include <string_view>

namespace domsec::exchange {

/// `"text"`; control bytes and bytes above ASCII that are no part of a plain message as `\x1b`; cut after 80
/// octets.
[[nodiscard]] std::string shown(std::string_view text);

/// ASCII only: names of parameters and of enumerated values (RFC 4343's case rule for domains is
/// smtp::Domain's own).
[[nodiscard]] std::string lower_case(std::string_view text);
[[nodiscard]] std::string_view without_outer_blanks(std::string_view text);

}  // namespace domsec::exchange
