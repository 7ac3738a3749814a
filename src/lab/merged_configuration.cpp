#include "merged_configuration.h"

#include <sstream>

#include "toml_table.h"

namespace domsec::lab {
namespace {

void put_over(toml::table& below, const toml::table& over) {
  for (const auto& [key, value] : over) {
    toml::node* there = below.get(key);
    const toml::table* table = value.as_table();
    toml::table* into = there != nullptr ? there->as_table() : nullptr;
    if (into == nullptr && there != nullptr && there->is_array_of_tables()) {
      into = there->as_array()->get(0)->as_table();
    }
    if (table != nullptr && into != nullptr) {
      put_over(*into, *table);
    } else {
      below.insert_or_assign(key, value);
    }
  }
}

}  // namespace

std::string merged(const std::string& text, const std::string& over) {
  toml::table configuration = toml::parse(text);
  put_over(configuration, toml::parse(over));
  std::ostringstream out;
  out << configuration << '\n';
  return out.str();
}

}  // namespace domsec::lab
