#include <CLI/CLI.hpp>
#include <iostream>

#include "domsec/cli/flags.h"
#include "domsec/cli/options.h"
#include "domsec/cli/policy.h"
#include "flags_end.h"

namespace domsec::cli {
namespace {

using Run = int (*)(const PolicyOptions&, std::ostream&, std::ostream&);

CLI::App* add(CLI::App& policy, Command& command, const std::shared_ptr<PolicyOptions>& options, const char* name, const char* what,
              Run run) {
  CLI::App* sub = policy.add_subcommand(name, what);
  sub->add_option("--config", options->config, "configuration file")->envname("DOMSEC_CONFIG")->capture_default_str();
  sub->add_flag_callback("--json", [options] { options->form = PolicyForm::json; }, "one JSON document");
  sub->callback([&command, options, run] { command = [options, run] { return run(*options, std::cout, std::cerr); }; });
  return sub;
}

/// Certificates are judged at this moment instead of now; what fails at it fails the command.
void add_judgement(CLI::App& sub, const std::shared_ptr<PolicyOptions>& options) {
  add_time(sub, "--at", options->at, "judge certificates at this time, RFC 3339");
  sub.add_option_function<std::string>(
      "--fail-on",
      [options](const std::string& text) {
        if (text != "error" && text != "warn") throw UsageError("--fail-on: '" + text + "' is none of error, warn");
        options->fail_on = text == "warn" ? FailOn::warnings : FailOn::errors;
      },
      "error, or warn: warnings fail, too");
}

}  // namespace

void add_policy(CLI::App& app, Command& command) {
  auto options = std::make_shared<PolicyOptions>();
  CLI::App* policy = app.add_subcommand("policy", "the configuration in force, what is wrong with it, and what follows from it");
  policy->require_subcommand(1);
  CLI::App* show = add(*policy, command, options, "show", "every parameter in force and where it comes from", run_policy_show);
  show->add_option("--connector", options->connector, "one send connector: Name, DNSRoutingEnabled, FQDN, DomainSecureEnabled");
  CLI::App* lint = add(*policy, command, options, "lint", "what is wrong with configuration and own certificates", run_policy_lint);
  add_judgement(*lint, options);
  CLI::App* explain = add(*policy, command, options, "explain", "why mail to and from ADDRESS is domain secured or is not",
                          run_policy_explain);
  explain->add_option("ADDRESS", options->address, "user@domain, a domain, or <> for the null reverse-path")->required();
  explain->add_option_function<std::string>(
      "--direction",
      [options](const std::string& word) {
        check_word(word, {"send", "receive"}, "--direction");
        options->direction = word;
      },
      "send or receive (default: both)");
  explain->add_option("--certificate", options->certificate, "the partner's certificate, PEM: is it whom he has to prove?");
  explain->add_flag_callback("--fail-closed", [options] { options->fail_closed = policy::FailClosed::yes; },
                             "refuse mail to a listed domain that cannot be secured");
  add_judgement(*explain, options);
  add_policy_exchange(*policy, command);
  add_policy_apply(*policy, command);
}

}  // namespace domsec::cli
