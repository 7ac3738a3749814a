// The state of one certificate with its evidence, as JSON. Private to cli/.
#pragma once

#include <boost/json.hpp>
#include <optional>

#include "domsec/pki/revocation.h"

namespace domsec::cli {

[[nodiscard]] boost::json::object revocation_json(const pki::Revocation& revocation);
/// RFC 3339, or null.
[[nodiscard]] boost::json::value time_or_null(const std::optional<pki::Instant>& instant);

}  // namespace domsec::cli
