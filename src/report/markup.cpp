#include "markup.h"

#include "domsec/transcript/protocol_log.h"

namespace domsec::report {

namespace {

/// XML 1.0 2.2 has every character that one_line leaves but U+FFFE and U+FFFF.
bool is_noncharacter(std::string_view at) {
  return at.starts_with("\xEF\xBF\xBE") || at.starts_with("\xEF\xBF\xBF");
}

}  // namespace

std::string markup(std::string_view octets) {
  const std::string line = transcript::one_line(octets);
  std::string out;
  out.reserve(line.size());
  for (std::size_t i = 0; i < line.size(); ++i) {
    switch (line[i]) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default:
        if (is_noncharacter(std::string_view(line).substr(i))) {
          out += "\xEF\xBF\xBD";
          i += 2;
        } else {
          out += line[i];
        }
    }
  }
  return out;
}

std::string markup_lines(std::string_view text) {
  std::string out;
  while (true) {
    const std::size_t end = text.find('\n');
    out += markup(text.substr(0, end));
    if (end == std::string_view::npos) return out;
    out += '\n';
    text.remove_prefix(end + 1);
  }
}

}  // namespace domsec::report
