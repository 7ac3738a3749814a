// Get-AuthConfig and Set-AuthConfig (seed 003): which certificate signs now, which will, and the change from one to the other.
#pragma once

#include "domsec/shell/certificate_cmdlets.h"
#include "domsec/shell/changeable_organisation.h"
#include "domsec/shell/cmdlets.h"

namespace domsec::shell {

/// Both outlive the table. Without a server nobody knows which certificates there are; with one, staging what cannot sign
/// is warned of (DS650, DS656).
void add_auth_config_cmdlets(CmdletTable& table, ChangeableOrganisation& organisation,
                             CertificateServer* server = nullptr);

}  // namespace domsec::shell
