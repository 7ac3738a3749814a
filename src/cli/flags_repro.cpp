#include <CLI/CLI.hpp>
#include <iostream>

#include "domsec/cli/flags.h"
#include "domsec/cli/repro.h"
#include "flags_end.h"

namespace domsec::cli {

void add_repro(CLI::App& app, Command& command) {
  auto options = std::make_shared<ReproOptions>();
  CLI::App* sub =
      app.add_subcommand("repro", "be the broken peer: a server that listens, a client that connects");
  CLI::Option* fault =
      sub->add_option("FAULT", options->fault, "server/expired, client/no-client-cert … of domsec faults");
  CLI::Option* from =
      sub->add_option("--from", options->from,
                      "in place of FAULT: a report, a session (--json, --log-json) or a protocol log of ours that "
                      "failed; the fault that fails the same way is found")
          ->excludes(fault);
  sub->add_option("--session", options->session, "of --from: this session (default: the last that failed)")
      ->needs(from);
  sub->add_flag("--scenario", options->scenario, "print the scenario for domsec run, and play nothing")
      ->group("Output");
  sub->add_option("--listen", options->listen, "server: ADDRESS:PORT")
      ->capture_default_str()
      ->group("Network");
  sub->add_option("--connect", options->connect, "client: HOST:PORT of the server that it meets")
      ->group("Network");
  sub->add_flag("--i-own-the-target", options->own_target, "neither loopback nor private, and yours")
      ->group("Network");
  sub->add_option("--domain", options->domain, "the broken end's domain")
      ->capture_default_str()
      ->group("Identity");
  sub->add_option("--partner", options->partner, "the domain of whom it meets")
      ->capture_default_str()
      ->group("Identity");
  sub->add_option("--state", options->directory,
                  "directory of its certificates (default: ~/.local/state/domsec/lab-repro)")
      ->group("Identity");
  sub->add_option("--for", options->stack,
                  "print the log line of this stack: postfix, exim, sendmail, opensmtpd, exchange")
      ->check(CLI::IsMember({"postfix", "exim", "sendmail", "opensmtpd", "exchange"}))
      ->group("Output");
  sub->add_option("--expect", options->expect,
                  "finding that sessions must give at this end, else the exit code is 1")
      ->group("Output");
  sub->add_option("--count", options->count,
                  "end after so many sessions (default: 1 as client or with --expect)")
      ->check(CLI::Range(1, 1'000'000))
      ->group("Output");
  sub->add_option("--timeout", options->timeout,
                  "server: end after so many seconds (default: 60 with --expect)")
      ->check(CLI::Range(0.1, 86'400.0))
      ->group("Output");
  add_environment(*sub);
  sub->callback(
      [&command, options] { command = [options] { return run_repro(*options, std::cout, std::cerr); }; });
}

}  // namespace domsec::cli
