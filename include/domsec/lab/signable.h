// What an authority looks at before it signs: the key and the names of a request. Pure.
#pragma once

#include <string>
#include <vector>

#include "domsec/pki/request.h"

namespace domsec::lab {

/// One sentence with the remedy; empty when it may be signed.
[[nodiscard]] std::string refusal(const pki::Request& request);
/// The names of the SAN that it gets: those asked for, or the CN where it is a host name and none is asked
/// for.
[[nodiscard]] std::vector<std::string> names_for(const pki::Request& request);

}  // namespace domsec::lab
