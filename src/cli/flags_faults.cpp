#include <CLI/CLI.hpp>
#include <iostream>

#include "domsec/cli/faults.h"
#include "domsec/cli/flags.h"
#include "flags_end.h"

namespace domsec::cli {

void add_faults(CLI::App& app, Command& command) {
  auto options = std::make_shared<FaultsOptions>();
  CLI::App* sub =
      app.add_subcommand("faults", "the catalogue of faults: what is broken, and what the partner finds");
  sub->add_option("FAULT", options->name,
                  "one in full: expired, server/expired, client/expired (default: all, a line each)");
  sub->add_option("--role", options->role,
                  "server or client: faults that show in this role of the broken end")
      ->check(CLI::IsMember({"server", "client"}));
  sub->add_option("--family", options->family, "certificate, revocation, tls, smtp or policy")
      ->check(CLI::IsMember({"certificate", "revocation", "tls", "smtp", "policy"}));
  sub->add_option("--peer", options->peer,
                  "what this program did when it met them: postfix, exim, opensmtpd, sendmail, swaks, "
                  "openssl, gnutls-cli, curl, msmtp, aiosmtpd");
  sub->add_flag("--check", options->check, "try them out, broken end against sound end, on loopback")
      ->group("Output");
  sub->add_flag_callback(
         "--json", [options] { options->form = FaultsForm::json; }, "one JSON document")
      ->group("Output");
  sub->add_flag_callback(
         "--scenario", [options] { options->form = FaultsForm::scenario; },
         "the scenario of FAULT, to be changed and run")
      ->group("Output");
  sub->add_option("--scenarios", options->directory, "write each as FAMILY/FAULT.scenario.toml below this directory")
      ->group("Output");
  add_environment(*sub);
  sub->callback(
      [&command, options] { command = [options] { return run_faults(*options, std::cout, std::cerr); }; });
}

}  // namespace domsec::cli
