// The cmdlets that PowerShell itself brings: files, dates, pipelines, formats, help.
#pragma once

#include "domsec/shell/cmdlets.h"

namespace domsec::shell {

void add_core_cmdlets(CmdletTable& table);  // Get-Content, Set-Content, Get-Date, Write-Host, Get-Help …
void add_pipeline_cmdlets(CmdletTable& table);  // Where-Object, Select-Object, Format-List …

}  // namespace domsec::shell
