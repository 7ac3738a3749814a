// One process, several receive connectors on one address and port: who takes a client is decided by the client's
// address (RC-6), and everything that is written about him names his connector.
#include "domsec/lab/edge_server.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "support/log_files.h"
#include "support/pki.h"
#include "support/scripted_peer.h"

namespace domsec::lab {
namespace {

using testing::Hear;
using testing::Say;

std::uint16_t free_port(net::Loop& loop) { return net::Listener(loop, net::Endpoint{"127.0.0.1", 0}).endpoint().port; }

exchange::ReceiveConnector connector(const std::string& name, std::uint16_t port, const std::vector<std::string>& ranges) {
  exchange::ReceiveConnector made;
  made.name = name;
  made.banner = "220 " + name;
  exchange::Binding binding;
  binding.address = "127.0.0.1";
  binding.port = port;
  made.bindings.push_back(binding);
  for (const std::string& range : ranges) made.remote_ip_ranges.push_back(exchange::read_ip_range(range).value());
  return made;
}

exchange::Organisation organisation(std::vector<exchange::ReceiveConnector> connectors) {
  exchange::Organisation made;
  made.server_fqdn = smtp::Domain::parse("edge1.contoso.com");
  made.revocation.mode = "off";
  made.receive_connectors = std::move(connectors);
  return made;
}

/// A server and what it said of its sessions.
struct Running {
  net::Loop loop;
  std::uint16_t port = free_port(loop);
  std::vector<transcript::Transcript> ended;
  std::unique_ptr<EdgeServer> server;

  void start(exchange::Organisation with) {
    EdgeServerSettings settings;
    settings.edge.now = [] { return testing::test_instant; };
    settings.clock = [] { return transcript::Time(testing::test_instant); };
    settings.session_ids = std::make_shared<transcript::SessionIds>(transcript::Time(testing::test_instant));
    settings.keep = keep_in_spool;
    settings.ended = [this](const transcript::Transcript& one) { ended.push_back(one); };
    server = std::make_unique<EdgeServer>(loop, std::move(with), std::move(settings));
    server->listen();
  }

  /// What a client at `source` hears; it quits after the greeting.
  std::vector<std::string> meet(const std::string& source, const std::string& address = "127.0.0.1") {
    auto heard = std::make_shared<testing::Heard>();
    testing::Script script;
    script.actions = {Hear{}, Say{"QUIT\r\n"}, Hear{}};
    net::Endpoint to = server->endpoints().front();
    to.address = address;
    const auto client = [&]() -> net::task<int> {
      const net::SteadyPoint deadline = std::chrono::steady_clock::now() + std::chrono::seconds(5);
      net::Channel channel = co_await net::Channel::connect(to, deadline, source);
      co_await testing::play(std::move(channel), net::TlsRole::client, script, heard);
      co_return 0;
    };
    const std::size_t before = ended.size();
    net::run(loop, client());
    while (ended.size() == before) net::run(loop, net::sleep(net::Milliseconds(5)));
    return heard->lines;
  }
};

TEST(EdgeServer, TheClientsAddressChoosesTheConnectorOfASharedPort) {
  Running running;
  const std::filesystem::path logs = std::filesystem::temp_directory_path() /
                                     ("domsec-edge-" + std::to_string(running.port));
  auto quiet = connector("Default", running.port, {});
  auto verbose = connector("Partner", running.port, {"127.0.0.2"});
  verbose.protocol_logging_level = exchange::ProtocolLoggingLevel::verbose;
  exchange::Organisation contoso = organisation({quiet, verbose});
  contoso.transport_config.receive_protocol_log.path = logs.string();
  running.start(contoso);
  ASSERT_EQ(running.server->endpoints().size(), 1U);  // one listener for both

  EXPECT_EQ(running.meet("127.0.0.1"), (std::vector<std::string>{"220 Default", "221 2.0.0 Service closing transmission channel"}));
  EXPECT_EQ(running.meet("127.0.0.2"), (std::vector<std::string>{"220 Partner", "221 2.0.0 Service closing transmission channel"}));

  ASSERT_EQ(running.ended.size(), 2U);
  EXPECT_EQ(running.ended[0].connector(), "edge1.contoso.com\\Default");
  EXPECT_EQ(running.ended[1].connector(), "edge1.contoso.com\\Partner");
  const auto& counted = running.server->counters_by_connector();
  EXPECT_EQ(counted.at("edge1.contoso.com\\Default").sessions_received, 1U);
  EXPECT_EQ(counted.at("edge1.contoso.com\\Partner").sessions_received, 1U);
  EXPECT_EQ(running.server->counters().sessions_received, 2U);
  // R25: None writes nothing, Verbose every line.
  const std::vector<std::string> files = testing::log_files(logs.string());
  ASSERT_EQ(files.size(), 1U);
  const std::vector<testing::LogRecord> records = testing::read_log_file(files.front());
  for (const testing::LogRecord& record : records) EXPECT_EQ(record.connector, "edge1.contoso.com\\Partner");
  EXPECT_LT(testing::find_line(records, "> 220 Partner"), records.size()) << testing::lines_of(records);
  std::filesystem::remove_all(logs);
}

TEST(EdgeServer, AClientOfNoConnectorIsTurnedAway) {
  Running running;
  running.start(organisation({connector("Partner", running.port, {"127.0.0.2"})}));
  EXPECT_EQ(running.meet("127.0.0.3"), std::vector<std::string>{"421 4.3.2 Service not available"});
  ASSERT_EQ(running.ended.size(), 1U);
  EXPECT_EQ(running.ended[0].connector(), "edge1.contoso.com\\");
  std::string why;
  for (const transcript::Event& event : running.ended[0].events()) {
    if (const auto* one = event.body.as<transcript::Irregularity>()) why = one->what;
  }
  EXPECT_EQ(why, "no enabled receive connector at 127.0.0.1:" + std::to_string(running.port) +
                     " takes 127.0.0.3 (RemoteIPRanges)");
  EXPECT_EQ(running.meet("127.0.0.2").front(), "220 Partner");
}

TEST(EdgeServer, ABindingToAllAddressesTakesTheConnectionsOfItsPortAndLeavesTheChoiceOpen) {
  Running running;
  auto everywhere = connector("Everywhere", running.port, {});
  everywhere.bindings.front().address = "0.0.0.0";
  auto exact = connector("Exact", running.port, {"127.0.0.0/8"});
  running.start(organisation({exact, everywhere}));
  ASSERT_EQ(running.server->endpoints().size(), 1U);
  EXPECT_EQ(running.server->endpoints().front().address, "0.0.0.0");
  EXPECT_EQ(running.meet("127.0.0.2", "127.0.0.1").front(), "220 Exact");
  EXPECT_EQ(running.meet("127.0.0.2", "127.0.0.5").front(), "220 Everywhere");
}

TEST(EdgeServer, ANewConfigurationMovesClientsToTheirNewConnector) {
  Running running;
  const auto all = connector("Default", running.port, {});
  running.start(organisation({all}));
  EXPECT_EQ(running.meet("127.0.0.2").front(), "220 Default");
  running.server->reload(organisation({all, connector("Partner", running.port, {"127.0.0.2"})}), {});
  EXPECT_EQ(running.meet("127.0.0.2").front(), "220 Partner");
  EXPECT_THROW(running.server->reload(organisation({all, connector("Twin", running.port, {})}), {}),
               exchange::ConfigError);
  EXPECT_EQ(running.meet("127.0.0.2").front(), "220 Partner");
  running.server->reload(organisation({all}), {});
  EXPECT_EQ(running.meet("127.0.0.2").front(), "220 Default");
}

TEST(EdgeServer, TwoConnectorsThatClaimTheSameClientsAreRefusedInOneSentence) {
  Running running;
  const auto first = connector("A", 2525, {"10.0.0.1-10.0.0.9"});
  const auto second = connector("B", 2525, {"10.0.0.5-10.0.0.20"});
  try {
    running.start(organisation({first, second}));
    FAIL() << "taken";
  } catch (const exchange::ConfigError& error) {
    EXPECT_STREQ(error.what(),
                 "ReceiveConnector B: 10.0.0.5-10.0.0.20 overlaps 10.0.0.1-10.0.0.9 of A at 127.0.0.1:2525, and "
                 "neither contains the other; change RemoteIPRanges of one of them (RC-6)");
  }
}

TEST(EdgeServer, EachPort0IsAPortOfItsConnector) {
  Running running;
  running.start(organisation({connector("A", 0, {}), connector("B", 0, {})}));
  ASSERT_EQ(running.server->endpoints().size(), 2U);
  EXPECT_EQ(running.meet("127.0.0.1").front(), "220 A");
  EXPECT_NE(running.server->endpoints()[0].port, running.server->endpoints()[1].port);
}

}  // namespace
}  // namespace domsec::lab
