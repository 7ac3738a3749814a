#include "domsec/session/own_identity.h"

#include <algorithm>

namespace domsec::session {
namespace {

pki::Credentials credentials_of(const exchange::CertificateFile& file) {
  const std::optional<std::string> given = pki::read_pass_phrase(file.key_pass_file);
  if (file.pfx_file.empty()) {
    return pki::read_credentials(file.certificate_file, file.key_file, file.chain_file, given);
  }
  return pki::read_pkcs12(pki::read_file(file.pfx_file), file.pfx_file, given.value_or(std::string()));
}

/// What would be sent if there were a key.
pki::Chain chain_without_key(const exchange::CertificateFile& file) {
  pki::Chain chain = own_certificates(file);
  if (file.chain_file.empty()) return chain;
  const pki::Chain issuers = pki::read_certificates(pki::read_file(file.chain_file), file.chain_file);
  chain.insert(chain.end(), issuers.begin(), issuers.end());
  return chain;
}

}  // namespace

OwnFiles read_own_files(const exchange::CertificateFile& file) {
  OwnFiles own;
  try {
    own.credentials = credentials_of(file);
    own.chain = own.credentials->chain;
  } catch (const pki::BundleError& error) {
    own.trouble = error;
    try {
      own.chain = chain_without_key(file);
    } catch (const pki::BundleError&) {
      throw *own.trouble;  // which says it already
    }
  }
  own.stored.certificate = own.chain.front();
  own.stored.has_private_key = own.credentials.has_value();
  own.stored.name = file.name();
  own.stored.for_smtp =
      file.services.empty() || std::ranges::find(file.services, "SMTP") != file.services.end();
  return own;
}

pki::Chain own_certificates(const exchange::CertificateFile& file) {
  if (!file.pfx_file.empty()) return credentials_of(file).chain;
  return pki::read_certificates(pki::read_file(file.certificate_file), file.certificate_file);
}

}  // namespace domsec::session
