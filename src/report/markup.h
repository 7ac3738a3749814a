// Text in XML and HTML, whatever octets it has: one line of valid UTF-8 without any character that XML 1.0
// cannot hold, safe between tags and between quotation marks.
#pragma once

#include <string>
#include <string_view>

namespace domsec::report {

/// Octets that are no text are shown as in every other report, `\x00`; U+FFFE and U+FFFF, which neither
/// XML 1.0 2.2 nor YAML 1.1 5.1 has, become U+FFFD.
[[nodiscard]] std::string character_line(std::string_view octets);
/// The same, escaped.
[[nodiscard]] std::string markup(std::string_view octets);
/// The same line by line: line feeds stay. For text of ours that is made of several lines.
[[nodiscard]] std::string markup_lines(std::string_view text);

}  // namespace domsec::report
