// The content of one message as it arrives, by DATA (RFC 5321 4.1.1.4) or in chunks (BDAT, RFC 3030): read to
// its true end whatever the answer will be, held to the connector's limits, kept, and only then acknowledged.
#pragma once

#include <optional>

#include "domsec/smtp/command.h"
#include "domsec/smtp/reply.h"
#include "receiving.h"

namespace domsec::session {

net::task<Next> on_data(Receiving& receiving);
/// `refusal`: the answer when chunks are not taken at all; their octets are read past.
net::task<Next> on_bdat(Receiving& receiving, smtp::Bdat bdat, std::optional<smtp::Reply> refusal);

}  // namespace domsec::session
