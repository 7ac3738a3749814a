// What all parameters share: words without regard to case, the nearest known word, Add and Remove.
#include "domsec/exchange/parameter.h"

#include <algorithm>
#include <numeric>
#include <set>
#include <utility>

#include "parameter_values.h"
#include "shown_text.h"

namespace domsec::exchange {

namespace {

/// Levenshtein's distance of two short words; long ones are far from every key.
std::size_t distance(std::string_view a, std::string_view b) {
  constexpr std::size_t far = 1000;
  if (a.size() > 64 || b.size() > 64) return far;
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0U);
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({row[j] + 1, diagonal + 1, replaced});
    }
  }
  return row.back();
}

/// Entries that differ only in case are the same: domains, words of a set, hosts.
std::set<std::string> folded(const std::vector<Written>& entries) {
  std::set<std::string> out;
  for (const Written& entry : entries) out.insert(lower_case(entry.text));
  return out;
}

}  // namespace

std::string Origin::text() const {
  if (file.empty()) return "default";
  return line > 0 ? file + ":" + std::to_string(line) : file;
}

Origin Origins::of(std::string_view parameter) const {
  const auto found = by_parameter.find(parameter);
  return found == by_parameter.end() ? Origin{} : found->second;
}

bool same_word(std::string_view a, std::string_view b) { return lower_case(a) == lower_case(b); }

std::optional<std::string> nearest(std::string_view written, const std::vector<std::string>& known) {
  const std::string word = lower_case(written);
  std::optional<std::string> best;
  std::size_t least = std::max<std::size_t>(2, written.size() / 3) + 1;
  for (const std::string& candidate : known) {
    const std::size_t far = distance(word, lower_case(candidate));
    if (far >= least) continue;
    least = far;
    best = candidate;
  }
  return best;
}

Value edited(std::string_view name, Kind kind, const Value& before, const ValueList& add, const ValueList& remove) {
  if (kind != Kind::list && kind != Kind::words && kind != Kind::paths) {
    const int line = add.empty() ? (remove.empty() ? 0 : remove.front().line) : add.front().line;
    const int column = add.empty() ? (remove.empty() ? 0 : remove.front().column) : add.front().column;
    throw ParameterError(std::string(name) + " holds one value; give it without Add and Remove", line, column);
  }
  const std::set<std::string> removed = folded(list_of(name, Value{remove}));
  std::vector<Written> kept = kind == Kind::words ? set_of(name, before) : list_of(name, before);
  std::erase_if(kept, [&removed](const Written& entry) { return removed.contains(lower_case(entry.text)); });
  std::set<std::string> present = folded(kept);
  for (const Written& entry : list_of(name, Value{add})) {
    if (present.insert(lower_case(entry.text)).second) kept.push_back(entry);
  }
  ValueList out;
  out.reserve(kept.size());
  for (Written& entry : kept) out.push_back(Value{std::move(entry.text), entry.line, entry.column});
  return Value{std::move(out)};
}

}  // namespace domsec::exchange
