// Wildcards (-like) and regular expressions (-match, -replace, -split), without regard to case unless told.
// Matching takes time in proportion to text and pattern: no back-tracking.
#pragma once

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "domsec/shell/syntax.h"

namespace domsec::shell {

/// `*` any characters, `?` one, `[abc]` and `[a-z]` one of them.
[[nodiscard]] bool like(std::string_view text, std::string_view wildcard, Letters letters);

class PatternError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A regular expression: literals, `.`, classes, `\d \w \s \D \W \S`, anchors, groups, `|`, `* + ? {n,m}` and
/// their lazy forms (which match the same). No look-around and no back-references. Throws PatternError.
class Pattern {
 public:
  Pattern(std::string_view expression, Letters letters);
  ~Pattern();
  Pattern(const Pattern&) = delete;
  Pattern& operator=(const Pattern&) = delete;

  struct Found {
    std::size_t begin = 0;
    std::size_t end = 0;
  };
  /// The leftmost, longest match from `from` on.
  [[nodiscard]] std::optional<Found> find(std::string_view text, std::size_t from = 0) const;

 private:
  struct Program;
  std::unique_ptr<const Program> program_;
};

}  // namespace domsec::shell
