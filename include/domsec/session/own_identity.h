// The files of one [[Certificate]], or of --cert and --pfx, as credentials.
#pragma once

#include "domsec/exchange/organisation.h"
#include "domsec/pki/bundle.h"

namespace domsec::session {

/// Everything that is presented. Throws pki::BundleError.
[[nodiscard]] pki::Credentials own_credentials(const exchange::CertificateFile& file);
/// The certificate alone, as far as it can be seen without a usable key: a PKCS#12 file shows nothing before it is opened
/// and its key found. Throws pki::BundleError.
[[nodiscard]] pki::Chain own_certificates(const exchange::CertificateFile& file);

}  // namespace domsec::session
