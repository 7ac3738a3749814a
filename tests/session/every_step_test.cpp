// The receiving engine against a client that ends at every step of a whole mutual-TLS session: closes, resets, falls silent;
// and against one that sends octet by octet. The outcome names the step, and nothing half is kept.
#include <gtest/gtest.h>

#include <map>

#include "domsec/session/reception.h"
#include "support/scripted_peer.h"
#include "support/session_plans.h"

namespace domsec::session {
namespace {

using testing::Ending;
using testing::Hear;
using testing::Pace;
using testing::Partners;
using testing::Say;
using testing::Script;
using testing::StartTls;

/// How many lines our server's EHLO reply has, in clear and inside TLS.
constexpr int lines_in_clear = 10;
constexpr int lines_inside_tls = 9;

/// A good client's half of a session.
std::vector<testing::Action> good_client(const Partners& partners) {
  std::vector<testing::Action> actions{Hear{}, Say{"EHLO mail.contoso.com\r\n"}};
  actions.insert(actions.end(), lines_in_clear, Hear{});
  actions.insert(actions.end(), {Say{"STARTTLS\r\n"}, Hear{}, StartTls{partners.client(partners.contoso)},
                                 Say{"EHLO mail.contoso.com\r\n"}});
  actions.insert(actions.end(), lines_inside_tls, Hear{});
  actions.insert(actions.end(), {Say{"MAIL FROM:<alice@contoso.com>\r\n"}, Hear{}, Say{"RCPT TO:<bob@woodgrovebank.com>\r\n"},
                                 Hear{}, Say{"DATA\r\n"}, Hear{}, Say{"Subject: x\r\n\r\nHello.\r\n.\r\n"}, Hear{},
                                 Say{"QUIT\r\n"}, Hear{}});
  return actions;
}

struct Row {
  const char* name;
  std::size_t played;       // actions before the client ends
  policy::Step step;
};

/// Cut after each thing that the client says, and in the middle of the data.
std::vector<Row> rows() {
  const std::size_t ehlo = 2 + lines_in_clear;
  const std::size_t inside = ehlo + 4 + lines_inside_tls;
  return {{"at the greeting", 1, policy::Step::greeting},
          {"after EHLO", ehlo, policy::Step::ehlo},
          {"after the 220 of STARTTLS", ehlo + 2, policy::Step::handshake},
          {"after the handshake", ehlo + 3, policy::Step::handshake},
          {"after EHLO inside TLS", inside, policy::Step::ehlo_inside_tls},
          {"after MAIL", inside + 2, policy::Step::mail},
          {"after RCPT", inside + 4, policy::Step::rcpt},
          {"after the 354", inside + 6, policy::Step::end_of_data}};
}

/// All rows at once on one loop; ends by remote endpoint.
struct Clients {
  net::Loop loop;
  Partners partners;
  std::map<std::string, transcript::Transcript> ended;
  Reception reception{loop, net::Endpoint{"127.0.0.1", 0}, [] { return testing::new_transcript(policy::Role::receive); },
                      [this](const transcript::Transcript& transcript) { ended.insert_or_assign(transcript.remote(), transcript); }};
  std::map<std::string, std::string> locals;   // row name → our endpoint
  std::size_t open = 0;

  net::task<void> client(std::string name, Script script) {
    const net::SteadyPoint deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    net::Channel channel = co_await net::Channel::connect(reception.endpoint(), deadline);
    locals[name] = channel.local().text();
    co_await testing::play(std::move(channel), net::TlsRole::client, std::move(script), std::make_shared<testing::Heard>());
    if (--open == 0) reception.stop();
  }
  void start(const std::string& name, Script script) {
    ++open;
    loop.spawn(client(name, std::move(script)));
  }
};

void expect_steps(Ending ending) {
  Clients run;
  auto plan = run.partners.receive_plan();
  plan->connector.connection_inactivity_timeout = std::chrono::seconds(2);
  plan->timeouts = Timeouts::capped(net::Milliseconds(2000));
  run.reception.use(plan);
  run.reception.start();
  for (const Row& row : rows()) {
    Script script;
    script.actions = good_client(run.partners);
    script.actions.resize(row.played);
    script.ending = ending;
    run.start(row.name, std::move(script));
  }
  run.loop.run();
  for (const Row& row : rows()) {
    SCOPED_TRACE(row.name);
    const auto found = run.ended.find(run.locals[row.name]);
    ASSERT_NE(found, run.ended.end());
    const policy::Evidence evidence = transcript::evidence_of(found->second);
    ASSERT_TRUE(evidence.broken);
    EXPECT_EQ(policy::text(evidence.broken->step), policy::text(row.step));
    if (ending == Ending::silence) {
      EXPECT_EQ(policy::text(evidence.broken->kind), policy::text(policy::BreakKind::timed_out));
    }
  }
  EXPECT_TRUE(run.partners.kept->empty());
}

TEST(EveryStep, TheReceiverNamesItWhenTheClientCloses) { expect_steps(Ending::close); }
TEST(EveryStep, TheReceiverNamesItWhenTheClientResets) { expect_steps(Ending::reset); }
TEST(EveryStep, TheReceiverNamesItWhenTheClientFallsSilent) { expect_steps(Ending::silence); }

TEST(EveryStep, TheReceiverTakesAMessageThatComesOctetByOctet) {
  Clients run;
  auto plan = run.partners.receive_plan();
  plan->timeouts = Timeouts::capped(net::Milliseconds(10'000));
  run.reception.use(plan);
  run.reception.start();
  Script script;
  script.actions = good_client(run.partners);
  script.pace = Pace::trickle;
  run.start("trickle", std::move(script));
  run.loop.run();
  ASSERT_EQ(run.partners.kept->size(), 1U);
  EXPECT_EQ(run.partners.kept->front().content, "Subject: x\r\n\r\nHello.\r\n");
  EXPECT_EQ(run.partners.kept->front().verdict.treatment, policy::Treatment::domain_secured);
}

}  // namespace
}  // namespace domsec::session
