// What a search for missing issuers came to, as JSON. Private to cli/.
#pragma once

#include <boost/json.hpp>

#include "domsec/pki/path.h"

namespace domsec::cli {

/// null when nothing was looked for.
[[nodiscard]] boost::json::value issuers_of(const pki::IssuersFetched* fetched);

}  // namespace domsec::cli
