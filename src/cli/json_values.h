// Values that several of the JSON documents have.
#pragma once

#include <boost/json/value.hpp>
#include <string_view>

#include "domsec/exchange/origin.h"

namespace domsec::cli {

/// Where it was set: `{"file": …, "line": …}`, null for a default.
[[nodiscard]] boost::json::value origin_json(const exchange::Origin& origin);
[[nodiscard]] boost::json::value text_or_null(std::string_view text);

}  // namespace domsec::cli
