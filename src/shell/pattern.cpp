// An expression becomes a program of byte sets, splits and assertions (Thompson), run over the text once with
// all its threads side by side; each state keeps the thread that started first.
#include "domsec/shell/pattern.h"

#include <bitset>
#include <cctype>
#include <charconv>
#include <utility>

namespace domsec::shell {
namespace {

using Set = std::bitset<256>;

constexpr std::size_t most_states = 4000;
constexpr int deepest = 50;
constexpr std::size_t unlimited = static_cast<std::size_t>(-1);

enum class Op { set, split, jump, text_begin, text_end, boundary, accept };

struct State {
  Op op = Op::accept;
  Set set;
  std::size_t next = 0;
  std::size_t other = 0;  // split
};

unsigned char octet(char c) {
  return static_cast<unsigned char>(c);
}
bool word_octet(unsigned char c) {
  return std::isalnum(c) != 0 || c == '_' || c >= 0x80;
}

void fold(Set& set) {
  for (unsigned c = 'a'; c <= 'z'; ++c) {
    const unsigned upper = c - 'a' + 'A';
    if (set[c] || set[upper]) set[c] = set[upper] = true;
  }
}

Set class_of(char letter) {
  Set set;
  for (unsigned c = 0; c < 256; ++c) {
    switch (letter) {
      case 'd':
      case 'D':
        set[c] = c >= '0' && c <= '9';
        break;
      case 'w':
      case 'W':
        set[c] = word_octet(static_cast<unsigned char>(c));
        break;
      default:
        set[c] = c == ' ' || (c >= '\t' && c <= '\r');
        break;
    }
  }
  return letter >= 'A' && letter <= 'Z' ? ~set : set;
}

/// Reads the expression and writes the program in one pass; a repeated part is read again for each
/// repetition.
class Compiler {
 public:
  Compiler(std::string_view text, Letters letters, std::vector<State>& states)
      : text_(text), letters_(letters), states_(states) {}

  void whole() {
    alternatives(0);
    if (at_ < text_.size()) throw PatternError("a ')' that nothing opens");
    emit({Op::accept, {}, 0, 0});
  }

 private:
  std::size_t emit(State state) {
    if (states_.size() >= most_states) throw PatternError("the expression is too large");
    states_.push_back(std::move(state));
    return states_.size() - 1;
  }
  [[nodiscard]] bool more() const { return at_ < text_.size(); }
  [[nodiscard]] bool here(char c) const { return more() && text_[at_] == c; }

  void alternatives(int depth) {
    if (depth > deepest) throw PatternError("groups are nested too deeply");
    const std::size_t begin = states_.size();
    sequence(depth);
    while (here('|')) {
      ++at_;
      // begin: split -> first, second; the first ends with a jump behind the second
      insert_split(begin);
      const std::size_t jump = emit({Op::jump, {}, 0, 0});
      states_[begin].other = states_.size();
      alternatives(depth + 1);
      states_[jump].next = states_.size();
    }
  }

  /// Makes room for a split in front of what was written from `begin` on.
  void insert_split(std::size_t begin) {
    emit({});
    for (std::size_t i = states_.size() - 1; i > begin; --i) states_[i] = states_[i - 1];
    for (std::size_t i = begin + 1; i < states_.size(); ++i) {
      if (states_[i].next >= begin) ++states_[i].next;
      if (states_[i].other >= begin) ++states_[i].other;
    }
    states_[begin] = {Op::split, {}, begin + 1, 0};
  }

  void sequence(int depth) {
    while (more() && !here('|') && !here(')')) repeated(depth);
  }

  void repeated(int depth) {
    const std::size_t item = at_;
    const std::size_t begin = states_.size();
    atom(depth);
    const std::size_t item_end = at_;
    const auto [least, most] = repetition();
    if (least == 1 && most == 1) return;
    const std::size_t after = at_;
    states_.resize(begin);
    const auto again = [&] {
      at_ = item;
      atom(depth);
      at_ = item_end;
    };
    for (std::size_t i = 0; i < least; ++i) again();
    if (most == unlimited) {
      const std::size_t split = emit({Op::split, {}, states_.size() + 1, 0});
      again();
      emit({Op::jump, {}, split, 0});
      states_[split].other = states_.size();
    } else {
      std::vector<std::size_t> splits;
      for (std::size_t i = least; i < most; ++i) {
        splits.push_back(emit({Op::split, {}, states_.size() + 1, 0}));
        again();
      }
      for (const std::size_t split : splits) states_[split].other = states_.size();
    }
    at_ = after;
  }

  std::pair<std::size_t, std::size_t> repetition() {
    std::pair<std::size_t, std::size_t> bounds{1, 1};
    if (here('*'))
      bounds = {0, unlimited};
    else if (here('+'))
      bounds = {1, unlimited};
    else if (here('?'))
      bounds = {0, 1};
    else if (!here('{') || !counted(bounds))
      return {1, 1};
    ++at_;
    if (here('?')) ++at_;  // lazy: the same set of matches
    if (here('*') || here('+')) throw PatternError("a repetition of a repetition; put the first in ( )");
    return bounds;
  }

  /// `{2}`, `{2,}`, `{2,5}`; anything else in braces is text. Stops at the closing brace.
  bool counted(std::pair<std::size_t, std::size_t>& bounds) {
    const std::size_t close = text_.find('}', at_);
    if (close == std::string_view::npos) return false;
    const std::string_view inside = text_.substr(at_ + 1, close - at_ - 1);
    const std::size_t comma = std::min(inside.find(','), inside.size());
    const auto read = [](std::string_view digits, std::size_t& number) {
      const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
      return fault == std::errc{} && end == digits.data() + digits.size();
    };
    std::size_t least = 0;
    std::size_t most = unlimited;
    if (!read(inside.substr(0, comma), least)) return false;
    if (comma == inside.size())
      most = least;
    else if (comma + 1 < inside.size() && !read(inside.substr(comma + 1), most))
      return false;
    if (most < least || least > 500 || (most != unlimited && most > 500))
      throw PatternError("a count of repetitions that is too large or runs backwards");
    bounds = {least, most};
    at_ = close;
    return true;
  }

  void add_set(Set set) {
    if (letters_ == Letters::folded) fold(set);
    emit({Op::set, set, states_.size() + 1, 0});
  }

  void atom(int depth) {
    if (++atoms_ > most_states * 4) throw PatternError("the expression is too large");
    const char c = text_[at_++];
    switch (c) {
      case '(':
        if (text_.substr(at_).starts_with("?:"))
          at_ += 2;
        else if (here('?'))
          throw PatternError("look-around is not in this shell");
        alternatives(depth + 1);
        if (!here(')')) throw PatternError("a '(' without its ')'");
        ++at_;
        return;
      case '[':
        return add_set(bracket());
      case '.':
        return add_set(~Set().set('\n'));
      case '^':
        emit({Op::text_begin, {}, states_.size() + 1, 0});
        return;
      case '$':
        emit({Op::text_end, {}, states_.size() + 1, 0});
        return;
      case '\\':
        return escape();
      case '*':
      case '+':
      case '?':
        throw PatternError(std::string("'") + c + "' repeats nothing");
      default:
        return add_set(Set().set(octet(c)));
    }
  }

  void escape() {
    if (!more()) throw PatternError("it ends with a backslash");
    const char c = text_[at_++];
    if (c == 'b') {
      emit({Op::boundary, {}, states_.size() + 1, 0});
    } else if (std::string_view("dDwWsS").find(c) != std::string_view::npos) {
      add_set(class_of(c));
    } else if (std::isdigit(octet(c)) != 0) {
      throw PatternError("back-references are not in this shell");
    } else {
      add_set(Set().set(octet(plain(c))));
    }
  }

  static char plain(char c) { return c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c; }

  Set bracket() {
    Set set;
    const bool negated = here('^');
    if (negated) ++at_;
    for (bool first = true; first || !here(']'); first = false) {
      if (!more()) throw PatternError("a '[' without its ']'");
      char low = text_[at_++];
      if (low == '\\' && more()) {
        low = text_[at_++];
        if (std::string_view("dDwWsS").find(low) != std::string_view::npos) {
          set |= class_of(low);
          continue;
        }
        low = plain(low);
      }
      char high = low;
      if (here('-') && at_ + 1 < text_.size() && text_[at_ + 1] != ']') {
        high = text_[at_ + 1];
        at_ += 2;
      }
      if (octet(high) < octet(low)) throw PatternError("a range that runs backwards");
      for (unsigned c = octet(low); c <= octet(high); ++c) set[c] = true;
    }
    ++at_;
    if (letters_ == Letters::folded) fold(set);
    return negated ? ~set : set;
  }

  std::string_view text_;
  Letters letters_;
  std::vector<State>& states_;
  std::size_t at_ = 0;
  std::size_t atoms_ = 0;  // read so far, repetitions counted
};

char folded(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
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
  std::vector<State> states;
};

Pattern::Pattern(std::string_view expression, Letters letters) {
  auto program = std::make_unique<Program>();
  Compiler(expression, letters, program->states).whole();
  program_ = std::move(program);
}

Pattern::~Pattern() = default;

namespace {

/// The threads at one place of the text: for each state the earliest start that reached it.
class Threads {
 public:
  explicit Threads(std::size_t states) : start_(states, unlimited) {}

  void clear() {
    for (const std::size_t state : order_) start_[state] = unlimited;
    order_.clear();
  }
  [[nodiscard]] const std::vector<std::size_t>& order() const { return order_; }
  [[nodiscard]] std::size_t start(std::size_t state) const { return start_[state]; }

  /// Follows splits, jumps and assertions from `state`.
  void add(const std::vector<State>& states, std::size_t state, std::size_t start, std::string_view text,
           std::size_t at) {
    std::vector<std::size_t> open{state};
    while (!open.empty()) {
      const std::size_t here = open.back();
      open.pop_back();
      if (start_[here] <= start) continue;
      if (start_[here] == unlimited) order_.push_back(here);
      start_[here] = start;
      const State& one = states[here];
      const bool before = at > 0 && word_octet(octet(text[at - 1]));
      const bool after = at < text.size() && word_octet(octet(text[at]));
      switch (one.op) {
        case Op::split:
          open.push_back(one.other);
          [[fallthrough]];
        case Op::jump:
          open.push_back(one.next);
          break;
        case Op::text_begin:
          if (at == 0) open.push_back(one.next);
          break;
        case Op::text_end:
          if (at == text.size()) open.push_back(one.next);
          break;
        case Op::boundary:
          if (before != after) open.push_back(one.next);
          break;
        case Op::set:
        case Op::accept:
          break;
      }
    }
  }

 private:
  std::vector<std::size_t> start_;
  std::vector<std::size_t> order_;
};

}  // namespace

std::optional<Pattern::Found> Pattern::find(std::string_view text, std::size_t from) const {
  const std::vector<State>& states = program_->states;
  Threads now(states.size());
  Threads next(states.size());
  std::optional<Found> best;
  for (std::size_t at = from; at <= text.size(); ++at) {
    if (!best) now.add(states, 0, at, text, at);
    next.clear();
    for (const std::size_t state : now.order()) {
      const std::size_t start = now.start(state);
      if (best && start > best->begin) continue;
      const State& one = states[state];
      if (one.op == Op::accept) {
        if (!best || start < best->begin || at > best->end) best = Found{start, at};
      } else if (one.op == Op::set && at < text.size() && one.set[octet(text[at])]) {
        next.add(states, one.next, start, text, at + 1);
      }
    }
    std::swap(now, next);
    if (best && now.order().empty()) break;
  }
  return best;
}

}  // namespace domsec::shell
