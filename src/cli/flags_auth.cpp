#include <CLI/CLI.hpp>
#include <iostream>

#include "domsec/cli/auth.h"
#include "domsec/cli/flags.h"
#include "flags_end.h"

namespace domsec::cli {
namespace {

using Options = std::shared_ptr<AuthOptions>;
using Verb = int (*)(const AuthOptions&, std::ostream&, std::ostream&);

CLI::App* add_verb(CLI::App& auth, Command& command, const Options& options, const char* name,
                   const char* about, Verb run) {
  CLI::App* sub = auth.add_subcommand(name, about);
  sub->add_option("--config", options->config, "configuration file")
      ->envname("DOMSEC_CONFIG")
      ->capture_default_str();
  sub->add_option("--store", options->store, "file of certificates (default: Store of the configuration)");
  sub->add_option("--server", options->servers, "another server, NAME=STORE[@SITE]; repeatable")
      ->allow_extra_args(false);
  sub->add_option("--site", options->site, "this server's AD site")->capture_default_str();
  sub->add_flag_callback(
      "--json", [options] { options->form = AuthForm::json; }, "one JSON document");
  sub->callback(
      [&command, options, run] { command = [options, run] { return run(*options, std::cout, std::cerr); }; });
  return sub;
}

void add_at(CLI::App* sub, const Options& options) {
  add_time(*sub, "--at", options->at, "at this time, RFC 3339 (default: now)");
}

void add_hybrid(CLI::App* sub, const Options& options) {
  sub->add_flag_callback(
      "--hybrid", [options] { options->hybrid = policy::Hybrid::yes; },
      "the organisation is joined to Exchange Online");
}

void add_force(CLI::App* sub, const Options& options, const char* about) {
  sub->add_flag_callback(
      "--force", [options] { options->caution = AuthCaution::force; }, about);
}

void add_service_start(CLI::App* sub, const Options& options, const char* about) {
  add_time(*sub, "--service-start", options->service_start, about);
}

}  // namespace

void add_auth(CLI::App& app, Command& command) {
  CLI::App* auth =
      app.add_subcommand("auth", "the Auth certificate: what signs now, and its change to the next one");
  auth->require_subcommand(1);
  const auto fresh = [] { return std::make_shared<AuthOptions>(); };

  Options options = fresh();
  CLI::App* sub = add_verb(*auth, command, options, "show",
                           "current, next and previous, and what is wrong with them", run_auth_show);
  add_at(sub, options);
  add_hybrid(sub, options);

  options = fresh();
  sub = add_verb(*auth, command, options, "stage", "make a certificate of the store the next one",
                 run_auth_stage);
  sub->add_option("THUMBPRINT", options->thumbprint, "the certificate, 40 hexadecimal digits")->required();
  sub->add_option("--effective", options->effective, "when it takes over: TIME, +49h or +3d")
      ->capture_default_str();
  add_force(sub, options, "also with less than 48 hours' lead, or with an unfit certificate");
  add_at(sub, options);

  options = fresh();
  sub = add_verb(*auth, command, options, "publish", "the next one signs from now on", run_auth_publish);
  add_force(sub, options, "also an unfit certificate");
  add_hybrid(sub, options);
  add_at(sub, options);

  options = fresh();
  add_verb(*auth, command, options, "clear", "forget the previous one", run_auth_clear);

  options = fresh();
  sub = add_verb(*auth, command, options, "plan", "what is to be done when, with the cmdlet of each step",
                 run_auth_plan);
  add_service_start(sub, options, "when the service host started (default: not known)");
  add_hybrid(sub, options);
  add_at(sub, options);

  options = fresh();
  sub = add_verb(*auth, command, options, "run",
                 "the servicelet on the clock that is given: copies and publishes what is due", run_auth_run);
  add_service_start(sub, options, "when the service host started (default: at the time of the run)");
  add_time(*sub, "--until", options->until, "go on, every 12 hours, to this time");
  add_hybrid(sub, options);
  add_at(sub, options);
}

}  // namespace domsec::cli
