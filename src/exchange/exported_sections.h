// The objects of an organisation, one after the other, as an export writes them.
#pragma once

#include <string>
#include <vector>

#include "domsec/exchange/export.h"
#include "domsec/exchange/organisation.h"

namespace domsec::exchange {

/// One parameter with its value, and whether it says more than its absence would.
struct ExportedParameter {
  std::string name;
  Kind kind;
  Value value;
  bool written = false;  // somebody wrote it, or it differs from the default
};

struct ExportedSection {
  std::string name;  // `SendConnector`
  bool repeated = false;
  std::vector<ExportedParameter> parameters;
};

[[nodiscard]] std::vector<ExportedSection> exported_sections(const Organisation& organisation,
                                                             const ExportedPath& path);

}  // namespace domsec::exchange
