// How a run ends: which results count as failures, and the exit code in the style that the caller understands.
#pragma once

#include <iosfwd>
#include <sstream>
#include <string>
#include <vector>

#include "domsec/cli/options.h"
#include "domsec/policy/fail_on.h"
#include "domsec/report/text.h"

namespace domsec::cli {

/// `fail`, `warn`, `inconclusive`; any of them. Throws UsageError.
[[nodiscard]] policy::FailOn read_fail_on(const std::vector<std::string>& words);
/// Throws UsageError for output flags that contradict each other.
void check_output(const OutputOptions& options);

enum class ExitStyle { domsec, nagios };
/// Throws UsageError.
[[nodiscard]] ExitStyle read_exit_style(const std::string& word);
/// For a command line that cannot be read: what it asks for as far as it can be seen, and the environment.
[[nodiscard]] ExitStyle exit_style_of(int count, const char* const* arguments);
/// The status line of a check that did not come about; returns its exit code, 3.
int say_unknown(const std::string& sentence, std::ostream& out);

/// Gathers the targets of one run. In the style of domsec each report goes out at once and the worst code counts. In that of
/// Nagios one status line comes first: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN, with performance data.
class Conclusion {
 public:
  Conclusion(const OutputOptions& options, std::ostream& out);

  /// Where the reports go.
  [[nodiscard]] std::ostream& reports();
  void add(const report::Report& report, std::chrono::milliseconds took);
  /// A target that no session was held with.
  void add_code(int code);
  /// After the last target.
  [[nodiscard]] int exit_code();

 private:
  ExitStyle style_;
  std::ostream& out_;
  std::ostringstream held_;       // Nagios: until the status line is known
  int code_ = 0;                  // domsec's
  int state_ = 0;                 // Nagios's
  std::vector<std::string> results_;
  std::vector<std::string> measures_;
};

}  // namespace domsec::cli
