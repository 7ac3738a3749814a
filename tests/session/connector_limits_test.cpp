// The limits of a connector over real sockets: what its parameters say is what a peer meets (spec exchange 2, 3.2).
#include <gtest/gtest.h>

#include <functional>

#include "domsec/session/edge.h"
#include "domsec/session/reception.h"
#include "support/scripted_peer.h"
#include "support/session_plans.h"

namespace domsec::session {
namespace {

using testing::Hear;
using testing::Partners;
using testing::Say;

/// What a client of one connection hears, and our transcript of it.
struct Met {
  testing::Heard heard;
  std::vector<transcript::Event> events;
};

Met meet(std::vector<testing::Action> actions, const std::shared_ptr<ReceivePlan>& plan) {
  net::Loop loop;
  Met met;
  Reception reception(
      loop, net::Endpoint{"127.0.0.1", 0}, [] { return testing::new_transcript(policy::Role::receive); },
      [&](const transcript::Transcript& ended) { met.events = ended.events(); });
  plan->timeouts = Timeouts::capped(net::Milliseconds(5000));
  reception.use(plan);
  reception.start();
  auto heard = std::make_shared<testing::Heard>();
  testing::Script script;
  script.actions = std::move(actions);
  const auto client = [&]() -> net::task<int> {
    const net::SteadyPoint deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    net::Channel channel = co_await net::Channel::connect(reception.endpoint(), deadline);
    co_await testing::play(std::move(channel), net::TlsRole::client, script, heard);
    co_return 0;
  };
  net::run(loop, client());
  reception.stop();
  loop.run();
  met.heard = *heard;
  return met;
}

/// An unlisted sender's message in clear, by DATA or in one chunk; its last reply.
enum class By { data, chunk };
std::string last_reply(By by, const std::string& content, const std::shared_ptr<ReceivePlan>& plan) {
  std::vector<testing::Action> actions{Hear{}, Say{"HELO a.example\r\n"}, Hear{},
                                       Say{"MAIL FROM:<a@fabrikam.com>\r\n"}, Hear{},
                                       Say{"RCPT TO:<bob@woodgrovebank.com>\r\n"}, Hear{}};
  if (by == By::data) {
    actions.insert(actions.end(), {Say{"DATA\r\n"}, Hear{}, Say{content + ".\r\n"}, Hear{}});
  } else {
    actions.insert(actions.end(), {Say{"BDAT " + std::to_string(content.size()) + " LAST\r\n" + content}, Hear{}});
  }
  const Met met = meet(std::move(actions), plan);
  return met.heard.lines.empty() ? std::string() : met.heard.lines.back();
}

TEST(ConnectorLimits, AMessageIsHeldToMaxHeaderSizeAndMaxHopCount) {
  const std::string header = "Subject: twelve\r\nReceived: one\r\nReceived: two\r\n";
  const std::string body = "\r\nReceived: in the body\r\n";
  struct Row {
    const char* name;
    std::uint64_t header_size;
    int hops;
    const char* reply;
  };
  const Row rows[] = {
      {"both as large as may be", header.size(), 2, "250 2.6.0"},
      {"header one octet too large", header.size() - 1, 2, "552 5.3.4 Message header"},
      {"one hop too many", header.size(), 1, "554 5.4.6"},
  };
  for (const By by : {By::data, By::chunk}) {
    for (const Row& row : rows) {
      SCOPED_TRACE(std::string(row.name) + (by == By::data ? ", DATA" : ", BDAT"));
      const Partners partners;
      auto plan = partners.receive_plan();
      plan->connector.max_header_size = row.header_size;
      plan->connector.max_hop_count = row.hops;
      const std::string reply = last_reply(by, header + body, plan);
      EXPECT_TRUE(reply.starts_with(row.reply)) << reply;
      EXPECT_EQ(partners.kept->size(), reply.starts_with("250") ? 1U : 0U);
    }
  }
}

TEST(ConnectorLimits, TheBannerIsTheGreeting) {
  const Partners partners;
  auto plan = partners.receive_plan();
  plan->connector.banner = "220 Contoso takes mail here";
  const Met met = meet({Hear{}}, plan);
  ASSERT_EQ(met.heard.lines.size(), 1U);
  EXPECT_EQ(met.heard.lines[0], "220 Contoso takes mail here");
}

TEST(ConnectorLimits, AKeywordThatIsSwitchedOffCannotBeUsed) {
  const Partners partners;
  const auto plan = partners.receive_plan();
  plan->connector.size_enabled = exchange::SizeEnabled::disabled;
  plan->connector.chunking_enabled = false;
  plan->connector.delivery_status_notification_enabled = false;
  const Met met = meet({Hear{}, Say{"HELO a.example\r\n"}, Hear{}, Say{"MAIL FROM:<a@fabrikam.com> SIZE=10\r\n"}, Hear{},
                        Say{"MAIL FROM:<a@fabrikam.com>\r\n"}, Hear{},
                        Say{"RCPT TO:<bob@woodgrovebank.com> NOTIFY=NEVER\r\n"}, Hear{},
                        Say{"RCPT TO:<bob@woodgrovebank.com>\r\n"}, Hear{}, Say{"BDAT 6 LAST\r\nQUIT\r\n"}, Hear{},
                        Say{"NOOP\r\n"}, Hear{}},
                       plan);
  const std::vector<std::string>& lines = met.heard.lines;
  ASSERT_GE(lines.size(), 6U);
  std::vector<std::string> codes;
  for (auto line = lines.end() - 6; line != lines.end(); ++line) codes.push_back(line->substr(0, 9));
  // The chunk's octets are no command: the NOOP behind it is answered.
  EXPECT_EQ(codes, (std::vector<std::string>{"555 5.5.4", "250 2.1.0", "555 5.5.4", "250 2.1.5", "502 5.5.1", "250 2.0.0"}));
}

TEST(ConnectorLimits, TarpitIntervalHoldsBackRefusalsByPolicyAndNothingElse) {
  const Partners partners;
  for (const bool tarpit : {true, false}) {
    SCOPED_TRACE(tarpit ? "one second" : "off");
    auto plan = partners.receive_plan();
    plan->accepted_domains = {*smtp::Domain::parse("woodgrovebank.com")};
    plan->connector.tarpit_interval = std::chrono::seconds(tarpit ? 1 : 0);
    const auto begun = std::chrono::steady_clock::now();
    const Met met = meet({Hear{}, Say{"HELO a.example\r\n"}, Hear{}, Say{"NONSENSE\r\n"}, Hear{},
                          Say{"MAIL FROM:<a@fabrikam.com>\r\nRCPT TO:<x@elsewhere.example>\r\n"}, Hear{}, Hear{}},
                         plan);
    const auto taken = std::chrono::steady_clock::now() - begun;
    ASSERT_EQ(met.heard.lines.size(), 5U);
    EXPECT_EQ(met.heard.lines.back(), "550 5.7.1 Unable to relay");
    std::vector<transcript::Tarpitted> held_back;
    for (const transcript::Event& event : met.events) {
      if (const auto* one = event.body.as<transcript::Tarpitted>()) held_back.push_back(*one);
    }
    ASSERT_EQ(held_back.size(), tarpit ? 1U : 0U);  // the 500 to NONSENSE is not held back
    if (!tarpit) continue;
    EXPECT_EQ(held_back[0].reason, "550 5.7.1 Unable to relay");
    EXPECT_GE(taken, std::chrono::seconds(1));
  }
}

TEST(ConnectorLimits, ATarpitEndsWithTheSession) {
  const Partners partners;
  auto plan = partners.receive_plan();
  plan->accepted_domains = {*smtp::Domain::parse("woodgrovebank.com")};
  plan->connector.tarpit_interval = std::chrono::minutes(10);
  plan->connector.connection_timeout = std::chrono::seconds(1);
  const auto begun = std::chrono::steady_clock::now();
  meet({Hear{}, Say{"HELO a.example\r\nMAIL FROM:<a@fabrikam.com>\r\nRCPT TO:<x@elsewhere.example>\r\n"}, Hear{}, Hear{},
        Hear{}},
       plan);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(5));
}

/// An end without a certificate of its own, for what connectors say apart from TLS.
struct End {
  net::Loop loop;
  Edge edge{loop, organisation(), settings()};
  static exchange::Organisation organisation() {
    exchange::Organisation organisation;
    organisation.server_fqdn = smtp::Domain::parse("mail.contoso.com");
    organisation.revocation.mode = "off";
    return organisation;
  }
  static EdgeSettings settings() {
    EdgeSettings settings;
    settings.now = [] { return testing::test_instant; };
    return settings;
  }
};

TEST(ConnectorLimits, ASendConnectorsInactivityTimeoutBoundsEachWait) {
  End end;
  exchange::SendConnector connector;
  connector.connection_inactivity_timeout = std::chrono::seconds(1);
  testing::Script script;
  script.ending = testing::Ending::silence;
  testing::ScriptedServer server(end.loop, script);
  transcript::Transcript transcript = testing::new_transcript(policy::Role::send);
  const SendPlan plan = end.edge.send_plan(connector, *smtp::Domain::parse("woodgrovebank.com"));
  const auto begun = std::chrono::steady_clock::now();
  testing::send(end.loop, plan, server.endpoint(), transcript);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(4));  // without it: 30 s for a greeting
  const policy::Evidence evidence = transcript::evidence_of(transcript);
  ASSERT_TRUE(evidence.broken);
  EXPECT_EQ(policy::text(evidence.broken->kind), policy::text(policy::BreakKind::timed_out));
  EXPECT_EQ(plan.timeouts.connect, Timeouts().connect);  // no connection, no inactivity of one
}

TEST(ConnectorLimits, ABannerThatIsNoGreetingIsRefusedBeforeAnybodyConnects) {
  const End end;
  exchange::ReceiveConnector connector;
  connector.banner = "Welcome";
  EXPECT_THROW((void)end.edge.receive_plan(connector, nullptr), exchange::ConfigError);
  connector.banner = "220 Welcome";
  EXPECT_NO_THROW((void)end.edge.receive_plan(connector, nullptr));
}

}  // namespace
}  // namespace domsec::session
