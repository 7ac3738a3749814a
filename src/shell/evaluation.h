// One run of statements. Private to shell/; evaluator.cpp has statements and pipelines, expressions.cpp the
// rest.
#pragma once

#include <string>
#include <vector>

#include "domsec/shell/evaluator.h"

namespace domsec::shell {

enum class Show { at_once, collect };  // what a statement puts out: printed as it ends, or kept

class Evaluation {
 public:
  explicit Evaluation(Interpreter& interpreter) : interpreter_(interpreter), budget_(interpreter.budget()) {}

  List statements(const Statements& statements, Show show);
  Value expression(const Expression& expression);

 private:
  class Deeper;

  List statement(const Statement& statement, Show show);
  List pipeline(const Pipeline& pipeline);
  List command(const Command& command, const List* input);
  void assign(const Assignment& assignment);
  List for_each(const ForEach& form, Show show, Place place);
  List branch(const If& form, Show show);

  Value value_of(const Constant& form, const Expression& at);
  Value value_of(const BareWord& form, const Expression& at);
  Value value_of(const Expanded& form, const Expression& at);
  Value value_of(const Variable& form, const Expression& at);
  Value value_of(const Member& form, const Expression& at);
  Value value_of(const MethodCall& form, const Expression& at);
  Value value_of(const StaticMember& form, const Expression& at);
  Value value_of(const Index& form, const Expression& at);
  Value value_of(const Unary& form, const Expression& at);
  Value value_of(const Binary& form, const Expression& at);
  Value value_of(const Cast& form, const Expression& at);
  Value value_of(const ListOf& form, const Expression& at);
  Value value_of(const HashtableOf& form, const Expression& at);
  Value value_of(const Block& form, const Expression& at);
  Value value_of(const Nested& form, const Expression& at);
  Value checked(Value value, Place place);

  Interpreter& interpreter_;
  Budget& budget_;
};

/// Recursion of the evaluator, counted; throws when the limit is reached.
class Evaluation::Deeper {
 public:
  Deeper(Interpreter& interpreter, Place place);
  ~Deeper() { --interpreter_.depth_; }
  Deeper(const Deeper&) = delete;
  Deeper& operator=(const Deeper&) = delete;

 private:
  Interpreter& interpreter_;
};

}  // namespace domsec::shell
