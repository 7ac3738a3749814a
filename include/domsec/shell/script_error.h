// What is wrong with a script, and where: one sentence with its remedy, at a line and a column.
#pragma once

#include <stdexcept>
#include <string>

namespace domsec::shell {

/// Both from 1; the column counts characters, not octets.
struct Place {
  int line = 1;
  int column = 1;
};

/// `incomplete`: more text could mend it (an open brace, a string without its end, a pipe at the end).
enum class ScriptFault { wrong, incomplete };

class ScriptError : public std::runtime_error {
 public:
  ScriptError(Place place, const std::string& sentence, ScriptFault fault = ScriptFault::wrong)
      : std::runtime_error(sentence), place_(place), fault_(fault) {}
  [[nodiscard]] Place place() const { return place_; }
  [[nodiscard]] ScriptFault fault() const { return fault_; }

 private:
  Place place_;
  ScriptFault fault_;
};

/// `script.ps1:3:14`
[[nodiscard]] inline std::string text(const std::string& file, Place place) {
  return file + ':' + std::to_string(place.line) + ':' + std::to_string(place.column);
}

}  // namespace domsec::shell
