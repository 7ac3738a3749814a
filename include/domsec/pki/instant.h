// Time is a parameter everywhere; only cli/ and net/ read a clock.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace domsec::pki {

/// UTC, whole seconds.
using Instant = std::chrono::sys_seconds;

/// `2026-11-22T09:15:02Z`
[[nodiscard]] std::string rfc3339(Instant instant);
/// Reads the same form; nothing when it is none.
[[nodiscard]] std::optional<Instant> read_rfc3339(std::string_view text);

}  // namespace domsec::pki
