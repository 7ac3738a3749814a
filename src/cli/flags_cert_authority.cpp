#include <CLI/CLI.hpp>
#include <iostream>

#include "domsec/cli/cert_authority.h"
#include "domsec/cli/flags.h"
#include "flags_end.h"

namespace domsec::cli {
namespace {

void add_at(CLI::App* sub, std::optional<pki::Instant>& at) {
  add_time(*sub, "--at", at, "at this time, RFC 3339 (default: now)");
}

template <typename Options>
void add_json(CLI::App* sub, const std::shared_ptr<Options>& options) {
  sub->add_flag_callback(
      "--json", [options] { options->form = AuthorityForm::json; }, "one JSON document");
}

void add_authority(CLI::App& cert, Command& command) {
  auto options = std::make_shared<CertAuthorityOptions>();
  CLI::App* sub =
      cert.add_subcommand("authority", "make an authority in a directory, to rehearse with a partner");
  lab::AuthorityTerms& terms = options->terms;
  sub->add_option("DIR", options->directory, "the directory; it must not be there yet, or be empty")
      ->required();
  sub->add_option("--subject", terms.subject, "of its root")->capture_default_str();
  sub->add_option("--intermediate", terms.intermediate,
                  "subject of an issuing authority below the root (default: none)");
  sub->add_option("--key", terms.key, "kind of its keys: rsa2048, rsa4096, ec-p256 or ec-p384")
      ->capture_default_str();
  sub->add_option("--crl-base", terms.crl_base,
                  "where its lists will be, http://HOST/PATH (default: certificates name none)");
  sub->add_option("--days", terms.days, "how long it lasts")->capture_default_str();
  add_at(sub, options->at);
  add_json(sub, options);
  sub->callback(
      [&command, options] { command = [options] { return run_cert_authority(*options, std::cout); }; });
}

void add_sign(CLI::App& cert, Command& command) {
  auto options = std::make_shared<CertSignOptions>();
  CLI::App* sub = cert.add_subcommand("sign", "sign a certificate request, soundly or with the lab's faults");
  sub->add_option("REQUEST", options->request, "certificate request, PEM or DER");
  sub->add_option("--authority", options->authority, "directory of domsec cert authority");
  sub->add_option("--out", options->out,
                  "file for the certificate and what is sent behind it (default: stdout)");
  sub->add_option("--days", options->days, "how long it is valid")->capture_default_str();
  sub->add_option("--fault", options->faults, "a defect; repeatable")->allow_extra_args(false);
  sub->add_flag_callback(
      "--faults", [options] { options->act = SignAct::faults; }, "list the defects and sign nothing");
  sub->add_option("--key", options->key, "private key of the request, for --fault self-signed alone");
  add_at(sub, options->at);
  add_json(sub, options);
  sub->callback(
      [&command, options] { command = [options] { return run_cert_sign(*options, std::cout, std::cerr); }; });
}

}  // namespace

void add_cert_authority(CLI::App& cert, Command& command) {
  add_authority(cert, command);
  add_sign(cert, command);
}

void add_crl_issue(CLI::App& crl, Command& command) {
  auto options = std::make_shared<CrlIssueOptions>();
  CLI::App* sub = crl.add_subcommand("issue", "revoke, and make the lists of a kept authority anew");
  sub->add_option("--authority", options->authority, "directory of domsec cert authority");
  sub->add_option("--revoke", options->revoke, "certificate file, serial number or thumbprint; repeatable")
      ->allow_extra_args(false);
  sub->add_option("--reason", options->reason,
                  "keyCompromise, superseded, cessationOfOperation ... (default: none)");
  sub->add_option("--next-update", options->next_update, "how long the lists are in force: TIME, +7d or +12h")
      ->capture_default_str();
  sub->add_option("--out", options->out, "a copy of the list of who signs, DER");
  add_at(sub, options->at);
  add_json(sub, options);
  sub->callback([&command, options] { command = [options] { return run_crl_issue(*options, std::cout); }; });
}

}  // namespace domsec::cli
