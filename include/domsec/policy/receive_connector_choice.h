// Which receive connector takes a session (spec exchange RC-6): its Bindings hold where the client arrived, its
// RemoteIPRanges hold the client; of several the most specific. Not here: who listens, and what a client is told
// whom no connector takes (session/reception).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "domsec/exchange/receive_connector.h"

namespace domsec::policy {

/// Both ends of a connection, numeric, IPv6 without brackets.
struct InboundConnection {
  std::string local_address;
  std::uint16_t local_port = 25;
  std::string remote_address;
};

struct ReceiveConnectorChoice {
  const exchange::ReceiveConnector* connector = nullptr;  // null: none takes the client
  std::string reason;                                     // one clause, without a full stop
  /// The enabled connectors that would take the session if `connector` were not there, most specific first.
  std::vector<const exchange::ReceiveConnector*> others;
};

/// A binding to the address itself goes before one to 0.0.0.0 or [::], then the range that the others contain goes
/// before them; empty RemoteIPRanges, and a range `0.0.0.0` or `::`, are all clients. Disabled connectors take
/// nothing. The choice points into `connectors`.
[[nodiscard]] ReceiveConnectorChoice choose_receive_connector(
    const std::vector<exchange::ReceiveConnector>& connectors, const InboundConnection& connection);

/// RC-6: two connectors on one address and port whose ranges are the same, or overlap and neither contains the
/// other.
struct BindingConflict {
  const exchange::ReceiveConnector* connector = nullptr;  // the later of the two
  const exchange::ReceiveConnector* other = nullptr;
  std::string_view parameter;                             // of `connector`: Bindings or RemoteIPRanges
  std::string what;                                       // one clause with the remedy
};
/// In the order of the connectors, disabled ones too. Port 0 asks for any free port and never collides.
[[nodiscard]] std::vector<BindingConflict> binding_conflicts(
    const std::vector<exchange::ReceiveConnector>& connectors);

}  // namespace domsec::policy
