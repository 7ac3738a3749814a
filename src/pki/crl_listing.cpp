#include "domsec/pki/crl_listing.h"

#include "crl_body.h"

namespace domsec::pki {

bool is_listed(const Crl& list, const Certificate& certificate) {
  const Crl::Body& body = list.body();
  return body.index.find(certificate.x509.get(), body.issuer_name()).entry.has_value();
}

}  // namespace domsec::pki
