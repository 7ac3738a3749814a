// What a delivery comes to for a queued message, over real sockets; and when a queue hears that the end of
// data leaves.
#include "domsec/session/delivery_answers.h"

#include <gtest/gtest.h>

#include "support/scripted_peer.h"
#include "support/session_plans.h"

namespace domsec::session {
namespace {

using policy::DeliveryOutcome;
using policy::RecipientState;
using testing::Hear;
using testing::HearData;
using testing::Say;
using testing::Script;

/// The partner's half in clear: two recipients; the replies are the row's.
struct Replies {
  const char* mail = "250 2.1.0 Sender OK";
  const char* first = "250 2.1.5 Recipient OK";
  const char* second = "250 2.1.5 Recipient OK";
  const char* data = "354 go on";
  const char* dot = "250 2.6.0 taken";  // null: the peer leaves without it
};

bool taken(const char* reply) {
  return std::string(reply).starts_with("250");
}

Script script_of(const Replies& replies) {
  const auto line = [](const char* reply) { return Say{std::string(reply) + "\r\n"}; };
  Script script;
  const auto then = [&script](testing::Action action) { script.actions.push_back(std::move(action)); };
  then(Say{"220 peer.example\r\n"});
  then(Hear{});
  then(Say{"250-peer.example\r\n250 PIPELINING\r\n"});
  for (int command = 0; command < 3; ++command) then(Hear{});
  for (const char* reply : {replies.mail, replies.first, replies.second}) then(line(reply));
  const bool any = taken(replies.mail) && (taken(replies.first) || taken(replies.second));
  if (any) {
    then(Hear{});
    then(line(replies.data));
    if (std::string(replies.data).starts_with("354")) {
      then(HearData{});
      if (replies.dot == nullptr) return script;
      then(line(replies.dot));
    }
  }
  then(Hear{});
  then(Say{"221 bye\r\n"});
  return script;
}

SendPlan plan_in_clear() {
  SendPlan plan = testing::Partners().send_plan();
  plan.requirement = {};
  plan.requirement.requirement = policy::Requirement::none;
  plan.tls = nullptr;
  plan.message->recipients = {{smtp::parse_mailbox("a@woodgrovebank.com")},
                              {smtp::parse_mailbox("b@woodgrovebank.com")}};
  return plan;
}

struct Delivered {
  DeliveryAnswers answers;
  int connections = 0;
};

Delivered deliver_to(const Script& script, SendPlan session) {
  net::Loop loop;
  testing::ScriptedServer server(loop, script);
  net::ResolverSettings settings;
  net::Resolver resolver(loop, settings);
  DeliveryPlan plan;
  plan.session = std::move(session);
  Target target;
  target.host = server.endpoint().address;
  target.port = server.endpoint().port;
  const DeliveryResult result = net::run(
      loop, deliver(plan, target, resolver, [] { return testing::new_transcript(policy::Role::send); }));
  return {answers_of(*plan.session.message, result, pki::Instant()), server.connections()};
}

TEST(DeliveryAnswers, EveryRecipientHasHisOwnState) {
  constexpr auto waiting = RecipientState::waiting;
  constexpr auto delivered = RecipientState::delivered;
  constexpr auto failed = RecipientState::failed;
  struct Row {
    const char* name;
    Replies replies;
    RecipientState first;
    RecipientState second;
    DeliveryOutcome outcome;
    const char* error;
    bool unanswered = false;
  };
  Replies good;
  Replies one_unknown;
  one_unknown.second = "550 5.1.1 User unknown";
  Replies one_later;
  one_later.first = "450 4.2.1 later";
  Replies both_unknown = one_unknown;
  both_unknown.first = "550 5.1.1 User unknown";
  Replies one_unknown_one_later = one_unknown;
  one_unknown_one_later.first = "450 4.2.1 later";
  Replies sender_later;
  sender_later.mail = "451 4.3.0 not now";
  sender_later.first = sender_later.second = "503 5.5.1 send MAIL first";
  Replies sender_never = sender_later;
  sender_never.mail = "550 5.7.1 not from you";
  Replies data_never;
  data_never.data = "554 5.6.0 no";
  Replies dot_later = one_unknown;
  dot_later.dot = "451 4.3.0 disk full";
  Replies dot_never;
  dot_never.dot = "552 5.3.4 too large";
  Replies no_answer = one_unknown;
  no_answer.dot = nullptr;
  const std::vector<Row> rows{
      {"both taken", good, delivered, delivered, DeliveryOutcome::completed, ""},
      {"one unknown", one_unknown, delivered, failed, DeliveryOutcome::completed, "550 5.1.1 User unknown"},
      {"one later", one_later, waiting, delivered, DeliveryOutcome::message_deferred, "450 4.2.1 later"},
      {"both unknown", both_unknown, failed, failed, DeliveryOutcome::completed, "550 5.1.1 User unknown"},
      {"one unknown, one later", one_unknown_one_later, waiting, failed, DeliveryOutcome::message_deferred,
       "450 4.2.1 later"},
      {"sender later", sender_later, waiting, waiting, DeliveryOutcome::message_deferred,
       "451 4.3.0 not now"},
      {"sender never", sender_never, failed, failed, DeliveryOutcome::completed, "550 5.7.1 not from you"},
      {"data never", data_never, failed, failed, DeliveryOutcome::completed, "554 5.6.0 no"},
      {"end of data later", dot_later, waiting, failed, DeliveryOutcome::message_deferred,
       "451 4.3.0 disk full"},
      {"end of data never", dot_never, failed, failed, DeliveryOutcome::completed, "552 5.3.4 too large"},
      {"no answer to the end of data", no_answer, waiting, failed, DeliveryOutcome::connection_failed,
       "421 4.4.2 Connection dropped", true}};
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    const Delivered got = deliver_to(script_of(row.replies), plan_in_clear());
    EXPECT_EQ(got.answers.recipients[0].state, row.first);
    EXPECT_EQ(got.answers.recipients[1].state, row.second);
    EXPECT_EQ(got.answers.outcome, row.outcome);
    EXPECT_EQ(got.answers.error.text, row.error);
    EXPECT_EQ(got.answers.unanswered, row.unanswered);
    EXPECT_EQ(got.connections, 1);
  }
}

TEST(DeliveryAnswers, AMessageThatTheServerCannotCarryFailsForGood) {
  SendPlan plan = plan_in_clear();
  plan.message->content = "Subject: \xc3\xbc\n\nx\n";
  Script script;
  script.actions = {Say{"220 peer.example\r\n"}, Hear{}, Say{"250 peer.example\r\n"}, Hear{},
                    Say{"221 bye\r\n"}};
  const Delivered got = deliver_to(script, plan);
  EXPECT_EQ(got.answers.outcome, DeliveryOutcome::completed);
  EXPECT_EQ(got.answers.recipients[0].state, RecipientState::failed);
  EXPECT_EQ(got.answers.recipients[0].reply.text(),
            "554 5.6.0 the message holds 8-bit text and the server does not offer 8BITMIME");
}

TEST(DeliveryAnswers, AServerThatCannotBeReachedFailsTheConnectionWithTheAttestedWord) {
  net::Loop loop;
  std::uint16_t port = 0;
  {
    const testing::ScriptedServer gone(loop, {});
    port = gone.endpoint().port;
  }
  net::Resolver resolver(loop, {});
  DeliveryPlan plan;
  plan.session = plan_in_clear();
  Target target;
  target.host = "127.0.0.1";
  target.port = port;
  const DeliveryResult result = net::run(
      loop, deliver(plan, target, resolver, [] { return testing::new_transcript(policy::Role::send); }));
  const DeliveryAnswers answers = answers_of(*plan.session.message, result, pki::Instant());
  EXPECT_EQ(answers.outcome, DeliveryOutcome::connection_failed);
  EXPECT_EQ(answers.error.text, "421 4.2.1 Unable to connect");
  EXPECT_EQ(answers.error.address, "127.0.0.1:" + std::to_string(port));
  EXPECT_EQ(answers.recipients[0].reply.code(), 0);
}

/// The partner is a name server away; what it does not know is settled without a connection.
DeliveryAnswers answers_for(policy::DnsOutcome outcome) {
  transcript::Transcript transcript = testing::new_transcript(policy::Role::send);
  transcript::HostsResolved resolved;
  resolved.outcome = outcome;
  transcript.append(resolved);
  DeliveryResult result;
  Attempt attempt{"", -1, transcript, {}};
  attempt.result.verdict.headline.detail = "no address to connect to";
  result.attempts.push_back(attempt);
  return answers_of(*plan_in_clear().message, result, pki::Instant());
}

TEST(DeliveryAnswers, OnlyADomainThatTakesNoMailFailsWithoutAConnection) {
  EXPECT_EQ(answers_for(policy::DnsOutcome::failed).outcome, DeliveryOutcome::connection_failed);
  EXPECT_EQ(answers_for(policy::DnsOutcome::no_address).outcome, DeliveryOutcome::connection_failed);
  for (const policy::DnsOutcome outcome : {policy::DnsOutcome::null_mx, policy::DnsOutcome::no_such_domain}) {
    const DeliveryAnswers answers = answers_for(outcome);
    EXPECT_EQ(answers.outcome, DeliveryOutcome::completed);
    EXPECT_EQ(answers.recipients[1].state, RecipientState::failed);
  }
}

/// 1 while the end of data leaves, 2 when it is answered; the peer must not have heard it at 1.
TEST(EndOfData, IsToldBeforeItsLastOctetsLeaveAndWhenItIsAnswered) {
  for (const std::size_t size : {20U, 65530U, 65536U, 65537U, 200000U}) {
    SCOPED_TRACE(size);
    SendPlan plan = plan_in_clear();
    plan.message->content = "Subject: x\n\n" + std::string(size, 'x') + "\n";
    std::vector<std::string> told;
    plan.end_of_data.leaves = [&](const SendResult& sent, const std::string&) {
      EXPECT_EQ(sent.recipients.size(), 2U);
      EXPECT_FALSE(sent.unanswered);
      told.emplace_back("leaves");
    };
    plan.end_of_data.answered = [&](const SendResult& sent, const std::string&) {
      EXPECT_TRUE(sent.delivered);
      EXPECT_FALSE(sent.unanswered);
      told.emplace_back("answered");
    };
    deliver_to(script_of({}), plan);
    EXPECT_EQ(told, (std::vector<std::string>{"leaves", "answered"}));
  }
}

TEST(EndOfData, DoesNotLeaveWhenItCannotBeNoted) {
  net::Loop loop;
  testing::ScriptedServer server(loop, script_of({}));
  SendPlan plan = plan_in_clear();
  plan.end_of_data.leaves = [](const SendResult&, const std::string&) {
    throw std::runtime_error("the disk is full");
  };
  transcript::Transcript transcript = testing::new_transcript(policy::Role::send);
  EXPECT_THROW((void)testing::send(loop, plan, server.endpoint(), transcript), std::runtime_error);
  net::run(loop, net::sleep(net::Milliseconds(20)));
  EXPECT_EQ(server.heard().data, "");
}

}  // namespace
}  // namespace domsec::session
