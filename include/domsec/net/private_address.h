// Which addresses belong to whoever uses the machine, rather than to the world.
#pragma once

#include <string_view>

namespace domsec::net {

/// Loopback, link-local (RFC 3927, RFC 4291 2.5.6), or of a private network (RFC 1918, RFC 4193). False for
/// the unspecified address and for a text that is no numeric address.
[[nodiscard]] bool is_private_address(std::string_view address);

}  // namespace domsec::net
