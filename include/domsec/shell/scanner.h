// Text of a script -> tokens. PowerShell reads the same characters in two ways, and the parser says which: as
// an expression (`$a -eq 5`) or as arguments of a command, where words need no quotes
// (`C:\Certificates\mail1.req`). Windows documents contain typographic quotes, dashes and hard blanks; they
// count as the plain ones.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domsec/shell/script_error.h"

namespace domsec::shell {

enum class Mode { expression, argument };

enum class TokenKind {
  end,
  newline,
  semicolon,
  pipe,
  comma,
  assign,           // =
  add_assign,       // +=
  subtract_assign,  // -=
  open_paren,
  close_paren,
  open_brace,
  close_brace,
  open_bracket,
  close_bracket,
  open_statements,  // $(
  open_array,       // @(
  open_hashtable,   // @{
  dot,
  range,   // ..
  colons,  // ::
  plus,
  minus,
  star,
  slash,
  percent,
  exclamation,
  variable,       // text: its name
  number,         // text: as written
  literal,        // '…' and words: text
  expandable,     // "…" and words with $: parts
  word,           // a bare word, or a name inside an expression
  parameter,      // -Name; `attached` when a colon follows
  operator_word,  // -eq, -not …; text: lower case without the dash
};

/// A place in the text that one can come back to.
struct Cursor {
  std::size_t offset = 0;
  Place place;
};

enum class PartKind { literal, variable, statements };

/// A piece of expandable text. Statements (`$( … )`) are given by where they stand.
struct TextPart {
  PartKind kind = PartKind::literal;
  std::string text;  // literal text, or the variable's name
  Cursor begin;
  std::size_t end = 0;
};

struct Token {
  TokenKind kind = TokenKind::end;
  Cursor begin;
  std::string text;
  std::vector<TextPart> parts;  // expandable
  bool attached = false;        // parameter: `-Name:`
};

class Scanner {
 public:
  /// Reads text[from, end).
  Scanner(std::string_view text, Cursor from, std::size_t end);
  explicit Scanner(std::string_view text) : Scanner(text, {}, text.size()) {}

  /// Throws ScriptError.
  Token next(Mode mode);
  [[nodiscard]] Token peek(Mode mode);

  [[nodiscard]] const Cursor& cursor() const { return at_; }
  void back_to(const Cursor& cursor) { at_ = cursor; }
  [[nodiscard]] std::size_t end() const { return end_; }
  [[nodiscard]] std::string_view text() const { return text_; }

  /// Passes blanks, comments and continued lines; the character that follows, folded to ASCII, '\0' at the
  /// end.
  char first_character();
  /// The character right here, without passing blanks: `.` and `[` belong to what stands before them.
  [[nodiscard]] char character_here() const { return glyph(at_.offset).as; }
  /// Text up to a blank as one token, whatever it starts with.
  Token word();
  [[nodiscard]] bool word_ends_here() const;
  /// The name of a type and the bracket behind it: `Byte[]]`.
  [[nodiscard]] std::string type_name();
  /// A member's name behind a dot; nothing when none stands here.
  [[nodiscard]] std::optional<std::string> member_name();

 private:
  struct Glyph {
    char as = '\0';
    std::size_t octets = 0;  // 0 = the end
  };
  [[nodiscard]] Glyph glyph(std::size_t offset) const;
  [[nodiscard]] bool at_end() const { return at_.offset >= end_; }
  [[nodiscard]] char ahead() const;  // the character behind the one here
  void advance();
  void advance(std::size_t glyphs);
  void skip_blanks();
  void skip_block_comment();
  Token single(TokenKind kind, std::size_t glyphs);
  Token expression_token();
  Token dashed_operator();
  Token number();
  Token variable();
  Token at_sign();
  Token argument_token();
  Token parameter();
  Token bare_word();
  Token quoted();
  Token here_text();
  void quoted_literal(std::string& out);
  void quoted_expandable(std::vector<TextPart>& parts);
  static void add_literal(std::vector<TextPart>& parts, std::string_view text);
  /// `$…`, an escaped character or a plain one.
  void expandable_piece(std::vector<TextPart>& parts);
  void dollar(std::vector<TextPart>& parts);
  void escape(std::string& out);
  void skip_statements();
  std::string variable_name();

  std::string_view text_;
  std::size_t end_;
  Cursor at_;
  int depth_ = 0;  // of text within statements within text
};

/// `Set-SendConnector` as a person may have pasted it: dashes and hard blanks of a word processor made plain.
[[nodiscard]] std::string plain_dashes(std::string_view text);

}  // namespace domsec::shell
