// What is checked of a configuration file before a parser sees it: kind and size of the file, UTF-8 (RFC
// 3629), depth. Not here: TOML's grammar (read_toml.cpp), the parameters (organisation_sections.cpp).
#include "configuration_text.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "domsec/exchange/organisation.h"

namespace domsec::exchange {

namespace {

/// 100,000 listed domains need 3 MiB.
constexpr std::uintmax_t most_octets = 16U << 20;
constexpr int deepest = 8;  // a configuration needs three: array of tables, table, list

/// The place of the octet at `at`.
Origin place(const std::string& file, std::string_view text, std::size_t at) {
  const std::string_view before = text.substr(0, at);
  const auto line_start = before.rfind('\n') + 1;  // npos + 1 = 0
  const auto characters = std::count_if(before.begin() + static_cast<std::ptrdiff_t>(line_start), before.end(),
                                        [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80; });
  return Origin{file, static_cast<int>(std::count(before.begin(), before.end(), '\n')) + 1,
                static_cast<int>(characters) + 1};
}

bool within(unsigned char octet, int least, int most) { return octet >= least && octet <= most; }

/// RFC 3629 4: octets of the well-formed sequence at the start of `text`; 0 when there is none.
std::size_t utf8_sequence(std::string_view text) {
  const auto octet = [text](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0;
  };
  const auto tail = [&octet](std::size_t i) {
    return within(static_cast<unsigned char>(octet(i)), 0x80, 0xbf);
  };
  const auto first = static_cast<unsigned char>(octet(0));
  const auto second = static_cast<unsigned char>(octet(1));
  if (first < 0x80) return 1;
  if (within(first, 0xc2, 0xdf)) return tail(1) ? 2 : 0;
  if (within(first, 0xe0, 0xef)) {
    const int least = first == 0xe0 ? 0xa0 : 0x80;  // no overlong form
    const int most = first == 0xed ? 0x9f : 0xbf;   // no surrogate
    return within(second, least, most) && tail(2) ? 3 : 0;
  }
  if (within(first, 0xf0, 0xf4)) {
    const int least = first == 0xf0 ? 0x90 : 0x80;
    const int most = first == 0xf4 ? 0x8f : 0xbf;  // nothing beyond U+10FFFF
    return within(second, least, most) && tail(2) && tail(3) ? 4 : 0;
  }
  return 0;
}

void check_utf8(std::string_view text, const std::string& file) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t octets = utf8_sequence(text.substr(at));
    if (octets == 0) refuse(place(file, text, at), "the text is not UTF-8; save the file as UTF-8");
    at += octets;
  }
}

/// TOML 1.0: the end of the string or comment that starts at `at`, or the end of the text. An unfinished
/// string stops the parser at the same place, so that nothing behind it matters.
std::size_t end_of_quiet_part(std::string_view text, std::size_t at) {
  if (text[at] == '#') return std::min(text.find('\n', at), text.size());
  const std::string_view mark = text.substr(at, 1);
  const std::string multi_line(3, mark[0]);
  const bool long_form = text.substr(at).starts_with(multi_line);
  const std::string_view end = long_form ? std::string_view(multi_line) : mark;
  for (std::size_t i = at + end.size(); i < text.size(); ++i) {
    if (mark[0] == '"' && text[i] == '\\') {
      ++i;
    } else if (!long_form && text[i] == '\n') {
      return text.size();
    } else if (text.substr(i).starts_with(end)) {
      i += end.size();
      while (long_form && i < text.size() && text[i] == mark[0]) ++i;  // up to two more belong to the string
      return i;
    }
  }
  return text.size();
}

/// Deep nesting would exhaust the stack when the tree is destroyed: toml++ bounds brackets, but not dotted
/// keys.
void check_depth(std::string_view text, const std::string& file) {
  int brackets = 0;
  int dots = 0;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (c == '#' || c == '"' || c == '\'') {
      at = end_of_quiet_part(text, at);
      continue;
    }
    if (c == '[' || c == '{') ++brackets;
    if ((c == ']' || c == '}') && brackets > 0) --brackets;
    dots = c == '.' ? dots + 1 : (c == '=' || c == ',' || c == '\n' || c == '{' || c == '[') ? 0 : dots;
    if (brackets > deepest || dots > deepest) {
      refuse(place(file, text, at),
             "the text nests deeper than any section does; remove the brackets or dots");
    }
    ++at;
  }
}

}  // namespace

void refuse(const Origin& at, std::string_view sentence) {
  constexpr std::string_view hex = "0123456789abcdef";
  std::string message = at.text() + (at.line > 0 && at.column > 0 ? ":" + std::to_string(at.column) : "") + ": ";
  for (const char c : sentence) {
    const auto octet = static_cast<unsigned char>(c);
    if (octet >= 0x20 && octet != 0x7f) {
      message += c;
    } else {
      message += {'\\', 'x', hex[octet >> 4U], hex[octet & 15U]};
    }
  }
  throw ConfigError(message);
}

std::string read_configuration_file(const std::string& file) {
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(file, error);
  if (status.type() == std::filesystem::file_type::not_found) {
    refuse(Origin{file}, "there is no such file; name the configuration file with --config");
  }
  if (error) refuse(Origin{file}, "the file cannot be read (" + error.message() + "); check its permissions");
  if (std::filesystem::is_directory(status)) refuse(Origin{file}, "this is a directory; name the file in it");
  if (!std::filesystem::is_regular_file(status)) refuse(Origin{file}, "this is not a regular file; name a file");
  const std::uintmax_t size = std::filesystem::file_size(file, error);
  if (!error && size > most_octets) {
    refuse(Origin{file}, "the file is larger than 16 MiB; a configuration never is, so check the name");
  }
  std::ifstream in(file, std::ios::binary);
  if (!in)
    refuse(Origin{file},
           std::string("the file cannot be read (") + std::strerror(errno) + "); check its permissions");
  std::string text(static_cast<std::size_t>(std::min(error ? most_octets : size, most_octets)) + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad()) refuse(Origin{file}, "the file cannot be read to its end; check the disk");
  text.resize(static_cast<std::size_t>(in.gcount()));
  return text;
}

void check_configuration_text(std::string_view text, const std::string& file) {
  if (text.size() > most_octets)
    refuse(Origin{file, 1}, "the text is larger than 16 MiB; a configuration never is, so check the file");
  check_utf8(text, file);
  check_depth(text, file);
}

}  // namespace domsec::exchange
