// The bits of keyUsage by their names, RFC 5280 4.2.1.3.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace domsec::pki {

/// `digitalSignature` is 0 … `decipherOnly` is 8; nothing for another word.
[[nodiscard]] std::optional<unsigned> key_usage_bit(std::string_view name);
/// The names of the bits of Certificate::key_usage, in their order.
[[nodiscard]] std::vector<std::string_view> key_usage_names(std::uint32_t bits);

}  // namespace domsec::pki
