// What EdgeSync does (spec exchange 1.7, R28): the organisation's lists and send connectors are copied to each Edge and take
// the place of its own; after subscription they are changed in the organisation only. Receive connectors, certificates and
// logs stay the Edge's.
#pragma once

#include <string>
#include <vector>

#include "domsec/exchange/origin.h"

namespace domsec::exchange {

struct Organisation;

/// `[EdgeSubscription]` in an Edge's configuration; without an organisation the Edge is not subscribed.
struct EdgeSubscription {
  std::string organization;             // the organisation's configuration file
  std::string applied;                  // RFC 3339, UTC: when it was copied last
  Origins origins{};
};

/// One parameter in which an Edge differs from its organisation.
struct Drift {
  std::string object;                   // `TransportConfig`, `SendConnector Internet`
  std::string parameter;                // empty: the whole object is missing or too many
  std::string on_edge;                  // TOML literal; empty: not set, or the object is not there
  std::string in_organisation;
  Origin edge_origin;
  Origin organisation_origin;
};
[[nodiscard]] std::vector<Drift> drift(const Organisation& edge, const Organisation& organisation);

/// The Edge's configuration with the organisation's lists, accepted domains and send connectors.
[[nodiscard]] Organisation replicated(const Organisation& edge, const Organisation& organisation);

}  // namespace domsec::exchange
