// The limits of a connector over real sockets: what its parameters say is what a peer meets (spec exchange 2, 3.2).
#include <gtest/gtest.h>

#include "domsec/session/edge.h"
#include "domsec/session/reception.h"
#include "support/connector_client.h"
#include "support/scripted_peer.h"
#include "support/session_plans.h"

namespace domsec::session {
namespace {

using testing::Hear;
using testing::meet;
using testing::Met;
using testing::Partners;
using testing::Say;

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
      {"one hop too many", header.size(), 1, "554 5.4.6 Hop count exceeded"},
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

TEST(ConnectorLimits, MaxLocalHopCountCountsTheFieldsOfThisServer) {
  const std::string own = "Received: from a by Mail.WoodgroveBank.com with SMTP;\r\n\tSun, 22 Nov 2026 10:00:00 +0000\r\n";
  const std::string other = "Received: from a by mail.contoso.com\r\n";
  struct Row {
    const char* name;
    int limit;
    const char* reply;
  };
  for (const Row& row : {Row{"as many as may be", 2, "250 2.6.0"}, Row{"one too many", 1, "554 5.4.6 Hop count exceeded"},
                         Row{"0 is never too many", 0, "250 2.6.0"}}) {
    SCOPED_TRACE(row.name);
    const Partners partners;
    auto plan = partners.receive_plan();
    plan->own_names = {"mail.woodgrovebank.com"};
    plan->connector.max_local_hop_count = row.limit;
    const std::string reply = last_reply(By::data, own + other + own + other + "\r\nbody\r\n", plan);
    EXPECT_TRUE(reply.starts_with(row.reply)) << reply;
  }
}

TEST(ConnectorLimits, MessageRateLimitEndsTheSessionThatBeginsOneMessageTooMany) {
  const std::string refusal = "421 4.4.2 Message submission rate for this client has exceeded the configured limit";
  const std::vector<std::string> lines{"HELO a", "MAIL FROM:<a@fabrikam.com>", "RSET", "MAIL FROM:<b@fabrikam.com>",
                                       "RSET", "MAIL FROM:<c@fabrikam.com>", "NOOP"};
  for (const bool limited : {true, false}) {
    SCOPED_TRACE(limited ? "two a minute" : "unlimited");
    const Partners partners;
    auto plan = partners.receive_plan();
    if (limited) plan->submissions = std::make_shared<SubmissionRate>(2, exchange::MessageRateSource::ip_address);
    const std::vector<std::string> heard = testing::answers(lines, plan);
    ASSERT_EQ(heard.size(), limited ? 6U : 7U) << ::testing::PrintToString(heard);
    EXPECT_EQ(heard[5], limited ? refusal : "250 2.1.0 Sender OK");
    // The next connection of the same address meets the same count.
    const std::vector<std::string> again = testing::answers({"HELO a", "MAIL FROM:<d@fabrikam.com>"}, plan);
    EXPECT_EQ(again.back(), limited ? refusal : "250 2.1.0 Sender OK");
  }
}

TEST(ConnectorLimits, ARefusedSenderIsNoMessageOfTheRate) {
  const Partners partners;
  auto plan = partners.receive_plan();
  plan->submissions = std::make_shared<SubmissionRate>(1, exchange::MessageRateSource::ip_address);
  const std::vector<std::string> heard = testing::answers(
      {"HELO a", "MAIL FROM:<a@contoso.com>", "MAIL FROM:<a@fabrikam.com>"}, plan);
  ASSERT_EQ(heard.size(), 3U);
  EXPECT_EQ(heard[1], "451 5.7.3 STARTTLS is required to send mail");
  EXPECT_EQ(heard[2], "250 2.1.0 Sender OK");
}

TEST(ConnectorLimits, RequireTlsRefusesMailInClear) {
  for (const bool required : {true, false}) {
    const Partners partners;
    auto plan = partners.receive_plan();
    plan->connector.require_tls = {required, {}};
    const std::vector<std::string> heard = testing::answers({"HELO a", "MAIL FROM:<a@fabrikam.com>"}, plan);
    ASSERT_EQ(heard.size(), 2U);
    EXPECT_EQ(heard[1], required ? "451 5.7.3 STARTTLS is required to send mail" : "250 2.1.0 Sender OK");
  }
}

TEST(ConnectorLimits, MaxProtocolErrorsEndsTheSession) {
  const Partners partners;
  auto plan = partners.receive_plan();
  plan->connector.max_protocol_errors = 2;
  const Met met = meet({Hear{}, Say{"X\r\n"}, Hear{}, Say{"X\r\n"}, Hear{}, Say{"X\r\n"}, Hear{}, Hear{}, Hear{}}, plan);
  ASSERT_EQ(met.heard.lines.size(), 5U);
  EXPECT_EQ(met.heard.lines[4], "421 4.7.0 Too many errors on this connection, closing transmission channel");
  EXPECT_TRUE(met.heard.broken);
}

TEST(ConnectorLimits, MaxRecipientsPerMessageKeepsTheMessageForThoseBefore) {
  const Partners partners;
  auto plan = partners.receive_plan();
  plan->connector.max_recipients_per_message = 1;
  const std::vector<std::string> heard = testing::answers(
      {"HELO a", "MAIL FROM:<a@fabrikam.com>", "RCPT TO:<b@c.com>", "RCPT TO:<d@c.com>", "DATA", "Subject: a\r\n\r\n."}, plan);
  ASSERT_EQ(heard.size(), 6U);
  EXPECT_EQ(heard[3], "452 4.5.3 Too many recipients");
  EXPECT_TRUE(heard[5].starts_with("250 2.6.0")) << heard[5];
  ASSERT_EQ(partners.kept->size(), 1U);
  EXPECT_EQ(partners.kept->front().recipients.size(), 1U);
}

TEST(ConnectorLimits, BothTimeoutsEndTheSessionWith421) {
  for (const bool inactivity : {true, false}) {
    SCOPED_TRACE(inactivity ? "ConnectionInactivityTimeout" : "ConnectionTimeout");
    const Partners partners;
    auto plan = partners.receive_plan();
    (inactivity ? plan->connector.connection_inactivity_timeout : plan->connector.connection_timeout) = std::chrono::seconds(1);
    const Met met = meet({Hear{}, Hear{}}, plan);
    ASSERT_EQ(met.heard.lines.size(), 2U);
    EXPECT_TRUE(met.heard.lines[1].starts_with("421 4.4.1 Connection timed out")) << met.heard.lines[1];
  }
}

TEST(ConnectorLimits, TarpitIntervalHoldsBackARecipientThatIsRefusedForWhatItIs) {
  const Partners partners;
  auto plan = partners.receive_plan();
  plan->connector.reject_reserved_top_level_recipient_domains = true;
  plan->connector.tarpit_interval = std::chrono::seconds(1);
  const Met met = meet({Hear{}, Say{"HELO a\r\nMAIL FROM:<a@fabrikam.com>\r\nRCPT TO:<not an address>\r\n"}, Hear{}, Hear{}, Hear{},
                        Say{"RCPT TO:<a@b.test>\r\n"}, Hear{}},
                       plan);
  std::vector<std::string> held_back;
  for (const transcript::Event& event : met.events) {
    if (const auto* one = event.body.as<transcript::Tarpitted>()) held_back.push_back(one->reason);
  }
  EXPECT_EQ(held_back, std::vector<std::string>{"550 5.1.4 Recipient address reserved by RFC 2606"});
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

TEST(ConnectorLimits, AnUnlimitedMessageRateIsNotCounted) {
  const End end;
  exchange::ReceiveConnector connector;
  EXPECT_FALSE(end.edge.receive_plan(connector, nullptr)->submissions);
  connector.message_rate_limit = 600;
  EXPECT_TRUE(end.edge.receive_plan(connector, nullptr)->submissions);
  connector.message_rate_source = exchange::MessageRateSource::none;
  EXPECT_FALSE(end.edge.receive_plan(connector, nullptr)->submissions);
  EXPECT_EQ(end.edge.receive_plan(connector, nullptr)->own_names.back(), "mail.contoso.com");
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
