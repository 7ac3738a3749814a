#include "domsec/shell/value.h"

#include <algorithm>
#include <cstdio>

namespace domsec::shell {
namespace {

char folded(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

template <class... Ts>
struct Overloaded : Ts... {
  using Ts::operator()...;
};

std::string text_of(double number) {
  char buffer[40];
  std::snprintf(buffer, sizeof buffer, "%.15g", number);
  return buffer;
}

std::string text_of(const Bytes& octets) {
  std::string out;
  for (const std::uint8_t octet : octets) out += (out.empty() ? "" : " ") + std::to_string(octet);
  return out;
}

/// Properties that hold objects or lists are named by their type: the text stays short.
std::string text_of(const Object& object) {
  if (!object.name.empty()) return object.name;
  std::string out;
  for (const Object::Property& property : object.properties) {
    const bool nested = property.value.object() || property.value.list() || property.value.hashtable();
    out += (out.empty() ? "" : "; ") + property.name + '=' +
           (nested ? type_name(property.value) : shell::text_of(property.value));
  }
  return "@{" + out + '}';
}

/// One entry inside `{a, b}`: a list within a list is not opened again.
std::string entry_text(const Value& value) {
  if (value.list()) return "List";
  return shown_text(value, -1);
}

std::string braced(const List& list, std::int64_t most) {
  std::string out;
  std::int64_t count = 0;
  for (const Value& entry : list) {
    if (most >= 0 && count == most) return '{' + out + "...}";
    out += (count++ == 0 ? "" : ", ") + entry_text(entry);
  }
  return '{' + out + '}';
}

std::string braced(const Hashtable& table, std::int64_t most) {
  std::string out;
  std::int64_t count = 0;
  for (const auto& [key, value] : table.entries) {
    if (most >= 0 && count == most) return '{' + out + "...}";
    out += (count++ == 0 ? "" : ", ") + key;
  }
  return '{' + out + '}';
}

}  // namespace

namespace {

/// Ends lists, hashtables and objects one after the other, not within each other: a script may nest them as
/// deeply as it likes, and the stack is not that deep.
class Burial {
 public:
  void operator()(List* list) const { bury(list, std::move(*list)); }
  void operator()(Hashtable* table) const {
    List values;
    for (auto& [key, value] : table->entries) values.push_back(std::move(value));
    bury(table, std::move(values));
  }
  void operator()(Object* object) const {
    List values;
    for (Object::Property& property : object->properties) values.push_back(std::move(property.value));
    bury(object, std::move(values));
  }

 private:
  template <typename T>
  static void bury(T* dead, List values) {
    thread_local std::vector<List> waiting;
    thread_local bool at_work = false;
    delete dead;
    waiting.push_back(std::move(values));
    if (at_work) return;
    at_work = true;
    while (!waiting.empty()) {
      List next = std::move(waiting.back());
      waiting.pop_back();
      next.clear();  // what its entries held waits now
    }
    at_work = false;
  }
};

}  // namespace

Value::Value(List list) : form_(std::shared_ptr<List>(new List(std::move(list)), Burial{})) {}
Value::Value(Hashtable table)
    : form_(std::shared_ptr<Hashtable>(new Hashtable(std::move(table)), Burial{})) {}
Value::Value(Object object) : form_(std::shared_ptr<Object>(new Object(std::move(object)), Burial{})) {}

const Bytes* Value::octets() const {
  const auto* held = std::get_if<std::shared_ptr<const Bytes>>(&form_);
  return held ? held->get() : nullptr;
}

List* Value::list() const {
  const auto* held = std::get_if<std::shared_ptr<List>>(&form_);
  return held ? held->get() : nullptr;
}

Hashtable* Value::hashtable() const {
  const auto* held = std::get_if<std::shared_ptr<Hashtable>>(&form_);
  return held ? held->get() : nullptr;
}

Object* Value::object() const {
  const auto* held = std::get_if<std::shared_ptr<Object>>(&form_);
  return held ? held->get() : nullptr;
}

bool Value::sole_list() const {
  const auto* held = std::get_if<std::shared_ptr<List>>(&form_);
  return held && held->use_count() == 1;
}

const Value* Hashtable::find(std::string_view key) const {
  const auto found = std::find_if(entries.begin(), entries.end(),
                                  [&](const auto& entry) { return same_word(entry.first, key); });
  return found == entries.end() ? nullptr : &found->second;
}

void Hashtable::set(std::string_view key, Value value) {
  const auto found = std::find_if(entries.begin(), entries.end(),
                                  [&](const auto& entry) { return same_word(entry.first, key); });
  if (found == entries.end()) {
    entries.emplace_back(std::string(key), std::move(value));
  } else {
    found->second = std::move(value);
  }
}

const Object::Property* Object::find(std::string_view property) const {
  const auto found = std::find_if(properties.begin(), properties.end(),
                                  [&](const Property& one) { return same_word(one.name, property); });
  return found == properties.end() ? nullptr : &*found;
}

Object::Property* Object::find(std::string_view property) {
  return const_cast<Property*>(static_cast<const Object*>(this)->find(property));
}

std::string type_name(const Value& value) {
  return std::visit(
      Overloaded{[](std::monostate) -> std::string { return "$null"; },
                 [](bool) -> std::string { return "Boolean"; },
                 [](std::int64_t) -> std::string { return "Int64"; },
                 [](double) -> std::string { return "Double"; },
                 [](const std::string&) -> std::string { return "String"; },
                 [](const std::shared_ptr<const Bytes>&) -> std::string { return "Byte[]"; },
                 [](pki::Instant) -> std::string { return "DateTime"; },
                 [](TimeSpan) -> std::string { return "TimeSpan"; },
                 [](const std::shared_ptr<List>&) -> std::string { return "Object[]"; },
                 [](const std::shared_ptr<Hashtable>&) -> std::string { return "Hashtable"; },
                 [](const std::shared_ptr<Object>& object) -> std::string { return object->type; },
                 [](const ScriptBlock&) -> std::string { return "ScriptBlock"; }},
      value.form());
}

std::string text_of(const Value& value) {
  return std::visit(
      Overloaded{[](std::monostate) { return std::string(); },
                 [](bool truth) { return std::string(truth ? "True" : "False"); },
                 [](std::int64_t number) { return std::to_string(number); },
                 [](double number) { return text_of(number); }, [](const std::string& text) { return text; },
                 [](const std::shared_ptr<const Bytes>& octets) { return text_of(*octets); },
                 [](pki::Instant instant) { return date_text(instant, "MM/dd/yyyy HH:mm:ss"); },
                 [](TimeSpan span) { return text_of(span); },
                 [](const std::shared_ptr<List>& list) {
                   std::string out;
                   for (const Value& entry : *list) {
                     if (&entry != list->data()) out += ' ';
                     out += entry.list() ? std::string("Object[]") : text_of(entry);
                   }
                   return out;
                 },
                 [](const std::shared_ptr<Hashtable>&) { return std::string("Hashtable"); },
                 [](const std::shared_ptr<Object>& object) { return text_of(*object); },
                 [](const ScriptBlock&) { return std::string("{ }"); }},
      value.form());
}

std::string shown_text(const Value& value, std::int64_t most) {
  if (const List* list = value.list()) return braced(*list, most);
  if (const Hashtable* table = value.hashtable()) return braced(*table, most);
  if (const pki::Instant* instant = value.instant()) return date_text(*instant, "");
  if (const Bytes* octets = value.octets()) {
    List entries;
    for (std::size_t i = 0; i < octets->size() && (most < 0 || static_cast<std::int64_t>(i) <= most); ++i)
      entries.emplace_back(std::int64_t{(*octets)[i]});
    return braced(entries, most);
  }
  return text_of(value);
}

bool holds(const Value& value) {
  if (const List* list = value.list()) {
    if (list->size() != 1) return list->size() > 1;
    const Value& only = list->front();
    return only.list() ? !only.list()->empty() : holds(only);
  }
  if (const bool* truth = value.truth()) return *truth;
  if (const std::int64_t* number = value.number()) return *number != 0;
  if (const double* number = std::get_if<double>(&value.form())) return *number != 0;
  if (const std::string* text = value.text()) return !text->empty();
  return !value.is_null();
}

List enumerated(const Value& value) {
  if (const List* list = value.list()) return *list;
  return {value};
}

Value collected(List entries) {
  if (entries.empty()) return {};
  if (entries.size() == 1) return std::move(entries.front());
  return Value(std::move(entries));
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), folded);
  return out;
}

bool same_word(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return folded(x) == folded(y); });
}

}  // namespace domsec::shell
