// The values of the shell's language. Lists, hashtables and objects have reference semantics, as in
// PowerShell:
// `$x = Get-TransportConfig; $x.TLSSendDomainSecureList += "…"` changes the object that $x names.
#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "domsec/pki/instant.h"

namespace domsec::shell {

class Value;
struct Statements;  // syntax.h

using Bytes = std::vector<std::uint8_t>;
using List = std::vector<Value>;
struct Hashtable;
struct Object;

using TimeSpan = std::chrono::seconds;

/// `{ … }`: statements that a cmdlet runs for each `$_`.
struct ScriptBlock {
  std::shared_ptr<const Statements> statements;
};

class Value {
 public:
  using Form = std::variant<std::monostate, bool, std::int64_t, double, std::string,
                            std::shared_ptr<const Bytes>, pki::Instant, TimeSpan, std::shared_ptr<List>,
                            std::shared_ptr<Hashtable>, std::shared_ptr<Object>, ScriptBlock>;

  Value() = default;
  Value(std::same_as<bool> auto truth) : form_(truth) {}  // a pointer is no truth value
  Value(std::int64_t number) : form_(number) {}
  Value(int number) : form_(std::int64_t{number}) {}
  Value(double number) : form_(number) {}
  Value(std::string text) : form_(std::move(text)) {}
  Value(std::string_view text) : form_(std::string(text)) {}
  Value(const char* text) : form_(std::string(text)) {}
  Value(Bytes octets) : form_(std::make_shared<const Bytes>(std::move(octets))) {}
  Value(pki::Instant instant) : form_(instant) {}
  Value(TimeSpan span) : form_(span) {}
  Value(List list);
  Value(Hashtable table);
  Value(Object object);
  Value(ScriptBlock block) : form_(std::move(block)) {}

  [[nodiscard]] const Form& form() const { return form_; }
  [[nodiscard]] bool is_null() const { return std::holds_alternative<std::monostate>(form_); }
  [[nodiscard]] const bool* truth() const { return std::get_if<bool>(&form_); }
  [[nodiscard]] const std::int64_t* number() const { return std::get_if<std::int64_t>(&form_); }
  [[nodiscard]] const std::string* text() const { return std::get_if<std::string>(&form_); }
  [[nodiscard]] std::string* text() { return std::get_if<std::string>(&form_); }
  [[nodiscard]] const pki::Instant* instant() const { return std::get_if<pki::Instant>(&form_); }
  [[nodiscard]] const ScriptBlock* block() const { return std::get_if<ScriptBlock>(&form_); }
  [[nodiscard]] const Bytes* octets() const;
  [[nodiscard]] List* list() const;
  [[nodiscard]] Hashtable* hashtable() const;
  [[nodiscard]] Object* object() const;
  /// Nobody else holds this list: it may be lengthened in place.
  [[nodiscard]] bool sole_list() const;

 private:
  Form form_;
};

/// `@{Add="a.example"; Remove="b.example"}`: keys in the order they were written, compared without case.
struct Hashtable {
  std::vector<std::pair<std::string, Value>> entries;
  [[nodiscard]] const Value* find(std::string_view key) const;
  void set(std::string_view key, Value value);
};

enum class Access { read_only, writable };
enum class View { list, table };

/// What a cmdlet returns. Names of properties do not depend on case.
struct Object {
  struct Property {
    std::string name;
    Value value;
    Access access = Access::writable;
  };
  std::string type;  // `SendConnector`
  std::vector<Property> properties;
  std::vector<std::string> shown;  // properties of the view without Format-*; empty = all
  View view = View::list;
  std::string name;  // what `"$object"` prints; empty = its properties
  std::vector<std::string> listed{};  // properties that Format-List prints when none is named; empty = all

  [[nodiscard]] const Property* find(std::string_view property) const;
  [[nodiscard]] Property* find(std::string_view property);
};

/// `Text`, `Int64`, `SendConnector`: for messages.
[[nodiscard]] std::string type_name(const Value& value);
/// As `"$value"` prints it: invariant dates, lists joined by a blank.
[[nodiscard]] std::string text_of(const Value& value);
/// As Format-List and Format-Table print it: `{a, b}`, `12/30/2027 2:39:08 PM` (UTC); `most`: entries of a
/// list before `...`, negative = all.
[[nodiscard]] std::string shown_text(const Value& value, std::int64_t most);
/// PowerShell's notion: $null, $false, 0, empty text, empty list and a list of one such are false.
[[nodiscard]] bool holds(const Value& value);
/// What a pipeline makes of a value: a list becomes its entries, $null one entry that is $null.
[[nodiscard]] List enumerated(const Value& value);
/// What a pipeline's output is as a value: nothing = $null, one entry = itself, more = a list.
[[nodiscard]] Value collected(List entries);

/// `1.00:10:00`, `00:10:00`, as Exchange writes a time span.
[[nodiscard]] std::string text_of(TimeSpan span);
[[nodiscard]] std::optional<TimeSpan> read_time_span(std::string_view text);
/// `12/30/2027`, `12/30/2027 2:39:08 PM`, `12/30/2027 14:39`, `2027-12-30`, `2027-12-30T14:39:08Z`; UTC.
[[nodiscard]] std::optional<pki::Instant> read_date(std::string_view text);
/// A custom format of .NET: y M d H h m s t and literal text; `o`, `s`, `u` and the empty format.
[[nodiscard]] std::string date_text(pki::Instant instant, std::string_view format);
/// A whole number in decimal or hexadecimal (`0x1F`), with `KB`, `MB`, `GB` where they are given.
[[nodiscard]] std::optional<std::int64_t> read_whole_number(std::string_view text);

/// ASCII case is all that PowerShell's names have.
[[nodiscard]] std::string lower(std::string_view text);
[[nodiscard]] bool same_word(std::string_view a, std::string_view b);

}  // namespace domsec::shell
