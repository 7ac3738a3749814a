// Exported objects as one line of text, so that a test says what it expects as it reads.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "domsec/exchange/exported_object.h"
#include "domsec/exchange/organisation.h"

namespace domsec::exchange {

std::string line(const ExportedObject& object);

inline std::string line(const ExportedValue& value) {
  struct Line {
    std::string operator()(const std::monostate&) const { return "null"; }
    std::string operator()(bool truth) const { return truth ? "true" : "false"; }
    std::string operator()(std::int64_t number) const { return std::to_string(number); }
    std::string operator()(double number) const { return std::to_string(number); }
    std::string operator()(const std::string& text) const { return "'" + text + "'"; }
    std::string operator()(const Octets& octets) const { return "octets " + octets.octets; }
    std::string operator()(const Unreadable& unreadable) const { return "<" + unreadable.why + ">"; }
    std::string operator()(const ExportedList& list) const {
      std::string out = "[";
      for (const ExportedValue& item : list) out += (out.size() == 1 ? "" : " ") + line(item);
      return out + "]";
    }
    std::string operator()(const std::shared_ptr<const ExportedObject>& object) const {
      return line(*object);
    }
  };
  return std::visit(Line{}, value.value);
}

inline std::string line(const ExportedObject& object) {
  std::string out = "{";
  if (!object.types.empty()) out += object.types.front() + " ";
  if (!object.text.empty()) out += "'" + object.text + "' ";
  if (object.number) out += "#" + std::to_string(*object.number) + " ";
  if (object.items) out += line({*object.items, {}}) + " ";
  for (const ExportedProperty& property : object.properties)
    out += property.name + "=" + line(property.value) + " ";
  if (out.back() == ' ') out.pop_back();
  return out + "}";
}

inline std::vector<std::shared_ptr<const ExportedObject>> read_export(const ExportedText& text) {
  return text.form() == ExportForm::clixml ? read_export_clixml(text) : read_export_json(text);
}

/// All objects, or the sentence that refuses the file.
inline std::string lines(std::string_view bytes) {
  std::string out;
  try {
    for (const auto& object : read_export(ExportedText("export", bytes))) out += line(*object);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return out;
}

}  // namespace domsec::exchange
