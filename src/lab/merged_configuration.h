// A configuration of the lab with what a scenario writes over it.
#pragma once

#include <string>

namespace domsec::lab {

/// `over` goes over `text`: a table over the table of its name (SendConnector and ReceiveConnector over the
/// only one that the lab writes), everything else in place of what was there. Both are TOML.
[[nodiscard]] std::string merged(const std::string& text, const std::string& over);

}  // namespace domsec::lab
