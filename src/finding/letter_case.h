// ASCII letters without regard to case: codes, slugs and status names are typed by people.
#pragma once

#include <algorithm>
#include <string_view>

namespace domsec::finding {

[[nodiscard]] constexpr char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

[[nodiscard]] inline bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace domsec::finding
