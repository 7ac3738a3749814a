// The Test Anything Protocol, version 13: https://testanything.org/tap-version-13-specification.html
#include "markup.h"
#include "test_case_text.h"

namespace domsec::report {

namespace {

/// `#` begins a directive (`# SKIP`, `# TODO`) that a name must not give.
std::string description(const std::string& text) {
  std::string out;
  for (const char octet : character_line(text)) {
    if (octet == '#' || octet == '\\') out += '\\';
    out += octet;
  }
  return out;
}

/// YAML 1.1 5.7, a double-quoted scalar on one line.
std::string yaml(const std::string& text) {
  std::string out = "\"";
  for (const char octet : character_line(text)) {
    if (octet == '"' || octet == '\\') out += '\\';
    out += octet;
  }
  return out + "\"";
}

std::string line(const std::string& indent, const char* key, const std::string& value) {
  return indent + key + ": " + yaml(value) + "\n";
}

}  // namespace

std::string tap_head() {
  return "TAP version 13\n";
}

std::string tap_line(const TestCase& test, std::size_t number) {
  const bool passed = test.outcome == TestCase::Outcome::passed;
  std::string out =
      (passed ? "ok " : "not ok ") + std::to_string(number) + " - " + description(test.name) + "\n";
  if (passed) return out;
  out += "  ---\n" + line("  ", "outcome", std::string(text(test.outcome))) +
         line("  ", "message", why(test)) + line("  ", "at", place_text(test.source));
  if (!test.differences.empty()) out += "  differences:\n";
  for (const Difference& difference : test.differences) {
    out += line("    - ", "what", difference.what) + line("      ", "expected", difference.expected) +
           line("      ", "seen", difference.seen) + line("      ", "at", place_text(difference.at));
  }
  return out + "  ...\n";
}

std::string tap_plan(std::size_t cases) {
  return "1.." + std::to_string(cases) + "\n";
}

}  // namespace domsec::report
