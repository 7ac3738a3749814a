#include "domsec/shell/cmdlets.h"

#include "domsec/shell/evaluator.h"
#include "spelling.h"

namespace domsec::shell {

Host& Invocation::host() const {
  return interpreter.host();
}

const Argument* Invocation::find(const std::string& name) const {
  const auto found = bound.find(name);
  return found == bound.end() ? nullptr : &found->second;
}

Value Invocation::value(const std::string& name) const {
  const Argument* argument = find(name);
  return argument ? argument->value : Value();
}

std::string Invocation::text(const std::string& name, std::string_view otherwise) const {
  const Argument* argument = find(name);
  return argument ? text_of(argument->value) : std::string(otherwise);
}

std::vector<std::string> Invocation::texts(const std::string& name) const {
  std::vector<std::string> all;
  const Argument* argument = find(name);
  if (!argument || argument->value.is_null()) return all;
  for (const Value& entry : enumerated(argument->value)) all.push_back(text_of(entry));
  return all;
}

std::int64_t Invocation::number(const std::string& name, std::int64_t otherwise) const {
  const Argument* argument = find(name);
  return argument && argument->value.number() ? *argument->value.number() : otherwise;
}

bool Invocation::is_set(const std::string& name) const {
  const Argument* argument = find(name);
  return argument && holds(argument->value);
}

Place Invocation::place_of(const std::string& name) const {
  const Argument* argument = find(name);
  return argument ? argument->place : place;
}

void Invocation::refuse(const std::string& parameter, const std::string& sentence) const {
  throw ScriptError(place_of(parameter), sentence);
}

bool Invocation::confirmed(const std::string& question) const {
  const Argument* confirm = find("Confirm");
  if (is_set("Force") || (confirm && !holds(confirm->value))) return true;
  if (interpreter.to_all != ToAll::unanswered) return interpreter.to_all == ToAll::yes;
  switch (host().confirm(question)) {
    case Answer::yes:
      return true;
    case Answer::no:
      return false;
    case Answer::yes_to_all:
      interpreter.to_all = ToAll::yes;
      return true;
    case Answer::no_to_all:
      interpreter.to_all = ToAll::no;
      return false;
  }
  return false;
}

void CmdletTable::add(Cmdlet cmdlet) {
  std::string key = lower(cmdlet.name);
  cmdlets_.insert_or_assign(std::move(key), std::move(cmdlet));
}

void CmdletTable::add_alias(std::string alias, std::string cmdlet) {
  aliases_.insert_or_assign(lower(alias), lower(cmdlet));
}

const Cmdlet* CmdletTable::find(std::string_view name) const {
  std::string key = lower(name);
  if (const auto alias = aliases_.find(key); alias != aliases_.end()) key = alias->second;
  const auto found = cmdlets_.find(key);
  return found == cmdlets_.end() ? nullptr : &found->second;
}

std::vector<const Cmdlet*> CmdletTable::all() const {
  std::vector<const Cmdlet*> all;
  for (const auto& [key, cmdlet] : cmdlets_) all.push_back(&cmdlet);
  return all;
}

std::string CmdletTable::nearest(std::string_view name) const {
  std::vector<std::string> known;
  for (const auto& [key, cmdlet] : cmdlets_) known.push_back(cmdlet.name);
  return nearest_word(name, known);
}

}  // namespace domsec::shell
