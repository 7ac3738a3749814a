#include "binder.h"

#include <algorithm>
#include <cctype>
#include <optional>

#include "operators.h"
#include "spelling.h"

namespace domsec::shell {
namespace {

bool starts_with_word(std::string_view text, std::string_view start) {
  return text.size() >= start.size() && same_word(text.substr(0, start.size()), start);
}

bool has_alias(const ParameterSpec& spec, std::string_view name) {
  return std::any_of(spec.aliases.begin(), spec.aliases.end(),
                     [&](const std::string& alias) { return same_word(alias, name); });
}

std::vector<const ParameterSpec*> all_parameters(const Cmdlet& cmdlet) {
  std::vector<const ParameterSpec*> all;
  for (const ParameterSpec& spec : cmdlet.parameters) all.push_back(&spec);
  for (const ParameterSpec& spec : common_parameters()) {
    const bool own = std::any_of(cmdlet.parameters.begin(), cmdlet.parameters.end(),
                                 [&](const ParameterSpec& one) { return same_word(one.name, spec.name); });
    if (!own) all.push_back(&spec);
  }
  return all;
}

std::string quoted(const Value& value) {
  const std::string text = text_of(value);
  return "'" + (text.size() > 60 ? text.substr(0, 60) + "..." : text) + "'";
}

[[noreturn]] void refuse(const ParameterSpec& spec, const Value& value, const char* wanted, Place place) {
  throw ScriptError(
      place, "-" + spec.name + " wants " + wanted + ", not " + (value.is_null() ? "$null" : quoted(value)));
}

Value texts_of(const ParameterSpec& spec, const Value& value, Place place) {
  List texts;
  if (value.hashtable()) refuse(spec, value, "text, or several texts with commas between them", place);
  if (value.is_null()) return texts;
  for (const Value& entry : enumerated(value)) texts.emplace_back(text_of(entry));
  return texts;
}

Value edits_of(const ParameterSpec& spec, const Value& value, Place place) {
  const Hashtable* table = value.hashtable();
  if (!table) return texts_of(spec, value, place);
  Hashtable edits;
  for (const auto& [key, entries] : table->entries) {
    if (!same_word(key, "Add") && !same_word(key, "Remove"))
      throw ScriptError(place,
                        "-" + spec.name + ": @{ } has the keys Add and Remove here, not '" + key + "'");
    edits.set(same_word(key, "Add") ? "Add" : "Remove", texts_of(spec, entries, place));
  }
  return edits;
}

Value truth_of(const ParameterSpec& spec, const Value& value, Place place) {
  if (value.truth()) return value;
  if (value.number()) return *value.number() != 0;
  refuse(spec, value, "$true or $false", place);
}

/// What the parameter wants, made of the value.
Value converted(const ParameterSpec& spec, const Value& value, Spelling spelling, Place place) {
  switch (spec.kind) {
    case ParameterKind::anything: {
      if (spelling == Spelling::value || !value.text()) return value;
      const std::string& word = *value.text();
      const bool digits = !word.empty() && word.find_first_not_of("0123456789-") == std::string::npos;
      const auto number = digits ? read_whole_number(word) : std::nullopt;
      return number ? Value(*number) : value;
    }
    case ParameterKind::text:
      if (value.is_null()) return value;
      if (value.list() || value.hashtable() || value.block()) refuse(spec, value, "one text", place);
      return text_of(value);
    case ParameterKind::texts:
      return texts_of(spec, value, place);
    case ParameterKind::number: {
      if (value.number()) return value;
      const auto number = value.text() ? read_whole_number(*value.text()) : std::nullopt;
      if (!number) refuse(spec, value, "a whole number", place);
      return *number;
    }
    case ParameterKind::flag:
    case ParameterKind::truth:
      return truth_of(spec, value, place);
    case ParameterKind::date_time: {
      if (value.instant()) return value;
      const auto instant = value.text() ? read_date(*value.text()) : std::nullopt;
      if (!instant)
        refuse(spec, value, "a date such as (Get-Date).AddHours(49) or 2027-12-30T14:00:00Z", place);
      return *instant;
    }
    case ParameterKind::octets:
      return cast("byte[]", value, place);
    case ParameterKind::block:
      if (!value.block()) refuse(spec, value, "statements in { }", place);
      return value;
    case ParameterKind::edits:
      return edits_of(spec, value, place);
  }
  return value;
}

/// The free parameter with the lowest position.
const ParameterSpec* next_positional(const Cmdlet& cmdlet, const Bound& bound) {
  const ParameterSpec* next = nullptr;
  for (const ParameterSpec& spec : cmdlet.parameters) {
    if (spec.position < 0 || (bound.contains(spec.name) && spec.rest == Rest::single)) continue;
    if (!next || spec.position < next->position) next = &spec;
  }
  return next;
}

void put(const ParameterSpec& spec, const GivenArgument& given, Bound& bound) {
  Value value = converted(spec, given.value, given.spelling, given.place);
  const auto found = bound.find(spec.name);
  if (found == bound.end()) {
    bound[spec.name] = {std::move(value), given.place};
    return;
  }
  List gathered = enumerated(found->second.value);  // Rest::gathers
  for (Value& entry : enumerated(value)) gathered.push_back(std::move(entry));
  found->second.value = Value(std::move(gathered));
}

void put_positional(const Cmdlet& cmdlet, const GivenArgument& given, Bound& bound) {
  const ParameterSpec* spec = next_positional(cmdlet, bound);
  if (!spec) {
    throw ScriptError(given.place, cmdlet.name + " has no parameter left for " + quoted(given.value) +
                                       "; put text with blanks in quotes, and lists with commas");
  }
  put(*spec, given, bound);
}

}  // namespace

const std::vector<ParameterSpec>& common_parameters() {
  static const std::vector<ParameterSpec> common = {
      {.name = "Confirm", .kind = ParameterKind::flag, .about = "$false asks nothing"},
      {.name = "WhatIf", .kind = ParameterKind::flag, .about = "says what would change, and changes nothing"},
      {.name = "Force", .kind = ParameterKind::flag, .about = "asks nothing"},
      {.name = "Verbose", .kind = ParameterKind::flag, .about = "accepted"},
      {.name = "ErrorAction",
       .kind = ParameterKind::text,
       .about = "SilentlyContinue: go on where the cmdlet fails",
       .words = {"Stop", "SilentlyContinue", "Ignore"},
       .aliases = {"EA"}},
      {.name = "WarningAction",
       .kind = ParameterKind::text,
       .about = "accepted",
       .words = {"Continue", "SilentlyContinue"},
       .aliases = {"WA"}},
      {.name = "DomainController", .kind = ParameterKind::text, .about = "accepted; domsec has no directory"},
  };
  return common;
}

const ParameterSpec& parameter_of(const Cmdlet& cmdlet, std::string_view name, Place place) {
  const std::vector<const ParameterSpec*> all = all_parameters(cmdlet);
  std::vector<const ParameterSpec*> found;
  for (const ParameterSpec* spec : all) {
    if (same_word(spec->name, name) || has_alias(*spec, name)) return *spec;
    if (starts_with_word(spec->name, name)) found.push_back(spec);
  }
  if (found.size() == 1) return *found.front();
  if (found.size() > 1) {
    std::string names;
    for (const ParameterSpec* spec : found) names += (names.empty() ? "-" : ", -") + spec->name;
    throw ScriptError(place, "-" + std::string(name) + " may be any of " + names + "; write more of it");
  }
  std::vector<std::string> names;
  for (const ParameterSpec* spec : all) names.push_back(spec->name);
  const std::string near = nearest_word(name, names);
  throw ScriptError(place, cmdlet.name + " has no parameter -" + std::string(name) +
                               (near.empty() ? "; Get-Help " + cmdlet.name + " lists them"
                                             : "; did you mean -" + near + "?"));
}

Bound bound_arguments(const Cmdlet& cmdlet, const std::vector<GivenArgument>& given) {
  Bound bound;
  std::vector<const GivenArgument*> positional;
  for (std::size_t i = 0; i < given.size(); ++i) {
    const GivenArgument& one = given[i];
    if (one.parameter.empty()) {
      positional.push_back(&one);
      continue;
    }
    const ParameterSpec& spec = parameter_of(cmdlet, one.parameter, one.place);
    if (bound.contains(spec.name)) throw ScriptError(one.place, "-" + spec.name + " is given twice");
    if (one.has_value) {
      put(spec, one, bound);
    } else if (spec.kind == ParameterKind::flag) {
      bound[spec.name] = {Value(true), one.place};
    } else if (i + 1 < given.size() && given[i + 1].parameter.empty()) {
      put(spec, given[++i], bound);
    } else {
      throw ScriptError(one.place, "-" + spec.name + " has no value behind it");
    }
  }
  for (const GivenArgument* one : positional) put_positional(cmdlet, *one, bound);
  return bound;
}

void bind_entry(const Cmdlet& cmdlet, const Value& entry, Place place, Bound& bound) {
  bool found = false;
  for (const ParameterSpec& spec : cmdlet.parameters) {
    const bool by_property =
        spec.pipeline == FromPipeline::property || spec.pipeline == FromPipeline::value_or_property;
    if (!by_property || bound.contains(spec.name) || !entry.object()) continue;
    const Object::Property* property = entry.object()->find(spec.name);
    for (const std::string& alias : spec.aliases)
      if (!property) property = entry.object()->find(alias);
    if (!property || property->value.is_null()) continue;
    bound[spec.name] = {converted(spec, property->value, Spelling::value, place), place};
    found = true;
  }
  for (const ParameterSpec& spec : cmdlet.parameters) {
    const bool by_value =
        spec.pipeline == FromPipeline::value || spec.pipeline == FromPipeline::value_or_property;
    if (found || !by_value || bound.contains(spec.name)) continue;
    if (entry.is_null())
      throw ScriptError(place, "the pipeline brings $null to " + cmdlet.name + " -" + spec.name +
                                   "; what stands before '|' has no value");
    bound[spec.name] = {converted(spec, entry, Spelling::value, place), place};
    found = true;
  }
  if (!found)
    throw ScriptError(
        place, cmdlet.name + " takes nothing from the pipeline here, and " + type_name(entry) + " came");
}

void require_mandatory(const Cmdlet& cmdlet, const Bound& bound, Place place) {
  for (const ParameterSpec& spec : cmdlet.parameters)
    if (spec.presence == Presence::mandatory && !bound.contains(spec.name))
      throw ScriptError(place, cmdlet.name + " needs -" + spec.name);
}

}  // namespace domsec::shell
