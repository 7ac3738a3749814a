#include "domsec/pki/crl_listing.h"

#include "crl_body.h"

namespace domsec::pki {

bool is_listed(const Crl& list, const Certificate& certificate) {
  const Crl::Body& body = list.body();
  if (X509_NAME_cmp(X509_CRL_get_issuer(body.head.get()), X509_get_issuer_name(certificate.x509.get())) != 0)
    return false;
  return body.find(certificate.x509.get()).entry.has_value();
}

}  // namespace domsec::pki
