#include <CLI/CLI.hpp>
#include <iostream>

#include "domsec/cli/cert_match.h"
#include "domsec/cli/flags.h"
#include "domsec/cli/options.h"
#include "flags_end.h"

namespace domsec::cli {

void add_cert_match(CLI::App& cert, Command& command) {
  auto options = std::make_shared<CertMatchOptions>();
  CLI::App* sub =
      cert.add_subcommand("match", "which stack would accept a certificate, in which role, and why not");
  sub->add_option("--cert", options->certificates,
                  "certificate as it is sent, PEM, leaf first; several for several blocks")
      ->required()
      ->allow_extra_args(false);
  sub->add_option("--chain", options->chain, "intermediates that are sent with it, PEM");
  sub->add_option("--ca", options->roots, "trusted roots (default: the system's)")->allow_extra_args(false);
  sub->add_option("--crl-file", options->crl_files,
                  "revocation list, PEM or DER (default: no question of revocation)")
      ->allow_extra_args(false);
  sub->add_option("--name", options->name,
                  "the host or domain that it must prove (default: no name is compared)");
  sub->add_option("--name-match", options->name_match, "exact or subdomains, for exchange")
      ->capture_default_str();
  sub->add_option("--role", options->role, "shown as server, as client, or both")->capture_default_str();
  sub->add_option("--profile", options->profile, "exchange, postfix, exim, opensmtpd, strict, or all")
      ->capture_default_str();
  add_time(*sub, "--at", options->at, "predict for this time, RFC 3339 (default: now)");
  sub->add_option("--fail-on", options->fail_on,
                  "exit 1 also for: warn, inconclusive; a refusal (fail) counts always")
      ->delimiter(',')
      ->allow_extra_args(false);
  CLI::Option* settings = sub->add_flag_callback(
      "-v", [options] { options->form = MatchForm::settings; },
      "the setting that each stack is taken to have, too");
  sub->add_flag_callback(
         "--json", [options] { options->form = MatchForm::json; }, "one JSON document")
      ->excludes(settings);
  add_environment(*sub);
  sub->callback([&command, options] { command = [options] { return run_cert_match(*options, std::cout); }; });
}

}  // namespace domsec::cli
