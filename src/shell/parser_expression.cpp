// Expressions, with PowerShell's precedence: the comma binds tighter than arithmetic, comparisons looser,
// -and and -or loosest and alike.
#include <array>
#include <charconv>
#include <optional>

#include "parser.h"

namespace domsec::shell {
namespace {

struct OperatorWord {
  std::string_view word;
  BinaryOperator op;
};

constexpr std::array comparisons = {
    OperatorWord{"eq", BinaryOperator::equal},
    OperatorWord{"ne", BinaryOperator::not_equal},
    OperatorWord{"like", BinaryOperator::like},
    OperatorWord{"notlike", BinaryOperator::not_like},
    OperatorWord{"match", BinaryOperator::match},
    OperatorWord{"notmatch", BinaryOperator::not_match},
    OperatorWord{"gt", BinaryOperator::greater},
    OperatorWord{"lt", BinaryOperator::less},
    OperatorWord{"ge", BinaryOperator::greater_or_equal},
    OperatorWord{"le", BinaryOperator::less_or_equal},
    OperatorWord{"contains", BinaryOperator::contains},
    OperatorWord{"notcontains", BinaryOperator::not_contains},
    OperatorWord{"in", BinaryOperator::in},
    OperatorWord{"notin", BinaryOperator::not_in},
    OperatorWord{"join", BinaryOperator::join},
    OperatorWord{"split", BinaryOperator::split},
    OperatorWord{"replace", BinaryOperator::replace},
};

struct FoundOperator {
  BinaryOperator op;
  Letters letters = Letters::folded;
};

std::optional<FoundOperator> comparison_of(const Token& token) {
  if (token.kind != TokenKind::operator_word) return std::nullopt;
  for (const OperatorWord& one : comparisons) {
    if (token.text == one.word) return FoundOperator{one.op, Letters::folded};
    if (token.text.size() != one.word.size() + 1 || token.text.substr(1) != one.word) continue;
    if (token.text.front() == 'c') return FoundOperator{one.op, Letters::exact};
    if (token.text.front() == 'i') return FoundOperator{one.op, Letters::folded};
  }
  return std::nullopt;
}

std::optional<FoundOperator> logical_of(const Token& token) {
  if (token.kind != TokenKind::operator_word) return std::nullopt;
  if (token.text == "and") return FoundOperator{BinaryOperator::logical_and};
  if (token.text == "or") return FoundOperator{BinaryOperator::logical_or};
  if (token.text == "xor") return FoundOperator{BinaryOperator::logical_xor};
  return std::nullopt;
}

void refuse_unknown(const Token& token) {
  if (token.kind != TokenKind::operator_word) return;
  if (comparison_of(token) || logical_of(token) || token.text == "f" || token.text == "not") return;
  throw ScriptError(token.begin.place,
                    "'-" + token.text +
                        "' is no operator of this shell; it has -eq, -ne, -like, -match, -gt, -lt, -ge, "
                        "-le, -contains, -in, -and, -or and -not");
}

}  // namespace

/// Operators of one precedence, left to right. `next` says which operator a token is, if it is one of them.
template <typename Next>
ExpressionPtr Parser::chain(Next next, ExpressionPtr (Parser::*operand)()) {
  ExpressionPtr left = (this->*operand)();
  while (true) {
    const Token token = scanner_.peek(Mode::expression);
    const std::optional<FoundOperator> found = next(token);
    if (!found) return left;
    (void)scanner_.next(Mode::expression);
    skip_newlines();
    ExpressionPtr right = (this->*operand)();
    left = binary(found->op, found->letters, std::move(left), std::move(right), token.begin.place);
  }
}

ExpressionPtr Parser::binary(BinaryOperator op, Letters letters, ExpressionPtr left, ExpressionPtr right,
                             Place place) {
  return make(place, Binary{op, letters, std::move(left), std::move(right)});
}

ExpressionPtr Parser::expression() {
  const Level level(*this, scanner_.cursor().place);
  ExpressionPtr whole = chain(logical_of, &Parser::comparison);
  refuse_unknown(scanner_.peek(Mode::expression));
  return whole;
}

ExpressionPtr Parser::comparison() {
  return chain(comparison_of, &Parser::additive);
}

ExpressionPtr Parser::additive() {
  const auto next = [](const Token& token) -> std::optional<FoundOperator> {
    if (token.kind == TokenKind::plus) return FoundOperator{BinaryOperator::add};
    if (token.kind == TokenKind::minus) return FoundOperator{BinaryOperator::subtract};
    return std::nullopt;
  };
  return chain(next, &Parser::multiplicative);
}

ExpressionPtr Parser::multiplicative() {
  const auto next = [](const Token& token) -> std::optional<FoundOperator> {
    if (token.kind == TokenKind::star) return FoundOperator{BinaryOperator::multiply};
    if (token.kind == TokenKind::slash) return FoundOperator{BinaryOperator::divide};
    if (token.kind == TokenKind::percent) return FoundOperator{BinaryOperator::remainder};
    return std::nullopt;
  };
  return chain(next, &Parser::formatted);
}

ExpressionPtr Parser::formatted() {
  const auto next = [](const Token& token) -> std::optional<FoundOperator> {
    if (token.kind == TokenKind::operator_word && token.text == "f")
      return FoundOperator{BinaryOperator::format};
    return std::nullopt;
  };
  return chain(next, &Parser::range);
}

ExpressionPtr Parser::range() {
  const auto next = [](const Token& token) -> std::optional<FoundOperator> {
    if (token.kind == TokenKind::range) return FoundOperator{BinaryOperator::range};
    return std::nullopt;
  };
  return chain(next, &Parser::list);
}

ExpressionPtr Parser::list() {
  const Place place = scanner_.cursor().place;
  if (commas_ == Commas::arguments) return unary();
  std::vector<ExpressionPtr> items;
  const bool leading = scanner_.first_character() == ',';  // `,$x`: a list of one
  if (leading) (void)scanner_.next(Mode::expression);
  items.push_back(unary());
  while (!leading && scanner_.first_character() == ',') {
    (void)scanner_.next(Mode::expression);
    skip_newlines();
    items.push_back(unary());
  }
  return items.size() == 1 && !leading ? items.front() : make(place, ListOf{std::move(items)});
}

ExpressionPtr Parser::unary() {
  const Token token = scanner_.peek(Mode::expression);
  const auto wrapped = [&](UnaryOperator op) {
    const Level level(*this, token.begin.place);
    (void)scanner_.next(Mode::expression);
    skip_newlines();
    return make(token.begin.place, Unary{op, unary()});
  };
  if (token.kind == TokenKind::exclamation) return wrapped(UnaryOperator::logical_not);
  if (token.kind == TokenKind::minus) return wrapped(UnaryOperator::negative);
  if (token.kind == TokenKind::plus) return wrapped(UnaryOperator::positive);
  if (token.kind == TokenKind::operator_word) {
    if (token.text == "not") return wrapped(UnaryOperator::logical_not);
    if (token.text == "join") return wrapped(UnaryOperator::join);
    refuse_unknown(token);
    unexpected("a value");
  }
  return postfix(primary());
}

ExpressionPtr Parser::primary() {
  const Token token = scanner_.peek(Mode::expression);
  const Place place = token.begin.place;
  const Cursor start = token.begin;
  switch (token.kind) {
    case TokenKind::number:
      return number(scanner_.next(Mode::expression));
    case TokenKind::literal:
    case TokenKind::expandable:
      return from_text(scanner_.next(Mode::expression));
    case TokenKind::variable:
      return make(place, Variable{scanner_.next(Mode::expression).text});
    case TokenKind::open_paren:
      (void)scanner_.next(Mode::expression);
      return nested(Grouping::parentheses, start);
    case TokenKind::open_statements:
      (void)scanner_.next(Mode::expression);
      return nested(Grouping::statements, start);
    case TokenKind::open_array:
      (void)scanner_.next(Mode::expression);
      return nested(Grouping::array, start);
    case TokenKind::open_hashtable:
      (void)scanner_.next(Mode::expression);
      return hashtable(start);
    case TokenKind::open_brace:
      (void)scanner_.next(Mode::expression);
      return block(start);
    case TokenKind::open_bracket:
      (void)scanner_.next(Mode::expression);
      return bracketed(place);
    case TokenKind::word:
      throw ScriptError(
          place,
          "'" + token.text + "' stands where a value is expected; put text in quotes, and a cmdlet in ( )");
    default:
      unexpected("a value");
  }
}

/// `[type]value` or `[type]::Member`; the bracket is taken.
ExpressionPtr Parser::bracketed(Place place) {
  std::string type = scanner_.type_name();
  if (scanner_.peek(Mode::expression).kind == TokenKind::colons) {
    (void)scanner_.next(Mode::expression);
    const std::optional<std::string> name = scanner_.member_name();
    if (!name) unexpected("the name of a member");
    StaticMember member{std::move(type), *name, {}};
    if (scanner_.character_here() == '(') member.arguments = call_arguments();
    return make(place, std::move(member));
  }
  const Level level(*this, place);
  return make(place, Cast{std::move(type), unary()});
}

ExpressionPtr Parser::postfix(ExpressionPtr object) {
  while (true) {
    const Place place = scanner_.cursor().place;
    const char c = scanner_.character_here();
    if (c == '.' && scanner_.peek(Mode::expression).kind == TokenKind::dot) {
      (void)scanner_.next(Mode::expression);
      object = member(std::move(object), place);
    } else if (c == '[') {
      (void)scanner_.next(Mode::expression);
      const Commas before = std::exchange(commas_, Commas::list);
      ExpressionPtr index = expression();
      commas_ = before;
      expect(TokenKind::close_bracket, "]", place);
      object = make(place, Index{std::move(object), std::move(index)});
    } else {
      return object;
    }
  }
}

ExpressionPtr Parser::member(ExpressionPtr object, Place place) {
  std::optional<std::string> name = scanner_.member_name();
  if (!name) {
    const char quote = scanner_.character_here();
    if (quote != '\'' && quote != '"') unexpected("the name of a member");
    const Token token = scanner_.next(Mode::expression);
    if (token.kind == TokenKind::expandable &&
        (token.parts.size() != 1 || token.parts.front().kind != PartKind::literal))
      throw ScriptError(place, "the name of a member cannot be made from values; write it out");
    name = token.kind == TokenKind::literal ? token.text : token.parts.front().text;
  }
  if (scanner_.character_here() != '(') return make(place, Member{std::move(object), std::move(*name)});
  std::vector<ExpressionPtr> arguments = call_arguments();
  return make(place, MethodCall{std::move(object), std::move(*name), std::move(arguments)});
}

std::vector<ExpressionPtr> Parser::call_arguments() {
  const Place opened = scanner_.cursor().place;
  (void)scanner_.next(Mode::expression);  // (
  std::vector<ExpressionPtr> arguments;
  const Commas before = std::exchange(commas_, Commas::arguments);
  skip_newlines();
  while (scanner_.first_character() != ')') {
    if (!arguments.empty()) expect(TokenKind::comma, "',' or ')'", opened);
    skip_newlines();
    arguments.push_back(expression());
    skip_newlines();
  }
  (void)scanner_.next(Mode::expression);
  commas_ = before;
  return arguments;
}

ExpressionPtr Parser::nested(Grouping grouping, const Cursor& opened) {
  const Commas before = std::exchange(commas_, Commas::list);
  StatementsPtr inside = statements(TokenKind::close_paren, opened.place);
  commas_ = before;
  return make(opened.place, Nested{grouping, std::move(inside)});
}

ExpressionPtr Parser::block(const Cursor& opened) {
  const Commas before = std::exchange(commas_, Commas::list);
  StatementsPtr inside = statements(TokenKind::close_brace, opened.place);
  commas_ = before;
  return make(opened.place, Block{std::move(inside)});
}

/// `@{Add="a","b"; Remove="c"}`; the opening brace is taken.
ExpressionPtr Parser::hashtable(const Cursor& opened) {
  const Level level(*this, opened.place);
  const Commas before = std::exchange(commas_, Commas::list);
  HashtableOf table;
  while (true) {
    skip_newlines();
    const Token key = scanner_.peek(Mode::expression);
    if (key.kind == TokenKind::end)
      throw ScriptError(opened.place, "this hashtable has no end; close it with }", ScriptFault::incomplete);
    (void)scanner_.next(Mode::expression);
    if (key.kind == TokenKind::close_brace) break;
    if (key.kind == TokenKind::semicolon) continue;
    ExpressionPtr name;
    if (key.kind == TokenKind::word || key.kind == TokenKind::number)
      name = make(key.begin.place, Constant{Value(key.text)});
    else if (key.kind == TokenKind::variable)
      name = postfix(make(key.begin.place, Variable{key.text}));
    else if (key.kind == TokenKind::literal || key.kind == TokenKind::expandable)
      name = from_text(key);
    else
      throw ScriptError(key.begin.place, "a key is expected here, as in @{Add=\"contoso.com\"}");
    expect(TokenKind::assign, "'=' behind the key", opened.place);
    skip_newlines();
    StatementsPtr value = one_statement();
    table.entries.emplace_back(std::move(name), std::move(value));
  }
  commas_ = before;
  return make(opened.place, std::move(table));
}

ExpressionPtr Parser::from_text(const Token& token) {
  const Place place = token.begin.place;
  if (token.kind == TokenKind::word) return make(place, BareWord{token.text});
  if (token.kind != TokenKind::expandable) return make(place, Constant{Value(token.text)});
  std::vector<ExpressionPtr> parts;
  for (const TextPart& part : token.parts) {
    switch (part.kind) {
      case PartKind::literal:
        if (!part.text.empty()) parts.push_back(make(place, Constant{Value(part.text)}));
        break;
      case PartKind::variable:
        parts.push_back(make(part.begin.place, Variable{part.text}));
        break;
      case PartKind::statements: {
        Parser inner(scanner_.text(), part.begin, part.end, level_);
        parts.push_back(make(part.begin.place, Nested{Grouping::statements,
                                                      inner.statements(TokenKind::end, part.begin.place)}));
        break;
      }
    }
  }
  return make(place, Expanded{std::move(parts)});
}

ExpressionPtr Parser::number(const Token& token) {
  const Place place = token.begin.place;
  if (const std::optional<std::int64_t> whole = read_whole_number(token.text))
    return make(place, Constant{Value(*whole)});
  double real = 0;
  const char* end = token.text.data() + token.text.size();
  const auto [at, fault] = std::from_chars(token.text.data(), end, real);
  if (fault != std::errc{} || at != end)
    throw ScriptError(place, "'" + token.text + "' is no number; put text in quotes");
  return make(place, Constant{Value(real)});
}

}  // namespace domsec::shell
