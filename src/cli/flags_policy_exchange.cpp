#include <CLI/CLI.hpp>
#include <iostream>

#include "domsec/cli/flags.h"
#include "domsec/cli/options.h"
#include "domsec/cli/policy_exchange.h"

namespace domsec::cli {
namespace {

PolicyFormat form_of(const std::string& text) {
  if (text == "powershell") return PolicyFormat::powershell;
  if (text == "toml") return PolicyFormat::toml;
  if (text == "json") return PolicyFormat::json;
  throw UsageError("--format: '" + text + "' is none of powershell, toml, json");
}

void add_import(CLI::App& policy, Command& command) {
  auto options = std::make_shared<PolicyImportOptions>();
  CLI::App* sub = policy.add_subcommand("import", "take over what Exchange exported: JSON, CLIXML, cmdlet scripts");
  sub->add_option("FILE", options->files, "output of ConvertTo-Json, a file of Export-Clixml, or a script")->required();
  sub->add_option("--config", options->config, "configuration file to write; it may exist")
      ->envname("DOMSEC_CONFIG")
      ->capture_default_str();
  CLI::Option* merge = sub->add_flag_callback(
      "--merge", [options] { options->mode = exchange::ImportMode::merge; },
      "change connectors of the same name, keep the others (default)");
  sub->add_flag_callback(
         "--replace", [options] { options->mode = exchange::ImportMode::replace; },
         "drop connectors of the imported kinds that no file has")
      ->excludes(merge);
  sub->add_flag_callback(
      "--dry-run", [options] { options->run = ImportRun::dry; }, "report and write nothing");
  sub->add_flag_callback(
      "--json", [options] { options->form = PolicyForm::json; }, "one JSON document");
  sub->callback([&command, options] {
    command = [options] { return run_policy_import(*options, std::cout, std::cerr); };
  });
}

void add_export(CLI::App& policy, Command& command) {
  auto options = std::make_shared<PolicyExportOptions>();
  CLI::App* sub = policy.add_subcommand("export", "the configuration in a form that import reads back");
  sub->add_option("--config", options->config, "configuration file")
      ->envname("DOMSEC_CONFIG")
      ->capture_default_str();
  sub->add_option_function<std::string>(
         "--format", [options](const std::string& text) { options->form = form_of(text); },
         "powershell, toml or json")
      ->required();
  sub->callback([&command, options] {
    command = [options] { return run_policy_export(*options, std::cout, std::cerr); };
  });
}

}  // namespace

void add_policy_exchange(CLI::App& policy, Command& command) {
  add_import(policy, command);
  add_export(policy, command);
}

}  // namespace domsec::cli
