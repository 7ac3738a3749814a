// Cmdlet scripts as an import: they run over an organisation in memory, and see nothing else.
#pragma once

#include <string>
#include <vector>

#include "domsec/exchange/exported_object.h"
#include "domsec/exchange/import.h"

namespace domsec::cli {

struct ScriptedImport {
  exchange::Organisation organisation;
  std::vector<exchange::ImportedObject> objects;  // what the script made or changed
  std::vector<std::string> warnings;              // `file: sentence`
};

/// Throws ConfigError with the place of the first fault.
[[nodiscard]] ScriptedImport run_script(const exchange::ExportedText& script, exchange::Organisation before,
                                        exchange::ImportMode mode);

}  // namespace domsec::cli
