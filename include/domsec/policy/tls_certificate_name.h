// Which certificates a TlsCertificateName means: those of its issuer and subject, however many (spec exchange 2.3).
#pragma once

#include "domsec/exchange/send_connector.h"
#include "domsec/pki/certificate.h"

namespace domsec::policy {

[[nodiscard]] bool means(const exchange::TlsCertificateName& name, const pki::Certificate& certificate);
/// One TlsCertificateName means both.
[[nodiscard]] bool share_a_name(const pki::Certificate& a, const pki::Certificate& b);
[[nodiscard]] exchange::TlsCertificateName tls_certificate_name_of(const pki::Certificate& certificate);

}  // namespace domsec::policy
