#include "domsec/policy/receive_connector_choice.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <tuple>

namespace domsec::policy {

namespace {

using exchange::Binding;
using exchange::IpRange;
using exchange::ReceiveConnector;

bool is_ipv6(std::string_view address) {
  return address.find(':') != std::string_view::npos;
}

/// Exchange's documentation writes the range of all clients as 0.0.0.0: no client has that address.
bool is_everybody(const IpRange& range) {
  const auto is_zero = [](std::uint8_t octet) { return octet == 0; };
  return std::all_of(range.first.begin(), range.first.end(), is_zero) &&
         std::all_of(range.last.begin(), range.last.end(), is_zero);
}

IpRange everybody(bool ipv6) {
  IpRange range;
  range.ipv6 = ipv6;
  std::fill(range.last.begin() + (ipv6 ? 0 : 12), range.last.end(), std::uint8_t{0xFF});
  return range;
}

/// The ranges of a connector as they count.
std::vector<IpRange> ranges_of(const ReceiveConnector& connector) {
  if (connector.remote_ip_ranges.empty()) return {everybody(false), everybody(true)};
  std::vector<IpRange> ranges = connector.remote_ip_ranges;
  for (IpRange& range : ranges) {
    if (!is_everybody(range)) continue;
    const std::string text = range.text;
    range = everybody(range.ipv6);
    range.text = text;
  }
  return ranges;
}

std::string shown(const IpRange& range) {
  return range.text.empty() ? "all clients" : range.text;
}

std::string shown(const Binding& binding) {
  const std::string address = is_ipv6(binding.address) ? "[" + binding.address + "]" : binding.address;
  return address + ":" + std::to_string(binding.port);
}

bool is_wildcard(const Binding& binding) {
  return binding.address == "0.0.0.0" || binding.address == "::";
}

/// Two spellings of one IPv6 address are one address.
bool same_address(const std::string& a, const std::string& b) {
  if (a == b) return true;
  const std::optional<IpRange> first = exchange::read_ip_range(a);
  const std::optional<IpRange> second = exchange::read_ip_range(b);
  return first && second && first->holds(*second) && second->holds(*first);
}

/// What makes a connector take a session.
struct Claim {
  const ReceiveConnector* connector = nullptr;
  Binding binding;
  IpRange range;
};

std::optional<Binding> binding_for(const ReceiveConnector& connector, const InboundConnection& connection) {
  std::optional<Binding> wildcard;
  for (const Binding& binding : connector.bindings) {
    if (binding.port != connection.local_port) continue;
    if (is_wildcard(binding)) {
      if (is_ipv6(binding.address) == is_ipv6(connection.local_address)) wildcard = binding;
    } else if (same_address(binding.address, connection.local_address)) {
      return binding;
    }
  }
  return wildcard;
}

std::optional<IpRange> range_for(const ReceiveConnector& connector, const IpRange& client) {
  std::optional<IpRange> best;
  for (const IpRange& range : ranges_of(connector)) {
    if (range.holds(client) && (!best || best->holds(range))) best = range;
  }
  return best;
}

/// The order of claims; ranges that overlap and contain neither the other are refused before (RC-6).
bool beats(const Claim& a, const Claim& b) {
  if (is_wildcard(a.binding) != is_wildcard(b.binding)) return is_wildcard(b.binding);
  const bool inside = b.range.holds(a.range);
  if (inside != a.range.holds(b.range)) return inside;
  return a.connector->name < b.connector->name;
}

std::string reason(const std::vector<Claim>& claims, const InboundConnection& connection) {
  const Claim& winner = claims.front();
  if (claims.size() == 1) {
    return shown(winner.range) + " at " + shown(winner.binding) + " is the only claim on " + connection.remote_address;
  }
  const Claim& second = claims[1];
  if (is_wildcard(winner.binding) != is_wildcard(second.binding)) {
    return "the binding " + shown(winner.binding) + " is more specific than " + shown(second.binding) + " of " +
           second.connector->name;
  }
  if (winner.range.holds(second.range) && second.range.holds(winner.range)) {
    return shown(winner.range) + " ties with " + second.connector->name + ", and the name " +
           winner.connector->name + " comes first";
  }
  return shown(winner.range) + " is more specific than " + shown(second.range) + " of " + second.connector->name;
}

std::string nobody(const std::vector<ReceiveConnector>& connectors, const InboundConnection& connection) {
  Binding at;
  at.address = connection.local_address;
  at.port = connection.local_port;
  const std::string where = "no enabled receive connector at " + shown(at) + " takes " + connection.remote_address;
  const auto disabled = std::count_if(connectors.begin(), connectors.end(), [&](const ReceiveConnector& one) {
    return !one.enabled && binding_for(one, connection);
  });
  if (disabled == 0) return where + " (RemoteIPRanges)";
  return where + " (RemoteIPRanges; " + std::to_string(disabled) + " there " +
         (disabled == 1 ? "is" : "are") + " disabled)";
}

/// One range of one connector at one of its bindings.
struct Held {
  std::size_t connector = 0;
  std::size_t binding = 0;
  std::size_t number = 0;    // of the range
  IpRange range;
};

/// Two spellings of an address are one.
using Address = std::tuple<bool, std::array<std::uint8_t, 16>, std::uint16_t>;

std::map<Address, std::vector<Held>> by_address(const std::vector<ReceiveConnector>& connectors) {
  std::map<Address, std::vector<Held>> all;
  for (std::size_t connector = 0; connector < connectors.size(); ++connector) {
    const std::vector<IpRange> ranges = ranges_of(connectors[connector]);
    const std::vector<Binding>& bindings = connectors[connector].bindings;
    for (std::size_t binding = 0; binding < bindings.size(); ++binding) {
      const std::optional<IpRange> at = exchange::read_ip_range(bindings[binding].address);
      if (bindings[binding].port == 0 || !at) continue;   // port 0 is a free one
      std::vector<Held>& held = all[Address{at->ipv6, at->first, bindings[binding].port}];
      for (std::size_t number = 0; number < ranges.size(); ++number) {
        held.push_back({connector, binding, number, ranges[number]});
      }
    }
  }
  return all;
}

/// Two connectors that claim the same clients at the same address, the later of them first.
using Pair = std::pair<std::size_t, std::size_t>;
using Clash = std::pair<Held, Held>;

/// Only ranges that overlap are compared: in order of their first address they follow each other.
void add_clashes(std::vector<Held> held, std::map<Pair, Clash>& all) {
  std::stable_sort(held.begin(), held.end(), [](const Held& a, const Held& b) {
    return std::tie(a.range.ipv6, a.range.first) < std::tie(b.range.ipv6, b.range.first);
  });
  for (auto one = held.begin(); one != held.end(); ++one) {
    for (auto other = one + 1; other != held.end(); ++other) {
      if (other->range.ipv6 != one->range.ipv6 || other->range.first > one->range.last) break;
      if (one->connector == other->connector) continue;
      if (one->range.holds(other->range) != other->range.holds(one->range)) continue;   // one lies within the other
      const bool ordered = one->connector > other->connector;
      const Clash clash = ordered ? Clash{*one, *other} : Clash{*other, *one};
      const auto order = [](const Clash& c) { return std::tie(c.first.binding, c.first.number, c.second.number); };
      const auto [found, fresh] = all.try_emplace(Pair{clash.first.connector, clash.second.connector}, clash);
      if (!fresh && order(clash) < order(found->second)) found->second = clash;
    }
  }
}

BindingConflict conflict(const std::vector<ReceiveConnector>& connectors, const Clash& clash) {
  const ReceiveConnector& later = connectors[clash.first.connector];
  const ReceiveConnector& earlier = connectors[clash.second.connector];
  const Binding& binding = later.bindings[clash.first.binding];
  const IpRange& own = clash.first.range;
  const IpRange& other = clash.second.range;
  BindingConflict found;
  found.connector = &later;
  found.other = &earlier;
  found.parameter = later.remote_ip_ranges.empty() ? "Bindings" : "RemoteIPRanges";
  if (own.holds(other)) {
    found.what = shown(binding) + " for " + shown(own) + " is also bound by " + earlier.name +
                 "; change Bindings or RemoteIPRanges of one of them";
  } else {
    found.what = shown(own) + " overlaps " + shown(other) + " of " + earlier.name + " at " + shown(binding) +
                 ", and neither contains the other; change RemoteIPRanges of one of them";
  }
  return found;
}

}  // namespace

ReceiveConnectorChoice choose_receive_connector(const std::vector<ReceiveConnector>& connectors,
                                                const InboundConnection& connection) {
  ReceiveConnectorChoice choice;
  const std::string_view address = connection.remote_address;
  const std::optional<IpRange> client = exchange::read_ip_range(address.substr(0, address.find('%')));
  std::vector<Claim> claims;
  for (const ReceiveConnector& connector : connectors) {
    const std::optional<Binding> binding = binding_for(connector, connection);
    if (!connector.enabled || !binding || !client) continue;
    if (const std::optional<IpRange> range = range_for(connector, *client)) {
      claims.push_back(Claim{&connector, *binding, *range});
    }
  }
  if (claims.empty()) {
    choice.reason = nobody(connectors, connection);
    return choice;
  }
  std::stable_sort(claims.begin(), claims.end(), beats);
  choice.connector = claims.front().connector;
  choice.reason = reason(claims, connection);
  for (auto claim = claims.begin() + 1; claim != claims.end(); ++claim) choice.others.push_back(claim->connector);
  return choice;
}

std::vector<BindingConflict> binding_conflicts(const std::vector<ReceiveConnector>& connectors) {
  std::map<Pair, Clash> clashes;
  for (auto& [address, held] : by_address(connectors)) add_clashes(held, clashes);
  std::vector<BindingConflict> found;
  for (const auto& [pair, clash] : clashes) found.push_back(conflict(connectors, clash));
  return found;
}

}  // namespace domsec::policy
