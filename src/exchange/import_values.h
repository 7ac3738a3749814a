// The shapes in which exports write one and the same value, and the plain Value that a parameter takes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "domsec/exchange/exported_object.h"
#include "domsec/exchange/parameter.h"

namespace domsec::exchange {

/// A parameter, as far as its values' shapes depend on it.
struct ImportedParameter {
  std::string_view object;  // `SendConnector`
  std::string_view name;
  Kind kind;
};

/// A value, or why the export does not hold one. A value of a wrong type is passed on for the parameter to
/// refuse.
struct Understood {
  std::optional<Value> value;
  std::string why;
};
[[nodiscard]] Understood understood(const ImportedParameter& parameter, const ExportedValue& value);

/// What stands there, for a report.
[[nodiscard]] std::string shown(const ExportedValue& value);
/// A text, or what an object prints: the domain of an Fqdn, `SMTP:*;1` of an address space. Nothing when that
/// cannot be told.
[[nodiscard]] std::optional<std::string> printed(const ExportedValue& value);
/// Octets, or the list of numbers that ConvertTo-Json makes of them.
[[nodiscard]] std::optional<std::string> octets_of(const ExportedValue& value);
/// A list, or the items of a collection; null when it is neither.
[[nodiscard]] const ExportedList* items_of(const ExportedValue& value);

}  // namespace domsec::exchange
