// Recursive descent over the scanner's two modes. Private to shell/.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "domsec/shell/scanner.h"
#include "domsec/shell/syntax.h"

namespace domsec::shell {

class Parser {
 public:
  Parser(std::string_view text, Cursor from, std::size_t end, int level)
      : scanner_(text, from, end), level_(level) {}

  /// Up to `closing`, which is taken; the opening one stood at `opened`.
  StatementsPtr statements(TokenKind closing, Place opened);

 private:
  class Level;
  enum class Commas { list, arguments };

  // parser.cpp: statements and commands
  Statement statement();
  Statement expression_statement(Place place);
  Statement if_statement(Place place);
  Statement foreach_statement(Place place);
  StatementsPtr braced();
  StatementsPtr condition();
  StatementsPtr one_statement();
  void commands(Pipeline& pipeline);
  Command command();
  CommandElement element();
  ExpressionPtr argument();
  ExpressionPtr argument_item();
  ExpressionPtr variable_argument();
  ExpressionPtr quoted_argument();
  void refuse_foreign(const std::string& word, Place place);

  // parser_expression.cpp
  ExpressionPtr expression();
  ExpressionPtr comparison();
  ExpressionPtr additive();
  ExpressionPtr multiplicative();
  ExpressionPtr formatted();
  ExpressionPtr range();
  ExpressionPtr list();
  ExpressionPtr unary();
  ExpressionPtr primary();
  ExpressionPtr postfix(ExpressionPtr object);
  ExpressionPtr member(ExpressionPtr object, Place place);
  ExpressionPtr bracketed(Place place);
  ExpressionPtr nested(Grouping grouping, const Cursor& opened);
  ExpressionPtr block(const Cursor& opened);
  ExpressionPtr hashtable(const Cursor& opened);
  ExpressionPtr from_text(const Token& token);
  ExpressionPtr number(const Token& token);
  std::vector<ExpressionPtr> call_arguments();
  template <typename Next>
  ExpressionPtr chain(Next next, ExpressionPtr (Parser::*operand)());
  ExpressionPtr binary(BinaryOperator op, Letters letters, ExpressionPtr left, ExpressionPtr right,
                       Place place);
  ExpressionPtr make(Place place, Expression::Form form);

  void skip_newlines();
  void expect(TokenKind kind, const char* what, Place opened);
  [[noreturn]] void unexpected(const char* wanted);

  Scanner scanner_;
  int level_;
  Commas commas_ = Commas::list;
};

/// One more level of nesting for as long as it lives.
class Parser::Level {
 public:
  Level(Parser& parser, Place place);
  ~Level() { --parser_.level_; }
  Level(const Level&) = delete;
  Level& operator=(const Level&) = delete;

 private:
  Parser& parser_;
};

}  // namespace domsec::shell
