#include <CLI/CLI.hpp>
#include <iostream>

#include "domsec/cli/crl.h"
#include "domsec/cli/flags.h"
#include "flags_end.h"

namespace domsec::cli {
namespace {

using Options = std::shared_ptr<CrlOptions>;

constexpr const char* cache_about = "directory of fetched lists (default: $XDG_CACHE_HOME/domsec/crl)";

void add_json(CLI::App& sub, const Options& options) {
  sub.add_flag_callback(
         "--json", [options] { options->form = CrlForm::json; }, "one JSON document")
      ->group("Output");
}

void add_show(CLI::App& crl, Command& command) {
  auto options = std::make_shared<CrlOptions>();
  CLI::App* sub = crl.add_subcommand("show", "what a revocation list says");
  sub->add_option("TARGET", options->targets, "file in PEM or DER, or http:// URI")->required();
  sub->add_option("--crl-cache", options->end.crl_cache, cache_about)->group("Cache");
  add_network(*sub, options->end);
  add_json(*sub, options);
  add_environment(*sub);
  sub->callback([&command, options] { command = [options] { return run_crl_show(*options, std::cout); }; });
}

void add_fetch(CLI::App& crl, Command& command) {
  auto options = std::make_shared<CrlOptions>();
  CLI::App* sub = crl.add_subcommand(
      "fetch", "ask the distribution points now, whatever the cache has, and keep the lists");
  sub->add_option("TARGET", options->targets, "http:// URI, or certificate file")->required();
  sub->add_option("--crl-cache", options->end.crl_cache, cache_about)->group("Cache");
  add_network(*sub, options->end);
  add_json(*sub, options);
  add_environment(*sub);
  sub->callback([&command, options] { command = [options] { return run_crl_fetch(*options, std::cout); }; });
}

void add_check(CLI::App& crl, Command& command) {
  auto options = std::make_shared<CrlOptions>();
  CLI::App* sub = crl.add_subcommand("check", "is a certificate, or one above it, revoked?");
  sub->add_option("CERT", options->targets, "certificate file, leaf first")->required();
  sub->add_option("--chain", options->chains, "intermediates, PEM or DER")
      ->allow_extra_args(false)
      ->group("Trust");
  sub->add_option("--issuer", options->issuers, "the issuer's certificate, trusted for this")
      ->allow_extra_args(false)
      ->group("Trust");
  sub->add_option("--at", options->at, "judge at this time, such as 2026-11-22T09:15:02Z (default: now)")
      ->group("Trust");
  add_roots(*sub, options->end);
  add_revocation(*sub, options->end);
  add_network(*sub, options->end);
  add_json(*sub, options);
  add_environment(*sub);
  sub->callback([&command, options] { command = [options] { return run_crl_check(*options, std::cout); }; });
}

void add_cache(CLI::App& crl, Command& command) {
  auto options = std::make_shared<CrlOptions>();
  CLI::App* cache = crl.add_subcommand("cache", "the lists that are kept between runs");
  cache->require_subcommand(1);
  CLI::App* ls = cache->add_subcommand("ls", "list them");
  ls->add_option("--crl-cache", options->end.crl_cache, cache_about);
  ls->add_flag_callback(
      "--json", [options] { options->form = CrlForm::json; }, "one JSON document");
  add_environment(*ls);
  ls->callback(
      [&command, options] { command = [options] { return run_crl_cache_ls(*options, std::cout); }; });
  CLI::App* clear = cache->add_subcommand("clear", "remove them");
  clear->add_option("--crl-cache", options->end.crl_cache, cache_about);
  add_environment(*clear);
  clear->callback(
      [&command, options] { command = [options] { return run_crl_cache_clear(*options, std::cout); }; });
}

}  // namespace

void add_crl(CLI::App& app, Command& command) {
  CLI::App* crl = app.add_subcommand(
      "crl",
      "revocation lists: look at them, ask about certificates, issue those of an authority of one's own");
  crl->require_subcommand(1);
  add_show(*crl, command);
  add_fetch(*crl, command);
  add_check(*crl, command);
  add_cache(*crl, command);
  add_crl_issue(*crl, command);
}

}  // namespace domsec::cli
