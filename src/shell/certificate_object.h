// An ExchangeCertificate as the shell shows it (spec exchange 8.4).
#pragma once

#include <string>
#include <string_view>

#include "domsec/shell/certificate_cmdlets.h"

namespace domsec::shell {

/// `EDGE1` of `edge1.contoso.com`: the first label, as the FQDN spells it.
[[nodiscard]] std::string server_name(const std::string& fqdn);
[[nodiscard]] Value certificate_object(const store::CertificateEntry& entry, CertificateServer& server);
/// PEM without the line end behind it, which Set-Content adds.
[[nodiscard]] std::string request_text(const pki::Request& request);
/// Status PendingRequest; what no certificate says yet is not there.
[[nodiscard]] Value request_object(const store::PendingRequest& request, const CertificateServer& server);

}  // namespace domsec::shell
