// evidence_of: every event in its place.
#include <gtest/gtest.h>

#include <functional>

#include "domsec/transcript/transcript.h"

namespace domsec::transcript {
namespace {

using policy::Evidence;
using policy::Role;
using policy::Step;

Transcript made(Role role) { return {role, "Internet", 1, [] { return Time{}; }}; }
void say(Transcript& t, std::string line) {
  t.append(CommandLine{t.role() == Role::send ? Direction::sent : Direction::received, std::move(line)});
}
void answer(Transcript& t, int code, std::string text) {
  t.append(ReplyGiven{t.role() == Role::send ? Direction::received : Direction::sent,
                      smtp::Reply(code, std::move(text))});
}
pki::NameMatch match(std::string reference, bool matches) {
  pki::NameMatch result;
  result.reference.text = std::move(reference);
  result.matches = matches;
  return result;
}

struct Row {
  const char* name;
  Role role;
  std::function<void(Transcript&)> events;
  std::function<void(const Evidence&)> check;
};

void run(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    Transcript transcript = made(row.role);
    row.events(transcript);
    const Evidence evidence = evidence_of(transcript);
    EXPECT_EQ(evidence.role, row.role);
    row.check(evidence);
  }
}

TEST(EvidenceOf, PutsObservationsInTheirPlaces) {
  run({
      {"an empty transcript shows nothing", Role::send, [](Transcript&) {},
       [](const Evidence& e) {
         EXPECT_EQ(e.reached, Step::resolve);
         EXPECT_FALSE(e.connected || e.tls.offered || e.tls.started || e.tls.established || e.tls.confirmed);
         EXPECT_FALSE(e.broken || e.refusal || e.peer.path || e.peer.name || e.peer.revocation_checked);
       }},
      {"a failed resolution", Role::send,
       [](Transcript& t) {
         t.append(HostsResolved{"a.test", policy::DnsOutcome::null_mx, false, {}, "MX 0 ."});
       },
       [](const Evidence& e) {
         EXPECT_EQ(e.dns, policy::DnsOutcome::null_mx);
         EXPECT_EQ(e.dns_detail, "MX 0 .");
       }},
      {"the step reached is the last begun", Role::send,
       [](Transcript& t) {
         t.append(StepBegun{Step::connect});
         t.append(Connected{"a", "b"});
         t.append(StepBegun{Step::greeting});
       },
       [](const Evidence& e) {
         EXPECT_TRUE(e.connected);
         EXPECT_EQ(e.reached, Step::greeting);
       }},
      {"a masked STARTTLS stays masked", Role::send,
       [](Transcript& t) {
         t.append(StarttlsOffer{false, true});
         t.append(StarttlsOffer{false, false});
       },
       [](const Evidence& e) {
         EXPECT_FALSE(e.tls.offered);
         EXPECT_TRUE(e.tls.masked);
       }},
      {"the offer of the first EHLO reply counts", Role::send,
       [](Transcript& t) {
         t.append(StarttlsOffer{true, false});
         t.append(TlsEstablished{});
         t.append(StarttlsOffer{false, false});
       },
       [](const Evidence& e) { EXPECT_TRUE(e.tls.offered); }},
      {"what the handshake showed", Role::send,
       [](Transcript& t) {
         t.append(TlsEstablished{
             "TLSv1.3", "TLS_AES_256_GCM_SHA384", "X25519", "a.test", true, true, {"CN=R"}, {}});
       },
       [](const Evidence& e) {
         EXPECT_TRUE(e.tls.started && e.tls.established);
         EXPECT_FALSE(e.tls.confirmed);
         EXPECT_EQ(e.tls.version + e.tls.cipher + e.tls.group, "TLSv1.3TLS_AES_256_GCM_SHA384X25519");
         EXPECT_TRUE(e.tls.client_certificate_requested && e.tls.own_certificate_sent);
         EXPECT_EQ(e.tls.requested_ca_names, std::vector<std::string>{"CN=R"});
       }},
      {"confirmed only by its own event", Role::send,
       [](Transcript& t) {
         t.append(TlsEstablished{});
         t.append(TlsConfirmed{});
       },
       [](const Evidence& e) { EXPECT_TRUE(e.tls.confirmed); }},
      {"own trouble", Role::send,
       [](Transcript& t) {
         t.append(OwnCertificateChosen{nullptr, policy::OwnTrouble::key_missing, "no key"});
       },
       [](const Evidence& e) {
         EXPECT_EQ(e.own.trouble, policy::OwnTrouble::key_missing);
         EXPECT_EQ(e.own.detail, "no key");
       }},
      {"chain, usage and revocation", Role::receive,
       [](Transcript& t) {
         pki::PathExamination path;
         path.anchor = "CN=R";
         t.append(PeerCertificatesSeen{{std::make_shared<pki::Certificate>()}});
         t.append(ChainExamined{path, pki::UsageFit::only_server_auth, pki::Purpose::client});
         t.append(RevocationExamined{{pki::Revocation{}}});
       },
       [](const Evidence& e) {
         EXPECT_EQ(e.peer.presented.size(), 1U);
         ASSERT_TRUE(e.peer.path);
         EXPECT_EQ(e.peer.path->anchor, "CN=R");
         EXPECT_EQ(e.peer.usage, pki::UsageFit::only_server_auth);
         EXPECT_TRUE(e.peer.revocation_checked);
         EXPECT_EQ(e.peer.revocations.size(), 1U);
       }},
      {"no certificates to examine is still a revocation check", Role::send,
       [](Transcript& t) { t.append(RevocationExamined{}); },
       [](const Evidence& e) { EXPECT_TRUE(e.peer.revocation_checked); }},
  });
}

TEST(EvidenceOf, TellsRefusalsOfTheSendSide) {
  run({
      {"the greeting", Role::send,
       [](Transcript& t) {
         t.append(StepBegun{Step::greeting});
         answer(t, 554, "no");
       },
       [](const Evidence& e) {
         ASSERT_TRUE(e.refusal);
         EXPECT_EQ(e.refusal->code(), 554);
         EXPECT_EQ(e.refused_at, Step::greeting);
       }},
      {"the first refusal counts, at its step", Role::send,
       [](Transcript& t) {
         t.append(StepBegun{Step::mail});
         say(t, "MAIL FROM:<a@b.test>");
         answer(t, 454, "4.7.0 no");
         t.append(StepBegun{Step::rcpt});
         say(t, "RCPT TO:<c@d.test>");
         answer(t, 503, "5.5.1 no");
       },
       [](const Evidence& e) {
         ASSERT_TRUE(e.refusal);
         EXPECT_EQ(e.refusal->code(), 454);
         EXPECT_EQ(e.refused_at, Step::mail);
       }},
      {"VRFY, NOOP, RSET, QUIT refused end nothing", Role::send,
       [](Transcript& t) {
         for (const char* line : {"VRFY a", "noop", "RSET", "QUIT", "Help", "EXPN l"}) {
           say(t, line);
           answer(t, 502, "5.5.1 no");
         }
       },
       [](const Evidence& e) { EXPECT_FALSE(e.refusal); }},
      {"pipelined replies belong to their commands", Role::send,
       [](Transcript& t) {
         say(t, "RSET");
         say(t, "MAIL FROM:<>");
         answer(t, 502, "RSET?");
         answer(t, 451, "later");
       },
       [](const Evidence& e) {
         ASSERT_TRUE(e.refusal);
         EXPECT_EQ(e.refusal->code(), 451);
       }},
      {"EHLO refused and HELO taken is no refusal", Role::send,
       [](Transcript& t) {
         say(t, "EHLO a.test");
         answer(t, 502, "what?");
         say(t, "HELO a.test");
         answer(t, 250, "b.test");
       },
       [](const Evidence& e) { EXPECT_FALSE(e.refusal); }},
      {"STARTTLS refused has its own place", Role::send,
       [](Transcript& t) {
         say(t, "STARTTLS");
         answer(t, 454, "4.7.0 TLS not available");
       },
       [](const Evidence& e) {
         EXPECT_FALSE(e.refusal);
         EXPECT_FALSE(e.tls.started);
         ASSERT_TRUE(e.tls.refused);
         EXPECT_EQ(e.tls.refused->code(), 454);
       }},
      {"STARTTLS answered 220 begins the handshake", Role::send,
       [](Transcript& t) {
         say(t, "STARTTLS");
         answer(t, 220, "2.0.0 go");
       },
       [](const Evidence& e) { EXPECT_TRUE(e.tls.started && !e.tls.refused); }},
      {"our own refusals on the receive side are none of the peer's", Role::receive,
       [](Transcript& t) {
         say(t, "MAIL FROM:<a@b.test>");
         answer(t, 454, "4.7.0 no");
       },
       [](const Evidence& e) { EXPECT_FALSE(e.refusal); }},
  });
}

TEST(EvidenceOf, TellsHowTlsAndTheConnectionEnded) {
  const auto alert = [](int number) { return pki::Alert{number, true}; };
  run({
      {"a failed handshake is a break at the handshake", Role::send,
       [](Transcript& t) {
         t.append(TlsFailed{
             policy::BreakKind::protocol_error, "wrong version number", true, {}, false, false, {}});
       },
       [](const Evidence& e) {
         EXPECT_TRUE(e.tls.started && e.tls.clear_text);
         EXPECT_EQ(e.tls.failure, "wrong version number");
         ASSERT_TRUE(e.broken);
         EXPECT_EQ(e.broken->step, Step::handshake);
       }},
      {"the break that the session tells wins", Role::send,
       [](Transcript& t) {
         t.append(TlsFailed{policy::BreakKind::closed, "eof", false, {}, false, false, {}});
         t.append(Broken{Step::handshake, policy::BreakKind::reset, "reset"});
       },
       [](const Evidence& e) {
         ASSERT_TRUE(e.broken);
         EXPECT_EQ(e.broken->kind, policy::BreakKind::reset);
       }},
      {"a late alert", Role::send,
       [&](Transcript& t) {
         t.append(AlertSeen{Direction::received, alert(116), true});
       },
       [](const Evidence& e) {
         ASSERT_TRUE(e.tls.alert_received);
         EXPECT_EQ(e.tls.alert_received->number, 116);
         EXPECT_TRUE(e.tls.alert_after_handshake);
       }},
      {"an alert that we sent is not a late refusal", Role::receive,
       [&](Transcript& t) {
         t.append(AlertSeen{Direction::sent, alert(48), true});
       },
       [](const Evidence& e) {
         EXPECT_TRUE(e.tls.alert_sent && !e.tls.alert_received);
         EXPECT_FALSE(e.tls.alert_after_handshake);
       }},
      {"close_notify is no refusal", Role::send,
       [&](Transcript& t) {
         t.append(AlertSeen{Direction::received, {0, false}, true});
       },
       [](const Evidence& e) { EXPECT_FALSE(e.tls.alert_received); }},
      {"the first alert counts", Role::send,
       [&](Transcript& t) {
         t.append(AlertSeen{Direction::received, alert(45), false});
         t.append(AlertSeen{Direction::received, alert(80), true});
       },
       [](const Evidence& e) {
         EXPECT_EQ(e.tls.alert_received->number, 45);
         EXPECT_FALSE(e.tls.alert_after_handshake);
       }},
      {"a new attempt forgets the one before, not the resolution and not our own certificate", Role::send,
       [](Transcript& t) {
         t.append(HostsResolved{"a.test", policy::DnsOutcome::ok, false, {}, ""});
         t.append(OwnCertificateChosen{nullptr, policy::OwnTrouble::expired, ""});
         t.append(Connecting{"mx1.a.test", "192.0.2.1:25"});
         t.append(StarttlsOffer{true, true});
         t.append(Broken{Step::connect, policy::BreakKind::refused, "refused"});
         t.append(Connecting{"mx2.a.test", "192.0.2.2:25"});
       },
       [](const Evidence& e) {
         EXPECT_FALSE(e.broken || e.connected || e.tls.offered || e.tls.masked);
         EXPECT_EQ(e.reached, Step::connect);
         EXPECT_EQ(e.dns, policy::DnsOutcome::ok);
         EXPECT_EQ(e.own.trouble, policy::OwnTrouble::expired);
       }},
  });
}

TEST(EvidenceOf, ComparesEachSenderAnew) {
  run({
      {"the last comparison counts", Role::receive,
       [](Transcript& t) {
         say(t, "MAIL FROM:<a@one.test>");
         t.append(NameCompared{match("one.test", true)});
         say(t, "mail from:<a@two.test>");
         t.append(NameCompared{match("two.test", false)});
       },
       [](const Evidence& e) {
         ASSERT_TRUE(e.peer.name);
         EXPECT_EQ(e.peer.name->reference.text, "two.test");
         EXPECT_FALSE(e.peer.name->matches);
       }},
      {"a sender who was not compared does not inherit the name of the one before", Role::receive,
       [](Transcript& t) {
         say(t, "MAIL FROM:<a@one.test>");
         t.append(NameCompared{match("one.test", true)});
         say(t, "MAIL FROM:<a@two.test>");
       },
       [](const Evidence& e) { EXPECT_FALSE(e.peer.name); }},
      {"on the send side MAIL changes nothing", Role::send,
       [](Transcript& t) {
         t.append(NameCompared{match("one.test", true)});
         say(t, "MAIL FROM:<a@two.test>");
       },
       [](const Evidence& e) { EXPECT_TRUE(e.peer.name); }},
  });
}

}  // namespace
}  // namespace domsec::transcript
