// The content of one message as it arrives, by DATA (RFC 5321 4.1.1.4) or in chunks (BDAT, RFC 3030): read to
// its true end whatever the answer will be, held to the connector's limits, kept, and only then acknowledged.
#pragma once

#include "domsec/smtp/command.h"
#include "receiving.h"

namespace domsec::session {

net::task<Next> on_data(Receiving& receiving);
net::task<Next> on_bdat(Receiving& receiving, smtp::Bdat bdat);

}  // namespace domsec::session
