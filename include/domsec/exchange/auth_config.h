// The Auth certificate's configuration (seed 003; spec exchange 8.6): which certificate signs now, which did, which will.
#pragma once

#include <string>

#include "domsec/exchange/origin.h"

namespace domsec::exchange {

/// Set-AuthConfig. Thumbprints are 40 upper-case hex digits; empty = none.
struct AuthConfig {
  std::string current_certificate_thumbprint;
  std::string previous_certificate_thumbprint;
  std::string next_certificate_thumbprint;
  std::string next_certificate_effective_date;            // RFC 3339, UTC; empty = none
  std::string service_name = "00000002-0000-0ff1-ce00-000000000000";
  Origins origins{};
};

}  // namespace domsec::exchange
