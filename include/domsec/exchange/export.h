// Organisation -> a form that `domsec policy import` reads back to the same organisation. Not here: the
// configuration with the origin of each value (write_toml.h).
#pragma once

#include <functional>
#include <string>

#include "domsec/exchange/organisation.h"

namespace domsec::exchange {

/// What becomes of a file or directory that the configuration names: the export may stand in another place.
using ExportedPath = std::function<std::string(const std::string&)>;

/// domsec.toml with every parameter that was written or differs from its default; no comments.
[[nodiscard]] std::string export_toml(const Organisation& organisation, const ExportedPath& path);
/// A list of objects as ConvertTo-Json writes them, each with every parameter and its kind as `$type`.
[[nodiscard]] std::string export_json(const Organisation& organisation, const ExportedPath& path);
/// Cmdlets for Exchange Management Shell and for domsec's own shell: the transport configuration and the
/// connectors. What Exchange has no cmdlet for (revocation, trusted roots, the current Auth certificate)
/// stands as a comment.
[[nodiscard]] std::string export_powershell(const Organisation& organisation, const ExportedPath& path);

}  // namespace domsec::exchange
