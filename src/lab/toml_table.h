// One table of a TOML file of the lab with the keys it may have; every refusal is `file:line: sentence`
// (LabError).
#pragma once

#define TOML_EXCEPTIONS 1
#include <toml++/toml.h>

#include <chrono>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domsec/lab/recipe.h"

namespace domsec::lab {

[[nodiscard]] std::string place(const std::string& file, const toml::node& node);
[[nodiscard]] LabError no_toml(const std::string& file, const toml::parse_error& error);

class Table {
 public:
  /// A key that is not listed is an error, with the nearest that is.
  Table(const toml::table& table, const std::string& file, const std::vector<std::string_view>& keys);
  /// Any key; who reads it looks at the rest.
  Table(const toml::table& table, const std::string& file) : table_(table), file_(file) {}
  Table(const toml::table& table, const std::string& file, std::initializer_list<std::string_view> keys)
      : Table(table, file, std::vector<std::string_view>(keys)) {}

  [[nodiscard]] const std::string& file() const { return file_; }
  [[nodiscard]] int line() const { return static_cast<int>(table_.source().begin.line); }
  [[nodiscard]] std::string where() const { return place(file_, table_); }
  [[nodiscard]] std::string where(const char* key) const;
  [[nodiscard]] bool has(const char* key) const { return table_.contains(key); }
  [[nodiscard]] std::string text(const char* key) const;
  [[nodiscard]] std::string text_or(const char* key, std::string otherwise) const;
  [[nodiscard]] std::optional<std::string> text_if(const char* key) const;
  [[nodiscard]] std::optional<int> number_if(const char* key) const;
  [[nodiscard]] int number_or(const char* key, int otherwise) const {
    return number_if(key).value_or(otherwise);
  }
  [[nodiscard]] std::optional<bool> flag_if(const char* key) const;
  [[nodiscard]] bool flag(const char* key) const { return flag_if(key).value_or(false); }
  [[nodiscard]] std::optional<std::vector<std::string>> texts_if(const char* key) const;
  [[nodiscard]] std::vector<std::string> texts(const char* key) const {
    return texts_if(key).value_or(std::vector<std::string>());
  }
  /// `1500ms`, `5s`, `30m`, `49h`, `366d`.
  [[nodiscard]] std::optional<std::chrono::milliseconds> span_if(const char* key) const;
  /// Null when it is not there.
  [[nodiscard]] const toml::table* table_if(const char* key) const;
  [[nodiscard]] std::vector<const toml::table*> tables(const char* key) const;

  /// The value that belongs to the word of `key`.
  template <typename Value, std::size_t Size>
  [[nodiscard]] std::optional<Value> word_if(const char* key,
                                             const std::pair<std::string_view, Value> (&words)[Size]) const {
    const std::optional<std::string> written = text_if(key);
    if (!written) return std::nullopt;
    std::string known;
    for (const auto& [word, value] : words) {
      if (word == *written) return value;
      known += (known.empty() ? "" : ", ") + std::string(word);
    }
    throw LabError(where(key) + "'" + *written + "' is no word for '" + key + "'; write one of " + known);
  }

 private:
  const toml::table& table_;
  const std::string& file_;
};

}  // namespace domsec::lab
