// Own credentials from files: certificate, intermediates and key, checked against each other before anything
// is sent.
#include <algorithm>

#include "domsec/pki/bundle.h"
#include "openssl_ptr.h"

namespace domsec::pki {
namespace {

using Kind = BundleError::Kind;

void append_once(Chain& chain, const Chain& more) {
  for (const CertificatePtr& certificate : more) {
    const bool there = std::any_of(chain.begin(), chain.end(), [&](const CertificatePtr& have) {
      return have->thumbprint_sha256 == certificate->thumbprint_sha256;
    });
    if (!there) chain.push_back(certificate);
  }
}

void require_own_key(const Credentials& credentials, const std::string& certificate_file,
                     const std::string& key_file) {
  if (belongs_to(credentials.key, *credentials.chain.front())) return;
  for (std::size_t i = 1; i < credentials.chain.size(); ++i) {
    if (!belongs_to(credentials.key, *credentials.chain[i])) continue;
    throw BundleError(Kind::key_mismatch, "the key of " + key_file + " belongs to certificate " +
                                              std::to_string(i + 1) + " of " + certificate_file + " (" +
                                              credentials.chain[i]->subject +
                                              "): put that certificate first");
  }
  throw BundleError(Kind::key_mismatch, "the key of " + key_file + " (" + credentials.key.algorithm +
                                            ") is not the one of the certificate of " + certificate_file +
                                            " (" + credentials.chain.front()->subject + ", " +
                                            credentials.chain.front()->key_algorithm +
                                            "): name the key that the certificate was requested with");
}

}  // namespace

Credentials read_credentials(const std::string& certificate_file, const std::string& key_file,
                             const std::string& chain_file, const std::optional<std::string>& pass_phrase) {
  const std::string bytes = read_file(certificate_file);
  const bool key_inside = key_file.empty() || key_file == certificate_file;
  Credentials credentials;
  credentials.chain = read_certificates(bytes, certificate_file);
  std::string key_bytes = key_inside ? bytes : read_file(key_file);
  credentials.key = read_private_key(key_bytes, key_inside ? certificate_file : key_file, pass_phrase);
  OPENSSL_cleanse(key_bytes.data(), key_bytes.size());
  require_own_key(credentials, certificate_file, key_inside ? certificate_file : key_file);
  if (!chain_file.empty())
    append_once(credentials.chain, read_certificates(read_file(chain_file), chain_file));
  return credentials;
}

}  // namespace domsec::pki
