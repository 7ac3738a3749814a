// A client may use only what the EHLO reply offered (RFC 5321 2.2.1): the refusal of a command that uses more.
#pragma once

#include <optional>

#include "domsec/smtp/capabilities.h"
#include "domsec/smtp/command.h"

namespace domsec::smtp {

/// 555 for a parameter, 502 for BDAT; nothing for a command that uses only what was offered. The octets of a
/// refused BDAT follow all the same (RFC 3030 2): the caller reads past them.
[[nodiscard]] std::optional<Reply> refuse_unoffered(const Command& command, const Capabilities& offered);

}  // namespace domsec::smtp
