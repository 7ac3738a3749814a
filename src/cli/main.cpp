// The one place that knows flags, exit codes, the clock and stdout. One file per subcommand beside this one; the flags of the
// larger ones are in flags.cpp.


#include <CLI/CLI.hpp>
#include <poll.h>
#include <unistd.h>

#include <csignal>
#include <functional>
#include <iostream>
#include <new>
#include <system_error>

#include "domsec/cli/cert_store.h"
#include "domsec/cli/completion.h"
#include "domsec/cli/explain.h"
#include "domsec/cli/flags.h"
#include "domsec/cli/lab.h"
#include "domsec/cli/options.h"
#include "domsec/cli/outcome.h"
#include "domsec/cli/sending.h"
#include "domsec/lab/recipe.h"
#include "domsec/pki/tls_library.h"
#include "domsec/shell/host.h"
#include "domsec/store/certificates.h"
#include "domsec/transcript/protocol_log.h"

namespace {

using namespace domsec;

/// What the chosen subcommand does; returns the exit code.
using Command = std::function<int()>;

void add_explain(CLI::App& app, Command& command) {
  auto options = std::make_shared<cli::ExplainOptions>();
  CLI::App* sub = app.add_subcommand("explain", "print a row of the catalogue of findings");
  sub->add_option("CODE", options->codes, "DS110, certificate-host-mismatch; none lists them all");
  sub->add_flag_callback("--json", [options] { options->form = cli::ExplainForm::json; }, "one JSON document");
  sub->add_flag_callback("--markdown", [options] { options->form = cli::ExplainForm::markdown; }, "the whole catalogue as a page");
  sub->callback([&command, options] { command = [options] { return cli::run_explain(*options, std::cout, std::cerr); }; });
}

void add_completion(CLI::App& app, Command& command) {
  CLI::App* sub = app.add_subcommand("completion", "print the completion script of a shell");
  auto shell = std::make_shared<std::string>();
  sub->add_option("SHELL", *shell, "bash, zsh or fish")->required();
  sub->callback([&app, &command, shell] {
    command = [&app, shell] { return cli::run_completion(app, *shell, std::cout, std::cerr); };
  });
}

/// What was given may be anything; it is shown in one line of printable octets, not longer than a screen.
void say(const std::string& sentence) {
  constexpr std::size_t longest = 500;
  const std::string line = transcript::one_line(sentence);
  const std::size_t half = longest / 2;
  const bool fits = line.size() <= longest;
  std::cerr << "domsec: " << (fits ? line : line.substr(0, half) + " [...] " + line.substr(line.size() - half))
            << '\n';
}

/// Bad input of the operator: one sentence, exit code 2; the environment's faults 3; anything else is ours, 4.
int run(const Command& command) {
  try {
    return command();
  } catch (const cli::UsageError& error) {
    say(error.what());
    return 2;
  } catch (const exchange::ConfigError& error) {
    say(error.what());
    return 2;
  } catch (const pki::BundleError& error) {
    say(error.what());
    return 2;
  } catch (const store::CertificateError& error) {
    say(cli::with_code(error));
    return 2;
  } catch (const shell::HostError& error) {
    say(error.what());
    return 2;
  } catch (const lab::LabError& error) {
    say(error.what());
    return 3;
  } catch (const net::ChannelError& error) {
    say(error.what());
    return 3;
  } catch (const store::StoreError& error) {
    say(error.what());
    return 3;
  } catch (const std::system_error& error) {
    say(error.what());
    return 3;
  } catch (const std::bad_alloc&) {
    say("out of memory");
    return 3;
  } catch (const std::exception& error) {
    say("internal error: " + std::string(error.what()));
    return 4;
  }
}

/// A reader that went away has what he wanted; a result that found no room is lost, and that is no success.
int with_output_written(int code) {
  if (std::cout.flush() || code != 0) return code;
  pollfd output{STDOUT_FILENO, 0, 0};
  if (::poll(&output, 1, 0) == 1 && (output.revents & POLLERR) != 0) return code;  // as of a closed pipe
  say("standard output cannot be written: make room for it, or look at where it goes");
  return 3;
}

}  // namespace

int main(int argc, char** argv) {
  // A closed pipe and a full file are errors of the write that meets them, not the end of a server with sessions.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  CLI::App app{"domsec plays either end of a mutual-TLS mail session, and says who refuses whom, and why.", "domsec"};
  app.set_version_flag("--version", [] { return "domsec " DOMSEC_VERSION ", " + pki::tls_library().running; });
  app.require_subcommand(0, 1);
  // Every subcommand inherits it, and is complete before the tree is. Otherwise each would read the variables of its
  // flags, chosen or not, and DOMSEC_AT for one would have to please all.
  app.immediate_callback();
  app.footer("domsec lab up --detach          Contoso and Woodgrove Bank on loopback\n"
             "domsec check woodgrovebank.com  is mail to this partner domain secured?\n"
             "domsec explain DS110            what a finding means and what to do\n\n"
             "Exit codes: 0 pass, 1 a peer is refused or refuses us, 2 usage or own configuration,\n"
             "3 environment or inconclusive, 4 internal error. More: man domsec");
  Command command;
  cli::add_sending(app, command);
  cli::add_serving(app, command);
  cli::add_queue(app, command);
  cli::add_lab(app, command);
  cli::add_faults(app, command);
  cli::add_repro(app, command);
  cli::add_run(app, command);
  cli::add_policy(app, command);
  cli::add_shell(app, command);
  cli::add_doctor(app, command);
  cli::add_preflight(app, command);
  cli::add_cert(app, command);
  cli::add_crl(app, command);
  cli::add_auth(app, command);
  cli::add_store_commands(app, command);
  add_explain(app, command);
  cli::add_verify(app, command);
  add_completion(app, command);
  app.set_help_all_flag("--help-all", "help of every subcommand");   // last: subcommands would inherit it
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& success) {
    return with_output_written(app.exit(success));
  } catch (const CLI::ParseError& error) {
    if (cli::exit_style_of(argc, argv) == cli::ExitStyle::nagios) return cli::say_unknown(error.what(), std::cout);
    app.exit(error);
    return 2;
  } catch (const cli::UsageError& error) {
    say(error.what());
    return 2;
  }
  if (!command) {
    std::cout << app.help();
    return with_output_written(0);
  }
  return with_output_written(run(command));
}
