// Access to the catalogue: by code, slug or number, and the reading of its coded columns (`who`, the
// severities). Not here: the rows (catalogue_rows.cpp), what an alert, number or status means
// (observations.cpp).
#include "domsec/finding/catalogue.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "catalogue_rows.h"
#include "letter_case.h"

namespace domsec::finding {
namespace {

const Row* find_number(unsigned number) {
  const std::span<const Row> all = catalogue_rows();
  const auto found = std::ranges::lower_bound(all, number, {},
                                              [](const Row& row) { return static_cast<unsigned>(row.code); });
  return found != all.end() && static_cast<unsigned>(found->code) == number ? &*found : nullptr;
}

std::string_view severity_text(const Row& row, Profile profile) {
  switch (profile) {
    case Profile::exchange:
      return row.severity_exchange;
    case Profile::postfix:
      return row.severity_postfix;
    case Profile::exim:
      return row.severity_exim;
    case Profile::opensmtpd:
      return row.severity_opensmtpd;
    case Profile::strict:
      return row.severity_strict;
  }
  return {};
}

}  // namespace

std::span<const Row> rows() {
  return catalogue_rows();
}

const Row& row(Code code) {
  const Row* const found = find_number(static_cast<unsigned>(code));
  // Every enumerator has its row (a test says so): only a value that is no enumerator comes here.
  if (found == nullptr) std::abort();
  return *found;
}

const Row* find(std::string_view code_or_slug) {
  std::string_view digits = code_or_slug;
  if (digits.size() > 2 && lower(digits[0]) == 'd' && lower(digits[1]) == 's') digits.remove_prefix(2);
  unsigned number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error == std::errc{} && end == digits.data() + digits.size() && digits.size() <= 3) {
    return find_number(number);
  }
  const auto found = std::ranges::find_if(
      rows(), [&](const Row& row) { return equals_ignoring_case(row.slug, code_or_slug); });
  return found == rows().end() ? nullptr : &*found;
}

WhoSet who(Code code) {
  WhoSet set;
  std::string_view words = row(code).who;
  while (!words.empty()) {
    const std::size_t slash = words.find(" / ");
    const std::string_view word = words.substr(0, slash);
    words = slash == std::string_view::npos ? std::string_view{} : words.substr(slash + 3);
    if (word == "we") set.we = true;
    if (word == "they") set.they = true;
    if (word == "own") set.own = true;
    if (word == "env") set.env = true;
    if (word == "note") set.note = true;
  }
  return set;
}

Severity severity(Code code, Profile profile) {
  std::string_view letter = severity_text(row(code), profile);
  if (letter.ends_with('?')) letter.remove_suffix(1);  // inferred, not run: the outcome is the same
  if (letter == "ok") return Severity::ok;
  if (letter == "I") return Severity::information;
  if (letter == "W") return Severity::warning;
  if (letter == "F") return Severity::fails;
  if (letter == "P") return Severity::silent;
  if (letter == "N") return Severity::inconclusive;
  return Severity::unknown;
}

std::string_view name(Code code) {
  return row(code).name;
}
std::string_view slug(Code code) {
  return row(code).slug;
}

}  // namespace domsec::finding
