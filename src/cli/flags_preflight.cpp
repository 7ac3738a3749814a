#include <CLI/CLI.hpp>
#include <iostream>

#include "domsec/cli/flags.h"
#include "domsec/cli/options.h"
#include "domsec/cli/preflight.h"
#include "flags_end.h"

namespace domsec::cli {

void add_preflight(CLI::App& app, Command& command) {
  auto options = std::make_shared<PreflightOptions>();
  CLI::App* sub = app.add_subcommand("preflight",
                                     "is everything in place on our side for mail both ways with a partner?");
  sub->add_option("DOMAIN", options->partners, "the partner's domain")->required();
  sub->add_option("--config", options->config, "configuration file")
      ->envname("DOMSEC_CONFIG")
      ->capture_default_str();
  sub->add_option("--store", options->store,
                  "state file with certificates (default: the configuration's Store)");
  sub->add_option("--crl-cache", options->crl_cache, "directory where fetched lists are kept between runs");
  add_http_proxy(*sub, options->http_proxy);
  sub->get_option("--http-proxy")->envname("DOMSEC_HTTP_PROXY");
  sub->add_option("--timeout", options->timeout_seconds,
                  "longest wait for DNS, a revocation list or a port, seconds")
      ->capture_default_str();
  add_time(*sub, "--at", options->at, "judge certificates and lists at this time, RFC 3339 (default: now)");
  sub->add_flag_callback(
      "--json", [options] { options->form = DoctorForm::json; }, "one JSON document");
  sub->callback([&command, options] { command = [options] { return run_preflight(*options, std::cout); }; });
}

}  // namespace domsec::cli
