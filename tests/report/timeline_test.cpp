// Both ends of a session laid side by side: each rule of disagreement alone, on transcripts written by hand;
// the order of events; the words.
#include "domsec/report/timeline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "support/sample_transcripts.h"
#include "support/two_ends.h"

namespace domsec::report {
namespace {

using namespace transcript;
using policy::BreakKind;
using policy::Step;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using tests::TwoEnds;

std::vector<Disagreement> found(const TwoEnds& ends) {
  return timeline(ends.sender, ends.receiver).disagreements;
}

/// The only one that there is.
Disagreement only(const TwoEnds& ends) {
  const std::vector<Disagreement> all = found(ends);
  if (all.size() == 1) return all.front();
  std::string subjects;
  for (const Disagreement& one : all) subjects += one.subject + "; ";
  return {{}, std::to_string(all.size()) + " disagreements: " + subjects, "", "", ""};
}

std::vector<std::string> subjects(const TwoEnds& ends) {
  std::vector<std::string> subjects;
  for (const Disagreement& one : found(ends)) subjects.push_back(one.subject);
  return subjects;
}

TwoEnds until_tls() {
  TwoEnds ends;
  ends.open();
  ends.ask_for_tls();
  return ends;
}

TEST(Disagreements, AreNoneInASoundSession) {
  EXPECT_THAT(subjects(tests::sound_session()), ElementsAre());
}

TEST(Disagreements, TellALateRefusalUnderTls13) {
  TwoEnds ends = until_tls();
  ends.tls_stands_at_sender(TwoEnds::tls());
  ends.receiver.append(AlertSeen{Direction::sent, {45, true}, false});
  ends.receiver.append(TlsFailed{BreakKind::protocol_error, "certificate verify failed"});
  ends.sender.append(CommandLine{Direction::sent, "EHLO mail.contoso.com"});
  ends.tick();
  ends.sender.append(AlertSeen{Direction::received, {45, true}, true});
  ends.sender.append(Broken{Step::ehlo_inside_tls, BreakKind::closed, "the peer sent alert 45"});
  const Disagreement one = only(ends);
  EXPECT_EQ(one.subject, "TLS");
  EXPECT_EQ(one.sender, "TLS stands: TLSv1.3, TLS_AES_256_GCM_SHA384");
  EXPECT_EQ(one.receiver, "TLS failed: certificate verify failed; sent alert 45 (certificate_expired)");
  EXPECT_THAT(one.meaning, HasSubstr("the receiver refused it with alert 45 (certificate_expired)"));
}

TEST(Disagreements, TellThatSomebodyElseAnsweredUnderTls12) {
  TwoEnds ends = until_tls();
  ends.tls_stands_at_sender(TwoEnds::tls("TLSv1.2"));
  ends.receiver.append(TlsFailed{BreakKind::closed, "closed by the peer"});
  EXPECT_THAT(only(ends).meaning, HasSubstr("something in between answers in the receiver's place"));
}

TEST(Disagreements, TellThatTheReceiverAloneIsDone) {
  TwoEnds ends = until_tls();
  ends.tls_stands_at_receiver(TwoEnds::tls("TLSv1.2"));
  ends.sender.append(TlsFailed{BreakKind::closed, "closed by the peer"});
  const Disagreement one = only(ends);
  EXPECT_EQ(one.subject, "TLS");
  EXPECT_EQ(one.sender, "TLS failed: closed by the peer");
  EXPECT_THAT(one.meaning, HasSubstr("did not reach the sender"));
}

TEST(Disagreements, TellOtherParametersOfTls) {
  const struct {
    const char* name;
    void (*change)(TlsEstablished&);
  } rows[] = {
      {"version", [](TlsEstablished& tls) { tls.version = "TLSv1.2"; }},
      {"cipher", [](TlsEstablished& tls) { tls.cipher = "TLS_CHACHA20_POLY1305_SHA256"; }},
      {"exporter", [](TlsEstablished& tls) { tls.bindings.exporter = pki::Bytes{9}; }},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    TwoEnds ends = until_tls();
    TlsEstablished other = TwoEnds::tls();
    row.change(other);
    ends.tls_stands_at_sender(TwoEnds::tls());
    ends.tls_stands_at_receiver(other);
    const Disagreement one = only(ends);
    EXPECT_EQ(one.subject, "TLS session");
    EXPECT_THAT(one.meaning, HasSubstr("Something in between ends the TLS"));
  }
}

TEST(Disagreements, AreNoneWhereOneEndKnowsNoExporter) {
  TwoEnds ends = until_tls();
  TlsEstablished without = TwoEnds::tls();
  without.bindings.exporter.reset();
  ends.tls_stands_at_sender(TwoEnds::tls());
  ends.tls_stands_at_receiver(without);
  EXPECT_THAT(subjects(ends), ElementsAre());
}

TEST(Disagreements, TellACertificateThatDidNotArrive) {
  TwoEnds ends = until_tls();
  ends.tls_stands_at_sender(TwoEnds::tls());
  ends.receiver.append(TwoEnds::tls());
  ends.receiver.append(PeerCertificatesSeen{});
  const Disagreement one = only(ends);
  EXPECT_EQ(one.subject, "sender's certificate");
  EXPECT_EQ(one.sender, "sent CN=mail.contoso.com (8F2E1C0B6A9D4E7F…)");
  EXPECT_EQ(one.receiver, "was shown none");
}

TEST(Disagreements, TellACertificateThatNobodySent) {
  TwoEnds ends = until_tls();
  TlsEstablished none = TwoEnds::tls();
  none.own_certificate_sent = false;
  ends.tls_stands_at_sender(none);
  ends.tls_stands_at_receiver(TwoEnds::tls());
  const Disagreement one = only(ends);
  EXPECT_EQ(one.sender, "sent none");
  EXPECT_THAT(one.receiver, HasSubstr("was shown CN=mail.contoso.com"));
}

TEST(Disagreements, TellAnotherLeafThanTheChosenOne) {
  const PeerCertificatesSeen stranger{{TwoEnds::certificate("proxy.example")}};
  TwoEnds at_receiver = until_tls();
  at_receiver.tls_stands_at_sender(TwoEnds::tls());
  at_receiver.receiver.append(TwoEnds::tls());
  at_receiver.receiver.append(stranger);
  EXPECT_EQ(only(at_receiver).subject, "sender's certificate");
  EXPECT_THAT(only(at_receiver).receiver, HasSubstr("was shown CN=proxy.example"));
  TwoEnds at_sender = until_tls();
  at_sender.sender.append(TwoEnds::tls());
  at_sender.sender.append(stranger);
  at_sender.tls_stands_at_receiver(TwoEnds::tls());
  EXPECT_EQ(only(at_sender).subject, "receiver's certificate");
  EXPECT_THAT(only(at_sender).sender, HasSubstr("was shown CN=proxy.example"));
}

TEST(Disagreements, TellARequestForACertificateThatOnlyOneSaw) {
  TwoEnds ends = until_tls();
  TlsEstablished unasked = TwoEnds::tls();
  unasked.client_certificate_requested = unasked.own_certificate_sent = false;
  ends.sender.append(unasked);
  ends.sender.append(PeerCertificatesSeen{{TwoEnds::certificate("mail.woodgrovebank.com")}});
  ends.receiver.append(TwoEnds::tls());
  ends.receiver.append(PeerCertificatesSeen{});
  EXPECT_EQ(only(ends).subject, "certificate request");
}

TEST(Disagreements, TellAnAlertThatWasLost) {
  TwoEnds ends = until_tls();
  ends.receiver.append(AlertSeen{Direction::sent, {48, true}, false});
  ends.receiver.append(TlsFailed{BreakKind::protocol_error, "certificate verify failed"});
  ends.sender.append(TlsFailed{BreakKind::reset, "connection reset"});
  ends.sender.append(Broken{Step::handshake, BreakKind::reset, "connection reset by the peer"});
  const Disagreement one = only(ends);
  EXPECT_EQ(one.subject, "TLS alert");
  EXPECT_EQ(one.sender, "got no alert: connection reset by the peer");
  EXPECT_EQ(one.receiver, "sent alert 48 (unknown_ca)");
  ends.sender.append(AlertSeen{Direction::received, {40, true}, false});
  EXPECT_EQ(only(ends).meaning, "Something in between changed the alert, or ends TLS itself.");
}

TEST(Disagreements, TellAnAlertThatNobodySent) {
  TwoEnds ends = until_tls();
  ends.sender.append(AlertSeen{Direction::received, {40, true}, false});
  ends.sender.append(TlsFailed{BreakKind::closed, "the peer sent alert 40"});
  EXPECT_EQ(only(ends).receiver, "sent no alert");
  EXPECT_EQ(only(ends).meaning, "The alert is not in the receiver's record: its TLS library sent it by itself, "
                                "or something in between did.");
}

TEST(Disagreements, TellThatStarttlsWasTakenAway) {
  TwoEnds ends;
  ends.connect();
  ends.reply({220, "mail.woodgrovebank.com ESMTP ready"});
  ends.command("EHLO mail.contoso.com");
  const std::string host = "mail.woodgrovebank.com Hello";
  ends.receiver.append(StarttlsOffer{true, false});
  const smtp::Reply offered(250, std::vector<std::string>{host, "STARTTLS", "8BITMIME"});
  const smtp::Reply removed(250, std::vector<std::string>{host, "8BITMIME"});
  ends.reply(offered, removed);
  ends.sender.append(StarttlsOffer{false, false});
  EXPECT_EQ(only(ends).subject, "STARTTLS") << "the reply that differs in nothing else is not told again";
  EXPECT_EQ(only(ends).sender, "saw it not offered");
  EXPECT_EQ(only(ends).receiver, "offered it");
}

TEST(Disagreements, TellAMaskedKeyword) {
  TwoEnds ends;
  ends.connect();
  ends.command("EHLO mail.contoso.com");
  ends.receiver.append(StarttlsOffer{true, false});
  ends.reply({250, std::vector<std::string>{"host", "STARTTLS"}},
             smtp::Reply(250, std::vector<std::string>{"host", "XXXXXXXA"}));
  ends.sender.append(StarttlsOffer{false, true});
  EXPECT_EQ(only(ends).sender, "saw greeting or keywords rewritten");
}

TEST(Disagreements, TellCommandsAndRepliesInOtherWords) {
  TwoEnds ends;
  ends.open();
  ends.command("MAIL FROM:<a@contoso.com> SIZE=3", "MAIL FROM:<a@contoso.com>");
  ends.reply({250, "OK"}, smtp::Reply(550, "no"));
  ends.command("DATA");
  const std::vector<Disagreement> all = found(ends);
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].subject, "command MAIL");
  EXPECT_EQ(all[0].sender, "said \"MAIL FROM:<a@contoso.com> SIZE=3\"");
  EXPECT_EQ(all[0].receiver, "heard \"MAIL FROM:<a@contoso.com>\"");
  EXPECT_THAT(all[0].meaning, HasSubstr("in clear"));
  EXPECT_EQ(all[1].subject, "reply to MAIL");
  EXPECT_EQ(all[1].sender, "heard \"550 no\"");
  EXPECT_EQ(all[1].receiver, "said \"250 OK\"");
}

TEST(Disagreements, TellWhatNeverArrivedAsOne) {
  TwoEnds ends;
  ends.open();
  ends.command("MAIL FROM:<a@contoso.com>", std::nullopt);
  ends.command("RCPT TO:<b@woodgrovebank.com>", std::nullopt);
  ends.receiver.append(Broken{Step::ehlo, BreakKind::timed_out, "nothing came within 300 s"});
  ends.command("QUIT", std::nullopt);
  const Disagreement one = only(ends);
  EXPECT_EQ(one.subject, "command MAIL");
  EXPECT_EQ(one.sender, "said \"MAIL FROM:<a@contoso.com>\" and 1 more behind it");
  EXPECT_EQ(one.receiver, "heard nothing of it: nothing came within 300 s");
}

TEST(Disagreements, TellContentThatNeverArrived) {
  TwoEnds ends;
  ends.open();
  ends.command("DATA");
  ends.reply({354, "go on"});
  ends.sender.append(DataPassed{Direction::sent, 100});
  EXPECT_EQ(only(ends).subject, "content");
  EXPECT_EQ(only(ends).sender, "said the content");
}

TEST(Disagreements, TellWhatNobodySaid) {
  TwoEnds ends;
  ends.open();
  ends.receiver.append(CommandLine{Direction::received, "VRFY root"});
  const Disagreement one = only(ends);
  EXPECT_EQ(one.sender, "said nothing of it");
  EXPECT_EQ(one.meaning, "Something in between speaks in the name of the sender.");
}

TEST(Disagreements, TellARefusalByOneEndWithWhoseDemandMadeIt) {
  const Disagreement one = only(tests::refused_session());
  EXPECT_EQ(one.subject, "verdict");
  EXPECT_EQ(one.sender, "pass, DS000 mutual-tls-ok, domain-secured (TLSSendDomainSecureList)");
  EXPECT_EQ(one.receiver, "fail, DS103 certificate-expired, refuse (TLSReceiveDomainSecureList)");
  EXPECT_THAT(one.meaning, HasSubstr("by contoso.com on its TLSReceiveDomainSecureList"));
}

TEST(Disagreements, TellARefusalThatTheReceiverIsNotTold) {
  TwoEnds ends;
  ends.open();
  ends.start_tls();
  ends.greet_again();
  ends.sender.append(TwoEnds::judged(policy::Result::fail, finding::Code::certificate_host_mismatch,
                                     policy::Who::we, "woodgrovebank.com", ""));
  ends.quit();
  const Disagreement one = only(ends);
  EXPECT_EQ(one.receiver, "judged nothing");
  EXPECT_EQ(
      one.meaning,
      "The sender refuses, by its connector's demand. Nothing tells the receiver: in its log a client left.");
}

TEST(Disagreements, TellARefusalThatIsNotTheReceiversJudgement) {
  TwoEnds ends = tests::sound_session();
  ends.sender.append(TwoEnds::judged(policy::Result::fail, finding::Code::refused_unspecified,
                                     policy::Who::they, "woodgrovebank.com", ""));
  EXPECT_THAT(only(ends).meaning, HasSubstr("The receiver's judgement is not what refused"));
}

TEST(Disagreements, TellAMessageThatOneEndAloneHas) {
  TwoEnds lost;
  lost.open();
  lost.receiver.append(MessageAccepted{"<1@woodgrove>", 5, "", false});
  EXPECT_THAT(only(lost).meaning, HasSubstr("will send the message again"));
  TwoEnds taken;
  taken.open();
  taken.sender.append(MessageAccepted{"250 OK", 5, "", false});
  EXPECT_EQ(only(taken).receiver, "took no message");
}

TEST(Disagreements, TellAMessageThatIsSecuredForOneEndAlone) {
  TwoEnds ends;
  ends.open();
  ends.receiver.append(MessageAccepted{"<1@woodgrove>", 5, "", false});
  ends.sender.append(MessageAccepted{"250 OK", 5, "", true});
  EXPECT_EQ(only(ends).subject, "treatment");
  EXPECT_THAT(only(ends).meaning, HasSubstr("secured for the sender alone"));
}

TEST(Disagreements, TellAConnectionThatNeitherClosed) {
  TwoEnds ends;
  ends.open();
  ends.sender.append(Disconnected{DisconnectReason::remote});
  ends.receiver.append(Disconnected{DisconnectReason::remote_socket_error});
  EXPECT_EQ(only(ends).subject, "end of the connection");
  EXPECT_THAT(only(ends).meaning, HasSubstr("Neither closed it"));
  TwoEnds silent;
  silent.open();
  silent.sender.append(Disconnected{DisconnectReason::timeout});
  silent.receiver.append(Disconnected{DisconnectReason::timeout});
  EXPECT_THAT(only(silent).meaning, HasSubstr("Each waited for the other"));
}

TEST(Disagreements, TellAnAddressTranslator) {
  TwoEnds ends;
  ends.connect("10.0.0.5:40000", "203.0.113.7:61000");
  EXPECT_EQ(only(ends).subject, "addresses");
  EXPECT_EQ(only(ends).sender, "from 10.0.0.5:40000 to 198.51.100.25:25");
  EXPECT_EQ(only(ends).receiver, "from 203.0.113.7:61000 to 198.51.100.25:25");
}

TEST(JoinedBy, TheExporterThenTheAddressesThenTheMessage) {
  const TwoEnds sound = tests::sound_session();
  EXPECT_EQ(joined_by(sound.sender, sound.receiver), JoinedBy::exporter);
  TwoEnds clear;
  clear.open();
  EXPECT_EQ(joined_by(clear.sender, clear.receiver), JoinedBy::addresses);
  TwoEnds translated;
  translated.connect("10.0.0.5:40000", "203.0.113.7:61000");
  EXPECT_EQ(joined_by(translated.sender, translated.receiver), JoinedBy::nothing);
  translated.mail();
  EXPECT_EQ(joined_by(translated.sender, translated.receiver), JoinedBy::message);
  EXPECT_EQ(joined_by(tests::sent_well(), tests::received_with_wrong_name()), JoinedBy::nothing);
}

TEST(JoinedBy, NotAnExporterThatDiffers) {
  TwoEnds ends = until_tls();
  TlsEstablished other = TwoEnds::tls();
  other.bindings.exporter = pki::Bytes{9};
  ends.tls_stands_at_sender(TwoEnds::tls());
  ends.tls_stands_at_receiver(other);
  EXPECT_EQ(joined_by(ends.sender, ends.receiver), JoinedBy::addresses);
}

/// The receiver's clock is moved; the timeline must not notice.
TEST(Timeline, TakesOutHowMuchAClockIsAhead) {
  for (const int ahead : {0, 3'600'000, -90'000}) {
    SCOPED_TRACE(ahead);
    TwoEnds ends{std::chrono::milliseconds(ahead)};
    ends.open();
    ends.start_tls();
    ends.quit();
    const Timeline moved = timeline(ends.sender, ends.receiver);
    EXPECT_EQ(moved.ahead.count(), ahead);
    std::chrono::milliseconds before{0};
    for (const TimelineEntry& entry : moved.entries) {
      EXPECT_GE(entry.at, before) << entry.text;
      before = entry.at;
    }
  }
}

TEST(Timeline, HasNothingHeardBeforeItIsSaidWhenTheClockStands) {
  const Time standing(*pki::read_rfc3339("2026-11-22T09:15:02Z"));
  const auto still = [standing](const Transcript& moving) {
    Transcript copy(moving.role(), moving.connector(), moving.session_id(), [standing] { return standing; });
    for (const Event& event : moving.events()) event.body.visit([&](const auto& body) { copy.append(body); });
    return copy;
  };
  const TwoEnds ends = tests::sound_session();
  const Timeline sound = timeline(still(ends.sender), still(ends.receiver));
  std::vector<std::string> said;
  for (const TimelineEntry& entry : sound.entries) {
    const std::size_t words = entry.text.find('"');
    if (words == std::string::npos) continue;
    const std::string quoted = entry.text.substr(words);
    if (entry.text.starts_with("says ") || entry.text.starts_with("answers ")) {
      said.push_back(quoted);
    } else {
      EXPECT_THAT(said, ::testing::Contains(quoted)) << entry.text;
    }
  }
  EXPECT_EQ(said.size(), 16U);
}

TEST(Timeline, HoldsWithEmptyTranscripts) {
  const Clock clock = [] { return Time{}; };
  const Transcript sender(policy::Role::send, "", 1, clock);
  const Transcript receiver(policy::Role::receive, "", 2, clock);
  EXPECT_TRUE(timeline(sender, receiver).entries.empty());
  EXPECT_THAT(timeline_text(timeline(sender, receiver)), HasSubstr("the ends agree"));
}

void expect_kept(const std::string& text, const std::string& name) {
  const std::string path = "fixtures/report/" + name;
  if (std::getenv("DOMSEC_ACCEPT") != nullptr)
    std::ofstream(std::string(DOMSEC_SOURCE_DIR) + "/" + path, std::ios::binary) << text;
  EXPECT_EQ(text, tests::fixture(path));
}

TEST(TimelineText, IsKept) {
  const TwoEnds ends = tests::refused_session();
  expect_kept(timeline_text(timeline(ends.sender, ends.receiver)), "timeline-refused.txt");
}

TEST(TimelineText, StaysWithinItsColumnsWhateverIsSaid) {
  TwoEnds ends;
  ends.open();
  ends.command(std::string(300, 'x') + "\r\n\x1B[2J" + std::string(200, '\xFF'), "other");
  ends.sender.append(Irregularity{std::string(500, 'y')});
  std::istringstream lines(timeline_text(timeline(ends.sender, ends.receiver)));
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(line.size(), 100U) << line;
    EXPECT_FALSE(line.ends_with(' ')) << line;
    for (const char octet : line) EXPECT_GE(static_cast<unsigned char>(octet), 0x20) << line;
  }
}

}  // namespace
}  // namespace domsec::report
