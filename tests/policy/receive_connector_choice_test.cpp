#include "domsec/policy/receive_connector_choice.h"

#include <gtest/gtest.h>

namespace domsec::policy {
namespace {

using exchange::ReceiveConnector;

exchange::Binding at(const std::string& address, std::uint16_t port) {
  exchange::Binding binding;
  binding.address = address;
  binding.port = port;
  return binding;
}

ReceiveConnector connector(const std::string& name, std::vector<exchange::Binding> bindings,
                           const std::vector<std::string>& ranges = {}) {
  ReceiveConnector made;
  made.name = name;
  made.bindings = std::move(bindings);
  for (const std::string& range : ranges) made.remote_ip_ranges.push_back(exchange::read_ip_range(range).value());
  return made;
}

ReceiveConnector disabled(ReceiveConnector one) {
  one.enabled = false;
  return one;
}

TEST(ReceiveConnectorChoice, TheMostSpecificMatchTakesTheSession) {
  const auto any = at("0.0.0.0", 25);
  const auto one = at("10.0.0.1", 25);
  const ReceiveConnector everybody = connector("Default", {any});
  const ReceiveConnector net = connector("Net", {any}, {"192.168.1.0/24"});
  const ReceiveConnector host = connector("Host", {any}, {"192.168.1.10"});
  struct Row {
    const char* name;
    std::vector<ReceiveConnector> connectors;
    InboundConnection connection;
    std::string chosen;
    std::vector<std::string> others;
    std::string reason;
  };
  const InboundConnection from_host{"10.0.0.1", 25, "192.168.1.10"};
  const Row rows[] = {
      {"one connector takes all", {everybody}, from_host, "Default", {},
       "all clients at 0.0.0.0:25 is the only claim on 192.168.1.10"},
      {"three nested ranges", {everybody, net, host}, from_host, "Host", {"Net", "Default"},
       "192.168.1.10 is more specific than 192.168.1.0/24 of Net"},
      {"the order of the file does not count", {host, net, everybody}, from_host, "Host", {"Net", "Default"},
       "192.168.1.10 is more specific than 192.168.1.0/24 of Net"},
      {"the host is not this one", {everybody, net, host}, {"10.0.0.1", 25, "192.168.1.11"}, "Net", {"Default"},
       "192.168.1.0/24 is more specific than all clients of Default"},
      {"an outsider", {everybody, net, host}, {"10.0.0.1", 25, "203.0.113.7"}, "Default", {},
       "all clients at 0.0.0.0:25 is the only claim on 203.0.113.7"},
      {"nobody takes him", {net, host}, {"10.0.0.1", 25, "203.0.113.7"}, "", {},
       "no enabled receive connector at 10.0.0.1:25 takes 203.0.113.7 (RemoteIPRanges)"},
      {"another port", {everybody}, {"10.0.0.1", 587, "203.0.113.7"}, "", {},
       "no enabled receive connector at 10.0.0.1:587 takes 203.0.113.7 (RemoteIPRanges)"},
      {"another address", {connector("Other", {at("10.0.0.2", 25)})}, from_host, "", {},
       "no enabled receive connector at 10.0.0.1:25 takes 192.168.1.10 (RemoteIPRanges)"},
      {"a disabled one takes nothing", {disabled(host), net}, from_host, "Net", {},
       "192.168.1.0/24 at 0.0.0.0:25 is the only claim on 192.168.1.10"},
      {"all disabled", {disabled(everybody)}, from_host, "", {},
       "no enabled receive connector at 10.0.0.1:25 takes 192.168.1.10 (RemoteIPRanges; 1 there is disabled)"},
      {"the exact binding goes before the narrow range", {host, connector("Exact", {one})}, from_host, "Exact",
       {"Host"}, "the binding 10.0.0.1:25 is more specific than 0.0.0.0:25 of Host"},
      {"whom the exact binding does not take, the other takes",
       {everybody, connector("Exact", {one}, {"10.0.0.0/8"})}, from_host, "Default", {},
       "all clients at 0.0.0.0:25 is the only claim on 192.168.1.10"},
      {"the narrowest of its own ranges counts", {net, connector("Two", {any}, {"0.0.0.0", "192.168.1.10"})},
       from_host, "Two", {"Net"}, "192.168.1.10 is more specific than 192.168.1.0/24 of Net"},
      {"0.0.0.0 is everybody", {connector("Zero", {any}, {"0.0.0.0"}), net}, {"10.0.0.1", 25, "203.0.113.7"},
       "Zero", {}, "0.0.0.0 at 0.0.0.0:25 is the only claim on 203.0.113.7"},
      {"IPv6 is another kind", {everybody, connector("Six", {at("::", 25)}, {"2001:db8::/32"})},
       {"2001:DB8:0::1", 25, "2001:db8::7"}, "Six", {},
       "2001:db8::/32 at [::]:25 is the only claim on 2001:db8::7"},
      {"one address, two spellings", {connector("Six", {at("2001:db8::1", 25)})},
       {"2001:DB8:0::1", 25, "2001:db8::7"}, "Six", {},
       "all clients at [2001:db8::1]:25 is the only claim on 2001:db8::7"},
      {"a client with a zone", {connector("Six", {at("::", 25)})}, {"fe80::1", 25, "fe80::2%2"}, "Six", {},
       "all clients at [::]:25 is the only claim on fe80::2%2"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    const ReceiveConnectorChoice choice = choose_receive_connector(row.connectors, row.connection);
    EXPECT_EQ(choice.connector ? choice.connector->name : "", row.chosen);
    EXPECT_EQ(choice.reason, row.reason);
    std::vector<std::string> others;
    for (const ReceiveConnector* other : choice.others) others.push_back(other->name);
    EXPECT_EQ(others, row.others);
  }
}

TEST(ReceiveConnectorChoice, TwoConnectorsOfOneAddressAndPortNeedRangesThatNest) {
  const auto any = at("0.0.0.0", 25);
  const ReceiveConnector all = connector("A", {any});
  struct Row {
    const char* name;
    ReceiveConnector first;
    ReceiveConnector second;
    std::string parameter;
    std::string what;
  };
  const Row rows[] = {
      {"nested", all, connector("B", {any}, {"10.0.0.0/8"}), "", ""},
      {"apart", connector("A", {any}, {"10.0.0.0/8"}), connector("B", {any}, {"192.168.0.0/16"}), "", ""},
      {"another port", all, connector("B", {at("0.0.0.0", 587)}), "", ""},
      {"a wildcard beside an address", all, connector("B", {at("10.0.0.1", 25)}), "", ""},
      {"port 0 is another port each time", connector("A", {at("::1", 0)}), connector("B", {at("::1", 0)}), "", ""},
      {"both take all", all, connector("B", {any}), "Bindings",
       "0.0.0.0:25 for all clients is also bound by A; change Bindings or RemoteIPRanges of one of them"},
      {"the same range", connector("A", {any}, {"10.0.0.0/8"}),
       connector("B", {any}, {"192.168.1.1", "10.0.0.0-10.255.255.255"}), "RemoteIPRanges",
       "0.0.0.0:25 for 10.0.0.0-10.255.255.255 is also bound by A; change Bindings or RemoteIPRanges of one of "
       "them"},
      {"overlapping", connector("A", {any}, {"10.0.0.1-10.0.0.9"}), connector("B", {any}, {"10.0.0.5-10.0.0.20"}),
       "RemoteIPRanges",
       "10.0.0.5-10.0.0.20 overlaps 10.0.0.1-10.0.0.9 of A at 0.0.0.0:25, and neither contains the other; change "
       "RemoteIPRanges of one of them"},
      {"0.0.0.0 is all", all, connector("B", {any}, {"0.0.0.0"}), "RemoteIPRanges",
       "0.0.0.0:25 for 0.0.0.0 is also bound by A; change Bindings or RemoteIPRanges of one of them"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    const std::vector<ReceiveConnector> both{row.first, row.second};
    const std::vector<BindingConflict> found = binding_conflicts(both);
    ASSERT_EQ(found.size(), row.what.empty() ? 0U : 1U);
    if (found.empty()) continue;
    EXPECT_EQ(found[0].connector, &both[1]);
    EXPECT_EQ(found[0].other, &both[0]);
    EXPECT_EQ(found[0].parameter, row.parameter);
    EXPECT_EQ(found[0].what, row.what);
  }
}

}  // namespace
}  // namespace domsec::policy
