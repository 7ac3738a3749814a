// Casts, members and methods: those that the documents use and their nearest relatives.
#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "domsec/shell/format.h"
#include "operators.h"

namespace domsec::shell {
namespace {

[[noreturn]] void no_cast(const Value& value, std::string_view type, Place place) {
  throw ScriptError(place, "'" + text_of(value).substr(0, 60) + "' (" + type_name(value) +
                               ") cannot become [" + std::string(type) + "]");
}

std::string_view without_namespace(std::string_view type) {
  return same_word(type.substr(0, 7), "System.") ? type.substr(7) : type;
}

Value octets_of(const Value& value, Place place) {
  if (value.octets()) return value;
  if (value.is_null()) return Bytes{};
  Bytes octets;
  for (const Value& entry : enumerated(value)) {
    if (entry.octets()) {
      octets.insert(octets.end(), entry.octets()->begin(), entry.octets()->end());
      continue;
    }
    const auto number = entry.number() ? std::optional(*entry.number())
                        : entry.text() ? read_whole_number(*entry.text())
                                       : std::nullopt;
    if (!number || *number < 0 || *number > 255)
      throw ScriptError(place, "'" + text_of(entry).substr(0, 60) +
                                   "' is no octet; read a file with Get-Content -Encoding Byte -ReadCount 0");
    octets.push_back(static_cast<std::uint8_t>(*number));
  }
  return octets;
}

Value whole_number(const Value& value, std::string_view type, Place place) {
  if (value.is_null()) return 0;
  if (value.number()) return value;
  if (value.truth()) return *value.truth() ? 1 : 0;
  if (const double* real = std::get_if<double>(&value.form())) {
    if (!(std::abs(*real) < 9e18)) no_cast(value, type, place);
    return static_cast<std::int64_t>(std::nearbyint(*real));
  }
  const auto number = value.text() ? read_whole_number(*value.text()) : std::nullopt;
  if (!number) no_cast(value, type, place);
  return *number;
}

struct DateMember {
  std::string_view name;
  std::string_view format;
};
constexpr std::array date_members = {
    DateMember{"Year", "yyyy"}, DateMember{"Month", "%M"},  DateMember{"Day", "%d"},
    DateMember{"Hour", "%H"},   DateMember{"Minute", "%m"}, DateMember{"Second", "%s"},
};

std::optional<Value> date_member(pki::Instant instant, std::string_view name) {
  for (const DateMember& one : date_members) {
    if (!same_word(one.name, name)) continue;
    std::string digits = date_text(instant, one.format);
    digits.erase(std::remove(digits.begin(), digits.end(), '%'), digits.end());
    return Value(*read_whole_number(digits));
  }
  if (same_word(name, "DayOfWeek")) return Value(date_text(instant, "dddd"));
  if (same_word(name, "Date")) return Value(pki::Instant(std::chrono::floor<std::chrono::days>(instant)));
  return std::nullopt;
}

Value span_member(TimeSpan span, std::string_view name) {
  const auto count = span.count();
  const auto real = static_cast<double>(count);
  if (same_word(name, "Days")) return count / 86400;
  if (same_word(name, "Hours")) return count / 3600 % 24;
  if (same_word(name, "Minutes")) return count / 60 % 60;
  if (same_word(name, "Seconds")) return count % 60;
  if (same_word(name, "TotalDays")) return real / 86400;
  if (same_word(name, "TotalHours")) return real / 3600;
  if (same_word(name, "TotalMinutes")) return real / 60;
  if (same_word(name, "TotalSeconds")) return count;
  return {};
}

bool counts(std::string_view name) {
  return same_word(name, "Count") || same_word(name, "Length");
}

Value entry_member(const Value& object, std::string_view name) {
  if (const Object* held = object.object()) {
    const Object::Property* property = held->find(name);
    return property ? property->value : counts(name) ? Value(1) : Value();
  }
  if (const Hashtable* table = object.hashtable()) {
    if (const Value* value = table->find(name)) return *value;
    if (same_word(name, "Count")) return static_cast<std::int64_t>(table->entries.size());
    if (same_word(name, "Keys")) {
      List keys;
      for (const auto& [key, value] : table->entries) keys.emplace_back(key);
      return keys;
    }
    return {};
  }
  if (const Bytes* octets = object.octets())
    return counts(name) ? Value(static_cast<std::int64_t>(octets->size())) : Value();
  if (object.text() && same_word(name, "Length")) {
    const std::string& text = *object.text();  // characters, not octets
    return static_cast<std::int64_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
  }
  if (object.instant())
    if (const auto found = date_member(*object.instant(), name)) return *found;
  if (const TimeSpan* span = std::get_if<TimeSpan>(&object.form())) return span_member(*span, name);
  if (counts(name)) return object.is_null() ? 0 : 1;
  return {};
}

// --- methods

/// What a method was called with, and where.
struct Call {
  std::string_view method;
  const std::vector<Value>& arguments;
  Place place;

  [[nodiscard]] bool is(std::string_view name) const { return same_word(method, name); }
  void needs(std::size_t least, std::size_t most) const {
    if (arguments.size() >= least && arguments.size() <= most) return;
    throw ScriptError(place, "." + std::string(method) + "() takes " + std::to_string(least) +
                                 (most == least ? "" : " to " + std::to_string(most)) +
                                 (most == 1 ? " value" : " values") + ", not " +
                                 std::to_string(arguments.size()));
  }
  [[nodiscard]] std::string text(std::size_t i) const { return text_of(arguments[i]); }
};

Value trimmed(const std::string& text, const Call& call) {
  call.needs(0, 1);
  const std::string letters = call.arguments.empty() ? " \t\r\n\v\f" : call.text(0);
  const std::size_t begin = call.is("TrimEnd") ? 0 : text.find_first_not_of(letters);
  if (begin == std::string::npos) return "";
  const std::size_t end = call.is("TrimStart") ? text.size() - 1 : text.find_last_not_of(letters);
  if (end == std::string::npos) return "";
  return text.substr(begin, end - begin + 1);
}

Value split(const std::string& text, const Call& call, Budget& budget) {
  call.needs(0, 1);
  const std::string letters = call.arguments.empty() ? " \t\r\n" : call.text(0);
  List parts;
  for (std::size_t begin = 0;;) {
    const std::size_t end = text.find_first_of(letters, begin);
    budget.list(parts.size() + 1, call.place);
    parts.emplace_back(text.substr(begin, end - begin));
    if (end == std::string::npos) break;
    begin = end + 1;
  }
  budget.charge(text.size() + parts.size() * sizeof(Value), call.place);
  return parts;
}

Value replaced(const std::string& text, const Call& call, Budget& budget) {
  call.needs(2, 2);
  const std::string from = call.text(0);
  const std::string to = call.text(1);
  if (from.empty()) throw ScriptError(call.place, ".Replace(): the text to replace is empty");
  std::string out;
  std::size_t begin = 0;
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, begin)) {
    out += text.substr(begin, at - begin) + to;
    budget.text(out.size(), call.place);
    begin = at + from.size();
  }
  out += text.substr(begin);
  budget.charge(out.size(), call.place);
  return out;
}

Value substring(const std::string& text, const Call& call) {
  call.needs(1, 2);
  const auto size = static_cast<std::int64_t>(text.size());
  const std::int64_t begin = *whole_number(call.arguments[0], "int", call.place).number();
  const std::int64_t length = call.arguments.size() == 2
                                  ? *whole_number(call.arguments[1], "int", call.place).number()
                                  : size - begin;
  if (begin < 0 || begin > size || length < 0 || length > size - begin)
    throw ScriptError(call.place, ".Substring(): the text has " + std::to_string(size) +
                                      " characters; this reaches beyond it");
  return text.substr(static_cast<std::size_t>(begin), static_cast<std::size_t>(length));
}

std::string upper(std::string text) {
  for (char& c : text)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return text;
}

std::optional<Value> text_method(const std::string& text, const Call& call, Budget& budget) {
  const auto one = [&] {
    call.needs(1, 1);
    return call.text(0);
  };
  if (call.is("Trim") || call.is("TrimStart") || call.is("TrimEnd")) return trimmed(text, call);
  if (call.is("Split")) return split(text, call, budget);
  if (call.is("Replace")) return replaced(text, call, budget);
  if (call.is("Substring")) return substring(text, call);
  if (call.is("ToLower") || call.is("ToLowerInvariant")) return Value(lower(text));
  if (call.is("ToUpper") || call.is("ToUpperInvariant")) return Value(upper(text));
  if (call.is("Contains")) return Value(text.find(one()) != std::string::npos);
  if (call.is("StartsWith")) return Value(text.starts_with(one()));
  if (call.is("EndsWith")) return Value(text.ends_with(one()));
  if (call.is("IndexOf")) {
    const std::size_t at = text.find(one());
    return Value(at == std::string::npos ? std::int64_t{-1} : static_cast<std::int64_t>(at));
  }
  return std::nullopt;
}

/// AddHours(49), AddDays(-1.5).
std::optional<Value> date_method(pki::Instant instant, const Call& call, Budget& budget) {
  constexpr std::array<std::pair<std::string_view, double>, 4> units = {
      {{"AddDays", 86400}, {"AddHours", 3600}, {"AddMinutes", 60}, {"AddSeconds", 1}}};
  for (const auto& [name, seconds] : units) {
    if (!call.is(name)) continue;
    call.needs(1, 1);
    const Value number = cast("double", call.arguments[0], call.place);
    const double distance = *std::get_if<double>(&number.form()) * seconds;
    if (!(std::abs(distance) < 1e12))
      throw ScriptError(call.place, "the date lies outside the years 1 to 9999");
    return apply(BinaryOperator::add, Letters::folded, Value(instant),
                 Value(TimeSpan(std::llround(distance))), call.place, budget);
  }
  if (call.is("AddYears") || call.is("AddMonths")) {
    call.needs(1, 1);
    const std::int64_t count = *whole_number(call.arguments[0], "int", call.place).number();
    const auto day = std::chrono::floor<std::chrono::days>(instant);
    if (std::abs(count) > 120000) throw ScriptError(call.place, "the date lies outside the years 1 to 9999");
    std::chrono::year_month_day date =
        std::chrono::year_month_day(day) + std::chrono::months(call.is("AddYears") ? count * 12 : count);
    if (!date.ok()) date = date.year() / date.month() / std::chrono::last;  // the 31st of a short month
    if (static_cast<int>(date.year()) < 1 || static_cast<int>(date.year()) > 9999)
      throw ScriptError(call.place, "the date lies outside the years 1 to 9999");
    return Value(pki::Instant(std::chrono::sys_days(date) + (instant - day)));
  }
  if (call.is("ToUniversalTime") || call.is("ToLocalTime")) return Value(instant);
  if (call.is("ToShortDateString")) return Value(date_text(instant, "d"));
  if (call.is("ToString") && call.arguments.size() == 1) return Value(date_text(instant, call.text(0)));
  return std::nullopt;
}

std::optional<Value> list_method(const List& list, const Call& call, Budget& budget) {
  if (!call.is("Contains") && !call.is("IndexOf")) return std::nullopt;
  call.needs(1, 1);
  for (const Value& entry : list) {
    budget.step(call.place);
    if (!equal(entry, call.arguments[0], Letters::folded)) continue;
    return call.is("Contains") ? Value(true) : Value(static_cast<std::int64_t>(&entry - list.data()));
  }
  return call.is("Contains") ? Value(false) : Value(-1);
}

}  // namespace

Value cast(std::string_view type, const Value& value, Place place) {
  const std::string name = lower(without_namespace(type));
  if (name == "string") return text_of(value);
  if (name == "int" || name == "int32" || name == "int64" || name == "long")
    return whole_number(value, type, place);
  if (name == "bool" || name == "boolean" || name == "switch") return holds(value);
  if (name == "byte[]") return octets_of(value, place);
  if (name == "double" || name == "float" || name == "decimal") {
    if (std::holds_alternative<double>(value.form())) return value;
    if (value.text() && !read_whole_number(*value.text())) {
      try {
        std::size_t used = 0;
        const double real = std::stod(*value.text(), &used);
        if (used == value.text()->size()) return real;
      } catch (const std::logic_error&) {
        no_cast(value, type, place);
      }
      no_cast(value, type, place);
    }
    return static_cast<double>(*whole_number(value, type, place).number());
  }
  if (name == "datetime") {
    if (value.instant()) return value;
    const auto instant = value.text() ? read_date(*value.text()) : std::nullopt;
    if (!instant) no_cast(value, type, place);
    return *instant;
  }
  if (name == "timespan") {
    const auto span = value.text() ? read_time_span(*value.text()) : std::nullopt;
    if (std::holds_alternative<TimeSpan>(value.form())) return value;
    if (!span) no_cast(value, type, place);
    return *span;
  }
  if (name == "array" || name == "object[]") return enumerated(value);
  if (name == "string[]") {
    List texts;
    for (const Value& entry : enumerated(value)) texts.emplace_back(text_of(entry));
    return texts;
  }
  if (name == "xml" || name == "pscustomobject" || name == "object" || name == "hashtable" ||
      name == "void") {
    if (name == "pscustomobject" && value.hashtable()) return Object(*as_object(value));
    if (name == "xml" && value.text())
      throw ScriptError(place, "text is not read as XML here; [xml] takes what a cmdlet returns");
    return value;
  }
  throw ScriptError(
      place, "[" + std::string(type) +
                 "] is no type of this shell; it has string, int, double, bool, datetime, timespan, byte[], "
                 "string[], array and xml");
}

Value member(const Value& object, std::string_view name) {
  const List* list = object.list();
  if (!list) return entry_member(object, name);
  if (counts(name)) return static_cast<std::int64_t>(list->size());
  List values;
  for (const Value& entry : *list) {
    const Value value = entry.list() ? Value() : entry_member(entry, name);
    if (!value.is_null())
      for (const Value& one : enumerated(value)) values.push_back(one);
  }
  return collected(std::move(values));
}

Value call(const Value& object, std::string_view method, const std::vector<Value>& arguments, Place place,
           Budget& budget) {
  const Call call{method, arguments, place};
  if (object.is_null())
    throw ScriptError(
        place, "." + std::string(method) + "() is called on $null; see what the value before it should be");
  std::optional<Value> result;
  if (object.text())
    result = text_method(*object.text(), call, budget);
  else if (object.instant())
    result = date_method(*object.instant(), call, budget);
  else if (object.list())
    result = list_method(*object.list(), call, budget);
  else if (object.hashtable() && (call.is("ContainsKey") || call.is("Contains"))) {
    call.needs(1, 1);
    result = Value(object.hashtable()->find(call.text(0)) != nullptr);
  }
  if (result) return *result;
  if (call.is("ToString") && arguments.empty()) {
    if (object.instant()) return date_text(*object.instant(), "");
    return text_of(object);
  }
  if (call.is("GetType") && arguments.empty()) return type_name(object);
  throw ScriptError(place, type_name(object) + " has no method " + std::string(method) + "() in this shell");
}

Value static_call(std::string_view type, std::string_view name, const std::vector<Value>& arguments,
                  Place place, Host& host) {
  const std::string whole = lower(without_namespace(type)) + "::" + lower(name);
  const Call call{name, arguments, place};
  try {
    if (whole == "io.file::readallbytes") {
      call.needs(1, 1);
      return host.read_file(call.text(0));
    }
    if (whole == "io.file::readalltext") {
      call.needs(1, 2);
      const Bytes octets = host.read_file(call.text(0));
      return std::string(octets.begin(), octets.end());
    }
    if (whole == "io.file::writeallbytes" || whole == "io.file::writealltext") {
      call.needs(2, 3);
      const Value content =
          whole == "io.file::writeallbytes" ? octets_of(arguments[1], place) : Value(Bytes{});
      const std::string text = content.octets()->empty()
                                   ? text_of(arguments[1])
                                   : std::string(content.octets()->begin(), content.octets()->end());
      host.write_file(call.text(0), text);
      return {};
    }
  } catch (const HostError& error) {
    throw ScriptError(place, error.what());
  }
  if (whole == "datetime::now" || whole == "datetime::utcnow") return host.now();
  if (whole == "datetime::today") return pki::Instant(std::chrono::floor<std::chrono::days>(host.now()));
  if (whole == "string::empty") return "";
  if (whole == "string::isnullorempty") {
    call.needs(1, 1);
    return text_of(arguments[0]).empty();
  }
  throw ScriptError(place,
                    "[" + std::string(type) + "]::" + std::string(name) +
                        " is not in this shell; it has [System.IO.File]::ReadAllBytes and WriteAllBytes, and "
                        "[DateTime]::UtcNow");
}

Value entry(const Value& object, const Value& index, Place place) {
  if (object.is_null()) throw ScriptError(place, "$null has no entries");
  if (const Hashtable* table = object.hashtable()) {
    const Value* found = table->find(text_of(index));
    return found ? *found : Value();
  }
  if (const List* wanted = index.list()) {  // $list[0,2]
    List picked;
    for (const Value& one : *wanted) picked.push_back(one.list() ? Value() : entry(object, one, place));
    return picked;
  }
  const std::int64_t number = *whole_number(index, "int", place).number();
  const auto at = [&](std::size_t size) -> std::optional<std::size_t> {
    const std::int64_t from_end = number < 0 ? number + static_cast<std::int64_t>(size) : number;
    if (from_end < 0 || from_end >= static_cast<std::int64_t>(size)) return std::nullopt;
    return static_cast<std::size_t>(from_end);
  };
  if (const List* list = object.list()) {
    const auto found = at(list->size());
    return found ? (*list)[*found] : Value();
  }
  if (const Bytes* octets = object.octets()) {
    const auto found = at(octets->size());
    return found ? Value(std::int64_t{(*octets)[*found]}) : Value();
  }
  if (const std::string* text = object.text()) {
    const auto found = at(text->size());
    return found ? Value(std::string(1, (*text)[*found])) : Value();
  }
  return number == 0 || number == -1 ? object : Value();
}

bool plain(const Value& value) {
  if (value.object() || value.hashtable() || value.block()) return false;
  const List* list = value.list();
  if (!list) return true;
  return std::none_of(list->begin(), list->end(), [](const Value& one) { return one.list() || !plain(one); });
}

}  // namespace domsec::shell
