#include "domsec/session/receive_session.h"

#include <gtest/gtest.h>

#include "domsec/session/reception.h"
#include "support/scripted_peer.h"
#include "support/session_plans.h"

namespace domsec::session {
namespace {

using testing::Partners;

/// Both engines over a real socket: the sender's result, the receiver's transcript.
struct Exchanged {
  SendResult sent;
  transcript::Transcript sender = testing::new_transcript(policy::Role::send);
  std::optional<transcript::Transcript> receiver;
  [[nodiscard]] std::optional<policy::Verdict> verdict_at_mail() const;
};

std::optional<policy::Verdict> Exchanged::verdict_at_mail() const {
  std::optional<policy::Verdict> verdict;
  if (!receiver) return verdict;
  for (const transcript::Event& event : receiver->events()) {
    if (const auto* decided = event.body.as<transcript::PolicyDecided>()) verdict = decided->verdict;
  }
  return verdict;
}

Exchanged exchange_mail(const SendPlan& send_plan, std::shared_ptr<const ReceivePlan> receive_plan) {
  net::Loop loop;
  Exchanged exchanged;
  Reception reception(
      loop, net::Endpoint{"127.0.0.1", 0}, [] { return testing::new_transcript(policy::Role::receive); },
      [&](const transcript::Transcript& ended) { exchanged.receiver = ended; });
  reception.use(std::move(receive_plan));
  reception.start();
  exchanged.sent = testing::send(loop, send_plan, reception.endpoint(), exchanged.sender);
  reception.stop();
  loop.run();
  return exchanged;
}

/// One session of a scripted client.
transcript::Transcript receive_from(const testing::Script& script, std::shared_ptr<const ReceivePlan> plan,
                                    std::shared_ptr<testing::Heard> heard = std::make_shared<testing::Heard>()) {
  net::Loop loop;
  std::optional<transcript::Transcript> receiver;
  Reception reception(
      loop, net::Endpoint{"127.0.0.1", 0}, [] { return testing::new_transcript(policy::Role::receive); },
      [&](const transcript::Transcript& ended) { receiver = ended; });
  reception.use(std::move(plan));
  reception.start();
  const auto client = [&]() -> net::task<int> {
    const net::SteadyPoint deadline = std::chrono::steady_clock::now() + std::chrono::seconds(5);
    net::Channel channel = co_await net::Channel::connect(reception.endpoint(), deadline);
    co_await testing::play(std::move(channel), net::TlsRole::client, script, heard);
    co_return 0;
  };
  net::run(loop, client());
  reception.stop();
  loop.run();
  return receiver.value();
}

TEST(ReceiveSession, BothEnginesExchangeDomainSecuredMail) {
  for (const net::TlsVersion version : {net::TlsVersion::tls1_2, net::TlsVersion::tls1_3}) {
    SCOPED_TRACE(version == net::TlsVersion::tls1_2 ? "TLS 1.2" : "TLS 1.3");
    const Partners partners;
    SendPlan plan = partners.send_plan();
    net::TlsSettings settings;
    settings.identity = partners.contoso;
    settings.maximum = version;
    plan.tls = net::TlsContext::client(settings);
    const Exchanged exchanged = exchange_mail(plan, partners.receive_plan());
    EXPECT_TRUE(exchanged.sent.delivered);
    EXPECT_EQ(exchanged.sent.verdict.treatment, policy::Treatment::domain_secured);
    ASSERT_EQ(partners.kept->size(), 1U);
    const ReceivedMessage& message = partners.kept->front();
    EXPECT_EQ(message.content, "Subject: test\r\n\r\nHello.\r\n.\r\nlast line\r\n");
    EXPECT_EQ(message.verdict.treatment, policy::Treatment::domain_secured);
    EXPECT_EQ(message.partner, "contoso.com");
    EXPECT_EQ(message.recipients.front().text(), "bob@woodgrovebank.com");
    ASSERT_TRUE(message.tls);
    EXPECT_EQ(message.tls->version, version == net::TlsVersion::tls1_2 ? "TLSv1.2" : "TLSv1.3");
  }
}

/// R8: a listed sender without good mutual TLS, and how it is refused. The sender itself demands nothing.
struct RefusedRow {
  const char* name;
  std::optional<pki::Credentials> presents;
  bool tls;
  finding::Code code;
  const char* reply;
  const char* event;
};

std::vector<RefusedRow> refused_rows(const Partners& partners) {
  pki::CertificateRecipe expired = testing::leaf_recipe({"mail.contoso.com"});
  expired.not_after = testing::test_instant - std::chrono::days(1);
  return {
      {"no TLS", std::nullopt, false, finding::Code::policy_no_tls, "451 5.7.3 STARTTLS is required to send mail", "11012"},
      {"no certificate", std::nullopt, true, finding::Code::client_cert_missing,
       "454 4.7.0 Failed to establish appropriate TLS channel: EmptyCertificate: Access Denied", ""},
      {"wrong name", partners.pki.leaf("mail.fabrikam.com"), true, finding::Code::certificate_host_mismatch,
       "454 4.7.0 Failed to establish appropriate TLS channel: SubjectMismatch: Access Denied", "11015"},
      {"untrusted", testing::ThreeLevels("Stranger").leaf("mail.contoso.com"), true, finding::Code::certificate_not_trusted,
       "454 4.7.0 Failed to establish appropriate TLS channel: UntrustedRoot: Access Denied", ""},
      {"expired", partners.pki.second.issue(expired), true, finding::Code::certificate_expired,
       "454 4.7.0 Failed to establish appropriate TLS channel: CertificateExpired: Access Denied", ""},
  };
}

TEST(ReceiveSession, AListedSenderWithoutGoodMutualTlsIsRefusedAtMailFrom) {
  const Partners partners;
  for (const RefusedRow& row : refused_rows(partners)) {
    SCOPED_TRACE(row.name);
    SendPlan plan = partners.send_plan();
    plan.requirement = policy::TlsRequirement{};
    net::TlsSettings settings;
    settings.identity = row.presents;
    plan.tls = row.tls ? net::TlsContext::client(settings) : nullptr;
    const Exchanged exchanged = exchange_mail(plan, partners.receive_plan());
    EXPECT_FALSE(exchanged.sent.delivered);
    ASSERT_TRUE(exchanged.sent.final_reply);
    EXPECT_EQ(exchanged.sent.final_reply->text(), row.reply);
    const auto verdict = exchanged.verdict_at_mail();
    ASSERT_TRUE(verdict);
    EXPECT_EQ(finding::name(verdict->headline.code), finding::name(row.code));
    EXPECT_EQ(verdict->exchange_event, row.event);
    EXPECT_TRUE(partners.kept->empty());
  }
}

TEST(ReceiveSession, AnUnlistedSenderPassesWithAndWithoutTlsAndCertificate) {
  struct Row {
    const char* name;
    bool tls;
    bool certificate;
  };
  for (const Row& row : {Row{"in clear", false, false}, Row{"TLS", true, false}, Row{"TLS and certificate", true, true}}) {
    SCOPED_TRACE(row.name);
    const Partners partners;
    SendPlan plan = partners.send_plan();
    plan.requirement = policy::TlsRequirement{};
    plan.message->reverse_path = smtp::parse_mailbox("carol@fabrikam.com");
    net::TlsSettings settings;
    if (row.certificate) settings.identity = testing::ThreeLevels("Stranger").leaf("mail.fabrikam.com");
    plan.tls = row.tls ? net::TlsContext::client(settings) : nullptr;
    const Exchanged exchanged = exchange_mail(plan, partners.receive_plan());
    EXPECT_TRUE(exchanged.sent.delivered);
    ASSERT_EQ(partners.kept->size(), 1U);
    EXPECT_NE(partners.kept->front().verdict.treatment, policy::Treatment::domain_secured);
  }
}

/// R6: list, DomainSecureEnabled and AuthMechanism Tls; a listed sender in clear is refused only when all three hold.
TEST(ReceiveSession, EnforcesOnlyWhenListConnectorAndTlsHold) {
  for (int bits = 0; bits < 8; ++bits) {
    const bool listed = bits & 1;
    const bool enabled = bits & 2;
    const bool tls = bits & 4;
    SCOPED_TRACE("listed " + std::to_string(listed) + " enabled " + std::to_string(enabled) + " tls " + std::to_string(tls));
    const Partners partners;
    auto receive = partners.receive_plan();
    if (!listed) receive->transport_config = exchange::TransportConfig{};
    receive->connector.domain_secure_enabled.value = enabled;
    receive->connector.auth_mechanism.value.tls = tls;
    if (!tls) receive->tls = nullptr;
    SendPlan plan = partners.send_plan();
    plan.requirement = policy::TlsRequirement{};
    plan.tls = nullptr;
    const Exchanged exchanged = exchange_mail(plan, receive);
    EXPECT_EQ(exchanged.sent.delivered, !(listed && enabled && tls));
  }
}

TEST(ReceiveSession, JudgesEachMessageOfASessionAnew) {
  const Partners partners;
  net::Loop loop;
  Reception reception(
      loop, net::Endpoint{"127.0.0.1", 0}, [] { return testing::new_transcript(policy::Role::receive); }, nullptr);
  reception.use(partners.receive_plan());
  reception.start();
  auto heard = std::make_shared<testing::Heard>();
  testing::Script script;
  using testing::Hear;
  using testing::Say;
  script.actions = {Hear{}, Say{"EHLO x.example\r\n"}};
  for (int i = 0; i < 10; ++i) script.actions.emplace_back(Hear{});   // greeting is heard first, then the EHLO reply
  script.actions.emplace_back(Say{"MAIL FROM:<a@unlisted.example>\r\n"});
  script.actions.emplace_back(Hear{});
  script.actions.emplace_back(Say{"RSET\r\nMAIL FROM:<a@contoso.com>\r\n"});
  script.actions.emplace_back(Hear{});
  script.actions.emplace_back(Hear{});
  const auto client = [&]() -> net::task<int> {
    const net::SteadyPoint deadline = std::chrono::steady_clock::now() + std::chrono::seconds(5);
    net::Channel channel = co_await net::Channel::connect(reception.endpoint(), deadline);
    co_await testing::play(std::move(channel), net::TlsRole::client, script, heard);
    co_return 0;
  };
  net::run(loop, client());
  ASSERT_GE(heard->lines.size(), 3U);
  EXPECT_EQ(heard->lines[heard->lines.size() - 3], "250 2.1.0 Sender OK");
  EXPECT_EQ(heard->lines.back(), "451 5.7.3 STARTTLS is required to send mail");
}

/// The client's half of a session, for a receiver that must name the step where it ends.
TEST(ReceiveSession, NamesTheStepWhenTheClientEnds) {
  struct Row {
    const char* name;
    std::vector<std::string> lines;
    policy::Step step;
  };
  const std::vector<Row> rows{
      {"before EHLO", {}, policy::Step::greeting},
      {"after EHLO", {"EHLO a.example\r\n"}, policy::Step::ehlo},
      {"after STARTTLS", {"EHLO a.example\r\n", "STARTTLS\r\n"}, policy::Step::handshake},
      {"after MAIL", {"EHLO a.example\r\n", "MAIL FROM:<a@b.example>\r\n"}, policy::Step::mail},
      {"after RCPT", {"EHLO a.example\r\n", "MAIL FROM:<a@b.example>\r\n", "RCPT TO:<c@d.example>\r\n"}, policy::Step::rcpt},
      {"in the data",
       {"EHLO a.example\r\n", "MAIL FROM:<a@b.example>\r\n", "RCPT TO:<c@d.example>\r\n", "DATA\r\n", "Subject: x\r\n"},
       policy::Step::end_of_data},
  };
  for (const testing::Ending ending : {testing::Ending::close, testing::Ending::reset}) {
    for (const Row& row : rows) {
      SCOPED_TRACE(row.name);
      const Partners partners;
      net::Loop loop;
      std::optional<transcript::Transcript> ended;
      Reception reception(
          loop, net::Endpoint{"127.0.0.1", 0}, [] { return testing::new_transcript(policy::Role::receive); },
          [&](const transcript::Transcript& transcript) { ended = transcript; });
      reception.use(partners.receive_plan());
      reception.start();
      const auto client = [&]() -> net::task<int> {
        const net::SteadyPoint deadline = std::chrono::steady_clock::now() + std::chrono::seconds(5);
        net::Channel channel = co_await net::Channel::connect(reception.endpoint(), deadline);
        co_await channel.read_line(4096, deadline);
        for (const std::string& line : row.lines) {
          co_await channel.write(line, deadline);
          if (line.starts_with("Subject")) continue;  // message data has no reply
          std::string reply = co_await channel.read_line(4096, deadline);
          while (reply.size() > 3 && reply[3] == '-') reply = co_await channel.read_line(4096, deadline);
        }
        if (ending == testing::Ending::reset) channel.abort();
        co_return 0;
      };
      net::run(loop, client());
      reception.stop();
      loop.run();
      ASSERT_TRUE(ended);
      const policy::Evidence evidence = transcript::evidence_of(*ended);
      ASSERT_TRUE(evidence.broken);
      EXPECT_EQ(policy::text(evidence.broken->step), policy::text(row.step));
      EXPECT_TRUE(partners.kept->empty());
    }
  }
}

/// Nothing is left without a verdict once TLS was up: a client that leaves before MAIL is neither passed nor blamed.
TEST(ReceiveSession, AClientThatLeavesBeforeMailIsInconclusive) {
  using testing::Hear;
  using testing::Say;
  const Partners partners;
  const std::vector<testing::Action> to_tls{Hear{}, Say{"EHLO a.example\r\n"}, Hear{}, Hear{}, Hear{}, Hear{}, Hear{},
                                            Hear{}, Hear{}, Hear{}, Hear{}, Hear{}, Say{"STARTTLS\r\n"}, Hear{},
                                            testing::StartTls{partners.client(partners.contoso)}};
  struct Row {
    const char* name;
    std::vector<testing::Action> inside;
    finding::Code code;
    policy::Who who;
  };
  const std::vector<Row> rows{
      {"without a word", {}, finding::Code::refused_after_handshake, policy::Who::they},
      {"QUIT at once", {Say{"QUIT\r\n"}, Hear{}}, finding::Code::not_a_tls_fault, policy::Who::note},
      {"QUIT after EHLO", {Say{"EHLO a.example\r\nQUIT\r\n"}, Hear{}}, finding::Code::not_a_tls_fault, policy::Who::note},
      {"after EHLO", {Say{"EHLO a.example\r\n"}, Hear{}}, finding::Code::queue_error_generic, policy::Who::env},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    testing::Script script;
    script.actions = to_tls;
    script.actions.insert(script.actions.end(), row.inside.begin(), row.inside.end());
    const transcript::Transcript ended = receive_from(script, partners.receive_plan());
    std::vector<policy::Verdict> verdicts;
    for (const transcript::Event& event : ended.events()) {
      if (const auto* decided = event.body.as<transcript::PolicyDecided>()) verdicts.push_back(decided->verdict);
    }
    ASSERT_EQ(verdicts.size(), 1U);
    EXPECT_EQ(policy::text(verdicts[0].result), policy::text(policy::Result::inconclusive));
    EXPECT_EQ(finding::name(verdicts[0].headline.code), finding::name(row.code));
    EXPECT_EQ(policy::text(verdicts[0].headline.who), policy::text(row.who));
    EXPECT_FALSE(verdicts[0].reply);
  }
}

TEST(ReceiveSession, ASilentClientGets421AfterTheInactivityTimeout) {
  const Partners partners;
  auto receive = partners.receive_plan();
  receive->connector.connection_inactivity_timeout = std::chrono::seconds(1);
  net::Loop loop;
  std::optional<transcript::Transcript> ended;
  Reception reception(
      loop, net::Endpoint{"127.0.0.1", 0}, [] { return testing::new_transcript(policy::Role::receive); },
      [&](const transcript::Transcript& transcript) { ended = transcript; });
  reception.use(receive);
  reception.start();
  auto heard = std::make_shared<testing::Heard>();
  testing::Script script;
  script.ending = testing::Ending::silence;
  const auto client = [&]() -> net::task<int> {
    const net::SteadyPoint deadline = std::chrono::steady_clock::now() + std::chrono::seconds(5);
    net::Channel channel = co_await net::Channel::connect(reception.endpoint(), deadline);
    co_await testing::play(std::move(channel), net::TlsRole::client, script, heard);
    co_return 0;
  };
  net::run(loop, client());
  ASSERT_EQ(heard->lines.size(), 2U);
  EXPECT_TRUE(heard->lines.back().starts_with("421 4.4.1"));
}

}  // namespace
}  // namespace domsec::session
