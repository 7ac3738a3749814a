#include "markup.h"

#include "domsec/transcript/protocol_log.h"

namespace domsec::report {

std::string character_line(std::string_view octets) {
  std::string line = transcript::one_line(octets);
  for (const std::string_view noncharacter : {"\xEF\xBF\xBE", "\xEF\xBF\xBF"}) {
    std::size_t at = 0;
    while ((at = line.find(noncharacter, at)) != std::string::npos)
      line.replace(at, noncharacter.size(), "\xEF\xBF\xBD");
  }
  return line;
}

std::string markup(std::string_view octets) {
  std::string out;
  for (const char octet : character_line(octets)) {
    switch (octet) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += octet;
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
