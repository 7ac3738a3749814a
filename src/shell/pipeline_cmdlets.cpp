// Cmdlets that pick, order, count and format what comes down the pipeline.
#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "domsec/shell/core_cmdlets.h"
#include "domsec/shell/evaluator.h"
#include "domsec/shell/format.h"
#include "operators.h"

namespace domsec::shell {
namespace {

struct Comparison {
  const char* name;
  BinaryOperator op;
};

constexpr std::array comparisons = {
    Comparison{"EQ", BinaryOperator::equal},
    Comparison{"NE", BinaryOperator::not_equal},
    Comparison{"Like", BinaryOperator::like},
    Comparison{"NotLike", BinaryOperator::not_like},
    Comparison{"Match", BinaryOperator::match},
    Comparison{"NotMatch", BinaryOperator::not_match},
    Comparison{"GT", BinaryOperator::greater},
    Comparison{"LT", BinaryOperator::less},
    Comparison{"GE", BinaryOperator::greater_or_equal},
    Comparison{"LE", BinaryOperator::less_or_equal},
    Comparison{"Contains", BinaryOperator::contains},
    Comparison{"NotContains", BinaryOperator::not_contains},
    Comparison{"In", BinaryOperator::in},
    Comparison{"NotIn", BinaryOperator::not_in},
};

/// `Where-Object ServerRole -eq Mailbox`.
bool property_passes(Invocation& call, const Value& entry, const std::string& property) {
  const Value left = member(entry, property);
  for (const Comparison& one : comparisons) {
    if (!call.is_set(one.name)) continue;
    return holds(apply(one.op, Letters::folded, left, call.value("Value"), call.place_of("Value"),
                       call.interpreter.budget()));
  }
  return holds(left) != call.is_set("Not");
}

List where_object(Invocation& call) {
  const Value filter = call.value("FilterScript");
  List kept;
  for (const Value& entry : call.input) {
    call.interpreter.budget().step(call.place);
    const bool passes = filter.block()
                            ? holds(collected(call.interpreter.run_block(*filter.block(), entry, call.place)))
                            : property_passes(call, entry, text_of(filter));
    if (passes) kept.push_back(entry);
  }
  return kept;
}

List foreach_object(Invocation& call) {
  const Value process = call.value("Process");
  List output;
  for (const Value& entry : call.input) {
    List more = process.block() ? call.interpreter.run_block(*process.block(), entry, call.place)
                                : enumerated(member(entry, text_of(process)));
    call.interpreter.budget().list(output.size() + more.size(), call.place);
    for (Value& one : more) output.push_back(std::move(one));
  }
  return output;
}

// --- Select-Object

std::optional<Value> first_of(const Hashtable& table, std::initializer_list<const char*> keys) {
  for (const char* key : keys)
    if (const Value* found = table.find(key)) return *found;
  return std::nullopt;
}

/// `@{Name="Days"; Expression={ … }}`.
Object::Property calculated(Invocation& call, const Hashtable& column, const Value& entry) {
  const auto name = first_of(column, {"Name", "N", "Label", "L"});
  const auto expression = first_of(column, {"Expression", "E"});
  if (!expression)
    call.refuse("Property", "a calculated property is written @{Name=\"...\"; Expression={...}}");
  const Value value =
      expression->block()
          ? collected(call.interpreter.run_block(*expression->block(), entry, call.place_of("Property")))
          : member(entry, text_of(*expression));
  return {name ? text_of(*name) : text_of(*expression), value};
}

Value selected(Invocation& call, const Value& entry) {
  const std::shared_ptr<Object> object = as_object(entry);
  Object out;
  out.type = "Selected." + object->type;
  for (const Value& column : enumerated(call.value("Property"))) {
    if (const Hashtable* table = column.hashtable()) {
      out.properties.push_back(calculated(call, *table, entry));
      continue;
    }
    const std::string asked = text_of(column);
    const std::vector<std::string> names = resolved(*object, asked);
    for (const std::string& name : names)
      if (!out.find(name)) out.properties.push_back({name, object->find(name)->value});
    const bool wildcard = asked.find_first_of("*?") != std::string::npos;
    if (names.empty() && !wildcard) out.properties.push_back({asked, {}});
  }
  out.view = out.properties.size() <= 4 ? View::table : View::list;
  return out;
}

List expanded(Invocation& call, const List& entries) {
  List output;
  const std::string name = call.text("ExpandProperty");
  for (const Value& entry : entries) {
    const std::shared_ptr<Object> object = as_object(entry);
    const Object::Property* property = object->find(name);
    if (!property) call.refuse("ExpandProperty", object->type + " has no property '" + name + "'");
    if (property->value.is_null()) continue;
    for (const Value& one : enumerated(property->value)) output.push_back(one);
  }
  return output;
}

List unique(List entries) {
  List kept;
  for (const Value& entry : entries) {
    const auto same = [&](const Value& one) { return text_of(one) == text_of(entry); };
    if (std::none_of(kept.begin(), kept.end(), same)) kept.push_back(entry);
  }
  return kept;
}

List select_object(Invocation& call) {
  List entries = call.input;
  const auto clamp = [&](const char* name, std::size_t otherwise) {
    const std::int64_t count = call.number(name, -1);
    return count < 0 ? otherwise : std::min<std::size_t>(static_cast<std::size_t>(count), entries.size());
  };
  if (call.is_set("Unique") && entries.size() > 2000)
    call.refuse("Unique", "-Unique takes up to 2000 entries");
  entries.erase(entries.begin(), entries.begin() + static_cast<std::ptrdiff_t>(clamp("Skip", 0)));
  if (call.has("First")) entries.resize(clamp("First", entries.size()));
  if (call.has("Last"))
    entries.erase(entries.begin(),
                  entries.end() - static_cast<std::ptrdiff_t>(clamp("Last", entries.size())));
  if (call.has("ExpandProperty"))
    entries = expanded(call, entries);
  else if (call.has("Property"))
    for (Value& entry : entries) entry = selected(call, entry);
  return call.is_set("Unique") ? unique(std::move(entries)) : entries;
}

// --- Sort-Object, Measure-Object

/// What an entry is ordered by: numbers and dates by size, everything else as text without case.
struct SortKey {
  double number = 0;
  std::string text;
};

SortKey key_of(const Value& value, bool all_numbers) {
  if (!all_numbers) return {0, lower(text_of(value))};
  if (value.instant()) return {static_cast<double>(value.instant()->time_since_epoch().count()), {}};
  if (const auto* span = std::get_if<TimeSpan>(&value.form()))
    return {static_cast<double>(span->count()), {}};
  if (const auto* real = std::get_if<double>(&value.form())) return {*real == *real ? *real : 0, {}};
  return {value.truth() ? (*value.truth() ? 1.0 : 0.0) : static_cast<double>(*value.number()), {}};
}

bool a_number(const Value& value) {
  return value.number() || value.truth() || value.instant() || std::holds_alternative<double>(value.form()) ||
         std::holds_alternative<TimeSpan>(value.form());
}

List sort_object(Invocation& call) {
  const std::vector<std::string> names =
      call.has("Property") ? call.texts("Property") : std::vector<std::string>{""};
  std::vector<std::size_t> order(call.input.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  for (auto name = names.rbegin(); name != names.rend(); ++name) {
    List values;
    for (const Value& entry : call.input) values.push_back(name->empty() ? entry : member(entry, *name));
    const bool numbers = std::all_of(values.begin(), values.end(), a_number);
    std::vector<SortKey> keys;
    for (const Value& value : values) {
      keys.push_back(key_of(value, numbers));
      call.interpreter.budget().charge(keys.back().text.size() + sizeof(SortKey), call.place);
    }
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      if (call.is_set("Descending")) std::swap(a, b);
      return std::tie(keys[a].number, keys[a].text) < std::tie(keys[b].number, keys[b].text);
    });
  }
  List sorted;
  for (const std::size_t i : order) sorted.push_back(call.input[i]);
  if (call.is_set("Unique") && sorted.size() > 2000)
    call.refuse("Unique", "-Unique takes up to 2000 entries");
  return call.is_set("Unique") ? unique(std::move(sorted)) : sorted;
}

List measure_object(Invocation& call) {
  return {Object{
      "GenericMeasureInfo", {{"Count", static_cast<std::int64_t>(call.input.size())}}, {}, View::list, {}}};
}

// --- Format-List, Format-Table

/// One sentence for a name that none of the objects has: PowerShell says nothing, and a typing error stays
/// unseen.
void warn_of_unknown(Invocation& call, const List& entries, const std::vector<std::string>& properties) {
  for (const std::string& name : properties) {
    if (name.find_first_of("*?[") != std::string::npos) continue;
    const auto has = [&](const Value& entry) { return as_object(entry)->find(name) != nullptr; };
    if (!entries.empty() && std::none_of(entries.begin(), entries.end(), has))
      call.host().warn("no property '" + name + "' in what " + call.cmdlet.name + " was given");
  }
}

List formatted(Invocation& call) {
  List entries = call.input;
  std::vector<std::string> properties;
  const List columns = call.has("Property") ? enumerated(call.value("Property")) : List{};
  if (std::any_of(columns.begin(), columns.end(), [](const Value& one) { return one.hashtable(); })) {
    for (Value& entry : entries) entry = selected(call, entry);
  } else {
    properties = call.texts("Property");
    warn_of_unknown(call, entries, properties);
  }
  Layout layout{call.interpreter.enumeration_limit()};
  std::string text;
  if (call.cmdlet.name == "Format-List") {
    text = format_list(entries, properties, layout);
  } else {
    const Object* first = entries.empty() ? nullptr : entries.front().object();
    if (properties.empty() && first) {
      layout = view_of(*first, layout);
      properties = first->shown;
    }
    text = format_table(entries, properties, layout);
  }
  if (text.empty()) return {};
  text.pop_back();  // printing ends the last line
  call.interpreter.budget().text(text.size(), call.place);
  call.interpreter.budget().charge(text.size(), call.place);
  return {Value(std::move(text))};
}

ParameterSpec property_spec(const char* about) {
  return {.name = "Property", .about = about, .position = 0, .rest = Rest::gathers};
}

void add_filters(CmdletTable& table) {
  using enum ParameterKind;
  Cmdlet where{"Where-Object",
               "lets pass what { } says, or whose property compares so",
               {{.name = "FilterScript",
                 .about = "{ $_.Property -eq \"value\" }, or the name of a property",
                 .position = 0,
                 .presence = Presence::mandatory,
                 .aliases = {"Property"}},
                {.name = "Value", .about = "what the property is compared with", .position = 1}},
               Feed::whole,
               where_object};
  for (const Comparison& one : comparisons)
    where.parameters.push_back({.name = one.name, .kind = flag, .about = "Property against Value"});
  where.parameters.push_back(
      {.name = "Not", .kind = flag, .about = "what has no such property, or a false one"});
  table.add(std::move(where));
  table.add({"ForEach-Object",
             "runs { } for each entry, which is $_",
             {{.name = "Process",
               .about = "{ ... }, or the name of a property",
               .position = 0,
               .presence = Presence::mandatory,
               .aliases = {"MemberName"}}},
             Feed::whole,
             foreach_object});
  table.add({"Select-Object",
             "some entries, or some of their properties",
             {property_spec("these properties; * is a wildcard"),
              {.name = "First", .kind = number, .about = "no more than this many"},
              {.name = "Last", .kind = number, .about = "no more than this many, from the end"},
              {.name = "Skip", .kind = number, .about = "without so many at the front"},
              {.name = "ExpandProperty", .kind = text, .about = "the property itself"},
              {.name = "Unique", .kind = flag, .about = "each once"}},
             Feed::whole,
             select_object});
  table.add({"Sort-Object",
             "in order",
             {property_spec("by these properties"),
              {.name = "Descending", .kind = flag, .about = "the largest first"},
              {.name = "Unique", .kind = flag, .about = "each once"}},
             Feed::whole,
             sort_object});
  table.add({"Measure-Object", "how many there are", {}, Feed::whole, measure_object});
}

}  // namespace

void add_pipeline_cmdlets(CmdletTable& table) {
  using enum ParameterKind;
  add_filters(table);
  table.add({"Format-List",
             "a line for each property",
             {property_spec("these properties; * is a wildcard")},
             Feed::whole,
             formatted});
  table.add(
      {"Format-Table",
       "a line for each entry",
       {property_spec("these columns; * is a wildcard"),
        {.name = "AutoSize", .kind = flag, .about = "accepted: columns are always as wide as they need"},
        {.name = "Wrap", .kind = flag, .about = "accepted"}},
       Feed::whole,
       formatted});
  for (const auto& [alias, name] : {std::pair{"?", "Where-Object"},
                                    {"where", "Where-Object"},
                                    {"%", "ForEach-Object"},
                                    {"foreach", "ForEach-Object"},
                                    {"select", "Select-Object"},
                                    {"sort", "Sort-Object"},
                                    {"measure", "Measure-Object"},
                                    {"fl", "Format-List"},
                                    {"ft", "Format-Table"}})
    table.add_alias(alias, name);
}

}  // namespace domsec::shell
