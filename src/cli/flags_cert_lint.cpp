#include <CLI/CLI.hpp>
#include <iostream>

#include "domsec/cli/cert_lint.h"
#include "domsec/cli/flags.h"
#include "domsec/cli/options.h"
#include "flags_end.h"

namespace domsec::cli {
namespace {

FailOn read_fail_on(const std::string& word) {
  check_word(word, {"error", "warn"}, "--fail-on");
  return word == "warn" ? FailOn::warnings : FailOn::errors;
}

}  // namespace

void add_cert_lint(CLI::App& cert, Command& command) {
  auto options = std::make_shared<CertLintOptions>();
  CLI::App* sub = cert.add_subcommand(
      "lint", "are the own certificates fit for connectors and partners, and what mends them");
  sub->add_option("FILE", options->files,
                  "certificate, PEM or PKCS#12 (default: the configuration's and the store's)");
  sub->add_option("--key", options->key, "private key of the one FILE, PEM (default: in FILE)");
  sub->add_option("--key-pass-file", options->key_pass_file,
                  "file whose first line is the pass-phrase of the keys");
  sub->add_option("--config", options->config, "configuration file (default: domsec.toml, if there is one)");
  sub->add_option("--store", options->store,
                  "state file with certificates (default: the configuration's Store)");
  sub->add_option("--connector", options->connector, "only for the connectors of this Name");
  sub->add_option("--partner", options->partner,
                  "only for the connectors that mail to and from this domain takes");
  sub->add_option("--profile", options->profile,
                  "the partner's stack: exchange, postfix, exim, opensmtpd, strict, or all")
      ->capture_default_str();
  sub->add_option("--ca", options->roots,
                  "trusted root file or directory (default: TrustedRoots, else the system's)")
      ->allow_extra_args(false);
  sub->add_option("--crl", options->crl, "off, cached or fetch (default: as configured; off with --at)");
  sub->add_option("--crl-cache", options->crl_cache, "directory where fetched lists are kept between runs");
  add_http_proxy(*sub, options->http_proxy);
  sub->add_option("--timeout", options->timeout_seconds, "longest wait for a revocation list, seconds")
      ->capture_default_str();
  add_time(*sub, "--at", options->at, "judge at this time, RFC 3339 (default: now)");
  sub->add_option_function<std::string>(
         "--fail-on", [options](const std::string& word) { options->fail_on = read_fail_on(word); },
         "error, or warn: yellow fails, too")
      ->default_str("error");
  sub->add_flag_callback(
      "--json", [options] { options->form = PolicyForm::json; }, "one JSON document");
  add_environment(*sub);
  sub->callback([&command, options] { command = [options] { return run_cert_lint(*options, std::cout); }; });
}

}  // namespace domsec::cli
