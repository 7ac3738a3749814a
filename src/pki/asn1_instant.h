// Private to pki/: the dates of lists and responses. Nothing when one is absent or cannot be read.
#pragma once

#include <optional>

#include "domsec/pki/instant.h"
#include "openssl_ptr.h"

namespace domsec::pki {

[[nodiscard]] inline std::optional<Instant> instant_of(const ASN1_TIME* time) {
  std::tm utc{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &utc) != 1) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{utc.tm_year + 1900},
                                         std::chrono::month{static_cast<unsigned>(utc.tm_mon + 1)},
                                         std::chrono::day{static_cast<unsigned>(utc.tm_mday)}};
  return std::chrono::sys_days{date} + std::chrono::hours{utc.tm_hour} + std::chrono::minutes{utc.tm_min} +
         std::chrono::seconds{utc.tm_sec};
}

}  // namespace domsec::pki
