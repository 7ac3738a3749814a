// `domsec cert enable` and `remove`.
#include <ostream>

#include "cert_store.h"
#include "domsec/cli/options.h"
#include "domsec/pki/thumbprint.h"

namespace domsec::cli {

int run_cert_enable(const CertAssignOptions& options, std::ostream& out, std::ostream& err) {
  OwnStore store(options.of);
  const policy::ServiceSet services = read_services(options.services);
  for (const std::string& thumbprint : options.thumbprints) {
    const store::CertificateEntry entry = store::named_certificate(store.certificates(), thumbprint);
    const store::Enabling asked{services, store.server().judge(entry.certificate, entry.issuers).status,
                                policy::terms_of(store.organisation())};
    const store::Enabled enabled = store::enable_certificate(
        store.certificates(), entry.certificate->thumbprint, asked, ask_overwrite(options.answer, out, err));
    if (!enabled.warning.empty()) err << "warning: DS604 edge-resubscribe: " << enabled.warning << '\n';
    write_one(options.of, enabled.entry, store, out);
  }
  return 0;
}

int run_cert_remove(const CertAssignOptions& options, std::ostream& out, std::ostream& err) {
  constexpr int left_there = 2;
  OwnStore store(options.of);
  for (const std::string& spelled : options.thumbprints) {
    const std::string thumbprint = pki::plain_thumbprint(spelled);
    store::require_unused(store.certificates(), thumbprint, store.organisation());
    const std::string question =
        "Remove certificate with thumbprint " + thumbprint + " from the certificate store?";
    if (!answered(options.answer, question, out, err)) return left_there;
    const std::string warning =
        store::remove_certificate(store.certificates(), thumbprint, store.organisation());
    if (!warning.empty()) err << "warning: " << warning << '\n';
    out << "removed " << thumbprint << '\n';
  }
  return 0;
}

}  // namespace domsec::cli
