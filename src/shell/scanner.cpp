#include "domsec/shell/scanner.h"

#include <array>
#include <utility>

#include "domsec/shell/value.h"

namespace domsec::shell {
namespace {

struct Typographic {
  std::string_view octets;
  char as;
};

constexpr std::array typographic = {
    Typographic{"\xE2\x80\x98", '\''}, Typographic{"\xE2\x80\x99", '\''}, Typographic{"\xE2\x80\x9A", '\''},
    Typographic{"\xE2\x80\x9B", '\''}, Typographic{"\xE2\x80\x9C", '"'},  Typographic{"\xE2\x80\x9D", '"'},
    Typographic{"\xE2\x80\x9E", '"'},  Typographic{"\xE2\x80\x93", '-'},  Typographic{"\xE2\x80\x94", '-'},
    Typographic{"\xE2\x80\x95", '-'},  Typographic{"\xC2\xA0", ' '},      Typographic{"\xE3\x80\x80", ' '},
    Typographic{"\xEF\xBB\xBF", ' '},
};

constexpr char foreign = '\x80';  // any other character outside ASCII: part of a word

bool letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == foreign;
}
bool digit(char c) {
  return c >= '0' && c <= '9';
}
bool name_character(char c) {
  return letter(c) || digit(c);
}
bool blank(char c) {
  return c == ' ' || c == '\t' || c == '\v' || c == '\f';
}
bool line_end(char c) {
  return c == '\n' || c == '\r';
}

/// Ends a bare word.
bool ends_word(char c) {
  return blank(c) || line_end(c) || c == '\0' ||
         std::string_view(";|,(){}&").find(c) != std::string_view::npos;
}

std::size_t sequence_length(unsigned char first) {
  return first < 0x80 ? 1 : first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1;
}

}  // namespace

std::string plain_dashes(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    std::size_t octets = 1;
    char as = text.front();
    for (const Typographic& one : typographic) {
      if (!text.starts_with(one.octets)) continue;
      octets = one.octets.size();
      as = one.as;
    }
    out += as;
    text.remove_prefix(octets);
  }
  return out;
}

Scanner::Scanner(std::string_view text, Cursor from, std::size_t end) : text_(text), end_(end), at_(from) {}

Scanner::Glyph Scanner::glyph(std::size_t offset) const {
  if (offset >= end_) return {};
  const auto first = static_cast<unsigned char>(text_[offset]);
  if (first < 0x80) return {first == 0 ? '\x01' : text_[offset], 1};
  const std::string_view rest = text_.substr(offset, end_ - offset);
  for (const Typographic& one : typographic)
    if (rest.starts_with(one.octets)) return {one.as, one.octets.size()};
  return {foreign, std::min(sequence_length(first), rest.size())};
}

char Scanner::ahead() const {
  const Glyph here = glyph(at_.offset);
  return here.octets == 0 ? '\0' : glyph(at_.offset + here.octets).as;
}

void Scanner::advance() {
  const Glyph here = glyph(at_.offset);
  at_.offset += here.octets;
  if (here.as == '\n') {
    ++at_.place.line;
    at_.place.column = 1;
  } else if (here.octets > 0) {
    ++at_.place.column;
  }
}

void Scanner::advance(std::size_t glyphs) {
  for (std::size_t i = 0; i < glyphs; ++i) advance();
}

void Scanner::skip_block_comment() {
  const Place start = at_.place;
  advance(2);
  while (!(character_here() == '#' && ahead() == '>')) {
    if (at_end())
      throw ScriptError(start, "this comment has no end; close it with #>", ScriptFault::incomplete);
    advance();
  }
  advance(2);
}

void Scanner::skip_blanks() {
  while (true) {
    const char c = character_here();
    if (blank(c)) {
      advance();
    } else if (c == '`' && line_end(ahead())) {
      advance();
      if (character_here() == '\r') advance();
      if (character_here() == '\n') advance();
    } else if (c == '`' && ahead() == '\0') {
      throw ScriptError(at_.place, "the line is continued, but none follows", ScriptFault::incomplete);
    } else if (c == '#') {
      while (!at_end() && !line_end(character_here())) advance();
    } else if (c == '<' && ahead() == '#') {
      skip_block_comment();
    } else {
      return;
    }
  }
}

char Scanner::first_character() {
  skip_blanks();
  return character_here();
}

Token Scanner::single(TokenKind kind, std::size_t glyphs) {
  Token token{kind, at_, {}, {}, false};
  advance(glyphs);
  return token;
}

Token Scanner::peek(Mode mode) {
  const Cursor before = at_;
  Token token = next(mode);
  at_ = before;
  return token;
}

Token Scanner::next(Mode mode) {
  skip_blanks();
  const char c = character_here();
  switch (c) {
    case '\0':
      return single(TokenKind::end, 0);
    case '\r':
      return single(TokenKind::newline, ahead() == '\n' ? 2 : 1);
    case '\n':
      return single(TokenKind::newline, 1);
    case ';':
      return single(TokenKind::semicolon, 1);
    case '|':
      if (ahead() == '|') throw ScriptError(at_.place, "'||' is not in this shell; use if");
      return single(TokenKind::pipe, 1);
    case ',':
      return single(TokenKind::comma, 1);
    case '(':
      return single(TokenKind::open_paren, 1);
    case ')':
      return single(TokenKind::close_paren, 1);
    case '{':
      return single(TokenKind::open_brace, 1);
    case '}':
      return single(TokenKind::close_brace, 1);
    case '\'':
    case '"':
      return quoted();
    case '@':
      return at_sign();
    case '&':
      throw ScriptError(at_.place, "'&' is not in this shell; write the name of the cmdlet by itself");
    default:
      break;
  }
  return mode == Mode::expression ? expression_token() : argument_token();
}

Token Scanner::at_sign() {
  switch (ahead()) {
    case '(':
      return single(TokenKind::open_array, 2);
    case '{':
      return single(TokenKind::open_hashtable, 2);
    case '\'':
    case '"':
      return here_text();
    default:
      throw ScriptError(
          at_.place,
          "'@' starts a list @( ), a hashtable @{ } or a here-string @\" \"@; put other text in quotes");
  }
}

Token Scanner::expression_token() {
  const char c = character_here();
  const char after = ahead();
  if (digit(c)) return number();
  if (letter(c)) {
    Token token{TokenKind::word, at_, {}, {}, false};
    while (name_character(character_here())) advance();
    token.text = std::string(text_.substr(token.begin.offset, at_.offset - token.begin.offset));
    return token;
  }
  switch (c) {
    case '$':
      return after == '(' ? single(TokenKind::open_statements, 2) : variable();
    case '[':
      return single(TokenKind::open_bracket, 1);
    case ']':
      return single(TokenKind::close_bracket, 1);
    case '.':
      return after == '.' ? single(TokenKind::range, 2) : single(TokenKind::dot, 1);
    case ':':
      if (after == ':') return single(TokenKind::colons, 2);
      break;
    case '=':
      return single(TokenKind::assign, 1);
    case '+':
      return after == '=' ? single(TokenKind::add_assign, 2) : single(TokenKind::plus, 1);
    case '-':
      if (after == '=') return single(TokenKind::subtract_assign, 2);
      return letter(after) ? dashed_operator() : single(TokenKind::minus, 1);
    case '*':
      return single(TokenKind::star, 1);
    case '/':
      return single(TokenKind::slash, 1);
    case '%':
      return single(TokenKind::percent, 1);
    case '!':
      return single(TokenKind::exclamation, 1);
    default:
      break;
  }
  throw ScriptError(at_.place, std::string("a value or an operator does not start with '") +
                                   std::string(text_.substr(at_.offset, glyph(at_.offset).octets)) + "'");
}

Token Scanner::dashed_operator() {
  Token token{TokenKind::operator_word, at_, {}, {}, false};
  advance();
  while (letter(character_here())) {
    token.text += character_here();
    advance();
  }
  token.text = lower(token.text);
  return token;
}

Token Scanner::number() {
  Token token{TokenKind::number, at_, {}, {}, false};
  const auto run = [&] {
    while (name_character(character_here())) advance();
  };
  run();
  if (character_here() == '.' && digit(ahead())) {
    advance();
    run();
  }
  token.text = std::string(text_.substr(token.begin.offset, at_.offset - token.begin.offset));
  return token;
}

std::string Scanner::variable_name() {
  const Place start = at_.place;
  advance();  // $
  std::string name;
  if (character_here() == '{') {
    advance();
    const std::size_t begin = at_.offset;
    while (character_here() != '}') {
      if (at_end())
        throw ScriptError(start, "the variable's name has no end; close it with }", ScriptFault::incomplete);
      advance();
    }
    name = std::string(text_.substr(begin, at_.offset - begin));
    advance();
    return name;
  }
  const std::size_t begin = at_.offset;
  while (name_character(character_here())) advance();
  if (character_here() == ':' && name_character(ahead())) {
    advance();
    while (name_character(character_here())) advance();
  }
  return std::string(text_.substr(begin, at_.offset - begin));
}

Token Scanner::variable() {
  Token token{TokenKind::variable, at_, {}, {}, false};
  token.text = variable_name();
  if (token.text.empty())
    throw ScriptError(token.begin.place, "'$' without a name; write a variable such as $x");
  return token;
}

std::string Scanner::type_name() {
  const Place start = at_.place;
  std::string name;
  while (name_character(character_here()) || character_here() == '.') {
    name += character_here();
    advance();
  }
  if (character_here() == '[' && ahead() == ']') {
    name += "[]";
    advance(2);
  }
  if (name.empty() || character_here() != ']') {
    throw ScriptError(start, "no name of a type in brackets; write one such as [string] or [Byte[]]",
                      at_end() ? ScriptFault::incomplete : ScriptFault::wrong);
  }
  advance();
  return name;
}

std::optional<std::string> Scanner::member_name() {
  const std::size_t begin = at_.offset;
  while (name_character(character_here())) advance();
  if (at_.offset == begin) return std::nullopt;
  return std::string(text_.substr(begin, at_.offset - begin));
}

Token Scanner::argument_token() {
  const char c = character_here();
  if (c == '-' && letter(ahead())) return parameter();
  if (c == '$' && ahead() == '(') return single(TokenKind::open_statements, 2);
  if (c == '<') {
    throw ScriptError(at_.place,
                      "'<' starts a place-holder such as <Thumbprint>; write your own value in its place");
  }
  if (c == '>') throw ScriptError(at_.place, "'>' does not write files here; pipe the output to Out-File");
  return bare_word();
}

Token Scanner::word() {
  skip_blanks();
  return bare_word();
}

bool Scanner::word_ends_here() const {
  return ends_word(character_here());
}

Token Scanner::parameter() {
  Token token{TokenKind::parameter, at_, {}, {}, false};
  advance();
  const std::size_t begin = at_.offset;
  while (name_character(character_here())) advance();
  token.text = std::string(text_.substr(begin, at_.offset - begin));
  if (character_here() == ':') {
    token.attached = true;
    advance();
  } else if (!ends_word(character_here())) {
    at_ = token.begin;
    return bare_word();  // `-a/b` is text
  }
  return token;
}

/// Text up to a blank; quotes inside it are taken off, `$` is expanded.
Token Scanner::bare_word() {
  Token token{TokenKind::word, at_, {}, {}, false};
  std::vector<TextPart> parts;
  while (!ends_word(character_here())) {
    const char c = character_here();
    if (c == '>') throw ScriptError(at_.place, "'>' does not write files here; pipe the output to Out-File");
    if (c == '\'') {
      std::string text;
      quoted_literal(text);
      add_literal(parts, text);
    } else if (c == '"') {
      quoted_expandable(parts);
    } else {
      expandable_piece(parts);
    }
  }
  if (parts.size() == 1 && parts.front().kind == PartKind::literal) {
    token.text = std::move(parts.front().text);
  } else {
    token.kind = parts.empty() ? TokenKind::word : TokenKind::expandable;
    token.parts = std::move(parts);
  }
  return token;
}

}  // namespace domsec::shell
