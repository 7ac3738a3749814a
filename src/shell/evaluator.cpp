// Statements, pipelines and calls of cmdlets.
#include "domsec/shell/evaluator.h"

#include <utility>

#include "binder.h"
#include "domsec/shell/format.h"
#include "evaluation.h"
#include "foreign_cmdlets.h"
#include "operators.h"

namespace domsec::shell {

void Budget::step(Place place) {
  if (interrupted_ && *interrupted_) throw ScriptError(place, "interrupted");
  if (++steps_ > limits_.steps)
    throw ScriptError(place, "the script takes too many steps; it was stopped here");
}

void Budget::charge(std::size_t octets, Place place) {
  octets_ += static_cast<std::int64_t>(std::min<std::size_t>(octets, std::size_t{1} << 40));
  if (octets_ > limits_.octets)
    throw ScriptError(place, "the script takes too much memory; it was stopped here");
}

void Budget::text(std::size_t octets, Place place) {
  if (octets > limits_.longest_text)
    throw ScriptError(place,
                      "the text gets longer than " + std::to_string(limits_.longest_text >> 20) + " MiB");
}

void Budget::list(std::size_t entries, Place place) {
  if (entries > limits_.longest_list)
    throw ScriptError(place, "the list gets more than " + std::to_string(limits_.longest_list) + " entries");
}

Interpreter::Interpreter(Host& host, const CmdletTable& cmdlets, Limits limits)
    : host_(host), cmdlets_(cmdlets), budget_(limits) {}

std::optional<int> Interpreter::run(std::string_view text) {
  return run(parse(text));
}

std::optional<int> Interpreter::run(const StatementsPtr& statements) {
  budget_.renew();
  to_all = ToAll::unanswered;
  depth_ = 0;
  try {
    Evaluation(*this).statements(*statements, Show::at_once);
  } catch (const Exit& exit) {
    return exit.code;
  }
  return std::nullopt;
}

List Interpreter::run_block(const ScriptBlock& block, const Value& current, Place place) {
  budget_.step(place);
  const Value before = variable("_");
  set_variable("_", current);
  try {
    List output = Evaluation(*this).statements(*block.statements, Show::collect);
    set_variable("_", before);
    return output;
  } catch (...) {
    set_variable("_", before);
    throw;
  }
}

Value Interpreter::variable(std::string_view name) const {
  const std::string key = lower(name);
  if (key == "true") return true;
  if (key == "false") return false;
  if (key == "null") return {};
  const auto found = variables_.find(key == "psitem" ? "_" : key);
  return found == variables_.end() ? Value() : found->second;
}

void Interpreter::set_variable(std::string_view name, Value value) {
  variables_[lower(name)] = std::move(value);
}

std::vector<std::string> Interpreter::variables() const {
  std::vector<std::string> names;
  for (const auto& [name, value] : variables_) names.push_back(name);
  return names;
}

std::int64_t Interpreter::enumeration_limit() const {
  const Value limit = variable("FormatEnumerationLimit");
  return limit.number() ? *limit.number() : 4;
}

Evaluation::Deeper::Deeper(Interpreter& interpreter, Place place) : interpreter_(interpreter) {
  if (++interpreter_.depth_ > interpreter_.budget_.limits().depth) {
    --interpreter_.depth_;
    throw ScriptError(place,
                      "blocks and expressions call each other too deeply; the script was stopped here");
  }
}

List Evaluation::statements(const Statements& statements, Show show) {
  List output;
  for (const Statement& one : statements.all) {
    const Deeper deeper(interpreter_, one.place);
    budget_.step(one.place);
    List more = statement(one, show);
    if (show == Show::at_once) {
      const std::string text = format_default(more, {interpreter_.enumeration_limit()});
      if (!text.empty()) interpreter_.host().write(text);
      continue;
    }
    budget_.list(output.size() + more.size(), one.place);
    output.insert(output.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  }
  return output;
}

List Evaluation::statement(const Statement& statement, Show show) {
  if (const auto* form = std::get_if<Pipeline>(&statement.form)) return pipeline(*form);
  if (const auto* form = std::get_if<If>(&statement.form)) return branch(*form, show);
  if (const auto* form = std::get_if<ForEach>(&statement.form)) return for_each(*form, show, statement.place);
  assign(std::get<Assignment>(statement.form));
  return {};
}

/// The value of `( … )`, of an assignment's right side or of a condition: an expression by itself keeps its
/// list.
Value value_of_statements(Evaluation& evaluation, const Statements& statements) {
  if (statements.all.size() == 1) {
    const auto* pipeline = std::get_if<Pipeline>(&statements.all.front().form);
    if (pipeline && pipeline->first && pipeline->commands.empty())
      return evaluation.expression(*pipeline->first);
  }
  return collected(evaluation.statements(statements, Show::collect));
}

List Evaluation::branch(const If& form, Show show) {
  for (const auto& [condition, body] : form.branches)
    if (holds(value_of_statements(*this, *condition))) return statements(*body, show);
  return form.otherwise ? statements(*form.otherwise, show) : List{};
}

List Evaluation::for_each(const ForEach& form, Show show, Place place) {
  const Value collection = value_of_statements(*this, *form.collection);
  List output;
  if (collection.is_null()) return output;
  const List entries = enumerated(collection);
  budget_.charge(entries.size() * sizeof(Value), place);
  for (const Value& entry : entries) {
    budget_.step(place);
    interpreter_.set_variable(form.variable, entry);
    List more = statements(*form.body, show);
    budget_.list(output.size() + more.size(), place);
    output.insert(output.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  }
  return output;
}

List Evaluation::pipeline(const Pipeline& pipeline) {
  List entries;
  bool fed = false;
  if (pipeline.first) {
    const Value value = expression(*pipeline.first);
    entries = enumerated(value);
    budget_.charge(entries.size() * sizeof(Value), pipeline.first->place);
    fed = true;
  }
  for (const Command& one : pipeline.commands) {
    entries = command(one, fed ? &entries : nullptr);
    fed = true;
  }
  return entries;
}

namespace {

/// SilentlyContinue and Ignore: what fails puts nothing out.
bool silent(const Invocation& call) {
  const std::string action = call.text("ErrorAction");
  return same_word(action, "SilentlyContinue") || same_word(action, "Ignore");
}

/// "Yes to All" speaks of what one command does, not of the commands behind it.
class OwnAnswers {
 public:
  explicit OwnAnswers(Interpreter& interpreter)
      : interpreter_(interpreter), outer_(std::exchange(interpreter.to_all, ToAll::unanswered)) {}
  ~OwnAnswers() { interpreter_.to_all = outer_; }
  OwnAnswers(const OwnAnswers&) = delete;
  OwnAnswers& operator=(const OwnAnswers&) = delete;

 private:
  Interpreter& interpreter_;
  ToAll outer_;
};

List called(const Cmdlet& cmdlet, Invocation& call) {
  require_mandatory(cmdlet, call.bound, call.place);
  try {
    return cmdlet.run(call);
  } catch (const HostError& error) {
    if (!silent(call)) throw ScriptError(call.place, error.what());
  } catch (const ScriptError&) {
    if (!silent(call)) throw;
  }
  return {};
}

}  // namespace

List Evaluation::command(const Command& command, const List* input) {
  const Deeper deeper(interpreter_, command.place);
  budget_.step(command.place);
  const Cmdlet* cmdlet = interpreter_.cmdlets().find(command.name);
  if (!cmdlet) return meet_foreign(interpreter_, command.name, command.place);
  std::vector<GivenArgument> given;
  for (const CommandElement& element : command.elements) {
    GivenArgument one{element.place, element.parameter, element.value != nullptr, Spelling::value, {}};
    if (element.value) {
      if (std::holds_alternative<BareWord>(element.value->form)) one.spelling = Spelling::word;
      one.value = expression(*element.value);
    }
    given.push_back(std::move(one));
  }
  Bound bound = bound_arguments(*cmdlet, given);
  Invocation call{interpreter_, *cmdlet, command.place, std::move(bound), {}};
  const OwnAnswers own(interpreter_);
  if (!input || cmdlet->feed == Feed::none) {
    if (input && !input->empty())
      throw ScriptError(command.place,
                        cmdlet->name + " takes nothing from the pipeline; put it in front of '|'");
    return called(*cmdlet, call);
  }
  if (cmdlet->feed == Feed::whole) {
    call.input = *input;
    return called(*cmdlet, call);
  }
  List output;
  const Bound named = call.bound;
  for (const Value& entry : *input) {
    budget_.step(command.place);
    call.bound = named;
    call.input = {entry};
    bind_entry(*cmdlet, entry, command.place, call.bound);
    List more = called(*cmdlet, call);
    budget_.list(output.size() + more.size(), command.place);
    output.insert(output.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  }
  return output;
}

}  // namespace domsec::shell
