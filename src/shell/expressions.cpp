// Expressions and assignments.
#include <utility>

#include "evaluation.h"
#include "operators.h"

namespace domsec::shell {

Value value_of_statements(Evaluation& evaluation, const Statements& statements);  // evaluator.cpp

Value Evaluation::expression(const Expression& expression) {
  const Deeper deeper(interpreter_, expression.place);
  budget_.step(expression.place);
  return std::visit([&](const auto& form) { return value_of(form, expression); }, expression.form);
}

/// Charges what a value costs to copy.
Value Evaluation::checked(Value value, Place place) {
  if (const std::string* text = std::as_const(value).text()) {
    budget_.text(text->size(), place);
    budget_.charge(text->size(), place);
  } else if (const List* list = value.list()) {
    budget_.list(list->size(), place);
  }
  return value;
}

Value Evaluation::value_of(const Constant& form, const Expression& at) {
  return checked(form.value, at.place);
}

Value Evaluation::value_of(const BareWord& form, const Expression& at) {
  return checked(form.text, at.place);
}

Value Evaluation::value_of(const Expanded& form, const Expression& at) {
  std::string out;
  for (const ExpressionPtr& part : form.parts) {
    const Value value = expression(*part);
    const std::string more = text_of(value);
    budget_.text(out.size() + more.size(), at.place);
    budget_.charge(more.size(), at.place);
    out += more;
  }
  return checked(std::move(out), at.place);
}

Value Evaluation::value_of(const Variable& form, const Expression& at) {
  if (lower(form.name).starts_with("env:"))
    throw ScriptError(at.place, "$" + form.name + ": the environment cannot be read from here");
  return checked(interpreter_.variable(form.name), at.place);
}

Value Evaluation::value_of(const Member& form, const Expression& at) {
  const Value object = expression(*form.object);
  if (const List* list = object.list()) budget_.charge(list->size() * sizeof(Value), at.place);
  return checked(member(object, form.name), at.place);
}

Value Evaluation::value_of(const MethodCall& form, const Expression& at) {
  const Value object = expression(*form.object);
  std::vector<Value> arguments;
  for (const ExpressionPtr& one : form.arguments) arguments.push_back(expression(*one));
  return checked(call(object, form.name, arguments, at.place, budget_), at.place);
}

Value Evaluation::value_of(const StaticMember& form, const Expression& at) {
  std::vector<Value> arguments;
  for (const ExpressionPtr& one : form.arguments) arguments.push_back(expression(*one));
  return checked(static_call(form.type, form.name, arguments, at.place, interpreter_.host()), at.place);
}

Value Evaluation::value_of(const Index& form, const Expression& at) {
  const Value object = expression(*form.object);
  const Value index = expression(*form.index);
  return checked(entry(object, index, at.place), at.place);
}

Value Evaluation::value_of(const Unary& form, const Expression& at) {
  const Value operand = expression(*form.operand);
  switch (form.op) {
    case UnaryOperator::logical_not:
      return !holds(operand);
    case UnaryOperator::negative:
      return apply(BinaryOperator::subtract, Letters::folded, Value(0), operand, at.place, budget_);
    case UnaryOperator::positive:
      return apply(BinaryOperator::add, Letters::folded, Value(0), operand, at.place, budget_);
    case UnaryOperator::join:
      return apply(BinaryOperator::join, Letters::folded, operand, Value(""), at.place, budget_);
  }
  return {};
}

Value Evaluation::value_of(const Binary& form, const Expression& at) {
  const Value left = expression(*form.left);
  if (form.op == BinaryOperator::logical_and && !holds(left)) return false;
  if (form.op == BinaryOperator::logical_or && holds(left)) return true;
  const Value right = expression(*form.right);
  if ((form.op == BinaryOperator::match || form.op == BinaryOperator::not_match) && !left.list()) {
    const Value groups = matched_groups(left, right, form.letters, at.place, budget_);
    if (!groups.is_null()) interpreter_.set_variable("Matches", groups);
  }
  return checked(apply(form.op, form.letters, left, right, at.place, budget_), at.place);
}

Value Evaluation::value_of(const Cast& form, const Expression& at) {
  return checked(cast(form.type, expression(*form.operand), at.place), at.place);
}

Value Evaluation::value_of(const ListOf& form, const Expression& at) {
  List list;
  for (const ExpressionPtr& item : form.items) list.push_back(expression(*item));
  budget_.charge(list.size() * sizeof(Value), at.place);
  return checked(std::move(list), at.place);
}

Value Evaluation::value_of(const HashtableOf& form, const Expression& at) {
  Hashtable table;
  constexpr std::size_t most = 1000;
  for (const auto& [key, value] : form.entries) {
    const std::string name = text_of(expression(*key));
    if (table.find(name))
      throw ScriptError(key->place, "the key '" + name.substr(0, 60) + "' stands here twice");
    if (table.entries.size() == most) throw ScriptError(at.place, "a hashtable of more than 1000 keys");
    table.set(name, value_of_statements(*this, *value));
  }
  return table;
}

Value Evaluation::value_of(const Block& form, const Expression&) {
  return ScriptBlock{form.statements};
}

Value Evaluation::value_of(const Nested& form, const Expression& at) {
  if (form.grouping == Grouping::parentheses)
    return checked(value_of_statements(*this, *form.statements), at.place);
  if (form.grouping == Grouping::statements)
    return checked(value_of_statements(*this, *form.statements), at.place);
  List entries = statements(*form.statements, Show::collect);
  budget_.charge(entries.size() * sizeof(Value), at.place);
  return checked(std::move(entries), at.place);
}

namespace {

/// What may be assigned to: `$true` and its like may not.
void require_free(const std::string& name, Place place) {
  for (const char* fixed : {"true", "false", "null", "_", "PSItem"})
    if (same_word(name, fixed)) throw ScriptError(place, "$" + name + " cannot be assigned to");
}

[[noreturn]] void no_member(const Value& object, const std::string& name, Place place) {
  throw ScriptError(place, type_name(object) + " has no property '" + name + "' to assign to");
}

/// Where a member's value lives; throws when it cannot be changed.
Value& slot(const Value& object, const std::string& name, AssignmentOperator op, Place place) {
  if (Hashtable* table = object.hashtable()) {
    constexpr std::size_t most = 1000;
    if (!table->find(name)) {
      if (op == AssignmentOperator::subtract) no_member(object, name, place);
      if (table->entries.size() == most) throw ScriptError(place, "a hashtable of more than 1000 keys");
      table->set(name, {});
    }
    return const_cast<Value&>(*table->find(name));
  }
  if (!object.object()) no_member(object, name, place);
  Object::Property* property = object.object()->find(name);
  if (!property) no_member(object, name, place);
  if (property->access == Access::read_only)
    throw ScriptError(place, object.object()->type + "." + property->name + " is read-only");
  return property->value;
}

}  // namespace

void Evaluation::assign(const Assignment& assignment) {
  const Expression& target = *assignment.target;
  Value value = value_of_statements(*this, *assignment.value);
  if (!assignment.type.empty()) value = cast(assignment.type, value, target.place);
  const auto combined = [&](const Value& old) {
    if (assignment.op == AssignmentOperator::set) return value;
    const BinaryOperator op =
        assignment.op == AssignmentOperator::add ? BinaryOperator::add : BinaryOperator::subtract;
    return checked(apply(op, Letters::folded, old, value, target.place, budget_), target.place);
  };
  if (const auto* variable = std::get_if<Variable>(&target.form)) {
    require_free(variable->name, target.place);
    if (lower(variable->name).starts_with("env:"))
      throw ScriptError(target.place, "$" + variable->name + ": the environment cannot be changed from here");
    Value& old = interpreter_.variables_[lower(variable->name)];
    const bool sole = assignment.op == AssignmentOperator::add && old.sole_list() && !value.list();
    if (sole) {  // nobody else sees it: no copy, so that a loop of += stays cheap
      budget_.list(old.list()->size() + 1, target.place);
      budget_.charge(sizeof(Value), target.place);
      old.list()->push_back(std::move(value));
      return;
    }
    old = combined(old);
    return;
  }
  std::string name;
  Value object;
  if (const auto* member = std::get_if<Member>(&target.form)) {
    object = expression(*member->object);
    name = member->name;
  } else {
    const auto& index = std::get<Index>(target.form);
    object = expression(*index.object);
    if (!object.hashtable())
      throw ScriptError(target.place, "only the keys of a hashtable can be assigned to with [ ]");
    name = text_of(expression(*index.index));
  }
  Value& old = slot(object, name, assignment.op, target.place);
  Value next = combined(old);
  if (!plain(next))
    throw ScriptError(target.place,
                      "a property holds text, numbers, dates or a list of them, not " + type_name(next));
  old = std::move(next);
}

}  // namespace domsec::shell
