#include <CLI/CLI.hpp>
#include <iostream>

#include "domsec/cli/cert.h"
#include "domsec/cli/flags.h"
#include "flags_end.h"

namespace domsec::cli {

void add_cert_show(CLI::App& cert, Command& command) {
  auto options = std::make_shared<CertShowOptions>();
  CLI::App* sub =
      cert.add_subcommand("show", "what each certificate of a chain says, and what the chain is worth");
  sub->add_option("TARGET", options->targets,
                  "file (PEM, DER, PKCS#7, PKCS#12), smtp://host, smtps://host, host:port, domain")
      ->required();
  sub->add_option("--purpose", options->purpose,
                  "server, client or any (default: server for a host, any for a file)")
      ->group("Trust");
  sub->add_option("--at", options->at, "judge at this time, such as 2026-11-22T09:15:02Z (default: now)")
      ->group("Trust");
  add_roots(*sub, options->end);
  add_issuers(*sub, options->end);
  sub->add_option("--key-pass-file", options->end.key_pass_file,
                  "file with the pass-phrase of a PKCS#12 file")
      ->group("Inputs");
  sub->add_option("--lab", options->end.lab_state, "state directory of a running lab")->group("Inputs");
  sub->add_option("--sni", options->sni, "server name to ask for; none = none")->group("Network");
  add_network(*sub, options->end);
  CLI::Option* json = sub->add_flag_callback(
      "--json", [options] { options->form = CertForm::json; }, "one JSON document per target");
  json->group("Output");
  sub->add_flag_callback(
         "--pem", [options] { options->form = CertForm::pem; }, "the certificates themselves, as presented")
      ->excludes(json)
      ->group("Output");
  sub->add_flag_callback(
         "--verify", [options] { options->demand = CertDemand::trusted; },
         "exit code 1 when a chain is not trusted")
      ->group("Output");
  add_environment(*sub);
  sub->callback(
      [&command, options] { command = [options] { return run_cert_show(*options, std::cout, std::cerr); }; });
}

}  // namespace domsec::cli
