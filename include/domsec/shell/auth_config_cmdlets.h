// Get-AuthConfig and Set-AuthConfig (seed 003): which certificate signs now, which will, and the change from one to the other.
#pragma once

#include "domsec/shell/changeable_organisation.h"
#include "domsec/shell/cmdlets.h"

namespace domsec::shell {

/// `organisation` outlives the table.
void add_auth_config_cmdlets(CmdletTable& table, ChangeableOrganisation& organisation);

}  // namespace domsec::shell
