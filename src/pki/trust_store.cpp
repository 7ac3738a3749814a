// The anchors of one policy. libcrypto's store finds an issuer by name; the maps beside it find our
// certificate again.
#include <algorithm>

#include "chain_run.h"
#include "domsec/pki/path.h"
#include "openssl_ptr.h"

namespace domsec::pki {

TrustStore::TrustStore() : store_(X509_STORE_new(), X509_STORE_free) {
  if (store_ != nullptr) X509_STORE_set_check_issued(store_.get(), check_issued);
}

void TrustStore::add(const Chain& anchors) {
  for (const CertificatePtr& anchor : anchors) {
    if (anchor == nullptr || anchor->x509 == nullptr) continue;
    if (!by_thumbprint_.insert(anchor->thumbprint_sha256).second) continue;
    if (X509_STORE_add_cert(store_.get(), anchor->x509.get()) != 1) continue;
    anchors_.push_back(anchor);
    if (anchor->extended_key_usage) with_extended_key_usage_.push_back(anchor);
    by_object_.emplace(anchor->x509.get(), anchor);
  }
}

bool TrustStore::contains(const Certificate& certificate) const {
  return by_thumbprint_.contains(certificate.thumbprint_sha256);
}

CertificatePtr TrustStore::find(const x509_st* x509) const {
  const auto found = by_object_.find(x509);
  return found == by_object_.end() ? nullptr : found->second;
}

}  // namespace domsec::pki
