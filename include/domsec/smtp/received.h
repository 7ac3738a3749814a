// Who says that he received a message: the trace fields at its top (RFC 5321 4.4).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace domsec::smtp {

/// The domain behind `by` in each Received field, lower case, without a trailing dot; empty where a field names none.
/// Newest first. What stands in comments and behind the body's empty line does not count.
[[nodiscard]] std::vector<std::string> received_by(std::string_view message);

}  // namespace domsec::smtp
