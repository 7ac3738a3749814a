// The parameters after the path of MAIL and RCPT (RFC 5321 4.1.2 Mail-parameters). Used by command.cpp only.
#pragma once

#include <optional>
#include <string_view>

#include "domsec/smtp/command.h"

namespace domsec::smtp {

/// Reads blank-separated parameters into the command; the first fault, if there is one.
[[nodiscard]] std::optional<CommandError> read_parameters(std::string_view text, Mail& mail);
[[nodiscard]] std::optional<CommandError> read_parameters(std::string_view text, Rcpt& rcpt, AllowUtf8 utf8);

/// The parameters as a client sends them, each with a blank before it.
[[nodiscard]] std::string parameter_text(const Mail& mail);
[[nodiscard]] std::string parameter_text(const Rcpt& rcpt);

}  // namespace domsec::smtp
