// domsec.toml -> Organisation. The one file of the reader that knows toml++: it turns the parser's tree into
// plain values with their places and its exceptions into ConfigError, and follows Include. Not here: what the parameters
// mean (the parameter tables).
#include <toml++/toml.h>

#include <algorithm>
#include <filesystem>

#include "configuration_text.h"
#include "domsec/exchange/configuration.h"
#include "organisation_sections.h"
#include "parameter_values.h"
#include "read_toml.h"
#include "shown_text.h"

namespace domsec::exchange {

namespace {

constexpr std::size_t deepest_include = 8;
constexpr std::size_t most_files = 64;

int line(const toml::source_region& region) { return static_cast<int>(region.begin.line); }
int column(const toml::source_region& region) { return static_cast<int>(region.begin.column); }

ValueTable plain(const toml::table& table);

Value plain(const toml::node& node) {
  Value out{OtherType{"nothing"}, line(node.source()), column(node.source())};
  switch (node.type()) {
    case toml::node_type::none: break;
    case toml::node_type::table: out.value = plain(*node.as_table()); break;
    case toml::node_type::array: {
      ValueList list;
      for (const toml::node& element : *node.as_array()) list.push_back(plain(element));
      out.value = std::move(list);
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

ValueTable plain(const toml::table& table) {
  ValueTable out;
  for (const auto& [key, node] : table) {
    NamedValue entry{std::string(key.str()), line(key.source()), column(key.source()), plain(node)};
    if (entry.value.line == 0) {
      entry.value.line = entry.line;
      entry.value.column = entry.column;
    }
    out.push_back(std::move(entry));
  }
  std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.line < b.line; });
  return out;
}

ValueTable parse(std::string_view text, const std::string& file) {
  check_configuration_text(text, file);
  try {
    return plain(toml::parse(text));
  } catch (const toml::parse_error& error) {
    refuse({file, line(error.source()), column(error.source())},
           std::string(error.description()) + "; correct the TOML syntax there");
  }
}

struct Reading {
  const TextOf& text_of;
  std::vector<std::string> under_way{};   // from the first file to the one that is read, each by its real path
  std::size_t files = 0;
};

void read_file(const std::string& file, Reading& reading, Organisation& into);

std::string real_path(const std::string& file) {
  std::error_code error;
  const std::filesystem::path path = std::filesystem::weakly_canonical(file, error);
  return error ? file : path.string();
}

void read_included(const Written& entry, const std::string& file, Reading& reading, Organisation& into) {
  const Origin at{file, entry.line, entry.column};
  const std::string included = resolved(entry.text, at);
  const auto known = std::find(reading.under_way.begin(), reading.under_way.end(), real_path(included));
  if (known != reading.under_way.end()) {
    refuse(at, "Include: " + shown(entry.text) + " includes itself again; remove one of the two entries");
  }
  if (reading.under_way.size() >= deepest_include || reading.files >= most_files) {
    refuse(at, "Include: more than " + std::to_string(deepest_include) + " files deep or " +
                   std::to_string(most_files) + " in all; put the sections into fewer files");
  }
  std::error_code error;
  if (entry.text.empty() || !std::filesystem::exists(included, error)) {
    refuse(at, "Include: there is no file " + shown(entry.text) + "; correct the name or remove the entry");
  }
  read_file(included, reading, into);
}

void read_file(const std::string& file, Reading& reading, Organisation& into) {
  const ValueTable sections = parse(reading.text_of(file), file);
  if (sections.empty()) {
    refuse({file, 1}, "the file has no section; begin with [organization] and a Name");
  }
  reading.under_way.push_back(real_path(file));
  ++reading.files;
  for (const NamedValue& section : sections) {
    if (section.name != "Include") continue;
    try {
      for (const Written& entry : list_of("Include", section.value)) read_included(entry, file, reading, into);
    } catch (const ParameterError& error) {
      refuse({file, error.line(), error.column()}, error.what());
    }
  }
  read_sections(sections, file, into);
  reading.under_way.pop_back();
}

}  // namespace

Organisation read_toml_from(const std::string& file, const TextOf& text_of) {
  Organisation organisation;
  organisation.origin = Origin{file, 1};
  Reading reading{text_of};
  read_file(file, reading, organisation);
  check_organisation(organisation);
  return organisation;
}

Organisation read_toml_texts(const ConfigurationTexts& texts) {
  const auto from_texts = [&texts](const std::string& file) {
    const auto found = std::find_if(texts.begin(), texts.end(), [&file](const auto& one) { return one.first == file; });
    return found == texts.end() ? read_configuration_file(file) : found->second;
  };
  return read_toml_from(texts.front().first, from_texts);
}

Organisation read_toml_text(std::string_view text, const std::string& file) {
  return read_toml_texts({{file, std::string(text)}});
}

Organisation read_toml(const std::string& file) { return read_toml_from(file, read_configuration_file); }

}  // namespace domsec::exchange
