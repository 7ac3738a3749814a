// The date-time of RFC 5322 3.3, in UTC: the greeting, Received and Date fields.
#pragma once

#include <chrono>
#include <string>

namespace domsec::smtp {

/// `Sun, 22 Nov 2026 10:02:41 +0000`
[[nodiscard]] std::string rfc5322_date(std::chrono::sys_seconds at);

}  // namespace domsec::smtp
