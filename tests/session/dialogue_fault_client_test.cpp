// A client that breaks its dialogue on purpose, and the sound receiving engine behind it: what it answers,
// and what it judges.
#include <gtest/gtest.h>

#include "support/both_engines.h"

namespace domsec::session {
namespace {

using policy::Step;
using testing::how_broken;
using testing::Pair;
using testing::Partners;
using Then = DialogueFault::Then;

DialogueFault instead(Step at, std::string octets) {
  DialogueFault fault;
  fault.at = at;
  fault.instead = std::move(octets);
  return fault;
}

DialogueFault ending(Step at, Then then) {
  DialogueFault fault;
  fault.at = at;
  fault.then = then;
  return fault;
}

DialogueFault silence(Step at) {
  DialogueFault fault = instead(at, "");
  fault.then = Then::silence;
  return fault;
}

struct Row {
  std::string name;
  DialogueFault fault;
  std::string replies;   // of the server, their codes
  std::string verdict;   // of the server, testing::summary
  std::string broken{};  // where and how it ended for the server
  std::size_t kept = 0;
};

const std::vector<Step>& steps() {
  static const std::vector<Step> all{Step::ehlo, Step::starttls, Step::ehlo_inside_tls, Step::mail,
                                     Step::rcpt, Step::data,     Step::end_of_data,     Step::quit};
  return all;
}

/// Of a reset the step alone is expected, and nothing (`?`) where it may overtake the server's next step.
bool breaks_as(const transcript::Transcript& transcript, const std::string& expected) {
  const std::string broken = how_broken(transcript);
  if (expected == "?") return true;
  return expected.empty() ? broken.empty() : broken.starts_with(expected);
}

struct Played {
  Partners partners;
  Pair pair;
};

Timeouts waits() {
  return Timeouts::capped(net::Milliseconds(10'000));
}

/// The receiver's patience is one second, since its connector counts in seconds.
std::vector<Played> play(const std::vector<Row>& rows, std::chrono::seconds patience) {
  std::vector<Played> played(rows.size());
  std::vector<Pair> pairs;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Partners& partners = played[i].partners;
    EXPECT_EQ(refusal(rows[i].fault, policy::Role::send), "") << rows[i].name;
    Pair pair;
    pair.name = rows[i].name;
    pair.send = partners.send_plan();
    pair.send.timeouts = waits();
    net::TlsSettings by_hand;
    by_hand.identity = partners.contoso;
    by_hand.alerts_by_hand = true;
    pair.send.tls = net::TlsContext::client(by_hand);
    pair.send.dialogue_faults = {rows[i].fault};
    pair.receive = partners.receive_plan();
    pair.receive->timeouts = waits();
    pair.receive->connector.connection_inactivity_timeout = patience;
    pairs.push_back(std::move(pair));
  }
  testing::run_all(pairs);
  for (std::size_t i = 0; i < rows.size(); ++i) played[i].pair = std::move(pairs[i]);
  return played;
}

void expect_rows(const std::vector<Row>& rows, std::chrono::seconds patience = std::chrono::seconds(10)) {
  const std::vector<Played> played = play(rows, patience);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    SCOPED_TRACE(rows[i].name);
    const Pair& pair = played[i].pair;
    ASSERT_TRUE(pair.receiver);
    EXPECT_EQ(testing::reply_codes(*pair.receiver), rows[i].replies);
    if (rows[i].verdict != "?") {
      EXPECT_EQ(testing::last_verdict(*pair.receiver), rows[i].verdict);
    }
    EXPECT_TRUE(breaks_as(*pair.receiver, rows[i].broken)) << how_broken(*pair.receiver);
    EXPECT_EQ(played[i].partners.kept->size(), rows[i].kept);
    const std::vector<std::string> told = testing::irregularities(pair.sender);
    ASSERT_FALSE(told.empty());
    EXPECT_TRUE(told.front().starts_with("on purpose: ")) << told.front();
  }
}

TEST(DialogueFaultOfAClient, CommandsThatAreWrong) {
  DialogueFault pipelined;
  pipelined.at = Step::starttls;
  pipelined.behind = "EHLO injected.contoso.com\r\n";
  DialogueFault two_mails =
      instead(Step::mail, "MAIL FROM:<alice@contoso.com>\r\nMAIL FROM:<eve@contoso.com>\r\n");
  const std::string mail = "MAIL FROM:<alice@contoso.com>\r\n";
  const std::vector<Row> rows{
      {"EHLO without a name", instead(Step::ehlo, "EHLO\r\n"), "220 250 220 250 250 250 250 221",
       "DS000 exact pass", "", 1},
      {"HELO alone", instead(Step::ehlo, "HELO {fqdn}\r\n"), "220 250 221", "no verdict"},
      {"MAIL before EHLO", instead(Step::ehlo, mail), "220 503 221", "no verdict"},
      {"an unknown verb", instead(Step::ehlo, "HELLO {server}\r\n"), "220 500 221", "no verdict"},
      {"a NUL in EHLO", instead(Step::ehlo, std::string("EHLO a\0b\r\n", 10)), "220 501 221", "no verdict"},
      {"a line of 9,000 octets", instead(Step::ehlo, "EHLO " + std::string(9000, 'x') + "\r\n"),
       "220 500 221", "no verdict"},
      {"STARTTLS with a parameter", instead(Step::starttls, "STARTTLS now\r\n"), "220 250 501 221",
       "no verdict"},
      {"commands pipelined behind STARTTLS", pipelined, "220 250 501", "DS401 exact inconclusive"},
      {"MAIL in clear", instead(Step::starttls, mail), "220 250 451 221",
       "DS014 exact fail: 451 5.7.3 STARTTLS is required to send mail"},
      {"STARTTLS twice", instead(Step::ehlo_inside_tls, "STARTTLS\r\n"), "220 250 220 503 221",
       "DS400 exact inconclusive"},
      {"no EHLO inside TLS", instead(Step::ehlo_inside_tls, mail), "220 250 220 503 221",
       "DS400 exact inconclusive"},
      {"another sender", instead(Step::mail, "MAIL FROM:<eve@fabrikam.com>\r\n"),
       "220 250 220 250 250 250 250 221", "DS001 exact pass", "", 1},
      {"MAIL twice", two_mails, "220 250 220 250 250 503 250 250 221", "DS000 exact pass", "", 1},
      {"a bad address", instead(Step::rcpt, "RCPT TO:bob\r\n"), "220 250 220 250 250 501 221",
       "DS000 exact pass"},
      {"DATA before RCPT", instead(Step::rcpt, "DATA\r\n"), "220 250 220 250 250 554 221",
       "DS000 exact pass"},
      {"bare LF in the content", instead(Step::end_of_data, "Subject: x\n\nHello.\r\n.\r\n"),
       "220 250 220 250 250 250 354 250 221", "DS000 exact pass", "", 1},
      {"an end of data with bare LF",
       instead(Step::end_of_data, "Subject: x\r\n\r\nHello.\n.\r\nMAIL FROM:<eve@contoso.com>\r\n.\r\n"),
       "220 250 220 250 250 250 354 250 221", "DS000 exact pass", "", 1},
      {"no message at all", instead(Step::end_of_data, ".\r\n"), "220 250 220 250 250 250 354 250 221",
       "DS000 exact pass", "", 1},
      {"QUIT with a parameter", instead(Step::quit, "QUIT now\r\n"), "220 250 220 250 250 250 250 501",
       "DS000 exact pass", "end of data: closed", 1},
  };
  expect_rows(rows);
}

TEST(DialogueFaultOfAClient, EndsAtEachStep) {
  const std::vector<Row> rows{
      {"close at ehlo", ending(Step::ehlo, Then::close), "220 250", "no verdict", "ehlo: closed"},
      {"cut at ehlo", ending(Step::ehlo, Then::cut), "220 250", "no verdict", "ehlo: closed"},
      {"reset at ehlo", ending(Step::ehlo, Then::reset), "220 250", "no verdict", "ehlo: "},
      {"alert at ehlo", ending(Step::ehlo, Then::alert), "220 250", "no verdict", "ehlo: closed"},
      {"close at starttls", ending(Step::starttls, Then::close), "220 250 220", "DS022 ambiguous fail",
       "handshake: closed"},
      {"cut at starttls", ending(Step::starttls, Then::cut), "220 250 220", "DS022 ambiguous fail",
       "handshake: closed"},
      {"reset at starttls", ending(Step::starttls, Then::reset), "220 250 220", "?", "?"},
      {"alert at starttls", ending(Step::starttls, Then::alert), "220 250 501", "DS401 exact inconclusive"},
      {"close at ehlo inside TLS", ending(Step::ehlo_inside_tls, Then::close), "220 250 220 250",
       "DS401 exact inconclusive", "ehlo inside TLS: closed"},
      {"cut at ehlo inside TLS", ending(Step::ehlo_inside_tls, Then::cut), "220 250 220 250",
       "DS401 exact inconclusive", "ehlo inside TLS: closed"},
      {"reset at ehlo inside TLS", ending(Step::ehlo_inside_tls, Then::reset), "220 250 220 250",
       "DS401 exact inconclusive", "ehlo inside TLS: "},
      {"alert at ehlo inside TLS", ending(Step::ehlo_inside_tls, Then::alert), "220 250 220 250",
       "DS206 ambiguous fail", "ehlo inside TLS: closed"},
      {"close at mail", ending(Step::mail, Then::close), "220 250 220 250 250", "DS000 exact pass",
       "mail: closed"},
      {"cut at mail", ending(Step::mail, Then::cut), "220 250 220 250 250", "DS000 exact pass",
       "mail: closed"},
      {"reset at mail", ending(Step::mail, Then::reset), "220 250 220 250 250", "DS000 exact pass", "mail: "},
      {"alert at mail", ending(Step::mail, Then::alert), "220 250 220 250 250", "DS000 exact pass",
       "mail: closed"},
      {"close at rcpt", ending(Step::rcpt, Then::close), "220 250 220 250 250 250", "DS000 exact pass",
       "rcpt: closed"},
      {"cut at rcpt", ending(Step::rcpt, Then::cut), "220 250 220 250 250 250", "DS000 exact pass",
       "rcpt: closed"},
      {"reset at rcpt", ending(Step::rcpt, Then::reset), "220 250 220 250 250 250", "DS000 exact pass",
       "rcpt: "},
      {"alert at rcpt", ending(Step::rcpt, Then::alert), "220 250 220 250 250 250", "DS000 exact pass",
       "rcpt: closed"},
      {"close at data", ending(Step::data, Then::close), "220 250 220 250 250 250 354", "DS000 exact pass",
       "end of data: closed"},
      {"cut at data", ending(Step::data, Then::cut), "220 250 220 250 250 250 354", "DS000 exact pass",
       "end of data: closed"},
      {"reset at data", ending(Step::data, Then::reset), "220 250 220 250 250 250 354", "DS000 exact pass",
       "?"},
      {"alert at data", ending(Step::data, Then::alert), "220 250 220 250 250 250 354", "DS000 exact pass",
       "end of data: closed"},
      {"close at end of data", ending(Step::end_of_data, Then::close), "220 250 220 250 250 250 354 250",
       "DS000 exact pass", "end of data: closed", 1},
      {"cut at end of data", ending(Step::end_of_data, Then::cut), "220 250 220 250 250 250 354 250",
       "DS000 exact pass", "end of data: closed", 1},
      {"reset at end of data", ending(Step::end_of_data, Then::reset), "220 250 220 250 250 250 354 250",
       "DS000 exact pass", "end of data: ", 1},
      {"alert at end of data", ending(Step::end_of_data, Then::alert), "220 250 220 250 250 250 354 250",
       "DS000 exact pass", "end of data: closed", 1},
      {"close at quit", ending(Step::quit, Then::close), "220 250 220 250 250 250 250 221",
       "DS000 exact pass", "", 1},
      {"cut at quit", ending(Step::quit, Then::cut), "220 250 220 250 250 250 250 221", "DS000 exact pass",
       "", 1},
      {"reset at quit", ending(Step::quit, Then::reset), "220 250 220 250 250 250 250 221",
       "DS000 exact pass", "?", 1},
      {"alert at quit", ending(Step::quit, Then::alert), "220 250 220 250 250 250 250 221",
       "DS000 exact pass", "", 1},
  };
  expect_rows(rows);
}

TEST(DialogueFaultOfAClient, SilenceInsteadOfEachCommand) {
  std::vector<Row> rows{
      {"silence at ehlo", silence(Step::ehlo), "220 421", "no verdict", "greeting: timed out"},
      {"silence at starttls", silence(Step::starttls), "220 250 421", "no verdict", "ehlo: timed out"},
      {"silence at ehlo inside TLS", silence(Step::ehlo_inside_tls), "220 250 220 421",
       "DS206 ambiguous inconclusive", "handshake: timed out"},
      {"silence at mail", silence(Step::mail), "220 250 220 250 421", "DS401 exact inconclusive",
       "ehlo inside TLS: timed out"},
      {"silence at rcpt", silence(Step::rcpt), "220 250 220 250 250 421", "DS000 exact pass",
       "mail: timed out"},
      {"silence at data", silence(Step::data), "220 250 220 250 250 250 421", "DS000 exact pass",
       "rcpt: timed out"},
      {"silence at end of data", silence(Step::end_of_data), "220 250 220 250 250 250 354 421",
       "DS000 exact pass", "end of data: timed out"},
      {"silence at quit", silence(Step::quit), "220 250 220 250 250 250 250 421", "DS000 exact pass",
       "end of data: timed out", 1},
  };
  rows.push_back({"EHLO that ends with a bare LF", instead(Step::ehlo, "EHLO {fqdn}\n"), "220 421",
                  "no verdict", "greeting: timed out"});
  expect_rows(rows, std::chrono::seconds(2));
}

TEST(DialogueFaultOfAClient, SlowCommandsDoNoHarm) {
  std::vector<Row> rows;
  for (const Step step : steps()) {
    DialogueFault trickle;
    trickle.at = step;
    trickle.piece = 1;
    trickle.nth = 0;
    trickle.delay = std::chrono::milliseconds(20);
    const bool data = step == Step::data || step == Step::end_of_data;
    const std::string codes =
        data ? "220 250 220 250 250 250 354 250 221" : "220 250 220 250 250 250 250 221";
    rows.push_back(
        {"octet by octet at " + std::string(policy::text(step)), trickle, codes, "DS000 exact pass", "", 1});
  }
  expect_rows(rows);
}

Played play_one(DialogueFault fault) {
  std::vector<Played> played = play({Row{"one", std::move(fault), {}, {}}}, std::chrono::seconds(10));
  return std::move(played.front());
}

std::vector<std::string> commands(const transcript::Transcript& transcript) {
  std::vector<std::string> lines;
  for (const transcript::Event& event : transcript.events()) {
    if (const auto* command = event.body.as<transcript::CommandLine>()) lines.push_back(command->line);
  }
  return lines;
}

TEST(DialogueFaultOfAClient, SeveralCommandsAtOnceGetAllTheirReplies) {
  const Played played = play_one(
      instead(Step::mail, "MAIL FROM:<alice@contoso.com>\r\nRSET\r\nMAIL FROM:<alice@contoso.com>\r\n"));
  EXPECT_EQ(testing::reply_codes(played.pair.sender), "220 250 220 250 250 250 250 250 250 221");
  EXPECT_EQ(testing::reply_codes(*played.pair.receiver), testing::reply_codes(played.pair.sender));
  EXPECT_TRUE(played.pair.sent.delivered);
}

TEST(DialogueFaultOfAClient, ItsTranscriptHasWhatLeft) {
  const Played played = play_one(instead(Step::starttls, "STARTTLS now\r\n"));
  const std::vector<std::string> expected{"EHLO mail.contoso.com", "STARTTLS now", "QUIT"};
  EXPECT_EQ(commands(played.pair.sender), expected);
  EXPECT_EQ(commands(*played.pair.receiver), expected);
  EXPECT_EQ(testing::irregularities(played.pair.sender).front(), "on purpose: in place of \"STARTTLS\"");
}

TEST(DialogueFaultOfAClient, OctetsThatAreNoCommandAreToldHarmlessly) {
  const Played played = play_one(instead(Step::ehlo, std::string("EHLO \x1b[2J\0\r\n", 12)));
  const std::vector<std::string> told = testing::irregularities(played.pair.sender);
  ASSERT_GE(told.size(), 2U);
  EXPECT_EQ(told[1], "on purpose: \"EHLO \\x1B[2J\\x00\\x0D\\x0A\" is said");
}

TEST(DialogueFaultOfAClient, FaultsAroundTheContentTakeData) {
  const Played played = play_one(ending(Step::end_of_data, Then::cut));
  const std::vector<std::string> said = commands(*played.pair.receiver);
  EXPECT_NE(std::find(said.begin(), said.end(), "DATA"), said.end());
}

}  // namespace
}  // namespace domsec::session
