// Which parameters are replicated, and how an Edge gets them.
#include "domsec/exchange/edge_subscription.h"

#include <algorithm>

#include "domsec/exchange/organisation.h"
#include "domsec/exchange/write_toml.h"

namespace domsec::exchange {

namespace {

/// Of TransportConfig and of the organisation itself; all else of them is the Edge's own.
bool is_replicated(std::string_view parameter) {
  return parameter == "TLSSendDomainSecureList" || parameter == "TLSReceiveDomainSecureList" ||
         parameter == "AcceptedDomains";
}

template <typename Object, typename Take>
void each_replicated(const Take& take) {
  for (const Parameter<Object>& parameter : parameters<Object>()) {
    if (is_replicated(parameter.name)) take(parameter);
  }
}

template <typename Object>
void compare(const Parameter<Object>& parameter, const std::string& object, const Object& edge,
             const Object& organisation, std::vector<Drift>& all) {
  const Value on_edge = parameter.get(edge);
  const Value in_organisation = parameter.get(organisation);
  if (same(on_edge, in_organisation)) return;
  all.push_back({object, parameter.name, toml_literal(on_edge), toml_literal(in_organisation),
                 edge.origins.of(parameter.name), organisation.origins.of(parameter.name)});
}

auto named(const std::vector<SendConnector>& connectors, const std::string& name) {
  return std::find_if(connectors.begin(), connectors.end(),
                      [&name](const SendConnector& one) { return same_word(one.name, name); });
}

template <typename Object>
void take_over(const Parameter<Object>& parameter, Object& edge, const Object& organisation) {
  const Value wanted = parameter.get(organisation);
  if (!same(parameter.get(edge), wanted)) parameter.set(edge, wanted, organisation.origins.of(parameter.name));
}

}  // namespace

std::vector<Drift> drift(const Organisation& edge, const Organisation& organisation) {
  std::vector<Drift> all;
  each_replicated<Organisation>([&](const auto& row) { compare(row, "organization", edge, organisation, all); });
  each_replicated<TransportConfig>([&](const auto& row) {
    compare(row, "TransportConfig", edge.transport_config, organisation.transport_config, all);
  });
  for (const SendConnector& wanted : organisation.send_connectors) {
    const std::string object = "SendConnector " + wanted.name;
    const auto found = named(edge.send_connectors, wanted.name);
    if (found == edge.send_connectors.end()) {
      all.push_back({object, "", "", "", {}, wanted.origin});
      continue;
    }
    for (const auto& row : parameters<SendConnector>()) compare(row, object, *found, wanted, all);
  }
  for (const SendConnector& own : edge.send_connectors) {
    if (named(organisation.send_connectors, own.name) != organisation.send_connectors.end()) continue;
    all.push_back({"SendConnector " + own.name, "", "", "", own.origin, {}});
  }
  return all;
}

Organisation replicated(const Organisation& edge, const Organisation& organisation) {
  Organisation after = edge;
  each_replicated<Organisation>([&](const auto& row) { take_over(row, after, organisation); });
  each_replicated<TransportConfig>(
      [&](const auto& row) { take_over(row, after.transport_config, organisation.transport_config); });
  after.send_connectors.clear();
  for (const SendConnector& wanted : organisation.send_connectors) {
    const auto found = named(edge.send_connectors, wanted.name);
    if (found == edge.send_connectors.end()) {
      after.send_connectors.push_back(wanted);
      after.send_connectors.back().origin = {};
      continue;
    }
    after.send_connectors.push_back(*found);   // its origin stays, so that it is edited where it stands
    for (const auto& row : parameters<SendConnector>()) take_over(row, after.send_connectors.back(), wanted);
  }
  return after;
}

}  // namespace domsec::exchange
