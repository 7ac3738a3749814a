#include "domsec/session/own_identity.h"

namespace domsec::session {
pki::Credentials own_credentials(const exchange::CertificateFile& file) {
  const std::optional<std::string> given = pki::read_pass_phrase(file.key_pass_file);
  if (file.pfx_file.empty()) return pki::read_credentials(file.certificate_file, file.key_file, file.chain_file, given);
  return pki::read_pkcs12(pki::read_file(file.pfx_file), file.pfx_file, given.value_or(std::string()));
}

pki::Chain own_certificates(const exchange::CertificateFile& file) {
  if (!file.pfx_file.empty()) return own_credentials(file).chain;
  return pki::read_certificates(pki::read_file(file.certificate_file), file.certificate_file);
}

}  // namespace domsec::session
