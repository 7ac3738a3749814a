// MAIL and RCPT (RFC 5321 4.1.1.2, 4.1.1.3): who sends, who receives, and what the connector has against either.
#pragma once

#include "domsec/smtp/command.h"
#include "receiving.h"

namespace domsec::session {

[[nodiscard]] Next on_mail(Receiving& receiving, const smtp::Mail& mail);
void on_rcpt(Receiving& receiving, const smtp::Rcpt& rcpt);

}  // namespace domsec::session
