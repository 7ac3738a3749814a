// The limits of a receive connector on connections (spec exchange 3.2). Not here: counting them (session/reception).
#pragma once

#include <cstdint>
#include <optional>

#include "domsec/exchange/receive_connector.h"

namespace domsec::policy {

/// The connections of one connector that are open.
struct OpenConnections {
  std::int64_t all = 0;
  std::int64_t of_source = 0;  // from the address of the client that asks
};

/// MaxInboundConnection, MaxInboundConnectionPerSource, MaxInboundConnectionPercentagePerSource.
enum class ConnectionLimit { all, per_source, percentage_per_source };

/// The limit that one more connection would exceed. The percentage is of the connections that the connector still has
/// room for, rounded up: a source without a connection gets one while there is room.
[[nodiscard]] std::optional<ConnectionLimit> limit_met(const exchange::ReceiveConnector& connector,
                                                       const OpenConnections& open);

}  // namespace domsec::policy
