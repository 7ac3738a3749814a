// Organisation -> domsec.toml, and JSON as ConvertTo-Json writes it. Both are made of the same sections.
#include "domsec/exchange/export.h"

#include "domsec/exchange/write_toml.h"
#include "exported_sections.h"

namespace domsec::exchange {

namespace {

Value with_paths(Kind kind, Value value, const ExportedPath& path) {
  if (kind != Kind::path && kind != Kind::paths) return value;
  if (auto* text = std::get_if<std::string>(&value.value)) *text = path(*text);
  if (auto* list = std::get_if<ValueList>(&value.value)) {
    for (Value& entry : *list) {
      if (auto* text = std::get_if<std::string>(&entry.value)) *text = path(*text);
    }
  }
  return value;
}

template <typename Object>
ExportedSection section(const Object& object, bool repeated, const ExportedPath& path) {
  static const Object standard{};
  ExportedSection out{std::string(object_name<Object>()), repeated, {}};
  for (const Parameter<Object>& row : parameters<Object>()) {
    const Value value = row.get(object);
    const bool written = !object.origins.of(row.name).file.empty() || !same(value, row.get(standard));
    out.parameters.push_back({row.name, row.kind, with_paths(row.kind, value, path), written});
  }
  return out;
}

template <typename Object>
void add_each(std::vector<ExportedSection>& all, const std::vector<Object>& objects,
              const ExportedPath& path) {
  for (const Object& object : objects) all.push_back(section(object, true, path));
}

bool says_nothing(const ExportedSection& section) {
  for (const ExportedParameter& parameter : section.parameters) {
    if (parameter.written) return false;
  }
  return true;
}

}  // namespace

std::vector<ExportedSection> exported_sections(const Organisation& organisation, const ExportedPath& path) {
  std::vector<ExportedSection> all{section(organisation, false, path),
                                   section(organisation.transport_config, false, path)};
  add_each(all, organisation.send_connectors, path);
  add_each(all, organisation.receive_connectors, path);
  add_each(all, organisation.inbound_connectors, path);
  add_each(all, organisation.outbound_connectors, path);
  all.push_back(section(organisation.auth_config, false, path));
  add_each(all, organisation.certificates, path);
  all.push_back(section(organisation.revocation, false, path));
  return all;
}

std::string export_toml(const Organisation& organisation, const ExportedPath& path) {
  std::string out;
  for (const ExportedSection& section : exported_sections(organisation, path)) {
    const bool first = out.empty();
    if (!first && !section.repeated && says_nothing(section)) continue;
    out += first ? "" : "\n";
    out += section.repeated ? "[[" + section.name + "]]\n" : "[" + section.name + "]\n";
    for (const ExportedParameter& parameter : section.parameters) {
      const std::string literal = toml_literal(parameter.value);
      const bool identity = section.repeated && parameter.name == "Name";
      if ((parameter.written || identity) && !literal.empty()) out += parameter.name + " = " + literal + "\n";
    }
  }
  return out;
}

std::string export_json(const Organisation& organisation, const ExportedPath& path) {
  std::string out = "[";
  for (const ExportedSection& section : exported_sections(organisation, path)) {
    out += out.size() == 1 ? "\n  {" : ",\n  {";
    out += "\n    \"$type\": \"" + section.name + "\"";
    for (const ExportedParameter& parameter : section.parameters) {
      const std::string literal = toml_literal(parameter.value);  // is JSON as well
      out += ",\n    \"" + parameter.name + "\": " + (literal.empty() ? "null" : literal);
    }
    out += "\n  }";
  }
  return out + "\n]\n";
}

}  // namespace domsec::exchange
