#include "toml_table.h"

#include <algorithm>
#include <charconv>

namespace domsec::lab {

std::string place(const std::string& file, const toml::node& node) {
  return file + ":" + std::to_string(node.source().begin.line) + ": ";
}

LabError no_toml(const std::string& file, const toml::parse_error& error) {
  return LabError(file + ":" + std::to_string(error.source().begin.line) + ": " +
                  std::string(error.description()));
}

Table::Table(const toml::table& table, const std::string& file, const std::vector<std::string_view>& keys)
    : table_(table), file_(file) {
  for (const auto& [key, value] : table) {
    if (std::find(keys.begin(), keys.end(), key.str()) != keys.end()) continue;
    std::string known;
    for (const std::string_view each : keys) known += (known.empty() ? "" : ", ") + std::string(each);
    throw LabError(place(file, value) + "unknown key '" + std::string(key.str()) + "'; here may stand " +
                   known);
  }
}

std::string Table::where(const char* key) const {
  const toml::node* node = table_.get(key);
  return place(file_, node != nullptr ? *node : static_cast<const toml::node&>(table_));
}

std::string Table::text(const char* key) const {
  if (auto value = text_if(key)) return *value;
  throw LabError(where() + "'" + key + "' is missing");
}

std::string Table::text_or(const char* key, std::string otherwise) const {
  return text_if(key).value_or(std::move(otherwise));
}

std::optional<std::string> Table::text_if(const char* key) const {
  if (!has(key)) return std::nullopt;
  if (auto value = table_[key].value_exact<std::string>()) return value;
  throw LabError(where(key) + "'" + key + "' is no text; write it in quotes");
}

std::optional<int> Table::number_if(const char* key) const {
  if (!has(key)) return std::nullopt;
  const auto value = table_[key].value_exact<std::int64_t>();
  if (value && *value >= -1'000'000'000 && *value <= 1'000'000'000) return static_cast<int>(*value);
  throw LabError(where(key) + "'" + key + "' is no number that could be meant");
}

std::optional<bool> Table::flag_if(const char* key) const {
  if (!has(key)) return std::nullopt;
  if (auto value = table_[key].value_exact<bool>()) return value;
  throw LabError(where(key) + "'" + key + "' is neither true nor false");
}

std::optional<std::vector<std::string>> Table::texts_if(const char* key) const {
  if (!has(key)) return std::nullopt;
  const toml::array* array = table_[key].as_array();
  if (array == nullptr) throw LabError(where(key) + "'" + key + "' is no list of texts; write [\"…\"]");
  std::vector<std::string> result;
  for (const toml::node& node : *array) {
    const auto value = node.value_exact<std::string>();
    if (!value) throw LabError(place(file_, node) + "'" + key + "' holds something that is no text");
    result.push_back(*value);
  }
  return result;
}

std::optional<std::chrono::milliseconds> Table::span_if(const char* key) const {
  const std::optional<std::string> written = text_if(key);
  if (!written) return std::nullopt;
  static constexpr std::pair<std::string_view, std::int64_t> units[] = {
      {"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}};
  const char* const end = written->data() + written->size();
  std::int64_t count = 0;
  const auto read = std::from_chars(written->data(), end, count);
  for (const auto& [unit, milliseconds] : units) {
    const bool is_it = read.ec == std::errc() && count >= 0 && count <= 100'000 &&
                       std::string_view(read.ptr, static_cast<std::size_t>(end - read.ptr)) == unit;
    if (is_it) return std::chrono::milliseconds(count * milliseconds);
  }
  throw LabError(where(key) + "'" + *written +
                 "' is no span of time; write one such as 1500ms, 5s, 30m, 49h or 366d");
}

const toml::table* Table::table_if(const char* key) const {
  if (!has(key)) return nullptr;
  if (const toml::table* table = table_[key].as_table()) return table;
  throw LabError(where(key) + "'" + key + "' is no table; write { … }");
}

std::vector<const toml::table*> Table::tables(const char* key) const {
  std::vector<const toml::table*> result;
  if (!has(key)) return result;
  const toml::array* array = table_[key].as_array();
  if (array == nullptr) throw LabError(where(key) + "'" + key + "' is no list of tables");
  for (const toml::node& node : *array) {
    if (!node.is_table()) throw LabError(place(file_, node) + "'" + key + "' is no list of tables");
    result.push_back(node.as_table());
  }
  return result;
}

}  // namespace domsec::lab
