// domsec.toml -> Organisation. The one file of the reader that knows toml++: it turns the parser's tree into
// plain values with their lines and its exceptions into ConfigError. Not here: what the parameters mean
// (organisation_sections.cpp).
#include <toml++/toml.h>

#include <algorithm>

#include "configuration_text.h"
#include "domsec/exchange/organisation.h"
#include "organisation_sections.h"

namespace domsec::exchange {

namespace {

int line(const toml::source_region& region) { return static_cast<int>(region.begin.line); }

ConfigurationTable plain(const toml::table& table);

ConfigurationValue plain(const toml::node& node) {
  ConfigurationValue out{OtherType{}, line(node.source())};
  switch (node.type()) {
    case toml::node_type::none: break;
    case toml::node_type::table: out.value = plain(*node.as_table()); break;
    case toml::node_type::array: {
      ConfigurationArray array;
      for (const toml::node& element : *node.as_array()) array.push_back(plain(element));
      out.value = std::move(array);
      break;
    }
    case toml::node_type::string: out.value = node.as_string()->get(); break;
    case toml::node_type::integer: out.value = node.as_integer()->get(); break;
    case toml::node_type::boolean: out.value = node.as_boolean()->get(); break;
    case toml::node_type::floating_point: out.value = OtherType{"a fraction"}; break;
    case toml::node_type::date: out.value = OtherType{"a date"}; break;
    case toml::node_type::time: out.value = OtherType{"a time of day"}; break;
    case toml::node_type::date_time: out.value = OtherType{"a date and time"}; break;
  }
  return out;
}

ConfigurationTable plain(const toml::table& table) {
  ConfigurationTable out;
  for (const auto& [key, node] : table) {
    ConfigurationEntry entry{std::string(key.str()), line(key.source()), plain(node)};
    if (entry.value.line == 0) entry.value.line = entry.line;
    out.push_back(std::move(entry));
  }
  std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.line < b.line; });
  return out;
}

}  // namespace

Organisation read_toml_text(std::string_view text, const std::string& file) {
  check_configuration_text(text, file);
  try {
    const toml::table tree = toml::parse(text);
    return read_organisation(plain(tree), file);
  } catch (const toml::parse_error& error) {
    refuse(file, line(error.source()), std::string(error.description()) + "; correct the TOML syntax there");
  }
}

Organisation read_toml(const std::string& file) {
  return read_toml_text(read_configuration_file(file), file);
}

}  // namespace domsec::exchange
