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

/// A regular expression as .NET writes it, over UTF-8, less what cannot be matched in bounded time:
/// look-around, back-references, atomic groups and conditions are refused. Throws PatternError.
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
  /// The leftmost match from `from` on; of those that start there the one that back-tracking finds first.
  [[nodiscard]] std::optional<Found> find(std::string_view text, std::size_t from = 0) const;

  /// What a group of the match holds; nothing: it took no part.
  struct Group {
    std::string name;  // its number where it has no name; `0` is the whole match
    std::optional<std::string> text;
  };
  /// As find(), with every group in the order of the numbers; empty when there is no match.
  [[nodiscard]] std::vector<Group> groups(std::string_view text, std::size_t from = 0) const;

 private:
  struct Program;
  std::unique_ptr<const Program> program_;
};

/// `$1`, `${name}`, `$&` of a replacement put in, `$$` a dollar; what names no group stays as it is.
[[nodiscard]] std::string filled_in(std::string_view replacement, const std::vector<Pattern::Group>& groups);

}  // namespace domsec::shell
