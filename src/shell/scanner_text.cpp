// Quoted text: '…', "…" with $ and backtick, here-strings.
#include <utility>

#include "domsec/shell/scanner.h"

namespace domsec::shell {
namespace {

constexpr int deepest = 40;  // text within $( ) within text

char escaped(char c) {
  switch (c) {
    case 'n':
      return '\n';
    case 't':
      return '\t';
    case 'r':
      return '\r';
    case 'a':
      return '\a';
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'v':
      return '\v';
    case '0':
      return '\0';
    default:
      return c;
  }
}

}  // namespace

void Scanner::add_literal(std::vector<TextPart>& parts, std::string_view text) {
  if (parts.empty() || parts.back().kind != PartKind::literal) parts.emplace_back();
  parts.back().text += text;
}

Token Scanner::quoted() {
  Token token{TokenKind::literal, at_, {}, {}, false};
  if (character_here() == '\'') {
    quoted_literal(token.text);
    return token;
  }
  token.kind = TokenKind::expandable;
  quoted_expandable(token.parts);
  return token;
}

void Scanner::quoted_literal(std::string& out) {
  const Place start = at_.place;
  advance();
  while (true) {
    if (at_end()) throw ScriptError(start, "this text has no end; close it with '", ScriptFault::incomplete);
    if (character_here() == '\'') {
      advance();
      if (character_here() != '\'') return;
      const std::size_t second = at_.offset;  // a typographic quote stays one
      advance();
      out += text_.substr(second, at_.offset - second);
      continue;
    }
    const std::size_t begin = at_.offset;
    advance();
    out += text_.substr(begin, at_.offset - begin);
  }
}

void Scanner::quoted_expandable(std::vector<TextPart>& parts) {
  const Place start = at_.place;
  advance();
  add_literal(parts, "");
  while (true) {
    if (at_end()) throw ScriptError(start, "this text has no end; close it with \"", ScriptFault::incomplete);
    if (character_here() == '"') {
      advance();
      if (character_here() != '"') return;
      add_literal(parts, "\"");
      advance();
    } else {
      expandable_piece(parts);
    }
  }
}

void Scanner::expandable_piece(std::vector<TextPart>& parts) {
  const char c = character_here();
  if (c == '$') {
    dollar(parts);
  } else if (c == '`') {
    std::string text;
    escape(text);
    add_literal(parts, text);
  } else {
    const std::size_t begin = at_.offset;
    advance();
    add_literal(parts, text_.substr(begin, at_.offset - begin));
  }
}

/// `$name`, `${name}`, `$( … )`; a `$` before anything else stands for itself.
void Scanner::dollar(std::vector<TextPart>& parts) {
  TextPart part;
  if (ahead() == '(') {
    part.kind = PartKind::statements;
    advance(2);
    part.begin = at_;
    skip_statements();
    part.end = at_.offset;
    advance();  // )
    parts.push_back(std::move(part));
    return;
  }
  part.kind = PartKind::variable;
  part.begin = at_;
  const Cursor before = at_;
  part.text = variable_name();
  part.end = at_.offset;
  if (!part.text.empty()) {
    parts.push_back(std::move(part));
    return;
  }
  at_ = before;
  advance();
  add_literal(parts, "$");
}

void Scanner::escape(std::string& out) {
  advance();
  if (at_end()) return;
  if (character_here() == '\r' && ahead() == '\n') advance();
  if (character_here() == '\n') {  // a continued line inside text keeps its end, as PowerShell does
    out += '\n';
    advance();
    return;
  }
  const std::size_t begin = at_.offset;
  const char c = character_here();
  advance();
  if (at_.offset - begin == 1)
    out += escaped(c);
  else
    out += text_.substr(begin, at_.offset - begin);
}

/// Up to the parenthesis that closes `$(`; what stands between is read by the parser.
void Scanner::skip_statements() {
  const Place start = at_.place;
  if (++depth_ > deepest)
    throw ScriptError(start, "text is nested too deeply; put a part of it in a variable");
  for (int open = 1; open > 0;) {
    if (at_end()) throw ScriptError(start, "$( has no end; close it with )", ScriptFault::incomplete);
    const char c = character_here();
    if (c == '\'' || c == '"') {
      (void)quoted();
      continue;
    }
    if (c == '(') ++open;
    if (c == ')' && --open == 0) break;
    advance(c == '`' ? 2 : 1);
  }
  --depth_;
}

Token Scanner::here_text() {
  const Cursor start = at_;
  const char quote = ahead();
  advance(2);
  while (character_here() == ' ' || character_here() == '\t') advance();
  if (character_here() == '\r') advance();
  if (character_here() != '\n') {
    throw ScriptError(start.place,
                      "the text of a here-string starts on the next line; nothing may follow @ and its quote",
                      at_end() ? ScriptFault::incomplete : ScriptFault::wrong);
  }
  advance();
  const Cursor body = at_;
  Token token{quote == '"' ? TokenKind::expandable : TokenKind::literal, start, {}, {}, false};
  bool line_start = true;
  std::size_t end = at_.offset;  // of the text, before the last line's end
  std::size_t line_begin = at_.offset;
  while (true) {
    if (at_end()) {
      throw ScriptError(
          start.place,
          std::string("this here-string has no end; close it with ") + quote + "@ at the start of a line",
          ScriptFault::incomplete);
    }
    if (line_start && character_here() == quote && ahead() == '@') break;
    line_start = character_here() == '\n';
    advance();
    if (line_start) line_begin = at_.offset;
  }
  end = line_begin;
  if (end > body.offset && text_[end - 1] == '\n') --end;
  if (end > body.offset && text_[end - 1] == '\r') --end;
  const Cursor closing = at_;
  if (token.kind == TokenKind::literal) {
    token.text = std::string(text_.substr(body.offset, end - body.offset));
  } else {
    Scanner inner(text_, body, end);
    inner.depth_ = depth_;
    add_literal(token.parts, "");
    while (!inner.at_end()) inner.expandable_piece(token.parts);
  }
  at_ = closing;
  advance(2);
  return token;
}

}  // namespace domsec::shell
