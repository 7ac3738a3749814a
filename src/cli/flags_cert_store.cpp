#include <CLI/CLI.hpp>
#include <iostream>

#include "domsec/cli/cert_store.h"
#include "domsec/cli/flags.h"
#include "domsec/cli/options.h"

namespace domsec::cli {
namespace {

void add_of(CLI::App& sub, CertStoreOptions& of) {
  sub.add_option("--config", of.config, "configuration file (default: domsec.toml, where there is one)")
      ->envname("DOMSEC_CONFIG");
  sub.add_option("--store", of.store,
                 "state file with the certificates (default: Store of the configuration)");
}

void add_json(CLI::App& sub, CertStoreOptions& of) {
  sub.add_flag_callback(
      "--json", [&of] { of.form = StoreForm::json; }, "one JSON document");
}

template <class Options, class Run>
CLI::App* add(CLI::App& cert, Command& command, const std::shared_ptr<Options>& options, const char* name,
              const char* what, Run run) {
  CLI::App* sub = cert.add_subcommand(name, what);
  add_of(*sub, options->of);
  sub->callback(
      [&command, options, run] { command = [options, run] { return run(*options, std::cout, std::cerr); }; });
  return sub;
}

/// --yes and --no, which exclude each other.
void add_answers(CLI::App& sub, std::optional<GivenAnswer>& answer, const char* question) {
  CLI::Option* yes = sub.add_flag_callback(
      "--yes", [&answer] { answer = GivenAnswer::yes; }, std::string("answer ") + question + " with Yes");
  CLI::Option* no = sub.add_flag_callback(
      "--no", [&answer] { answer = GivenAnswer::no; }, std::string("answer it with No"));
  yes->excludes(no);
}

void add_key(CLI::App& sub, CertMakeOptions& options, const char* usual) {
  sub.add_option(
      "--key", options.key,
      std::string("kind of the new key: rsa2048, rsa4096, ec-p256 or ec-p384 (default: ") + usual + ")");
  sub.add_option("--friendly-name", options.friendly_name, "shown, never looked at; less than 64 characters");
  sub.add_flag("--exportable", options.exportable, "the private key may leave the store");
}

void add_names(CLI::App& sub, CertMakeOptions& options) {
  sub.add_option("--subject", options.subject,
                 "such as DC=com,DC=Contoso,CN=mail1 (default: CN of the server)");
  sub.add_option("--name", options.names,
                 "alternative name; the CN joins them (default: those of the server)")
      ->allow_extra_args(false);
}

void add_request_file(CLI::App& sub, CertMakeOptions& options) {
  sub.add_flag("--der", options.der, "the request in DER instead of PEM");
  sub.add_option("--out", options.out, "write the request to this file (default: standard output)");
}

void add_services(CLI::App& sub, std::vector<std::string>& services, bool required) {
  CLI::Option* option = sub.add_option("--services", services, "SMTP,POP,IMAP,IIS,UM,UMCallRouter")
                            ->delimiter(',')
                            ->allow_extra_args(false);
  if (required) option->required();
}

void add_making(CLI::App& cert, Command& command) {
  auto asked = std::make_shared<CertMakeOptions>();
  CLI::App* request = add(cert, command, asked, "request",
                          "a new key, and the PKCS#10 request for its certificate", run_cert_request);
  add_names(*request, *asked);
  add_key(*request, *asked, "rsa2048");
  add_request_file(*request, *asked);
  add_json(*request, asked->of);

  auto made = std::make_shared<CertMakeOptions>();
  CLI::App* self =
      add(cert, command, made, "new", "a self-signed certificate, as Exchange makes its own", run_cert_new);
  add_names(*self, *made);
  add_key(*self, *made, "rsa2048");
  self->add_option_function<std::string>(
      "--profile",
      [made](const std::string& word) {
        check_word(word, {"exchange", "auth", "wmsvc"}, "--profile");
        made->profile = word;
      },
      "which of Exchange's own: exchange, auth (signs tokens) or wmsvc (default: exchange)");
  add_services(*self, made->services, false);
  add_answers(*self, made->answer, "whether it becomes the default SMTP certificate");
  add_json(*self, made->of);

  auto renewed = std::make_shared<CertMakeOptions>();
  CLI::App* renew = add(cert, command, renewed, "renew",
                        "the same certificate again: a request, or a self-signed one with the same services",
                        run_cert_renew);
  renew->add_option("THUMBPRINT", renewed->thumbprint, "of the old certificate")->required();
  add_key(*renew, *renewed, "as the old one's");
  add_request_file(*renew, *renewed);
  renew->add_flag("--request", renewed->request, "a request also for a self-signed certificate");
  add_answers(*renew, renewed->answer, "whether it becomes the default SMTP certificate");
  add_json(*renew, renewed->of);
}

void add_files(CLI::App& cert, Command& command) {
  auto taken = std::make_shared<CertFileOptions>();
  CLI::App* import =
      add(cert, command, taken, "import",
          "put a certificate into the store, with its key or that of its pending request", run_cert_import);
  import->add_option("FILE", taken->file, "PKCS#12, PKCS#7, PEM or DER")->required();
  import->add_option("--password-file", taken->password_file, "file with the password of FILE");
  import->add_option("--friendly-name", taken->friendly_name, "shown, never looked at");
  import->add_flag("--exportable", taken->exportable, "the private key may leave the store");
  add_json(*import, taken->of);

  auto given = std::make_shared<CertFileOptions>();
  CLI::App* out = add(cert, command, given, "export",
                      "write a certificate with its key as PKCS#12, or a pending request", run_cert_export);
  out->add_option("THUMBPRINT", given->thumbprint, "of the certificate or the request")->required();
  out->add_option("--out", given->file, "the file, mode 0600")->required();
  out->add_option("--password-file", given->password_file, "file with the password that shall open it");
  out->add_flag("--der", given->der, "a request in DER instead of PEM");
}

void add_assigning(CLI::App& cert, Command& command) {
  auto enabled = std::make_shared<CertAssignOptions>();
  CLI::App* enable =
      add(cert, command, enabled, "enable", "assign services, which cannot be taken back", run_cert_enable);
  enable->add_option("THUMBPRINT", enabled->thumbprints, "of the certificate")->required();
  add_services(*enable, enabled->services, true);
  add_answers(*enable, enabled->answer, "whether the default SMTP certificate is overwritten");
  enable->add_flag_callback(
      "--yes-to-all", [enabled] { enabled->answer = GivenAnswer::yes; }, "the same as --yes");
  enable->add_flag_callback(
      "--no-to-all", [enabled] { enabled->answer = GivenAnswer::no; }, "the same as --no");
  add_json(*enable, enabled->of);

  auto removed = std::make_shared<CertAssignOptions>();
  CLI::App* remove =
      add(cert, command, removed, "remove",
          "take a certificate that nothing uses, or a pending request, out of the store", run_cert_remove);
  remove->add_option("THUMBPRINT", removed->thumbprints, "of the certificate or the request")->required();
  add_answers(*remove, removed->answer, "whether it shall really go");

  auto listed = std::make_shared<CertListOptions>();
  CLI::App* list =
      add(cert, command, listed, "list", "certificates of the store and pending requests", run_cert_list);
  list->add_option("--name", listed->name, "those with this name, the one in use first");
  list->add_flag("--all", listed->all, "every property");
  add_json(*list, listed->of);
}

}  // namespace

void add_cert_store(CLI::App& cert, Command& command) {
  add_making(cert, command);
  add_files(cert, command);
  add_assigning(cert, command);
}

}  // namespace domsec::cli
