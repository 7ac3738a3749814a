// Get- and Set-TransportService: the settings of the protocol logs, which Exchange keeps with the server and
// domsec with the transport configuration. The server that a script names is this one.
#pragma once

#include "domsec/shell/changeable_organisation.h"
#include "domsec/shell/cmdlets.h"

namespace domsec::shell {

/// `organisation` outlives the table.
void add_transport_service_cmdlets(CmdletTable& table, ChangeableOrganisation& organisation);

}  // namespace domsec::shell
