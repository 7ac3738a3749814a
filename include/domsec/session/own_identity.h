// The files of one [[Certificate]], or of --cert and --pfx, as what is presented.
#pragma once

#include <optional>

#include "domsec/exchange/organisation.h"
#include "domsec/pki/bundle.h"
#include "domsec/policy/certificate_selection.h"

namespace domsec::session {

/// Without a usable key the certificate stays: selection finds it, and says what is wrong with it (R18, R20).
struct OwnFiles {
  policy::StoredCertificate stored;
  pki::Chain chain;  // as it is sent, or would be; leaf first
  std::optional<pki::Credentials> credentials{};
  std::optional<pki::BundleError> trouble{};  // why there are none
};
/// Throws pki::BundleError where no certificate can be seen: a PKCS#12 file shows none before it is opened
/// and its key is found.
[[nodiscard]] OwnFiles read_own_files(const exchange::CertificateFile& file);
/// The certificates alone, whatever the key is worth. Throws pki::BundleError.
[[nodiscard]] pki::Chain own_certificates(const exchange::CertificateFile& file);

}  // namespace domsec::session
