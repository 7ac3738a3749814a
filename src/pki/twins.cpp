#include "domsec/pki/twins.h"

#include <openssl/x509.h>

#include <algorithm>

namespace domsec::pki {

bool are_twins(const Certificate& one, const Certificate& other) {
  return X509_NAME_cmp(X509_get_subject_name(one.x509.get()), X509_get_subject_name(other.x509.get())) == 0 &&
         X509_PUBKEY_eq(X509_get_X509_PUBKEY(one.x509.get()), X509_get_X509_PUBKEY(other.x509.get())) == 1;
}

Chain without_later_twins(const Chain& chain) {
  Chain out;
  for (const CertificatePtr& certificate : chain) {
    const bool again =
        std::ranges::any_of(out, [&](const CertificatePtr& kept) { return are_twins(*kept, *certificate); });
    if (!again) out.push_back(certificate);
  }
  return out;
}

}  // namespace domsec::pki
