// Typed reads of one Value, with the sentences of refusal; the rows of the parameter tables are made of them.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domsec/exchange/parameter.h"

namespace domsec::exchange {

/// An entry of a list, or a whole text, with its place.
struct Written {
  std::string text;
  int line = 0;
  int column = 0;
};

[[nodiscard]] bool is_null(const Value& value);
[[nodiscard]] Value text_value(std::string text);
[[nodiscard]] Value list_value(const std::vector<std::string>& texts);

/// `Name cannot be a number; remedy`.
[[noreturn]] void refuse_type(std::string_view name, const Value& value, std::string_view remedy);
/// `Name: "text" is not expected`.
[[noreturn]] void refuse_value(std::string_view name, const Written& written, std::string_view expected);
/// `sentence` at the place of `value`.
[[noreturn]] void refuse_at(const Value& value, const std::string& sentence);

[[nodiscard]] bool flag_of(std::string_view name, const Value& value);
/// One line without control characters.
[[nodiscard]] Written text_of(std::string_view name, const Value& value,
                              std::string_view remedy = "write a text in quotation marks");
[[nodiscard]] int number_of(std::string_view name, const Value& value, int least, int most);
/// As number_of, and `unlimited`.
[[nodiscard]] int limit_of(std::string_view name, const Value& value, int least, int most);
[[nodiscard]] std::uint64_t size_of(std::string_view name, const Value& value, std::uint64_t least,
                                    std::uint64_t most);
[[nodiscard]] std::chrono::seconds time_span_of(std::string_view name, const Value& value,
                                                std::chrono::seconds least, std::chrono::seconds most);
/// A list of texts; Null is the empty one.
[[nodiscard]] std::vector<Written> list_of(std::string_view name, const Value& value);
/// As list_of, and a single text, which is cut at its commas as PowerShell prints sets.
[[nodiscard]] std::vector<Written> set_of(std::string_view name, const Value& value);
/// A relative path is relative to the file that holds it.
[[nodiscard]] std::string resolved(const std::string& path, const Origin& origin);

}  // namespace domsec::exchange
