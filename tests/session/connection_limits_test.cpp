// How many connections a receive connector serves at once, over real sockets (spec exchange 3.2).
#include <gtest/gtest.h>

#include "domsec/session/reception.h"
#include "support/session_plans.h"

namespace domsec::session {
namespace {

constexpr const char* too_many = "421 4.3.2 The maximum number of concurrent connections has exceeded a limit, closing "
                                 "transmission channel";
constexpr const char* too_many_per_source =
    "421 4.3.2 The maximum number of concurrent server connections has exceeded a per-source limit, closing transmission "
    "channel";

struct Held {
  std::vector<std::string> greetings;
  std::vector<transcript::Transcript> ended;
};

/// Opens one connection after the other, each from its source, and keeps them all; every client hears one line.
net::task<void> hold(const net::Endpoint& to, std::vector<std::string> sources, Held& held) {
  const net::SteadyPoint deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  std::vector<net::Channel> open;
  for (const std::string& source : sources) {
    net::Channel channel = co_await net::Channel::connect(to, deadline, source);
    const std::string line = co_await channel.read_line(1000, deadline);
    held.greetings.push_back(line);
    open.push_back(std::move(channel));
  }
  for (net::Channel& channel : open) channel.close();
}

Held hold_all(const std::shared_ptr<ReceivePlan>& plan, const std::vector<std::string>& sources) {
  net::Loop loop;
  Held held;
  Reception reception(
      loop, net::Endpoint{"127.0.0.1", 0}, [] { return testing::new_transcript(policy::Role::receive); },
      [&](const transcript::Transcript& ended) { held.ended.push_back(ended); });
  plan->connector.banner = "220 here";
  reception.use(plan);
  reception.start();
  net::run(loop, hold(reception.endpoint(), sources, held));
  reception.stop();
  loop.run();
  return held;
}

TEST(ConnectionLimits, HoldForAllAndForEachSource) {
  const std::string a = "127.0.0.2";
  const std::string b = "127.0.0.3";
  struct Row {
    const char* name;
    int all;
    int per_source;
    int percentage;
    std::vector<std::string> sources;
    std::vector<std::string> heard;
  };
  const Row rows[] = {
      {"MaxInboundConnection", 2, 20, 100, {a, b, a}, {"220 here", "220 here", too_many}},
      {"MaxInboundConnectionPerSource", 10, 1, 100, {a, a, b}, {"220 here", too_many_per_source, "220 here"}},
      {"MaxInboundConnectionPercentagePerSource", 10, 20, 20, {a, a, a, b},
       {"220 here", "220 here", too_many_per_source, "220 here"}},
      {"within all of them", 10, 20, 100, {a, a, a}, {"220 here", "220 here", "220 here"}},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    const testing::Partners partners;
    const auto plan = partners.receive_plan();
    plan->connector.max_inbound_connection = row.all;
    plan->connector.max_inbound_connection_per_source = row.per_source;
    plan->connector.max_inbound_connection_percentage_per_source = row.percentage;
    const Held held = hold_all(plan, row.sources);
    EXPECT_EQ(held.greetings, row.heard);
    EXPECT_EQ(held.ended.size(), row.sources.size());  // who was turned away has a transcript, too
  }
}

TEST(ConnectionLimits, APlaceIsFreeAgainWhenItsSessionHasEnded) {
  const testing::Partners partners;
  const auto plan = partners.receive_plan();
  plan->connector.max_inbound_connection = 1;
  net::Loop loop;
  std::size_t ended = 0;
  Reception reception(
      loop, net::Endpoint{"127.0.0.1", 0}, [] { return testing::new_transcript(policy::Role::receive); },
      [&](const transcript::Transcript&) { ++ended; });
  plan->connector.banner = "220 here";
  reception.use(plan);
  reception.start();
  for (std::size_t round = 1; round <= 3; ++round) {
    Held held;
    net::run(loop, hold(reception.endpoint(), std::vector<std::string>(1, "127.0.0.2"), held));
    EXPECT_EQ(held.greetings, std::vector<std::string>{"220 here"});
    while (ended < round) net::run(loop, net::sleep(net::Milliseconds(5)));
  }
  reception.stop();
  loop.run();
}

}  // namespace
}  // namespace domsec::session
