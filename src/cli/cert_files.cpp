// `domsec cert import` and `export`.
#include <ostream>

#include "cert_store.h"
#include "domsec/cli/clock.h"
#include "domsec/cli/options.h"

namespace domsec::cli {

int run_cert_import(const CertFileOptions& options, std::ostream& out, std::ostream& err) {
  OwnStore store(options.of);
  const std::string bytes = pki::read_file(options.file);
  store::ImportedFile file;
  file.bytes = bytes;
  file.name = options.file;
  file.pass_phrase = pki::read_pass_phrase(options.password_file);
  if (!options.friendly_name.empty()) file.friendly_name = options.friendly_name;
  if (options.exportable) file.key_export = store::KeyExport::allowed;
  file.at = now();
  const store::Imported imported = store::import_certificate(store.certificates(), store::read_import(file));
  if (!imported.warning.empty()) err << "warning: " << imported.warning << '\n';
  write_one(options.of, imported.entry, store, out);
  return 0;
}

int run_cert_export(const CertFileOptions& options, std::ostream& out, std::ostream&) {
  OwnStore store(options.of);
  const store::Exported exported =
      store::export_certificate(store.certificates(), options.thumbprint,
                                pki::read_pass_phrase(options.password_file).value_or(std::string()));
  if (exported.request) {
    pki::replace_file(options.file, options.der ? exported.request->der() : exported.request->pem(), 0644);
    out << "request " << exported.request->thumbprint << " written to " << options.file << '\n';
    return 0;
  }
  pki::write_private_file(options.file, exported.pkcs12);
  out << "certificate and key written to " << options.file << ", PKCS#12\n";
  return 0;
}

}  // namespace domsec::cli
