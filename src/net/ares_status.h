// What a status code of c-ares means, as a status and as a clause. Private to net/.
#pragma once

#include <string>

#include "domsec/net/resolver.h"

namespace domsec::net {

[[nodiscard]] DnsStatus status_of(int ares_status);
/// Empty for success.
[[nodiscard]] std::string clause_of(int ares_status);

}  // namespace domsec::net
