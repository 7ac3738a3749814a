// Columns of the text report: width in characters, wrapping at 80, one safe line from whatever a peer sent.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace domsec::report {

inline constexpr std::size_t columns = 80;

[[nodiscard]] std::size_t width(std::string_view text);
/// At least one blank behind it.
[[nodiscard]] std::string padded(std::string text, std::size_t to);
/// One safe line from `text`, broken at blanks into lines of at most `room` columns; at least one line.
[[nodiscard]] std::vector<std::string> broken_at_blanks(std::string_view text, std::size_t room);
/// `text` behind `indent` columns, with its line end: broken at blanks, a word that is too long where the
/// line ends.
[[nodiscard]] std::string wrapped(std::string_view text, std::size_t indent);
/// The same when `used` columns of the first line are taken already.
[[nodiscard]] std::string wrapped(std::string_view text, std::size_t indent, std::size_t used);

}  // namespace domsec::report
