// The sections of domsec.toml, one reader each, over plain values.
#pragma once

#include <string>

#include "configuration_section.h"
#include "configuration_text.h"
#include "domsec/exchange/organisation.h"

namespace domsec::exchange {

[[nodiscard]] Organisation read_organisation(const ConfigurationTable& root, const std::string& file);

[[nodiscard]] SendConnector read_send_connector(const ConfigurationTable& table, const Origin& origin);
[[nodiscard]] ReceiveConnector read_receive_connector(const ConfigurationTable& table, const Origin& origin);

}  // namespace domsec::exchange
