#include <CLI/CLI.hpp>
#include <iostream>

#include "domsec/cli/cert_select.h"
#include "domsec/cli/flags.h"
#include "domsec/cli/options.h"
#include "flags_end.h"

namespace domsec::cli {

void add_cert_select(CLI::App& cert, Command& command) {
  auto options = std::make_shared<CertSelectOptions>();
  CLI::App* sub =
      cert.add_subcommand("select", "which certificate a connector presents, and why not another");
  sub->add_option("--config", options->config, "configuration file")->capture_default_str();
  sub->add_option("--connector", options->connector, "its Name (default: every enabled connector)");
  sub->add_option_function<std::string>(
      "--direction",
      [options](const std::string& word) {
        check_word(word, {"send", "receive"}, "--direction");
        options->direction = word;
      },
      "send connectors or receive connectors alone");
  add_time(*sub, "--at", options->at, "select at this time, RFC 3339 (default: now)");
  sub->add_flag_callback(
      "--json", [options] { options->form = SelectForm::json; }, "one JSON document");
  add_environment(*sub);
  sub->callback([&command, options] {
    command = [options] { return run_cert_select(*options, std::cout, std::cerr); };
  });
}

}  // namespace domsec::cli
