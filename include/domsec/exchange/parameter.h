// The parameters of Exchange's objects as tables: one row says a parameter's name, what may be written and how it
// reaches the object. Configuration file, export, import, cmdlets and `policy show` all go through these rows, so that a
// parameter has one name, one range and one sentence of refusal everywhere (spec exchange 1-3).
#pragma once

#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "domsec/exchange/origin.h"
#include "domsec/exchange/value.h"

namespace domsec::exchange {

/// What a parameter holds; the form that its Value has.
enum class Kind {
  flag,        // bool
  text,        // text; Null = not set
  word,        // one word of `words`; Null = not set
  words,       // a set of `words`: text `A, B`, or a list
  number,      // int64
  limit,       // int64 or the text `unlimited`
  size,        // text `10MB`; int64 octets are taken as well
  time_span,   // text `hh:mm:ss`, `d.hh:mm:ss`
  list,        // list of texts
  path,        // text; relative to the file that holds it
  paths,       // list of texts, each so
};

/// in_force: sessions obey it. carried: kept, shown, linted and written back, and it changes nothing in a session.
enum class Effect { in_force, carried };

/// A value that a parameter does not take: one sentence with the remedy, without the place. `line` and `column` are those of
/// the entry at fault, 0 where the parameter itself is.
class ParameterError : public std::runtime_error {
 public:
  ParameterError(const std::string& sentence, int line, int column)
      : std::runtime_error(sentence), line_(line), column_(column) {}
  [[nodiscard]] int line() const { return line_; }
  [[nodiscard]] int column() const { return column_; }

 private:
  int line_;
  int column_;
};

template <typename Object>
struct Parameter {
  std::string name;                      // Exchange's, as it is written everywhere
  Kind kind = Kind::text;
  Effect effect = Effect::in_force;
  std::vector<std::string> words{};      // of word and words: what may be written, for completion
  /// Throws ParameterError and leaves the object as it was. Use assign(), which keeps the origin.
  std::function<void(Object&, const Value&, const Origin&)> set{};
  /// Null = not set. What it gives, set() takes.
  std::function<Value(const Object&)> get{};
};

/// Organisation (its own section), TransportConfig, SendConnector, ReceiveConnector, InboundConnector, OutboundConnector,
/// CertificateFile, AuthConfig, EdgeSubscription, RevocationSettings; in the order in which they are shown. Declared in exchange/organisation.h.
template <typename Object>
[[nodiscard]] const std::vector<Parameter<Object>>& parameters();

/// `SendConnector`: the noun of the cmdlets and the name of the section.
template <typename Object>
[[nodiscard]] std::string_view object_name();

/// ASCII letters count alike in both cases: names of parameters, words and identities.
[[nodiscard]] bool same_word(std::string_view a, std::string_view b);
/// The nearest of `known` to `written`: the same but for case, or a few letters off. Nothing when all are far away.
[[nodiscard]] std::optional<std::string> nearest(std::string_view written, const std::vector<std::string>& known);

/// By its name in any case, as a cmdlet has it; null when the object has no such parameter.
template <typename Object>
[[nodiscard]] const Parameter<Object>* find_parameter(std::string_view name) {
  for (const Parameter<Object>& parameter : parameters<Object>()) {
    if (same_word(parameter.name, name)) return &parameter;
  }
  return nullptr;
}

template <typename Object>
[[nodiscard]] std::vector<std::string> parameter_names() {
  std::vector<std::string> names;
  for (const Parameter<Object>& parameter : parameters<Object>()) names.push_back(parameter.name);
  return names;
}

/// Sets the value and notes where it came from. Throws ParameterError; the object is then as it was.
template <typename Object>
void assign(const Parameter<Object>& parameter, Object& object, const Value& value, const Origin& origin) {
  parameter.set(object, value, origin);
  object.origins.by_parameter[parameter.name] = origin;
}

/// `before` without `remove` and with `add` behind it; entries that differ in case only are the same. An entry that is there
/// already is not added twice, one that is absent is removed without an error (R3).
[[nodiscard]] Value edited(std::string_view name, Kind kind, const Value& before, const ValueList& add,
                           const ValueList& remove);

/// `@{Add=…; Remove=…}`. Throws ParameterError; the object is then as it was.
template <typename Object>
void edit(const Parameter<Object>& parameter, Object& object, const ValueList& add, const ValueList& remove,
          const Origin& origin) {
  assign(parameter, object, edited(parameter.name, parameter.kind, parameter.get(object), add, remove), origin);
}

}  // namespace domsec::exchange
