// One CSV field on one physical line, whatever octets a peer sent. CR and LF become blanks; every other
// control octet, every octet that is not part of well-formed UTF-8, and the line ends that Unicode adds
// (U+0080 … U+009F with NEL, U+2028, U+2029) become `\xNN`, so that no reader of the file sees a second line
// or a broken encoding.
#include <algorithm>
#include <cstdint>

#include "domsec/transcript/protocol_log.h"

namespace domsec::transcript {

namespace {

std::uint8_t octet(char value) {
  return static_cast<std::uint8_t>(value);
}
bool continues(char value) {
  return (octet(value) & 0xC0) == 0x80;
}

/// Length of the well-formed UTF-8 sequence at the start of `text` (RFC 3629 4); 0 when there is none.
std::size_t sequence_length(std::string_view text) {
  const std::uint8_t first = octet(text[0]);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xC2 && first <= 0xDF   ? 2
                             : (first & 0xF0) == 0xE0         ? 3
                             : first >= 0xF0 && first <= 0xF4 ? 4
                                                              : 0;
  if (length == 0 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if (!continues(text[i])) return 0;
  }
  const std::uint8_t second = octet(text[1]);
  const bool overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
  const bool surrogate = first == 0xED && second > 0x9F;
  const bool beyond = first == 0xF4 && second > 0x8F;
  return overlong || surrogate || beyond ? 0 : length;
}

bool ends_a_line_somewhere(std::string_view sequence) {
  if (sequence.size() == 1) return octet(sequence[0]) < 0x20 || octet(sequence[0]) == 0x7F;
  return (sequence[0] == '\xC2' && octet(sequence[1]) < 0xA0) || sequence == "\xE2\x80\xA8" ||
         sequence == "\xE2\x80\xA9";
}

void append_escaped(std::string& out, std::string_view octets) {
  static constexpr std::string_view digits = "0123456789ABCDEF";
  for (const char value : octets) {
    out += "\\x";
    out += digits[octet(value) >> 4];
    out += digits[octet(value) & 0xF];
  }
}

/// Printable ASCII, which nearly every field is: it stands as it came.
bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char value) { return value >= 0x20 && value < 0x7F; });
}

}  // namespace

std::string one_line(std::string_view text) {
  if (is_plain(text)) return std::string(text);
  std::string line;
  line.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = sequence_length(text);
    const std::string_view sequence = text.substr(0, length == 0 ? 1 : length);
    if (sequence == "\r" || sequence == "\n") {
      line += ' ';
    } else if (length == 0 || ends_a_line_somewhere(sequence)) {
      append_escaped(line, sequence);
    } else {
      line += sequence;
    }
    text.remove_prefix(sequence.size());
  }
  return line;
}

void append_csv_field(std::string& record, std::string_view octets) {
  const auto unquoted = [](char value) { return value != ',' && value != '"'; };
  const std::string harmless = is_plain(octets) ? std::string() : one_line(octets);
  const std::string_view text = harmless.empty() ? octets : harmless;
  if (std::all_of(text.begin(), text.end(), unquoted)) {
    record += text;
    return;
  }
  record += '"';
  for (const char value : text) {
    if (value == '"') record += '"';
    record += value;
  }
  record += '"';
}

std::string csv_field(std::string_view text) {
  std::string field;
  append_csv_field(field, text);
  return field;
}

}  // namespace domsec::transcript
