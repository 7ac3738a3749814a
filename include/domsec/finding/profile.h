// Through whose eyes the same evidence is judged (spec findings 1.5).
#pragma once

#include <optional>
#include <string_view>

namespace domsec::finding {

enum class Profile { exchange, postfix, exim, opensmtpd, strict };

[[nodiscard]] std::string_view text(Profile profile);
[[nodiscard]] std::optional<Profile> read_profile(std::string_view text);

}  // namespace domsec::finding
