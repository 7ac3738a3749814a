// What each kind of parameter takes, and the sentence when it is something else; the text at fault is shown escaped.
#include "parameter_values.h"

#include <algorithm>
#include <filesystem>

#include "configuration_values.h"
#include "shown_text.h"

namespace domsec::exchange {

namespace {

constexpr std::string_view span_remedy = "write hh:mm:ss, or d.hh:mm:ss for days, in quotation marks";

bool has_control_byte(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

Written entry_of(std::string_view name, const Value& value, std::size_t number) {
  const std::string head = std::string(name) + ": entry " + std::to_string(number);
  const auto* text = std::get_if<std::string>(&value.value);
  if (text == nullptr) {
    refuse_at(value, head + " is " + type_name(value) + "; write texts in quotation marks");
  }
  if (has_control_byte(*text)) {
    refuse_at(value, head + " holds a control character; write plain text on one line");
  }
  return Written{*text, value.line, value.column};
}

}  // namespace

bool is_null(const Value& value) { return std::holds_alternative<Null>(value.value); }

Value text_value(std::string text) { return Value{std::move(text)}; }

Value list_value(const std::vector<std::string>& texts) {
  ValueList list;
  list.reserve(texts.size());
  for (const std::string& text : texts) list.push_back(text_value(text));
  return Value{std::move(list)};
}

void refuse_type(std::string_view name, const Value& value, std::string_view remedy) {
  refuse_at(value, std::string(name) + " cannot be " + type_name(value) + "; " + std::string(remedy));
}

void refuse_value(std::string_view name, const Written& written, std::string_view expected) {
  throw ParameterError(std::string(name) + ": " + shown(written.text) + " is not " + std::string(expected),
                       written.line, written.column);
}

void refuse_at(const Value& value, const std::string& sentence) {
  throw ParameterError(sentence, value.line, value.column);
}

bool flag_of(std::string_view name, const Value& value) {
  const bool* flag = std::get_if<bool>(&value.value);
  if (flag == nullptr) refuse_type(name, value, "write true or false without quotation marks");
  return *flag;
}

Written text_of(std::string_view name, const Value& value, std::string_view remedy) {
  const auto* text = std::get_if<std::string>(&value.value);
  if (text == nullptr) refuse_type(name, value, remedy);
  if (has_control_byte(*text)) {
    refuse_at(value, std::string(name) + " holds a control character; write plain text on one line");
  }
  return Written{*text, value.line, value.column};
}

int number_of(std::string_view name, const Value& value, int least, int most) {
  const auto* number = std::get_if<std::int64_t>(&value.value);
  if (number == nullptr) refuse_type(name, value, "write a whole number without quotation marks");
  if (*number < least || *number > most) {
    refuse_at(value, std::string(name) + ": " + std::to_string(*number) +
                         " is out of range; write a number from " + std::to_string(least) + " to " +
                         std::to_string(most));
  }
  return static_cast<int>(*number);
}

int limit_of(std::string_view name, const Value& value, int least, int most) {
  if (!std::holds_alternative<std::string>(value.value)) {
    const auto* number = std::get_if<std::int64_t>(&value.value);
    if (number != nullptr && *number == unlimited_number) return unlimited_number;
    return number_of(name, value, least, most);
  }
  const Written written = text_of(name, value);
  if (!same_word(written.text, "unlimited")) {
    refuse_value(name, written, "a limit; write a whole number or \"unlimited\"");
  }
  return unlimited_number;
}

std::uint64_t size_of(std::string_view name, const Value& value, std::uint64_t least, std::uint64_t most) {
  std::optional<std::uint64_t> size;
  Written written{{}, value.line, value.column};
  if (const auto* number = std::get_if<std::int64_t>(&value.value)) {
    written.text = std::to_string(*number);
    if (*number >= 0) size = static_cast<std::uint64_t>(*number);
  } else if (const auto* text = std::get_if<std::string>(&value.value)) {
    written.text = *text;
    size = read_size(*text);
  } else {
    refuse_type(name, value, "write a number of octets or a size such as \"10MB\"");
  }
  if (!size) {
    refuse_value(name, written, "a size; write a number of octets or a size such as \"10MB\"");
  }
  if (*size < least || *size > most) {
    refuse_at(value, std::string(name) + ": " + shown(written.text) + " is out of range; write a size from " +
                         size_text(least) + " to " + size_text(most));
  }
  return *size;
}

std::chrono::seconds time_span_of(std::string_view name, const Value& value, std::chrono::seconds least,
                                  std::chrono::seconds most) {
  const Written written = text_of(name, value, span_remedy);
  const std::optional<std::chrono::seconds> span = read_time_span(written.text);
  if (!span) refuse_value(name, written, "a time span; " + std::string(span_remedy));
  if (*span < least || *span > most) {
    refuse_at(value, std::string(name) + ": " + shown(written.text) +
                         " is out of range; write a time span from " + time_span_text(least) + " to " +
                         time_span_text(most));
  }
  return *span;
}

std::vector<Written> list_of(std::string_view name, const Value& value) {
  if (is_null(value)) return {};
  const auto* list = std::get_if<ValueList>(&value.value);
  if (list == nullptr) {
    refuse_type(name, value, "write a list, as in " + std::string(name) + " = [\"...\"]");
  }
  std::vector<Written> out;
  out.reserve(list->size());
  for (const Value& entry : *list) out.push_back(entry_of(name, entry, out.size() + 1));
  return out;
}

std::vector<Written> set_of(std::string_view name, const Value& value) {
  if (!std::holds_alternative<std::string>(value.value)) return list_of(name, value);
  const Written whole = text_of(name, value);
  std::vector<Written> out;
  std::string_view rest = whole.text;
  for (;;) {
    const auto comma = rest.find(',');
    out.push_back({std::string(without_outer_blanks(rest.substr(0, comma))), whole.line, whole.column});
    if (comma == std::string_view::npos) return out;
    rest = rest.substr(comma + 1);
  }
}

std::string resolved(const std::string& path, const Origin& origin) {
  if (path.empty()) return path;
  return (std::filesystem::path(origin.file).parent_path() / path)
      .string();  // an absolute path replaces the directory
}

}  // namespace domsec::exchange
