#include <CLI/CLI.hpp>
#include <iostream>

#include "domsec/cli/clock.h"
#include "domsec/cli/flags.h"
#include "domsec/cli/options.h"
#include "domsec/cli/verify.h"
#include "flags_end.h"

namespace domsec::cli {
namespace {

void add_inputs(CLI::App& sub, VerifyOptions& options) {
  sub.add_option("--leaf", options.leaf,
                 "certificate to verify, PEM or DER; others in the file are intermediates")
      ->group("Inputs");
  sub.add_option("--intermediates", options.intermediates,
                 "certificates that may lead to a root, in any order")
      ->allow_extra_args(false)
      ->group("Inputs");
  sub.add_option("--trust", options.trust, "trusted roots; without it the system's")
      ->allow_extra_args(false)
      ->group("Inputs");
  sub.add_option("--crl", options.lists, "revocation list, PEM or DER")
      ->allow_extra_args(false)
      ->group("Inputs");
  sub.add_option("--time", options.time, "when, such as 2026-11-22T09:15:02Z (default: now)")
      ->group("Inputs");
}

void add_questions(CLI::App& sub, VerifyOptions& options) {
  sub.add_option("--name", options.names, "dns:HOST, ip:ADDRESS or email:MAILBOX; of several any may match")
      ->allow_extra_args(false)
      ->group("Questions");
  sub.add_flag("--cn-fallback", options.cn_fallback, "the CN counts where there is no dNSName")
      ->group("Questions");
  sub.add_option("--purpose", options.purpose, "server, client or any (default: any)")->group("Questions");
  sub.add_option("--key-usage", options.key_usage, "use that the key must be for, such as digitalSignature")
      ->allow_extra_args(false)
      ->group("Questions");
  sub.add_option("--profile", options.profile, "trust, or strict: what breaks RFC 5280's profile is refused")
      ->group("Questions");
  sub.add_option("--security-level", options.security_level, "0 to 5, as libssl counts (default: 1)")
      ->group("Questions");
  sub.add_option("--max-depth", options.max_depth, "at most so many intermediates (default: 20)")
      ->group("Questions");
  sub.add_option("--crl-check", options.crl_check,
                 "none, leaf or chain: which must not be revoked (default: none)")
      ->group("Questions");
  sub.add_option("--crl-unknown", options.crl_unknown, "deny or allow, when no list tells (default: deny)")
      ->group("Questions");
  sub.add_option("--crl-expiry", options.crl_expiry, "enforce or ignore nextUpdate (default: enforce)")
      ->group("Questions");
  sub.add_option("--max-crl-age", options.max_crl_age,
                 "a list counts for so many seconds from its thisUpdate")
      ->group("Questions");
  sub.add_option("--policy", options.policies, "certificate policy to end in, dotted (default: any)")
      ->allow_extra_args(false)
      ->group("Questions");
  sub.add_flag("--require-explicit-policy", options.require_explicit_policy,
               "some policy must hold for the whole path")
      ->group("Questions");
  sub.add_flag("--inhibit-policy-mapping", options.inhibit_policy_mapping, "policies are not mapped")
      ->group("Questions");
  sub.add_flag("--inhibit-any-policy", options.inhibit_any_policy, "anyPolicy counts for nothing")
      ->group("Questions");
}

/// A request of the batch says all of it by itself.
void require_nothing_else(const CLI::App& sub) {
  for (const CLI::Option* option : sub.get_options()) {
    if (option->count() == 0 || option->get_name() == "--batch") continue;
    throw UsageError("--batch takes everything from its requests; give it without " + option->get_name());
  }
}

}  // namespace

void add_verify(CLI::App& app, Command& command) {
  auto options = std::make_shared<VerifyOptions>();
  auto batch = std::make_shared<bool>(false);
  CLI::App* sub = app.add_subcommand("verify", "path, names and revocation of a certificate, from files");
  add_inputs(*sub, *options);
  add_questions(*sub, *options);
  add_issuers(*sub, options->end);
  add_network(*sub, options->end);
  sub->add_flag_callback(
      "--json", [options] { options->form = VerifyForm::json; }, "the answer as one line of JSON");
  sub->add_flag("--batch", *batch, "answer requests, JSON Lines on standard input, until their end");
  sub->callback([sub, &command, options, batch] {
    if (*batch) require_nothing_else(*sub);
    if (!*batch && options->leaf.empty())
      throw UsageError("verify: give --leaf FILE, the certificate, or --batch");
    command = [options, batch] {
      return *batch ? run_verify_batch(std::cin, std::cout) : run_verify(*options, now(), std::cout);
    };
  });
}

}  // namespace domsec::cli
