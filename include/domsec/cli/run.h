// `domsec run FILE|DIR…`: scenarios, played and held to what they expect.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

namespace domsec::cli {

struct RunOptions {
  std::vector<std::string> paths;  // files; directories: each scenario.toml, *.scenario.toml below; `-`
  std::string only;                // --only: those whose name has it
  int jobs = 0;                    // --jobs: at once; 0 = two for each processor
  std::string junit;               // --junit FILE
  std::string sarif;               // --sarif FILE
  std::string html;                // --html FILE
  bool json = false;               // --json: one document in place of the lines
  bool timeline = false;           // --timeline: both ends of every session
  std::string keep;                // --keep DIR: certificates, configurations, logs and mail stay there
};

/// 0 every scenario held · 1 one did not · 2 a file is wrong (then none is played) · 3 one could not be
/// played to its end. Throws UsageError.
int run_scenarios(const RunOptions& options, std::ostream& out, std::ostream& err);

}  // namespace domsec::cli
