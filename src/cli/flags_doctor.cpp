#include <CLI/CLI.hpp>
#include <iostream>

#include "domsec/cli/doctor.h"
#include "domsec/cli/flags.h"
#include "flags_end.h"

namespace domsec::cli {

void add_doctor(CLI::App& app, Command& command) {
  auto options = std::make_shared<DoctorOptions>();
  CLI::App* sub =
      app.add_subcommand("doctor", "is this machine, with this configuration, fit for domain security?");
  sub->add_option("--config", options->config, "configuration file (default: domsec.toml, if there is one)")
      ->envname("DOMSEC_CONFIG");
  sub->add_option("--lab", options->lab_state, "state directory of a running lab")->envname("DOMSEC_LAB");
  sub->add_option("--crl-cache", options->crl_cache, "directory where fetched lists are kept between runs");
  add_http_proxy(*sub, options->http_proxy);
  sub->get_option("--http-proxy")->envname("DOMSEC_HTTP_PROXY");
  sub->add_option("--timeout", options->timeout_seconds, "longest wait for DNS and revocation lists, seconds")
      ->capture_default_str();
  sub->add_flag_callback(
      "--json", [options] { options->form = DoctorForm::json; }, "one JSON document");
  sub->callback([&command, options] { command = [options] { return run_doctor(*options, std::cout); }; });
}

}  // namespace domsec::cli
