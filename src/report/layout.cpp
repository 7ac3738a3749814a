#include "layout.h"

#include <algorithm>

#include "domsec/transcript/protocol_log.h"

namespace domsec::report {

namespace {

bool begins_character(char octet) { return (octet & 0xC0) != 0x80; }

/// The octets of the first `count` characters.
std::size_t octets_of(std::string_view text, std::size_t count) {
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    if (begins_character(text[at]) && count-- == 0) break;
  }
  return at;
}

}  // namespace

std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), begins_character));
}

std::string padded(std::string text, std::size_t to) {
  const std::size_t has = width(text);
  return text + std::string(has < to ? to - has : 1, ' ');
}

std::string wrapped(std::string_view text, std::size_t indent) { return wrapped(text, indent, indent); }

std::string wrapped(std::string_view text, std::size_t indent, std::size_t used) {
  const std::string line = transcript::one_line(text);
  std::string_view rest = line;
  std::string out;
  std::size_t room = columns - used;
  while (width(rest) > room) {
    const std::size_t fits = octets_of(rest, room);
    std::size_t end = rest.substr(0, fits + 1).rfind(' ');
    if (end == std::string_view::npos || end == 0) end = fits;
    out += std::string(rest.substr(0, end)) + "\n" + std::string(indent, ' ');
    rest.remove_prefix(end);
    while (rest.starts_with(' ')) rest.remove_prefix(1);
    room = columns - indent;
  }
  return out + std::string(rest) + "\n";
}

}  // namespace domsec::report
