// The effective configuration as domsec.toml text, each value with the place it came from, for `domsec policy
// show`.
#pragma once

#include <string>
#include <vector>

#include "domsec/exchange/organisation.h"

namespace domsec::exchange {

/// `"text"`, `25`, `true`, `["a", "b"]`; empty for Null.
[[nodiscard]] std::string toml_literal(const Value& value);

/// One parameter in force. `value` is a TOML literal that is JSON as well (basic string, number, boolean,
/// list of strings); empty: it is not set.
struct ShownParameter {
  std::string name;
  std::string value;
  Origin origin;
};

/// `organization`, `TransportConfig`, `SendConnector` (one for each), …, with every parameter.
struct ShownSection {
  std::string name;
  bool repeated = false;   // written as `[[name]]`
  Origin origin;
  std::vector<ShownParameter> parameters;
};
[[nodiscard]] std::vector<ShownSection> sections(const Organisation& organisation);

/// `Name = "Internet"  # domsec.toml:12`; `# default` where nothing was written. The text reads back to the
/// same organisation.
[[nodiscard]] std::string show(const Organisation& organisation);

}  // namespace domsec::exchange
