// The bytes of an exported file: size, encoding, places. Not here: JSON (read_export_json.cpp), CLIXML
// (read_export_clixml.cpp).
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "domsec/exchange/exported_object.h"
#include "domsec/exchange/organisation.h"
#include "shown_text.h"

namespace domsec::exchange {

namespace {

constexpr std::uintmax_t most_octets = 64ULL << 20;
constexpr std::size_t block = 64;  // octets between two entries of ExportedText::characters_

unsigned octet_at(std::string_view text, std::size_t at) {
  return at < text.size() ? static_cast<unsigned char>(text[at]) : 0U;
}

bool within(unsigned octet, unsigned least, unsigned most) {
  return octet >= least && octet <= most;
}

/// RFC 3629 4: octets of the well-formed sequence at `at`; 0 when there is none.
std::size_t utf8_sequence(std::string_view text, std::size_t at) {
  const unsigned first = octet_at(text, at);
  const unsigned second = octet_at(text, at + 1);
  const auto tail = [text, at](std::size_t i) { return within(octet_at(text, at + i), 0x80, 0xbf); };
  if (first < 0x80) return 1;
  if (within(first, 0xc2, 0xdf)) return tail(1) ? 2 : 0;
  if (within(first, 0xe0, 0xef)) {
    const bool shortest = first != 0xe0 || second >= 0xa0;
    const bool no_surrogate = first != 0xed || second <= 0x9f;
    return shortest && no_surrogate && tail(1) && tail(2) ? 3 : 0;
  }
  if (within(first, 0xf0, 0xf4)) {
    const bool in_range = within(second, first == 0xf0 ? 0x90 : 0x80, first == 0xf4 ? 0x8f : 0xbf);
    return in_range && tail(2) && tail(3) ? 4 : 0;
  }
  return 0;
}

void append_utf8(std::string& out, char32_t character) {
  const auto octet = [&out](char32_t value) { out += static_cast<char>(static_cast<unsigned char>(value)); };
  if (character < 0x80) {
    octet(character);
  } else if (character < 0x800) {
    octet(0xc0U | (character >> 6U));
    octet(0x80U | (character & 0x3fU));
  } else if (character < 0x10000) {
    octet(0xe0U | (character >> 12U));
    octet(0x80U | ((character >> 6U) & 0x3fU));
    octet(0x80U | (character & 0x3fU));
  } else {
    octet(0xf0U | (character >> 18U));
    octet(0x80U | ((character >> 12U) & 0x3fU));
    octet(0x80U | ((character >> 6U) & 0x3fU));
    octet(0x80U | (character & 0x3fU));
  }
}

enum class Order { little, big };

/// RFC 2781. A surrogate that stands alone, or half a unit at the end, is U+FFFD.
std::string from_utf16(std::string_view bytes, Order order) {
  constexpr char32_t replacement = 0xfffd;
  const auto unit = [bytes, order](std::size_t at) -> char32_t {
    const char32_t first = octet_at(bytes, at);
    const char32_t second = octet_at(bytes, at + 1);
    return order == Order::little ? second << 8U | first : first << 8U | second;
  };
  std::string out;
  out.reserve(bytes.size() / 2);
  for (std::size_t at = 0; at < bytes.size(); at += 2) {
    const bool whole = at + 1 < bytes.size();
    const char32_t first = unit(at);
    const bool high = first >= 0xd800 && first <= 0xdbff;
    const char32_t second = high && at + 3 < bytes.size() ? unit(at + 2) : 0;
    if (high && second >= 0xdc00 && second <= 0xdfff) {
      append_utf8(out, 0x10000 + ((first - 0xd800) << 10U) + (second - 0xdc00));
      at += 2;
    } else {
      append_utf8(out, whole && (first < 0xd800 || first > 0xdfff) ? first : replacement);
    }
  }
  return out;
}

std::string as_utf8(std::string_view bytes) {
  if (bytes.starts_with("\xff\xfe")) return from_utf16(bytes.substr(2), Order::little);
  if (bytes.starts_with("\xfe\xff")) return from_utf16(bytes.substr(2), Order::big);
  if (bytes.starts_with("\xef\xbb\xbf")) bytes.remove_prefix(3);
  return std::string(bytes);
}

}  // namespace

const ExportedProperty* ExportedObject::find(std::string_view name) const {
  const std::string wanted = lower_case(name);
  for (const ExportedProperty& property : properties) {
    if (lower_case(property.name) == wanted) return &property;
  }
  return nullptr;
}

void refuse_export(const std::string& file, Place place, std::string_view sentence) {
  std::string message = file;
  if (place.line > 0) message += ':' + std::to_string(place.line) + ':' + std::to_string(place.column);
  message += ": ";
  constexpr std::string_view hex = "0123456789abcdef";
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

ExportedText::ExportedText(std::string file, std::string_view bytes) : file_(std::move(file)) {
  if (bytes.size() > most_octets) {
    refuse_export(file_, {}, "the file is larger than 64 MiB; export fewer objects at a time");
  }
  text_ = as_utf8(bytes);
  lines_.push_back(0);
  std::size_t characters = 0;
  for (std::size_t at = 0; at < text_.size();) {
    const std::size_t octets = utf8_sequence(text_, at);
    if (octets == 0) refuse(at, "the text is not UTF-8; export it again with -Encoding utf8");
    if (text_[at] == '\0')
      refuse(at, "there is a NUL character in the text; export it again with -Encoding utf8");
    for (std::size_t i = at; i < at + octets; ++i) {
      if (i % block == 0) characters_.push_back(characters + (i > at ? 1 : 0));
    }
    ++characters;
    at += octets;
    if (text_[at - 1] == '\n') lines_.push_back(at);
  }
  if (text_.find_first_not_of(" \t\r\n") == std::string::npos) {
    refuse_export(file_, {1, 1}, "the file is empty; export the objects again");
  }
}

ExportForm ExportedText::form() const {
  const char first = text_[text_.find_first_not_of(" \t\r\n")];
  if (first == '<') return ExportForm::clixml;
  // `[` also begins a type of PowerShell, but no cmdlet script needs one.
  return first == '{' || first == '[' ? ExportForm::json : ExportForm::script;
}

std::size_t ExportedText::characters_before(std::size_t offset) const {
  if (characters_.empty()) return 0;
  const std::size_t nearest = std::min(offset / block, characters_.size() - 1);
  std::size_t characters = characters_[nearest];
  for (std::size_t at = nearest * block; at < offset; ++at)
    characters += within(octet_at(text_, at), 0x80, 0xbf) ? 0 : 1;
  return characters;
}

Place ExportedText::place(std::size_t offset) const {
  offset = std::min(offset, text_.size());
  const auto after = std::upper_bound(lines_.begin(), lines_.end(), offset);
  const std::size_t column = characters_before(offset) - characters_before(*(after - 1)) + 1;
  return {static_cast<int>(after - lines_.begin()), static_cast<int>(column)};
}

void ExportedText::refuse(std::size_t offset, std::string_view sentence) const {
  refuse_export(file_, place(offset), sentence);
}

ExportedText read_exported_text(const std::string& file) {
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(file, error);
  if (status.type() == std::filesystem::file_type::not_found) {
    refuse_export(file, {}, "there is no such file; name a file that Exchange exported");
  }
  if (error)
    refuse_export(file, {}, "the file cannot be read (" + error.message() + "); check its permissions");
  if (std::filesystem::is_directory(status))
    refuse_export(file, {}, "this is a directory; name the files in it");
  if (!std::filesystem::is_regular_file(status)) {
    refuse_export(file, {}, "this is not a regular file; name a file that Exchange exported");
  }
  const std::uintmax_t size = std::filesystem::file_size(file, error);
  if (!error && size > most_octets) {
    refuse_export(file, {}, "the file is larger than 64 MiB; export fewer objects at a time");
  }
  std::ifstream in(file, std::ios::binary);
  if (!in) {
    refuse_export(
        file, {},
        std::string("the file cannot be read (") + std::strerror(errno) + "); check its permissions");
  }
  std::string bytes(static_cast<std::size_t>(error ? most_octets : size), '\0');
  in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (in.bad()) refuse_export(file, {}, "the file cannot be read to its end; check the disk");
  bytes.resize(static_cast<std::size_t>(in.gcount()));
  return ExportedText(file, bytes);
}

}  // namespace domsec::exchange
