#include "domsec/policy/tls_certificate_name.h"

#include "domsec/exchange/x500_name.h"

namespace domsec::policy {

bool means(const exchange::TlsCertificateName& name, const pki::Certificate& certificate) {
  return exchange::same_x500_name(name.subject, certificate.subject) &&
         exchange::same_x500_name(name.issuer, certificate.issuer);
}

bool share_a_name(const pki::Certificate& a, const pki::Certificate& b) {
  return means(tls_certificate_name_of(a), b);
}

exchange::TlsCertificateName tls_certificate_name_of(const pki::Certificate& certificate) {
  return {certificate.issuer, certificate.subject};
}

}  // namespace domsec::policy
