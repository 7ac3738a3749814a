// Instants as the database keeps them: seconds since 1970, NULL for none. Private to store/.
#pragma once

#include <cstdint>
#include <optional>

#include "domsec/pki/instant.h"

namespace domsec::store {

inline std::int64_t seconds(pki::Instant at) {
  return at.time_since_epoch().count();
}
inline std::optional<std::int64_t> seconds(const std::optional<pki::Instant>& at) {
  return at ? std::optional(seconds(*at)) : std::nullopt;
}
inline pki::Instant instant(std::int64_t seconds_since_1970) {
  return pki::Instant(std::chrono::seconds(seconds_since_1970));
}
inline std::optional<pki::Instant> instant(const std::optional<std::int64_t>& seconds_since_1970) {
  return seconds_since_1970 ? std::optional(instant(*seconds_since_1970)) : std::nullopt;
}

}  // namespace domsec::store
