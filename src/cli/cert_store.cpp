#include "cert_store.h"

#include <unistd.h>

#include <filesystem>
#include <iostream>
#include <ostream>

#include "domsec/cli/clock.h"
#include "domsec/cli/options.h"
#include "domsec/finding/catalogue.h"
#include "domsec/pki/harmless.h"
#include "shell_host.h"

namespace domsec::cli {
namespace {

constexpr const char* usual_configuration = "domsec.toml";

std::string remarks_on(const store::CertificateEntry& entry) {
  std::string remarks;
  const auto add = [&](const char* remark) {
    remarks += (remarks.empty() ? "" : ", ") + std::string(remark);
  };
  if (entry.default_smtp) add("default SMTP");
  if (!entry.has_private_key) add("no private key");
  if (entry.certificate->self_signed) add("self-signed");
  return remarks;
}

std::string line_of(const ShownCertificate& shown) {
  if (shown.pending) {
    return shown.pending->request.thumbprint + "  pending request                   " +
           pki::harmless(shown.pending->request.subject, 200);
  }
  const store::CertificateEntry& entry = *shown.entry;
  std::string services = policy::text(entry.services);
  services.resize(std::max<std::size_t>(services.size(), 20), ' ');
  const std::string remarks = remarks_on(entry);
  return entry.certificate->thumbprint + "  " + services + "  " +
         pki::rfc3339(entry.certificate->not_after).substr(0, 10) + "  " +
         pki::harmless(entry.certificate->subject, 200) + (remarks.empty() ? "" : "  (" + remarks + ")");
}

}  // namespace

OwnStore::OwnStore(const CertStoreOptions& options) {
  std::error_code error;
  if (!options.config.empty()) {
    organisation_ = exchange::read_toml(options.config);
  } else if (std::filesystem::exists(usual_configuration, error)) {
    organisation_ = exchange::read_toml(usual_configuration);
  } else if (options.store.empty()) {
    throw UsageError(
        "there is no store of certificates: name it with --store FILE, or give --config FILE with Store "
        "below "
        "[organization]");
  }
  server_ = std::make_unique<ShellCertificates>([this] { return organisation(); }, options.store, now);
}

bool answered(const std::optional<GivenAnswer>& given, const std::string& question, std::ostream& out,
              std::ostream& err) {
  if (given) return *given == GivenAnswer::yes;
  if (::isatty(STDIN_FILENO) != 1 || ::isatty(STDOUT_FILENO) != 1) {
    throw UsageError(question.substr(0, question.find('\n')) +
                     " Nobody is here to answer: say --yes or --no; nothing was changed");
  }
  ShellHost host(out, err, {}, [&](const std::string& prompt) -> std::optional<std::string> {
    std::string line;
    out << prompt << std::flush;
    if (!std::getline(std::cin, line)) return std::nullopt;
    return line;
  });
  const shell::Answer answer = host.confirm(question);
  return answer == shell::Answer::yes || answer == shell::Answer::yes_to_all;
}

store::AskOverwrite ask_overwrite(const std::optional<GivenAnswer>& given, std::ostream& out,
                                  std::ostream& err) {
  return [given, &out, &err](const pki::Certificate& current, const pki::Certificate& replacement) {
    return answered(given, shell::overwrite_question(current, replacement), out, err);
  };
}

std::string with_code(const store::CertificateError& error) {
  const std::optional<policy::Refusal>& refusal = error.refusal();
  if (!refusal) return error.what();
  return std::string(finding::name(refusal->code)) + ' ' + std::string(finding::slug(refusal->code)) +
         (refusal->rule.empty() ? "" : " (" + refusal->rule + ')') + ": " + error.what();
}

policy::ServiceSet read_services(const std::vector<std::string>& words) {
  policy::ServiceSet services;
  for (const std::string& word : words) {
    if (shell::same_word(word, "None")) continue;
    const std::optional<policy::Service> service = policy::read_service(word);
    if (!service) {
      throw UsageError(
          "--services: '" + word +
          "' is no service; there are None, IMAP, POP, UM, IIS, SMTP, Federation and UMCallRouter");
    }
    services.add(*service);
  }
  return services;
}

std::string summary(const std::vector<ShownCertificate>& shown) {
  std::string text;
  for (const ShownCertificate& each : shown) text += line_of(each) + '\n';
  return text;
}

void write_one(const CertStoreOptions& options, const store::CertificateEntry& entry, OwnStore& store,
               std::ostream& out) {
  if (options.form == StoreForm::text) {
    out << summary({{entry, {}, {}}});
    return;
  }
  const shell::CertificateVerdict verdict = store.server().judge(entry.certificate, entry.issuers);
  out << stored_certificates_json({{entry, {}, verdict}}, 0) << '\n';
}

}  // namespace domsec::cli
