// `domsec cert list`. The summary says what stands in the store; every property, --name and --json also what
// each certificate is worth now, which costs an examination of its path.
#include <ostream>

#include "cert_store.h"
#include "domsec/cli/clock.h"
#include "domsec/cli/options.h"
#include "domsec/shell/format.h"

namespace domsec::cli {
namespace {

std::vector<ShownCertificate> everything(OwnStore& store) {
  std::vector<ShownCertificate> shown;
  for (store::CertificateEntry& entry : store.certificates().all())
    shown.push_back({std::move(entry), {}, {}});
  for (store::PendingRequest& pending : store.certificates().pending())
    shown.push_back({{}, std::move(pending), {}});
  return shown;
}

std::vector<ShownCertificate> named(OwnStore& store, const std::string& name) {
  const std::optional<smtp::Domain> domain = smtp::Domain::parse(name);
  if (!domain) throw UsageError("--name: '" + name + "' is no host name; write one such as mail.contoso.com");
  std::vector<ShownCertificate> shown;
  for (store::CertificateEntry& entry : shell::in_selection_order(store.server(), *domain, now()))
    shown.push_back({std::move(entry), {}, {}});
  return shown;
}

/// As Get-ExchangeCertificate | Format-List * prints them.
std::string properties(const std::vector<ShownCertificate>& shown, OwnStore& store) {
  shell::List objects;
  for (const ShownCertificate& each : shown) {
    objects.push_back(each.entry ? shell::certificate_object(*each.entry, store.server())
                                 : shell::request_object(*each.pending, store.server()));
  }
  return shell::format_list(objects, {"*"}, {.enumeration_limit = -1});
}

}  // namespace

int run_cert_list(const CertListOptions& options, std::ostream& out, std::ostream&) {
  OwnStore store(options.of);
  std::vector<ShownCertificate> shown = options.name.empty() ? everything(store) : named(store, options.name);
  if (options.of.form == StoreForm::json) {
    for (ShownCertificate& each : shown) {
      if (each.entry) each.verdict = store.server().judge(each.entry->certificate, each.entry->issuers);
    }
    out << stored_certificates_json(shown, 0) << '\n';
  } else {
    out << (options.all ? properties(shown, store) : summary(shown));
  }
  return 0;
}

}  // namespace domsec::cli
