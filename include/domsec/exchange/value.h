// A parameter's value as configuration files, exports and commands bring it, before any meaning. Every reader makes
// these; the tables of exchange/parameter.h take and give them.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace domsec::exchange {

struct Value;
struct NamedValue;
using ValueList = std::vector<Value>;
using ValueTable = std::vector<NamedValue>;   // a section, an object, a hashtable: in the order it is written

/// `$null`, JSON's null, CLIXML's Nil: the parameter is emptied.
struct Null {};

/// A type that no parameter has, as a message calls it: `a fraction`, `a date`.
struct OtherType {
  std::string name;
};

struct Value {
  std::variant<Null, std::string, std::int64_t, bool, OtherType, ValueList, ValueTable> value;
  int line = 0;                               // from 1; 0 = not known
  int column = 0;                             // in characters, from 1; 0 = not known
};

struct NamedValue {
  std::string name;
  int line = 0;                               // of the name
  int column = 0;
  Value value;
};

/// The same value, wherever it stands.
[[nodiscard]] bool same(const Value& a, const Value& b);
/// `a text`, `a list`: for messages.
[[nodiscard]] std::string type_name(const Value& value);

}  // namespace domsec::exchange
