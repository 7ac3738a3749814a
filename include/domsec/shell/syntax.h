// A script as a tree. Only what the documents of Exchange use: pipelines, assignments, if, foreach; no
// functions, classes, loops without an end or redirections.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "domsec/shell/script_error.h"
#include "domsec/shell/value.h"

namespace domsec::shell {

struct Expression;
struct Statement;
using ExpressionPtr = std::shared_ptr<const Expression>;
using StatementsPtr = std::shared_ptr<const Statements>;

enum class BinaryOperator {
  add,
  subtract,
  multiply,
  divide,
  remainder,
  range,
  format,
  join,
  split,
  replace,
  equal,
  not_equal,
  like,
  not_like,
  match,
  not_match,
  greater,
  less,
  greater_or_equal,
  less_or_equal,
  contains,
  not_contains,
  in,
  not_in,
  logical_and,
  logical_or,
  logical_xor,
};
enum class Letters { folded, exact };  // -eq, -ceq
enum class UnaryOperator { logical_not, negative, positive, join };
enum class Grouping { parentheses, statements, array };  // ( ), $( ), @( )

struct Constant {
  Value value;
};
/// A bare word among arguments: text, unless the parameter wants a number.
struct BareWord {
  std::string text;
};
struct Expanded {
  std::vector<ExpressionPtr> parts;
};
struct Variable {
  std::string name;
};
struct Member {
  ExpressionPtr object;
  std::string name;
};
struct MethodCall {
  ExpressionPtr object;
  std::string name;
  std::vector<ExpressionPtr> arguments;
};
/// `[System.IO.File]::ReadAllBytes("…")`, `[DateTime]::UtcNow`.
struct StaticMember {
  std::string type;
  std::string name;
  std::vector<ExpressionPtr> arguments;
};
struct Index {
  ExpressionPtr object;
  ExpressionPtr index;
};
struct Unary {
  UnaryOperator op = UnaryOperator::logical_not;
  ExpressionPtr operand;
};
struct Binary {
  BinaryOperator op = BinaryOperator::add;
  Letters letters = Letters::folded;
  ExpressionPtr left;
  ExpressionPtr right;
};
struct Cast {
  std::string type;
  ExpressionPtr operand;
};
struct ListOf {
  std::vector<ExpressionPtr> items;
};
struct HashtableOf {
  std::vector<std::pair<ExpressionPtr, StatementsPtr>> entries;
};
struct Block {
  StatementsPtr statements;
};
struct Nested {
  Grouping grouping = Grouping::parentheses;
  StatementsPtr statements;
};

struct Expression {
  using Form = std::variant<Constant, BareWord, Expanded, Variable, Member, MethodCall, StaticMember, Index,
                            Unary, Binary, Cast, ListOf, HashtableOf, Block, Nested>;
  Place place;
  int depth = 1;  // of the tree below; the parser refuses what is too deep for a recursive walk
  Form form;
};

/// One argument of a command: `-Name`, `-Name:value`, or a value by itself.
struct CommandElement {
  Place place;
  std::string parameter;  // empty: a value by itself
  ExpressionPtr value;    // null: a parameter by itself
};

struct Command {
  Place place;
  std::string name;
  std::vector<CommandElement> elements;
};

struct Pipeline {
  ExpressionPtr first;  // an expression at the front, or null
  std::vector<Command> commands;
};

enum class AssignmentOperator { set, add, subtract };
struct Assignment {
  AssignmentOperator op = AssignmentOperator::set;
  std::string type;      // `[xml]$xml = …`; may be empty
  ExpressionPtr target;  // Variable, Member or Index
  StatementsPtr value;
};
struct If {
  std::vector<std::pair<StatementsPtr, StatementsPtr>> branches;
  StatementsPtr otherwise;  // may be null
};
struct ForEach {
  std::string variable;
  StatementsPtr collection;
  StatementsPtr body;
};

struct Statement {
  Place place;
  std::variant<Pipeline, Assignment, If, ForEach> form;
};

struct Statements {
  std::vector<Statement> all;
  int depth = 1;
};

/// 1 MiB is a large script; one that is larger is a mistake.
inline constexpr std::size_t largest_script = 1 << 20;

/// Throws ScriptError; its fault is `incomplete` when more lines could make it whole.
[[nodiscard]] StatementsPtr parse(std::string_view text);

}  // namespace domsec::shell
