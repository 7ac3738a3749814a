#include <CLI/CLI.hpp>
#include <iostream>

#include "domsec/cli/flags.h"
#include "domsec/cli/run.h"
#include "flags_end.h"

namespace domsec::cli {

void add_run(CLI::App& app, Command& command) {
  auto options = std::make_shared<RunOptions>();
  CLI::App* sub =
      app.add_subcommand("run", "play scenarios: two organisations, step by step, held to what is expected");
  sub->add_option("FILE|DIR", options->paths,
                  "scenarios; of a directory each scenario.toml and *.scenario.toml below it; - reads one "
                  "from standard input")
      ->required();
  sub->add_option("--only", options->only, "those whose name has this in it");
  sub->add_option("--jobs", options->jobs, "so many at once (default: two for each processor)")
      ->check(CLI::Range(1, 64));
  sub->add_option("--keep", options->keep,
                  "leave certificates, configurations, logs and mail of each scenario in this directory");
  sub->add_flag("--timeline", options->timeline, "show both ends of every session on one time axis")
      ->group("Output");
  sub->add_flag("--json", options->json, "one JSON document")->group("Output");
  sub->add_option("--junit", options->junit, "write JUnit XML to this file")->group("Output");
  sub->add_option("--sarif", options->sarif, "write SARIF 2.1.0 to this file")->group("Output");
  sub->add_option("--html", options->html, "write a page to this file")->group("Output");
  add_environment(*sub);
  sub->callback(
      [&command, options] { command = [options] { return run_scenarios(*options, std::cout, std::cerr); }; });
}

}  // namespace domsec::cli
