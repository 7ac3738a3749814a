// Socket errors in the words of a Channel.
#pragma once

#include <string>

#include "domsec/net/channel.h"

namespace domsec::net {

[[nodiscard]] ChannelFault fault_of(int error);
/// `doing` is what was tried, with whom: `connect to 192.0.2.1:25`.
[[nodiscard]] ChannelError socket_failure(int error, const std::string& doing);

}  // namespace domsec::net
