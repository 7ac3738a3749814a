// Which send connector takes mail for a domain (spec exchange 2.5): most specific address space, then cost,
// then name. Not here: receive connectors, each of which owns the addresses of its Bindings.
#pragma once

#include <string>
#include <vector>

#include "domsec/exchange/organisation.h"

namespace domsec::policy {

struct ConnectorChoice {
  const exchange::SendConnector* connector = nullptr;   // null: none takes the domain
  std::string reason;
};

/// Disabled connectors and connectors without an address space take nothing.
[[nodiscard]] ConnectorChoice choose_send_connector(const std::vector<exchange::SendConnector>& connectors,
                                                    const smtp::Domain& domain);

}  // namespace domsec::policy
