// An engine that deviates in its handshake on purpose, against a sound one: both transcripts tell it, as of any other handshake
// that broke, and no mail passes.
#include <gtest/gtest.h>

#include "domsec/session/reception.h"
#include "support/session_plans.h"

namespace domsec::session {
namespace {

using net::HandshakeFault;
using testing::Partners;

struct Told {
  std::optional<transcript::TlsFailed> failed;
  std::optional<transcript::Broken> broken;
  std::optional<transcript::AlertSeen> alert;
  bool established = false;
};

Told told(const transcript::Transcript& transcript) {
  Told told;
  for (const transcript::Event& event : transcript.events()) {
    if (const auto* failed = event.body.as<transcript::TlsFailed>()) told.failed = *failed;
    if (const auto* broken = event.body.as<transcript::Broken>()) told.broken = *broken;
    if (const auto* alert = event.body.as<transcript::AlertSeen>()) told.alert = *alert;
    if (event.body.as<transcript::TlsEstablished>() != nullptr) told.established = true;
  }
  return told;
}

struct Pair {
  Partners partners;
  transcript::Transcript sending = testing::new_transcript(policy::Role::send);
  std::optional<transcript::Transcript> receiving;
  SendResult result;

  void run(const std::optional<HandshakeFault>& of_sender, const std::optional<HandshakeFault>& of_receiver) {
    net::Loop loop;
    const auto receive = partners.receive_plan();
    receive->handshake_fault = of_receiver;
    SendPlan send = partners.send_plan();
    send.handshake_fault = of_sender;
    Reception reception(
        loop, net::Endpoint{"127.0.0.1", 0}, [] { return testing::new_transcript(policy::Role::receive); },
        [this](const transcript::Transcript& transcript) { receiving = transcript; });
    reception.use(receive);
    reception.start();
    result = testing::send(loop, send, reception.endpoint(), sending);
  }
};

HandshakeFault behind_certificate_verify(HandshakeFault::Act act) {
  HandshakeFault fault;
  fault.behind = net::HandshakeMessage::certificate_verify;
  fault.act = act;
  fault.alert = 49;
  return fault;
}

void expect_deviating(const Told& told, const std::string& what) {
  ASSERT_TRUE(told.failed && told.broken);
  EXPECT_EQ(told.failed->reason, what);
  EXPECT_EQ(told.failed->kind, policy::BreakKind::local_error);
  EXPECT_EQ(told.broken->what, what);
  EXPECT_EQ(told.broken->step, policy::Step::handshake);
  EXPECT_FALSE(told.established);
}

TEST(HandshakeFaultSession, OfTheReceiverIsToldByBothEnds) {
  Pair pair;
  pair.run(std::nullopt, behind_certificate_verify(HandshakeFault::Act::reset));
  ASSERT_TRUE(pair.receiving);
  expect_deviating(told(*pair.receiving), "on purpose: connection reset behind our CertificateVerify");
  const Told sound = told(pair.sending);
  ASSERT_TRUE(sound.failed);
  EXPECT_EQ(sound.failed->kind, policy::BreakKind::reset);
  EXPECT_FALSE(pair.result.delivered);
  EXPECT_TRUE(pair.partners.kept->empty());
}

TEST(HandshakeFaultSession, OfTheSenderIsToldByBothEnds) {
  Pair pair;
  pair.run(behind_certificate_verify(HandshakeFault::Act::alert), std::nullopt);
  const Told deviating = told(pair.sending);
  expect_deviating(deviating, "on purpose: alert 49 access_denied behind the peer's CertificateVerify");
  ASSERT_TRUE(deviating.alert);
  EXPECT_EQ(deviating.alert->direction, transcript::Direction::sent);
  ASSERT_TRUE(pair.receiving);
  const Told sound = told(*pair.receiving);
  ASSERT_TRUE(sound.alert);
  EXPECT_EQ(sound.alert->direction, transcript::Direction::received);
  EXPECT_EQ(sound.alert->alert, (pki::Alert{49, true}));
  EXPECT_FALSE(pair.result.delivered);
}

}  // namespace
}  // namespace domsec::session
