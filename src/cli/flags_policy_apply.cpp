#include <CLI/CLI.hpp>
#include <iostream>

#include "domsec/cli/flags.h"
#include "domsec/cli/policy_apply.h"

namespace domsec::cli {

void add_policy_apply(CLI::App& policy, Command& command) {
  auto options = std::make_shared<PolicyApplyOptions>();
  CLI::App* sub = policy.add_subcommand("apply", "copy an organisation's lists and send connectors to its Edges");
  sub->add_option("ORGANISATION", options->organisation, "the organisation's configuration file")->required();
  sub->add_option("--edge", options->edges, "configuration file of an Edge; repeatable")->required()->allow_extra_args(false);
  sub->add_flag_callback("--dry-run", [options] { options->run = ApplyRun::dry; }, "only tell what differs");
  sub->add_flag_callback("--json", [options] { options->form = PolicyForm::json; }, "one JSON document");
  sub->callback([&command, options] { command = [options] { return run_policy_apply(*options, std::cout, std::cerr); }; });
}

}  // namespace domsec::cli
