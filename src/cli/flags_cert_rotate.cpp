#include <CLI/CLI.hpp>
#include <iostream>

#include "domsec/cli/cert_rotate.h"
#include "domsec/cli/flags.h"
#include "domsec/cli/options.h"
#include "flags_end.h"

namespace domsec::cli {

namespace {

void add_partner(CLI::App& sub, const std::shared_ptr<CertRotateOptions>& options) {
  sub.add_option("--partner", options->partner, "the partner's domain")->required();
  sub.add_option("--our-domain", options->our_domain,
                 "what our certificate has to prove to him (default: the first of AcceptedDomains)");
  sub.add_option("--partner-trusts", options->partner_trusts,
                 "his roots, file or directory (default: TrustedRoots)");
  sub.add_option("--partner-will-trust", options->partner_will_trust, "his roots once he has changed them");
  sub.add_option("--partner-issuer", options->partner_issuer,
                 "he takes certificates of this issuer alone, an X.500 name");
  sub.add_option("--partner-will-issuer", options->partner_will_issuer, "the issuer once he has changed it");
  sub.add_option_function<std::string>(
      "--partner-name-match",
      [options](const std::string& word) {
        check_word(word, {"exact", "subdomains"}, "--partner-name-match");
        options->partner_name_match = word;
      },
      "how he compares names: exact or subdomains (default)");
  sub.add_option_function<std::string>(
      "--partner-profile",
      [options](const std::string& word) {
        check_word(word, {"exchange", "postfix", "exim", "opensmtpd", "strict"}, "--partner-profile");
        options->partner_profile = word;
      },
      "whose rules he applies: exchange (default), postfix, exim, opensmtpd, strict");
}

}  // namespace

void add_cert_rotate(CLI::App& cert, Command& command) {
  auto options = std::make_shared<CertRotateOptions>();
  CLI::App* sub =
      cert.add_subcommand("rotate", "try the change of a certificate on loopback before it is done");
  sub->add_flag_callback(
         "--rehearse", [] {}, "nothing of ours is changed; there is no other way yet")
      ->required();
  sub->add_option("--tomorrow", options->tomorrow,
                  "the new certificate: its file, or its thumbprint in the store")
      ->required();
  sub->add_option("--tomorrow-key", options->tomorrow_key, "its private key (default: in the same file)");
  sub->add_option("--key-pass-file", options->key_pass_file,
                  "pass-phrase of the key or of the .pfx file, first line");
  sub->add_option("--today", options->today,
                  "thumbprint of the certificate that goes (default: what is presented now)");
  sub->add_option("--config", options->config, "configuration file")->capture_default_str();
  sub->add_option("--edge", options->edges,
                  "configuration of an Edge, once for each of them (default: --config)");
  add_partner(*sub, options);
  sub->add_option("--transcripts", options->transcripts,
                  "directory for the sessions behind each line, both ends");
  add_time(*sub, "--at", options->at, "change certificates at this time, RFC 3339 (default: now)");
  sub->add_flag_callback(
      "--json", [options] { options->form = RotateForm::json; }, "one JSON document");
  add_environment(*sub);
  sub->callback([&command, options] {
    command = [options] { return run_cert_rotate(*options, std::cout, std::cerr); };
  });
}

}  // namespace domsec::cli
