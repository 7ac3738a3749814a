// The certificates of a state file as a session presents them: between store/, which knows no session, and
// session/, which knows no store.
#pragma once

#include <vector>

#include "domsec/exchange/organisation.h"
#include "domsec/session/edge.h"
#include "domsec/store/certificates.h"

namespace domsec::lab {

/// As selection sees it; a certificate without a friendly name goes by its subject.
[[nodiscard]] policy::StoredCertificate stored_certificate(const store::CertificateEntry& entry);

/// One whose key cannot be used is there without it. None where the configuration names no Store, or the file
/// is not there yet. Throws store::StoreError.
[[nodiscard]] std::vector<session::OwnIdentity> stored_identities(
    const exchange::Organisation& organisation, pki::KeyDecoding decoding = pki::KeyDecoding::direct);

/// Those of the [[Certificate]] sections, then those of the Store that are in none of them. One whose key
/// cannot be used is there without it. Throws pki::BundleError for a file without a certificate,
/// store::StoreError.
[[nodiscard]] std::vector<session::OwnIdentity> own_identities(const exchange::Organisation& organisation);

}  // namespace domsec::lab
