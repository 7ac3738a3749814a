#include <CLI/CLI.hpp>
#include <iostream>

#include "domsec/cli/flags.h"
#include "domsec/cli/lab.h"

namespace domsec::cli {
namespace {

using Run = int (*)(const LabOptions&, std::ostream&, std::ostream&);

CLI::App* add(CLI::App& lab, Command& command, const std::shared_ptr<LabOptions>& options, const char* name, const char* what,
              Run run) {
  CLI::App* sub = lab.add_subcommand(name, what);
  sub->add_option("--state", options->directory, "state directory (default: ~/.local/state/domsec/lab)");
  sub->callback([&command, options, run] { command = [options, run] { return run(*options, std::cout, std::cerr); }; });
  return sub;
}

}  // namespace

void add_lab(CLI::App& app, Command& command) {
  auto options = std::make_shared<LabOptions>();
  CLI::App* lab = app.add_subcommand("lab", "Contoso and Woodgrove Bank on loopback, whole or with one thing broken");
  lab->require_subcommand(1);
  CLI::App* up = add(*lab, command, options, "up", "make the PKI, start name server, CRL server and Edge servers", run_lab_up);
  up->add_flag_callback("--detach", [options] { options->detach = Detach::yes; }, "return when the lab is up");
  up->add_option("--recipe", options->recipe_file, "authorities, organisations and hosts (default: built in)");
  up->add_option("--smtp-port", options->smtp_port, "port of every Edge server, 0 = a free one")->capture_default_str();
  up->add_option("--dns-port", options->dns_port, "port of the name server, 0 = a free one")->capture_default_str();
  up->add_option("--http-port", options->http_port, "port of the CRL server, 0 = a free one")->capture_default_str();
  CLI::App* ls = add(*lab, command, options, "ls", "the faults, and what runs", run_lab_ls);
  ls->add_flag("--json", options->json, "one JSON document");
  CLI::App* breaking = add(*lab, command, options, "break", "break one thing of an organisation or a host; other faults stay", run_lab_break);
  breaking->add_option("WHERE", options->place, "contoso, woodgrove, or one of their hosts")->required();
  breaking->add_option("FAULT", options->fault, "a fault of domsec lab ls")->required();
  CLI::App* fixing = add(*lab, command, options, "fix", "mend an organisation, a host, or everything", run_lab_fix);
  fixing->add_option("WHERE", options->place, "contoso, woodgrove, or one of their hosts (default: all)");
  add(*lab, command, options, "down", "stop a running lab", run_lab_down);
  add(*lab, command, options, "demo", "mail both ways, then every fault in both roles, each held to what is expected",
      run_lab_demo);
}

}  // namespace domsec::cli
