#include "spelling.h"

#include <algorithm>
#include <numeric>

#include "domsec/shell/value.h"

namespace domsec::shell {
namespace {

constexpr std::size_t longest = 64;  // a longer word is no misspelt name

/// Insertions, deletions and replacements between two words.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row[b.size()];
}

}  // namespace

std::string nearest_word(std::string_view word, const std::vector<std::string>& known) {
  if (word.size() > longest) return {};
  const std::string wanted = lower(word);
  std::string best;
  std::size_t least = std::max<std::size_t>(word.size() / 3, 1) + 1;
  for (const std::string& one : known) {
    const std::size_t apart = distance(wanted, lower(one));
    if (apart >= least) continue;
    least = apart;
    best = one;
  }
  return best;
}

}  // namespace domsec::shell
