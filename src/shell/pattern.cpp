// Wildcards are matched here; regular expressions are RE2's, which has other spellings for some of .NET's.
#include "domsec/shell/pattern.h"

#include <re2/re2.h>

#include <cctype>
#include <map>
#include <utility>

namespace domsec::shell {
namespace {

constexpr std::int64_t most_octets = 1 << 20;  // of a compiled expression and what it keeps while it runs
constexpr int most_groups = 100;

// What .NET takes \w for.
constexpr std::string_view word_classes = "\\p{L}\\p{Mn}\\p{Nd}\\p{Pc}";

unsigned char octet(char c) {
  return static_cast<unsigned char>(c);
}
char folded(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// .NET's spelling of an expression made RE2's, in one pass; refuses what the two understand differently.
class Translation {
 public:
  explicit Translation(std::string_view text) : rest_(text) {}

  std::string whole() {
    while (!rest_.empty()) {
      if (rest_.front() == '\\') {
        escape();
      } else if (in_set_) {
        set_character();
      } else if (rest_.front() == '[') {
        open_set();
      } else if (rest_.starts_with("(?")) {
        open_group();
      } else {
        take(1);
      }
    }
    return std::move(out_);
  }

 private:
  void take(std::size_t octets) {
    out_ += rest_.substr(0, octets);
    rest_.remove_prefix(octets);
  }
  void put(std::string_view text, std::size_t instead_of) {
    out_ += text;
    rest_.remove_prefix(instead_of);
  }

  void escape() {
    if (rest_.size() == 1) throw PatternError("it ends with a backslash");
    const char c = rest_[1];
    if (c == 'k' || (c >= '1' && c <= '9')) throw PatternError("back-references are not in this shell");
    if (c == 'C' || c == 'Q' || c == 'E')
      throw PatternError(std::string("\\") + c + " means nothing; write the characters themselves");
    if (c == 'w') return put(in_set_ ? std::string(word_classes) : "[" + std::string(word_classes) + "]", 2);
    if (c == 'W' && in_set_) throw PatternError("\\W within [ ] is not in this shell; write [^\\w…]");
    if (c == 'W') return put("[^" + std::string(word_classes) + "]", 2);
    take(2);
  }

  void open_set() {
    in_set_ = true;
    take(rest_.starts_with("[^") ? 2 : 1);
    if (rest_.starts_with("]")) put("\\]", 1);  // the first of a set is a character
  }

  /// `[` within a set is a character; [: would open a class that .NET does not have.
  void set_character() {
    if (rest_.front() == '[') return put("\\[", 1);
    in_set_ = rest_.front() != ']';
    take(1);
  }

  void open_group() {
    const std::string_view after = rest_.substr(2);
    for (const std::string_view around : {"=", "!", "<=", "<!"})
      if (after.starts_with(around)) throw PatternError("look-around is not in this shell");
    if (after.starts_with(">") || after.starts_with("("))
      throw PatternError("atomic groups and conditions are not in this shell");
    if (after.starts_with("<")) return put("(?P<", 3);
    take(2);
  }

  std::string_view rest_;
  std::string out_;
  bool in_set_ = false;
};

std::string sentence(const re2::RE2& expression) {
  switch (expression.error_code()) {
    case re2::RE2::ErrorPatternTooLarge:
    case re2::RE2::ErrorRepeatSize:
      return "the expression is too large";
    case re2::RE2::ErrorMissingBracket:
      return "a '[' without its ']'";
    case re2::RE2::ErrorMissingParen:
      return "a '(' without its ')'";
    case re2::RE2::ErrorUnexpectedParen:
      return "a ')' that nothing opens";
    case re2::RE2::ErrorRepeatArgument:
      return "'" + expression.error_arg() + "' repeats nothing";
    case re2::RE2::ErrorBadCharRange:
      return "a range that runs backwards: " + expression.error_arg();
    default:
      return "'" + expression.error_arg() + "' is not understood";
  }
}

/// Does the class at `wildcard[0] == '['` hold `c`? Passes it; nothing when it has no end.
std::optional<bool> class_holds(std::string_view& wildcard, char c) {
  const std::size_t close = wildcard.find(']', 1);
  if (close == std::string_view::npos) return std::nullopt;
  const std::string_view inside = wildcard.substr(1, close - 1);
  wildcard.remove_prefix(close + 1);
  bool found = false;
  for (std::size_t i = 0; i < inside.size(); ++i) {
    if (i + 2 < inside.size() && inside[i + 1] == '-') {
      found = found || (octet(c) >= octet(inside[i]) && octet(c) <= octet(inside[i + 2]));
      i += 2;
    } else {
      found = found || c == inside[i];
    }
  }
  return found;
}

}  // namespace

bool like(std::string_view text, std::string_view wildcard, Letters letters) {
  std::string folded_text(text);
  std::string folded_wildcard(wildcard);
  if (letters == Letters::folded) {
    for (char& c : folded_text) c = folded(c);
    for (char& c : folded_wildcard) c = folded(c);
  }
  std::string_view rest = folded_text;
  std::string_view pattern = folded_wildcard;
  std::string_view after_star;  // where to go on when the last `*` takes one more character
  std::string_view star_rest;
  bool star = false;
  while (!rest.empty() || !pattern.empty()) {
    if (!pattern.empty() && pattern.front() == '*') {
      pattern.remove_prefix(1);
      star = true;
      after_star = pattern;
      star_rest = rest;
      continue;
    }
    bool same = false;
    if (!pattern.empty() && !rest.empty()) {
      std::string_view next = pattern;
      std::optional<bool> in_class;
      if (pattern.front() == '[') in_class = class_holds(next, rest.front());
      if (!in_class) next.remove_prefix(1);
      same = in_class ? *in_class : pattern.front() == '?' || pattern.front() == rest.front();
      if (same) pattern = next;
    }
    if (same) {
      rest.remove_prefix(1);
    } else {
      if (!star || star_rest.empty()) return false;
      star_rest.remove_prefix(1);
      rest = star_rest;
      pattern = after_star;
    }
  }
  return true;
}

struct Pattern::Program {
  re2::RE2 expression;
  std::vector<std::string> names;  // of the groups; [0] is the whole match

  Program(const std::string& text, const re2::RE2::Options& options) : expression(text, options) {}
};

Pattern::Pattern(std::string_view expression, Letters letters) {
  re2::RE2::Options options;
  options.set_case_sensitive(letters == Letters::exact);
  options.set_log_errors(false);
  options.set_max_mem(most_octets);
  auto program = std::make_unique<Program>(Translation(expression).whole(), options);
  if (!program->expression.ok()) throw PatternError(sentence(program->expression));
  if (program->expression.NumberOfCapturingGroups() > most_groups)
    throw PatternError("the expression has more than " + std::to_string(most_groups) + " groups");
  const std::map<int, std::string>& named = program->expression.CapturingGroupNames();
  for (int i = 0; i <= program->expression.NumberOfCapturingGroups(); ++i) {
    const auto found = named.find(i);
    program->names.push_back(found == named.end() ? std::to_string(i) : found->second);
  }
  program_ = std::move(program);
}

Pattern::~Pattern() = default;

std::optional<Pattern::Found> Pattern::find(std::string_view text, std::size_t from) const {
  re2::StringPiece found;
  const re2::StringPiece all(text.data() ? text.data() : "", text.size());
  if (!program_->expression.Match(all, from, text.size(), re2::RE2::UNANCHORED, &found, 1))
    return std::nullopt;
  const auto begin = static_cast<std::size_t>(found.data() - all.data());
  return Found{begin, begin + found.size()};
}

std::vector<Pattern::Group> Pattern::groups(std::string_view text, std::size_t from) const {
  const std::size_t count = program_->names.size();
  std::vector<re2::StringPiece> parts(count);
  const re2::StringPiece all(text.data() ? text.data() : "", text.size());
  if (!program_->expression.Match(all, from, text.size(), re2::RE2::UNANCHORED, parts.data(),
                                  static_cast<int>(count)))
    return {};
  std::vector<Group> groups;
  for (std::size_t i = 0; i < count; ++i) {
    groups.push_back({program_->names[i], std::nullopt});
    if (parts[i].data() != nullptr) groups.back().text = std::string(parts[i]);
  }
  return groups;
}

namespace {

/// What stands at a `$`.
struct Reference {
  std::size_t octets = 1;
  std::string_view group;  // its name or number; empty: none
};

Reference reference_at(std::string_view text) {
  if (text.starts_with("$&")) return {2, "0"};
  if (text.starts_with("${")) {
    const std::size_t close = text.find('}');
    return close == std::string_view::npos ? Reference{} : Reference{close + 1, text.substr(2, close - 2)};
  }
  std::size_t end = 1;
  while (end < text.size() && std::isdigit(octet(text[end])) != 0) ++end;
  return {end, text.substr(1, end - 1)};
}

/// A named group has its number, too.
const Pattern::Group* group_of(const std::vector<Pattern::Group>& groups, std::string_view name) {
  for (std::size_t number = 0; number < groups.size(); ++number)
    if (groups[number].name == name || std::to_string(number) == name) return &groups[number];
  return nullptr;
}

}  // namespace

std::string filled_in(std::string_view replacement, const std::vector<Pattern::Group>& groups) {
  std::string out;
  while (!replacement.empty()) {
    const std::size_t dollar = std::min(replacement.find('$'), replacement.size());
    out += replacement.substr(0, dollar);
    replacement.remove_prefix(dollar);
    if (replacement.empty()) break;
    if (replacement.starts_with("$$")) {
      out += '$';
      replacement.remove_prefix(2);
      continue;
    }
    const Reference reference = reference_at(replacement);
    const Pattern::Group* group = group_of(groups, reference.group);
    out += group ? group->text.value_or("") : std::string(replacement.substr(0, reference.octets));
    replacement.remove_prefix(reference.octets);
  }
  return out;
}

}  // namespace domsec::shell
