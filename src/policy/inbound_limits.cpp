#include "domsec/policy/inbound_limits.h"

namespace domsec::policy {

std::optional<ConnectionLimit> limit_met(const exchange::ReceiveConnector& connector, const OpenConnections& open) {
  const std::int64_t left = connector.max_inbound_connection - open.all;
  if (left <= 0) return ConnectionLimit::all;
  if (open.of_source >= connector.max_inbound_connection_per_source) return ConnectionLimit::per_source;
  // "percentage of available remaining connections" (Set-ReceiveConnector): those of the source are not available.
  const std::int64_t share = (left * connector.max_inbound_connection_percentage_per_source + 99) / 100;
  if (open.of_source >= share) return ConnectionLimit::percentage_per_source;
  return std::nullopt;
}

}  // namespace domsec::policy
