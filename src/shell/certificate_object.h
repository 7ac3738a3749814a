// An ExchangeCertificate as the shell shows it (spec exchange 8.4).
#pragma once

#include <string>
#include <string_view>

#include "domsec/shell/certificate_cmdlets.h"

namespace domsec::shell {

/// PEM without the line end behind it, which Set-Content adds.
[[nodiscard]] std::string request_text(const pki::Request& request);

}  // namespace domsec::shell
