// Get-, Set-, New- and Remove- for TransportConfig (Get and Set alone), SendConnector, ReceiveConnector,
// InboundConnector and OutboundConnector, and Get-ExchangeServer. They go
// over the tables of exchange/parameter.h: a parameter that is added there is a parameter here.
//
// A plain value replaces everything (R2), @{Add=…; Remove=…} edits (R3). What the cmdlet of Exchange refuses
// (SC-1 … SC-7, SC-9, RC-1 … RC-11) is refused here, in its own words where they are known, and the
// configuration stays as it was; what it takes although it can never work (SC-8, SC-11) is taken with a
// warning.
#pragma once

#include "domsec/shell/changeable_organisation.h"
#include "domsec/shell/cmdlets.h"

namespace domsec::shell {

/// `organisation` outlives the table.
void add_connector_cmdlets(CmdletTable& table, ChangeableOrganisation& organisation);

}  // namespace domsec::shell
