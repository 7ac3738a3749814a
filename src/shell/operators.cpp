#include "operators.h"

#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

#include "domsec/shell/pattern.h"

namespace domsec::shell {
namespace {

std::optional<double> real_of(const Value& value) {
  if (const std::int64_t* number = value.number()) return static_cast<double>(*number);
  if (const double* number = std::get_if<double>(&value.form())) return *number;
  if (const bool* truth = value.truth()) return *truth ? 1.0 : 0.0;
  if (value.is_null()) return 0.0;
  if (const std::string* text = value.text()) {
    double real = 0;
    const auto [end, fault] = std::from_chars(text->data(), text->data() + text->size(), real);
    if (fault == std::errc{} && end == text->data() + text->size()) return real;
    if (const auto whole = read_whole_number(*text)) return static_cast<double>(*whole);
  }
  return std::nullopt;
}

std::optional<std::int64_t> whole_of(const Value& value) {
  if (const std::int64_t* number = value.number()) return *number;
  if (const bool* truth = value.truth()) return *truth ? 1 : 0;
  if (value.is_null()) return 0;
  if (const std::string* text = value.text()) return read_whole_number(*text);
  return std::nullopt;
}

bool numeric(const Value& value) {
  return value.number() || std::holds_alternative<double>(value.form());
}

std::optional<pki::Instant> instant_of(const Value& value) {
  if (const pki::Instant* instant = value.instant()) return *instant;
  if (const std::string* text = value.text()) return read_date(*text);
  return std::nullopt;
}

std::optional<TimeSpan> span_of(const Value& value) {
  if (const TimeSpan* span = std::get_if<TimeSpan>(&value.form())) return *span;
  if (const std::string* text = value.text()) return read_time_span(*text);
  return std::nullopt;
}

std::string_view sign_of(BinaryOperator op) {
  switch (op) {
    case BinaryOperator::add:
      return "+";
    case BinaryOperator::subtract:
      return "-";
    case BinaryOperator::multiply:
      return "*";
    case BinaryOperator::divide:
      return "/";
    case BinaryOperator::remainder:
      return "%";
    default:
      return "operator";
  }
}

[[noreturn]] void refuse(BinaryOperator op, const Value& left, const Value& right, Place place) {
  throw ScriptError(
      place, std::string(sign_of(op)) + " cannot join " + type_name(left) + " and " + type_name(right));
}

Value whole_arithmetic(BinaryOperator op, std::int64_t left, std::int64_t right, Place place) {
  std::int64_t result = 0;
  bool overflow = false;
  switch (op) {
    case BinaryOperator::add:
      overflow = __builtin_add_overflow(left, right, &result);
      break;
    case BinaryOperator::subtract:
      overflow = __builtin_sub_overflow(left, right, &result);
      break;
    case BinaryOperator::multiply:
      overflow = __builtin_mul_overflow(left, right, &result);
      break;
    default:
      if (right == 0) throw ScriptError(place, "a division by zero");
      if (right == -1)
        overflow = __builtin_sub_overflow(std::int64_t{0}, left, &result);
      else if (op == BinaryOperator::remainder)
        return left % right;
      else if (left % right != 0)
        return static_cast<double>(left) / static_cast<double>(right);
      else
        result = left / right;
      if (op == BinaryOperator::remainder) return std::int64_t{0};
  }
  if (overflow) throw ScriptError(place, "the result is too large a number");
  return result;
}

Value arithmetic(BinaryOperator op, const Value& left, const Value& right, Place place) {
  const auto left_whole = whole_of(left);
  const auto right_whole = whole_of(right);
  if (left_whole && right_whole) return whole_arithmetic(op, *left_whole, *right_whole, place);
  const auto left_real = real_of(left);
  const auto right_real = real_of(right);
  if (!left_real || !right_real) refuse(op, left, right, place);
  switch (op) {
    case BinaryOperator::add:
      return *left_real + *right_real;
    case BinaryOperator::subtract:
      return *left_real - *right_real;
    case BinaryOperator::multiply:
      return *left_real * *right_real;
    case BinaryOperator::divide:
      if (*right_real == 0) throw ScriptError(place, "a division by zero");
      return *left_real / *right_real;
    default:
      if (*right_real == 0) throw ScriptError(place, "a division by zero");
      return std::fmod(*left_real, *right_real);
  }
}

Value moved(pki::Instant instant, TimeSpan span, Place place) {
  std::int64_t seconds = 0;
  constexpr std::int64_t last = 253402300799;   // 9999-12-31T23:59:59
  constexpr std::int64_t first = -62135596800;  // 0001-01-01
  if (__builtin_add_overflow(instant.time_since_epoch().count(), span.count(), &seconds) || seconds > last ||
      seconds < first)
    throw ScriptError(place, "the date lies outside the years 1 to 9999");
  return pki::Instant(std::chrono::seconds(seconds));
}

Value add(const Value& left, const Value& right, Place place, Budget& budget) {
  if (const List* list = left.list()) {
    List entries = enumerated(right);
    budget.list(list->size() + entries.size(), place);
    budget.charge((list->size() + entries.size()) * sizeof(Value), place);
    List joined = *list;
    joined.insert(joined.end(), entries.begin(), entries.end());
    return joined;
  }
  if (const std::string* text = left.text()) {
    const std::string more = text_of(right);
    budget.text(text->size() + more.size(), place);
    budget.charge(text->size() + more.size(), place);
    return *text + more;
  }
  if (left.instant()) {
    const auto span = span_of(right);
    if (!span) refuse(BinaryOperator::add, left, right, place);
    return moved(*left.instant(), *span, place);
  }
  if (left.is_null()) return right;
  return arithmetic(BinaryOperator::add, left, right, place);
}

Value subtract(const Value& left, const Value& right, Place place) {
  if (!left.instant()) return arithmetic(BinaryOperator::subtract, left, right, place);
  if (const auto span = span_of(right)) return moved(*left.instant(), -*span, place);
  const auto instant = instant_of(right);
  if (!instant) refuse(BinaryOperator::subtract, left, right, place);
  return *left.instant() - *instant;
}

Value multiply(const Value& left, const Value& right, Place place, Budget& budget) {
  const std::string* text = left.text();
  if (!text) return arithmetic(BinaryOperator::multiply, left, right, place);
  const auto times = whole_of(right);
  if (!times || *times < 0) refuse(BinaryOperator::multiply, left, right, place);
  const std::size_t longest = budget.limits().longest_text;
  const bool too_long = !text->empty() && static_cast<std::uint64_t>(*times) > longest / text->size();
  const std::size_t size = too_long ? longest + 1 : text->size() * static_cast<std::size_t>(*times);
  budget.text(size, place);
  budget.charge(size, place);
  std::string out;
  out.reserve(size);
  for (std::int64_t i = 0; i < *times && !text->empty(); ++i) out += *text;
  return out;
}

Value range(const Value& left, const Value& right, Place place, Budget& budget) {
  const auto first = whole_of(left);
  const auto last = whole_of(right);
  if (!first || !last) throw ScriptError(place, "'..' counts from one whole number to another");
  const std::uint64_t count = *first <= *last
                                  ? static_cast<std::uint64_t>(*last) - static_cast<std::uint64_t>(*first)
                                  : static_cast<std::uint64_t>(*first) - static_cast<std::uint64_t>(*last);
  budget.list(count >= budget.limits().longest_list ? budget.limits().longest_list + 1 : count + 1, place);
  budget.charge((count + 1) * sizeof(Value), place);
  List list;
  for (std::uint64_t i = 0; i <= count; ++i)
    list.emplace_back(*first <= *last ? *first + static_cast<std::int64_t>(i)
                                      : *first - static_cast<std::int64_t>(i));
  return list;
}

/// `"{0} of {1}" -f $a,$b`; `{{` is a brace.
Value formatted(const Value& left, const Value& right, Place place, Budget& budget) {
  const std::string format = text_of(left);
  const List values = enumerated(right);
  std::string out;
  for (std::size_t at = 0; at < format.size(); ++at) {
    const char c = format[at];
    if ((c == '{' || c == '}') && at + 1 < format.size() && format[at + 1] == c) {
      out += format[++at];
    } else if (c == '{') {
      const std::size_t close = format.find('}', at);
      if (close == std::string::npos) throw ScriptError(place, "-f: a '{' without its '}'");
      const std::string_view inside = std::string_view(format).substr(at + 1, close - at - 1);
      const std::size_t colon = std::min(inside.find(':'), inside.size());
      const auto number = read_whole_number(inside.substr(0, colon));
      if (!number || *number < 0 || static_cast<std::size_t>(*number) >= values.size())
        throw ScriptError(place, "-f: there is no value for {" + std::string(inside) + "}");
      const Value& value = values[static_cast<std::size_t>(*number)];
      const bool dated = value.instant() && colon < inside.size();
      out += dated ? date_text(*value.instant(), inside.substr(colon + 1)) : text_of(value);
      at = close;
    } else {
      out += c;
    }
    budget.text(out.size(), place);
  }
  budget.charge(out.size(), place);
  return out;
}

std::string joined(const List& list, const std::string& between, Place place, Budget& budget) {
  std::string out;
  for (const Value& entry : list) {
    if (&entry != list.data()) out += between;
    out += text_of(entry);
    budget.text(out.size(), place);
  }
  budget.charge(out.size(), place);
  return out;
}

/// Runs `use` with the expression compiled; a bad one is an error of the script.
template <typename Use>
auto with_pattern(const Value& value, Letters letters, Place place, const Use& use) {
  const std::string expression = text_of(value);
  try {
    const Pattern pattern(expression, letters);
    return use(pattern);
  } catch (const PatternError& error) {
    throw ScriptError(place, "'" + expression.substr(0, 60) + "' is no regular expression: " + error.what());
  }
}

/// How many octets the character at `at` has, so that a match of nothing goes on behind a whole one.
std::size_t character_octets(const std::string& text, std::size_t at) {
  std::size_t end = at + 1;
  while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) ++end;
  return end - at;
}

Value split(const std::string& text, const Value& by, Letters letters, Place place, Budget& budget) {
  return with_pattern(by, letters, place, [&](const Pattern& pattern) {
    List parts;
    std::size_t begin = 0;
    for (std::size_t from = 0; from <= text.size();) {
      const auto found = pattern.find(text, from);
      if (!found) break;
      budget.list(parts.size() + 1, place);
      budget.charge(text.size() - from + sizeof(Value), place);
      if (found->end == found->begin) {
        from = found->begin + character_octets(text, found->begin);
        continue;
      }
      parts.emplace_back(text.substr(begin, found->begin - begin));
      begin = from = found->end;
    }
    parts.emplace_back(text.substr(begin));
    return Value(std::move(parts));
  });
}

Value replaced(const std::string& text, const Value& rule, Letters letters, Place place, Budget& budget) {
  const List both = enumerated(rule);
  const std::string with = both.size() > 1 ? text_of(both[1]) : std::string();
  const bool with_groups = with.find('$') != std::string::npos;
  return with_pattern(both.empty() ? Value() : both[0], letters, place, [&](const Pattern& pattern) {
    std::string out;
    std::size_t from = 0;
    while (from <= text.size()) {
      const auto found = pattern.find(text, from);
      if (!found) break;
      const std::string instead = with_groups ? filled_in(with, pattern.groups(text, from)) : with;
      budget.charge(text.size() - from + instead.size(), place);
      out += text.substr(from, found->begin - from) + instead;
      budget.text(out.size(), place);
      from = found->end;
      if (found->end == found->begin) {
        const std::size_t next = from + character_octets(text, from);
        if (from < text.size()) out += text.substr(from, next - from);
        from = next;
      }
    }
    if (from < text.size()) out += text.substr(from);
    return Value(out);
  });
}

Value each_text(const Value& left, const auto& make) {
  const List* list = left.list();
  if (!list) return make(text_of(left));
  List all;
  for (const Value& entry : *list) {
    const Value made = make(text_of(entry));
    for (const Value& one : enumerated(made)) all.push_back(one);
  }
  return all;
}

bool matches(BinaryOperator op, Letters letters, const Value& left, const Value& right, Place place) {
  switch (op) {
    case BinaryOperator::equal:
      return equal(left, right, letters);
    case BinaryOperator::not_equal:
      return !equal(left, right, letters);
    case BinaryOperator::like:
      return like(text_of(left), text_of(right), letters);
    case BinaryOperator::not_like:
      return !like(text_of(left), text_of(right), letters);
    case BinaryOperator::greater:
      return compare(left, right, letters, place) > 0;
    case BinaryOperator::less:
      return compare(left, right, letters, place) < 0;
    case BinaryOperator::greater_or_equal:
      return compare(left, right, letters, place) >= 0;
    default:
      return compare(left, right, letters, place) <= 0;
  }
}

/// A list on the left gives its entries that match, a single value a truth value.
Value comparison(BinaryOperator op, Letters letters, const Value& left, const Value& right, Place place,
                 Budget& budget) {
  const bool wanted = op != BinaryOperator::not_match;
  const auto holds_for = [&](const Value& one) {
    budget.step(place);
    budget.charge(one.text() ? one.text()->size() : 0, place);
    return matches(op, letters, one, right, place);
  };
  const auto filtered = [&](const auto& test) -> Value {
    const List* list = left.list();
    if (!list) return test(left);
    List kept;
    for (const Value& one : *list)
      if (test(one)) kept.push_back(one);
    return kept;
  };
  if (op != BinaryOperator::match && op != BinaryOperator::not_match) return filtered(holds_for);
  return with_pattern(right, letters, place, [&](const Pattern& pattern) {
    return filtered([&](const Value& one) {
      const std::string text = text_of(one);
      budget.charge(text.size() * 8, place);
      return pattern.find(text).has_value() == wanted;
    });
  });
}

bool contains(const Value& list, const Value& wanted, Letters letters, Place place, Budget& budget) {
  for (const Value& one : enumerated(list)) {
    budget.step(place);
    if (equal(one, wanted, letters)) return true;
  }
  return false;
}

}  // namespace

Value matched_groups(const Value& one, const Value& by, Letters letters, Place place, Budget& budget) {
  return with_pattern(by, letters, place, [&](const Pattern& pattern) -> Value {
    const std::string text = text_of(one);
    budget.charge(text.size() * 8, place);
    const std::vector<Pattern::Group> groups = pattern.groups(text);
    if (groups.empty()) return {};
    Hashtable table;
    for (const Pattern::Group& group : groups)
      if (group.text) table.set(group.name, *group.text);
    return table;
  });
}

bool equal(const Value& left, const Value& right, Letters letters) {
  if (left.is_null() || right.is_null()) return left.is_null() && right.is_null();
  if (left.truth()) return *left.truth() == holds(right);
  if (numeric(left)) {
    const auto a = real_of(left);
    const auto b = real_of(right);
    return a && b && *a == *b;
  }
  if (left.instant()) {
    const auto b = instant_of(right);
    return b && *b == *left.instant();
  }
  if (left.object() && right.object()) return left.object() == right.object();
  if (const TimeSpan* span = std::get_if<TimeSpan>(&left.form())) {
    const auto b = span_of(right);
    return b && *b == *span;
  }
  const std::string a = text_of(left);
  const std::string b = text_of(right);
  return letters == Letters::exact ? a == b : same_word(a, b);
}

int compare(const Value& left, const Value& right, Letters letters, Place place) {
  const auto sign = [](auto a, auto b) { return a < b ? -1 : a > b ? 1 : 0; };
  if (numeric(left) || left.truth()) {
    const auto a = real_of(left);
    const auto b = real_of(right);
    if (!a || !b) throw ScriptError(place, type_name(left) + " and " + type_name(right) + " have no order");
    return sign(*a, *b);
  }
  if (left.instant()) {
    const auto b = instant_of(right);
    if (!b) throw ScriptError(place, "'" + text_of(right).substr(0, 60) + "' is no date to compare with");
    return sign(*left.instant(), *b);
  }
  if (const TimeSpan* span = std::get_if<TimeSpan>(&left.form())) {
    const auto b = span_of(right);
    if (!b)
      throw ScriptError(place, "'" + text_of(right).substr(0, 60) + "' is no time span to compare with");
    return sign(*span, *b);
  }
  const std::string a = text_of(left);
  const std::string b = text_of(right);
  return letters == Letters::exact ? a.compare(b) : lower(a).compare(lower(b));
}

Value apply(BinaryOperator op, Letters letters, const Value& left, const Value& right, Place place,
            Budget& budget) {
  switch (op) {
    case BinaryOperator::add:
      return add(left, right, place, budget);
    case BinaryOperator::subtract:
      return subtract(left, right, place);
    case BinaryOperator::multiply:
      return multiply(left, right, place, budget);
    case BinaryOperator::divide:
    case BinaryOperator::remainder:
      return arithmetic(op, left, right, place);
    case BinaryOperator::range:
      return range(left, right, place, budget);
    case BinaryOperator::format:
      return formatted(left, right, place, budget);
    case BinaryOperator::join:
      return joined(enumerated(left), text_of(right), place, budget);
    case BinaryOperator::split:
      return each_text(left,
                       [&](const std::string& text) { return split(text, right, letters, place, budget); });
    case BinaryOperator::replace:
      return each_text(
          left, [&](const std::string& text) { return replaced(text, right, letters, place, budget); });
    case BinaryOperator::contains:
      return contains(left, right, letters, place, budget);
    case BinaryOperator::not_contains:
      return !contains(left, right, letters, place, budget);
    case BinaryOperator::in:
      return contains(right, left, letters, place, budget);
    case BinaryOperator::not_in:
      return !contains(right, left, letters, place, budget);
    case BinaryOperator::logical_and:
      return holds(left) && holds(right);
    case BinaryOperator::logical_or:
      return holds(left) || holds(right);
    case BinaryOperator::logical_xor:
      return holds(left) != holds(right);
    case BinaryOperator::equal:
    case BinaryOperator::not_equal:
    case BinaryOperator::like:
    case BinaryOperator::not_like:
    case BinaryOperator::match:
    case BinaryOperator::not_match:
    case BinaryOperator::greater:
    case BinaryOperator::less:
    case BinaryOperator::greater_or_equal:
    case BinaryOperator::less_or_equal:
      return comparison(op, letters, left, right, place, budget);
  }
  return {};
}

}  // namespace domsec::shell
