// Statements, pipelines and commands with their arguments.
#include "parser.h"

#include <algorithm>
#include <array>

namespace domsec::shell {
namespace {

constexpr int deepest = 60;        // parentheses, braces and brackets within each other
constexpr int deepest_tree = 150;  // also what grows without them: `1 + 1 + 1 …`

bool digit(char c) {
  return c >= '0' && c <= '9';
}

bool ends_command(char c) {
  return std::string_view(std::string_view("\0\n\r;|)}", 7)).find(c) != std::string_view::npos;
}

/// At the start of a statement these begin an expression, everything else the name of a cmdlet.
bool starts_expression(char c) {
  return digit(c) || std::string_view("$\"'(@[!+-{,").find(c) != std::string_view::npos;
}

int depth_of(const ExpressionPtr& expression) {
  return expression ? expression->depth : 0;
}
int depth_of(const StatementsPtr& statements) {
  return statements ? statements->depth : 0;
}

int depth_of(const Pipeline& pipeline) {
  int depth = depth_of(pipeline.first);
  for (const Command& command : pipeline.commands)
    for (const CommandElement& element : command.elements) depth = std::max(depth, depth_of(element.value));
  return depth;
}

int depth_of(const Assignment& assignment) {
  return std::max(depth_of(assignment.target), depth_of(assignment.value));
}

int depth_of(const If& form) {
  int depth = depth_of(form.otherwise);
  for (const auto& [condition, body] : form.branches)
    depth = std::max({depth, depth_of(condition), depth_of(body)});
  return depth;
}

int depth_of(const ForEach& form) {
  return std::max(depth_of(form.collection), depth_of(form.body));
}

StatementsPtr finished(Statements statements) {
  int depth = 0;
  for (const Statement& one : statements.all)
    depth = std::max(depth, std::visit([](const auto& form) { return depth_of(form); }, one.form));
  statements.depth = depth + 1;
  if (statements.depth > deepest_tree) {
    throw ScriptError(statements.all.front().place,
                      "this is nested too deeply; put a part of it in a variable");
  }
  return std::make_shared<const Statements>(std::move(statements));
}

std::string closing_text(TokenKind kind) {
  return kind == TokenKind::close_brace ? "}" : kind == TokenKind::close_paren ? ")" : "]";
}

char closing_character(TokenKind kind) {
  return kind == TokenKind::close_brace ? '}' : kind == TokenKind::close_paren ? ')' : '\0';
}

}  // namespace

StatementsPtr parse(std::string_view text) {
  if (text.size() > largest_script) throw ScriptError({}, "the script is larger than 1 MiB; split it");
  return Parser(text, {}, text.size(), 0).statements(TokenKind::end, {});
}

Parser::Level::Level(Parser& parser, Place place) : parser_(parser) {
  if (++parser_.level_ > deepest) {
    --parser_.level_;
    throw ScriptError(place, "this is nested too deeply; put a part of it in a variable");
  }
}

void Parser::skip_newlines() {
  for (char c = scanner_.first_character(); c == '\n' || c == '\r'; c = scanner_.first_character())
    (void)scanner_.next(Mode::expression);
}

void Parser::unexpected(const char* wanted) {
  const Token token = scanner_.peek(Mode::argument);
  if (token.kind == TokenKind::end)
    throw ScriptError(token.begin.place, std::string("the text ends where ") + wanted + " is expected",
                      ScriptFault::incomplete);
  const std::size_t begin = token.begin.offset;
  (void)scanner_.next(Mode::argument);
  const std::size_t length = std::min<std::size_t>(scanner_.cursor().offset - begin, 40);
  std::string found(scanner_.text().substr(begin, length));
  if (token.kind == TokenKind::newline)
    found = "the end of the line";
  else
    found = "'" + found + "'";
  throw ScriptError(token.begin.place, found + " stands where " + wanted + " is expected");
}

void Parser::expect(TokenKind kind, const char* what, Place opened) {
  const Token token = scanner_.peek(Mode::expression);
  if (token.kind == TokenKind::end)
    throw ScriptError(opened, std::string("what starts here has no end; close it with ") + closing_text(kind),
                      ScriptFault::incomplete);
  if (token.kind != kind) unexpected(what);
  (void)scanner_.next(Mode::expression);
}

StatementsPtr Parser::statements(TokenKind closing, Place opened) {
  const Level level(*this, opened);
  Statements statements;
  while (true) {
    skip_newlines();
    const char c = scanner_.first_character();
    if (c == ';') {
      (void)scanner_.next(Mode::expression);
      continue;
    }
    if (c == '\0') {
      if (closing == TokenKind::end) return finished(std::move(statements));
      throw ScriptError(opened, "what starts here has no end; close it with " + closing_text(closing),
                        ScriptFault::incomplete);
    }
    if (c == closing_character(closing)) {
      (void)scanner_.next(Mode::expression);
      return finished(std::move(statements));
    }
    statements.all.push_back(statement());
    const char after = scanner_.first_character();
    if (after == '\0' || after == '\n' || after == '\r' || after == ';' ||
        after == closing_character(closing))
      continue;
    unexpected("the end of the statement, or '|'");
  }
}

StatementsPtr Parser::one_statement() {
  Statements statements;
  statements.all.push_back(statement());
  return finished(std::move(statements));
}

void Parser::refuse_foreign(const std::string& word, Place place) {
  constexpr std::array foreign = {"for",    "while",    "do",    "until",   "function", "filter",
                                  "switch", "try",      "catch", "class",   "param",    "return",
                                  "break",  "continue", "throw", "trap",    "enum",     "using",
                                  "begin",  "process",  "data",  "workflow"};
  for (const char* one : foreign) {
    if (!same_word(one, word)) continue;
    throw ScriptError(
        place, "'" + word + "' is not in this shell; it has if, foreach, Where-Object and ForEach-Object");
  }
}

Statement Parser::statement() {
  const char c = scanner_.first_character();
  const Cursor start = scanner_.cursor();
  if (starts_expression(c)) return expression_statement(start.place);
  const Token word = scanner_.word();
  if (word.kind == TokenKind::word) {
    if (same_word(word.text, "if")) return if_statement(start.place);
    if (same_word(word.text, "foreach") && scanner_.first_character() == '(')
      return foreach_statement(start.place);
    refuse_foreign(word.text, start.place);
  }
  scanner_.back_to(start);
  Pipeline pipeline;
  pipeline.commands.push_back(command());
  commands(pipeline);
  return {start.place, std::move(pipeline)};
}

Statement Parser::expression_statement(Place place) {
  ExpressionPtr first = expression();
  const Token next = scanner_.peek(Mode::expression);
  const bool assigns = next.kind == TokenKind::assign || next.kind == TokenKind::add_assign ||
                       next.kind == TokenKind::subtract_assign;
  if (!assigns) {
    Pipeline pipeline{std::move(first), {}};
    commands(pipeline);
    return {place, std::move(pipeline)};
  }
  Assignment assignment;
  if (const Cast* cast = std::get_if<Cast>(&first->form)) {
    assignment.type = cast->type;
    first = cast->operand;
  }
  const bool assignable = std::holds_alternative<Variable>(first->form) ||
                          std::holds_alternative<Member>(first->form) ||
                          std::holds_alternative<Index>(first->form);
  if (!assignable) throw ScriptError(first->place, "only a variable or a member of one can be assigned to");
  assignment.target = std::move(first);
  assignment.op = next.kind == TokenKind::assign       ? AssignmentOperator::set
                  : next.kind == TokenKind::add_assign ? AssignmentOperator::add
                                                       : AssignmentOperator::subtract;
  (void)scanner_.next(Mode::expression);
  skip_newlines();
  if (ends_command(scanner_.first_character())) unexpected("a value");
  const Level level(*this, place);
  assignment.value = one_statement();
  return {place, std::move(assignment)};
}

StatementsPtr Parser::condition() {
  skip_newlines();
  const Place place = scanner_.cursor().place;
  if (scanner_.first_character() != '(') unexpected("a condition in ( )");
  (void)scanner_.next(Mode::expression);
  return statements(TokenKind::close_paren, place);
}

StatementsPtr Parser::braced() {
  skip_newlines();
  const Place place = scanner_.cursor().place;
  if (scanner_.first_character() != '{') unexpected("statements in { }");
  (void)scanner_.next(Mode::expression);
  return statements(TokenKind::close_brace, place);
}

Statement Parser::if_statement(Place place) {
  If form;
  StatementsPtr asked = condition();
  form.branches.emplace_back(std::move(asked), braced());
  while (true) {
    const Cursor before = scanner_.cursor();
    skip_newlines();
    const bool more =
        !ends_command(scanner_.first_character()) && !starts_expression(scanner_.first_character());
    const std::string word = more ? scanner_.word().text : std::string();
    if (same_word(word, "elseif")) {
      asked = condition();
      form.branches.emplace_back(std::move(asked), braced());
      continue;
    }
    if (same_word(word, "else"))
      form.otherwise = braced();
    else
      scanner_.back_to(before);
    return {place, std::move(form)};
  }
}

Statement Parser::foreach_statement(Place place) {
  ForEach form;
  (void)scanner_.next(Mode::expression);  // (
  skip_newlines();
  const Token variable = scanner_.peek(Mode::expression);
  if (variable.kind != TokenKind::variable) unexpected("a variable, as in foreach ($x in $list)");
  (void)scanner_.next(Mode::expression);
  form.variable = variable.text;
  skip_newlines();
  if (!same_word(scanner_.peek(Mode::argument).text, "in")) unexpected("the word in");
  (void)scanner_.next(Mode::argument);
  form.collection = statements(TokenKind::close_paren, place);
  form.body = braced();
  return {place, std::move(form)};
}

void Parser::commands(Pipeline& pipeline) {
  while (scanner_.first_character() == '|') {
    (void)scanner_.next(Mode::expression);
    skip_newlines();
    const char c = scanner_.first_character();
    if (ends_command(c) || starts_expression(c)) unexpected("the name of a cmdlet");
    pipeline.commands.push_back(command());
  }
}

Command Parser::command() {
  Command command;
  const Token name = scanner_.word();
  command.place = name.begin.place;
  if (name.kind == TokenKind::word && name.text.empty()) unexpected("the name of a cmdlet");
  if (name.kind != TokenKind::word)
    throw ScriptError(command.place, "the name of a cmdlet cannot be made from values; write it out");
  command.name = plain_dashes(name.text);
  while (!ends_command(scanner_.first_character())) command.elements.push_back(element());
  return command;
}

CommandElement Parser::element() {
  CommandElement element;
  const Cursor start = scanner_.cursor();
  element.place = start.place;
  if (scanner_.first_character() == '-') {
    const Token token = scanner_.next(Mode::argument);
    if (token.kind == TokenKind::parameter) {
      element.parameter = token.text;
      if (!token.attached) return element;
      if (ends_command(scanner_.first_character()))
        throw ScriptError(element.place, "-" + token.text + ": has no value behind its colon");
      element.value = argument();
      return element;
    }
    scanner_.back_to(start);
  }
  element.value = argument();
  return element;
}

/// `a`, or `a,b,c`.
ExpressionPtr Parser::argument() {
  const Place place = scanner_.cursor().place;
  std::vector<ExpressionPtr> items;
  items.push_back(argument_item());
  while (scanner_.first_character() == ',') {
    (void)scanner_.next(Mode::argument);
    skip_newlines();
    if (ends_command(scanner_.first_character())) unexpected("a value behind ','");
    items.push_back(argument_item());
  }
  return items.size() == 1 ? items.front() : make(place, ListOf{std::move(items)});
}

ExpressionPtr Parser::argument_item() {
  const char c = scanner_.first_character();
  const Cursor start = scanner_.cursor();
  if (c == '$') return variable_argument();
  if (c == '"' || c == '\'') return quoted_argument();
  if (c == ',') unexpected("a value");
  const Token token = scanner_.next(Mode::argument);
  switch (token.kind) {
    case TokenKind::open_paren:
      return postfix(nested(Grouping::parentheses, start));
    case TokenKind::open_array:
      return postfix(nested(Grouping::array, start));
    case TokenKind::open_hashtable:
      return hashtable(start);
    case TokenKind::open_brace:
      return block(start);
    case TokenKind::word:
      return make(start.place, BareWord{token.text});
    case TokenKind::parameter:
      scanner_.back_to(start);
      return make(start.place, BareWord{scanner_.word().text});
    default:
      return from_text(token);
  }
}

/// `$x.Name`, `$( … )`, or a word that starts with a variable: `$folder\mail1.req`.
ExpressionPtr Parser::variable_argument() {
  const Cursor start = scanner_.cursor();
  ExpressionPtr value = postfix(primary());
  if (scanner_.word_ends_here()) return value;
  scanner_.back_to(start);
  return from_text(scanner_.word());
}

ExpressionPtr Parser::quoted_argument() {
  const Cursor start = scanner_.cursor();
  const Token token = scanner_.next(Mode::argument);
  if (scanner_.word_ends_here()) return from_text(token);
  scanner_.back_to(start);
  return from_text(scanner_.word());
}

ExpressionPtr Parser::make(Place place, Expression::Form form) {
  struct Depth {
    int operator()(const Constant&) const { return 0; }
    int operator()(const BareWord&) const { return 0; }
    int operator()(const Variable&) const { return 0; }
    int operator()(const Expanded& one) const { return deepest_of(one.parts); }
    int operator()(const Member& one) const { return depth_of(one.object); }
    int operator()(const MethodCall& one) const {
      return std::max(depth_of(one.object), deepest_of(one.arguments));
    }
    int operator()(const StaticMember& one) const { return deepest_of(one.arguments); }
    int operator()(const Index& one) const { return std::max(depth_of(one.object), depth_of(one.index)); }
    int operator()(const Unary& one) const { return depth_of(one.operand); }
    int operator()(const Binary& one) const { return std::max(depth_of(one.left), depth_of(one.right)); }
    int operator()(const Cast& one) const { return depth_of(one.operand); }
    int operator()(const ListOf& one) const { return deepest_of(one.items); }
    int operator()(const HashtableOf& one) const {
      int depth = 0;
      for (const auto& [key, value] : one.entries) depth = std::max({depth, depth_of(key), depth_of(value)});
      return depth;
    }
    int operator()(const Block& one) const { return depth_of(one.statements); }
    int operator()(const Nested& one) const { return depth_of(one.statements); }
    static int deepest_of(const std::vector<ExpressionPtr>& all) {
      int depth = 0;
      for (const ExpressionPtr& one : all) depth = std::max(depth, depth_of(one));
      return depth;
    }
  };
  const int depth = std::visit(Depth{}, form) + 1;
  if (depth > deepest_tree)
    throw ScriptError(place, "this is nested too deeply; put a part of it in a variable");
  return std::make_shared<const Expression>(Expression{place, depth, std::move(form)});
}

}  // namespace domsec::shell
