// Handshakes through a relay that trickles, closes or falls silent at a chosen octet: wherever a connection
// ends, both ends say so by a ChannelError, and nothing hangs.
#include <gtest/gtest.h>

#include <algorithm>

#include "domsec/net/channel.h"
#include "domsec/net/listener.h"
#include "support/conversation.h"
#include "support/pki.h"

namespace domsec::testing {
namespace {

using net::Channel;
using net::ChannelError;
using net::ChannelFault;
using net::task;
using net::TlsContext;

enum class AtTheEnd { close, silence };

struct RelayPlan {
  std::size_t to_server = std::size_t(-1);  // octets handed on
  std::size_t to_client = std::size_t(-1);
  std::size_t step = 512;                   // at most so many at a time
  AtTheEnd then = AtTheEnd::close;
};

struct Passed {
  std::size_t to_server = 0;
  std::size_t to_client = 0;
};

task<void> pump(std::shared_ptr<Channel> from, std::shared_ptr<Channel> to, std::size_t budget,
                const RelayPlan& plan, std::size_t& passed) {
  try {
    while (passed < budget) {
      const std::string octets = co_await from->read_some(std::min(plan.step, budget - passed), soon());
      passed += octets.size();
      co_await to->write(octets, soon());
    }
    // Silence: this direction is dead, the ends find out by their deadlines.
    if (plan.then == AtTheEnd::silence) co_await end_of(*from);
  } catch (const ChannelError&) {
  }
  from->close();
  to->close();
}

struct Result {
  std::optional<ChannelError> client;
  std::optional<ChannelError> server;
  Passed passed;
};

task<void> say_hello(Channel channel, net::TlsStart start, std::optional<ChannelError>& failure,
                     net::Milliseconds limit) {
  try {
    co_await channel.start_tls(std::move(start), after(limit));
    co_await channel.write("hello\r\n", after(limit));
    EXPECT_EQ(co_await channel.read_line(512, after(limit)), "hello");
  } catch (const ChannelError& error) {
    failure = error;
  }
  co_await channel.shutdown();
}

Result through_relay(const RelayPlan& plan, net::TlsVersion version, net::Milliseconds limit) {
  Result result;
  net::TlsSettings settings;
  settings.minimum = settings.maximum = version;
  static const pki::Credentials identity = three_levels().leaf("mail1.contoso.com");
  settings.identity = identity;
  const auto client = TlsContext::client(settings);
  const auto server = TlsContext::server(settings);

  net::Loop loop;
  net::Endpoint any;
  any.address = "127.0.0.1";
  net::Listener end(loop, any);
  net::Listener middle(loop, any);
  end.start([&](Channel channel) {
    end.stop();
    return say_hello(std::move(channel), tls_server(server), result.server, limit);
  });
  middle.start([&](Channel channel) -> task<void> {
    middle.stop();
    const auto near = std::make_shared<Channel>(std::move(channel));
    const auto far = std::make_shared<Channel>(co_await Channel::connect(end.endpoint(), soon()));
    loop.spawn(pump(far, near, plan.to_client, plan, result.passed.to_client));
    co_await pump(near, far, plan.to_server, plan, result.passed.to_server);
  });
  const auto begin = [&]() -> task<void> {
    Channel channel = co_await Channel::connect(middle.endpoint(), soon());
    co_await say_hello(std::move(channel), tls_client(client), result.client, limit);
  };
  loop.spawn(begin());
  loop.run();
  return result;
}

constexpr net::Milliseconds ample{20000};

TEST(TlsRelay, HandshakeSurvivesATrickleOfSingleOctets) {
  for (const net::TlsVersion version : {net::TlsVersion::tls1_2, net::TlsVersion::tls1_3}) {
    RelayPlan plan;
    plan.step = 1;
    const Result result = through_relay(plan, version, ample);
    EXPECT_FALSE(result.client) << result.client->what();
    EXPECT_FALSE(result.server) << result.server->what();
  }
}

TEST(TlsRelay, EndAtAnyOctetIsReportedByBothEnds) {
  for (const net::TlsVersion version : {net::TlsVersion::tls1_2, net::TlsVersion::tls1_3}) {
    const Passed whole = through_relay(RelayPlan(), version, ample).passed;
    for (const bool to_server : {true, false}) {
      const std::size_t all = to_server ? whole.to_server : whole.to_client;
      // The last records are close_notify and may be lost without harm: 30 octets at most.
      for (std::size_t at = 0; at + 60 < all; at += 61) {
        SCOPED_TRACE(std::to_string(at) + (to_server ? " octets to the server" : " octets to the client"));
        RelayPlan plan;
        (to_server ? plan.to_server : plan.to_client) = at;
        const Result result = through_relay(plan, version, ample);
        const auto& cut_off = to_server ? result.server : result.client;
        ASSERT_TRUE(cut_off);
        for (const auto& failure : {result.client, result.server}) {
          if (!failure) continue;
          EXPECT_TRUE(failure->fault == ChannelFault::closed || failure->fault == ChannelFault::reset)
              << failure->what();
        }
      }
    }
  }
}

TEST(TlsRelay, SilenceAtAnyOctetMeetsTheDeadline) {
  const Passed whole = through_relay(RelayPlan(), net::TlsVersion::tls1_3, ample).passed;
  for (std::size_t at = 0; at + 60 < whole.to_client; at += 400) {
    SCOPED_TRACE(at);
    RelayPlan plan;
    plan.to_client = at;
    plan.then = AtTheEnd::silence;
    const Result result = through_relay(plan, net::TlsVersion::tls1_3, net::Milliseconds(60));
    ASSERT_TRUE(result.client);
    EXPECT_EQ(result.client->fault, ChannelFault::timed_out);
  }
}

}  // namespace
}  // namespace domsec::testing
