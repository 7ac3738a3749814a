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

/// The first `room` columns of `rest`, up to a blank where there is one; `rest` goes on behind it.
std::string take_line(std::string_view& rest, std::size_t room) {
  const std::size_t fits = octets_of(rest, room);
  std::size_t end = rest.substr(0, fits + 1).rfind(' ');
  if (end == std::string_view::npos || end == 0) end = fits;
  std::string line(rest.substr(0, end));
  line.erase(line.find_last_not_of(' ') + 1);
  rest.remove_prefix(end);
  while (rest.starts_with(' ')) rest.remove_prefix(1);
  return line;
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
    out += take_line(rest, room) + "\n" + std::string(indent, ' ');
    room = columns - indent;
  }
  return out + std::string(rest) + "\n";
}

std::vector<std::string> broken_at_blanks(std::string_view text, std::size_t room) {
  const std::string line = transcript::one_line(text);
  std::string_view rest = line;
  std::vector<std::string> lines;
  while (width(rest) > room) lines.push_back(take_line(rest, room));
  lines.emplace_back(rest);
  return lines;
}

}  // namespace domsec::report
