// A server that breaks its dialogue on purpose, and the sound sending engine in front of it: what it sees,
// and what it says.
#include <gtest/gtest.h>

#include <cstdlib>

#include "support/both_engines.h"

namespace domsec::session {
namespace {

using policy::Step;
using testing::how_broken;
using testing::Pair;
using testing::Partners;
using Then = DialogueFault::Then;

DialogueFault instead(Step at, std::string octets, Then then = Then::go_on) {
  DialogueFault fault;
  fault.at = at;
  fault.instead = std::move(octets);
  fault.then = then;
  return fault;
}

DialogueFault behind(Step at, std::string octets) {
  DialogueFault fault;
  fault.at = at;
  fault.behind = std::move(octets);
  return fault;
}

struct Row {
  std::string name;
  std::vector<DialogueFault> faults;
  std::string verdict;   // of the sender, testing::summary
  std::string broken{};  // where and how it ended for the sender
  bool delivered = false;
};

const std::vector<Step>& steps() {
  static const std::vector<Step> all{Step::greeting, Step::ehlo, Step::starttls, Step::ehlo_inside_tls,
                                     Step::mail,     Step::rcpt, Step::data,     Step::end_of_data,
                                     Step::quit};
  return all;
}

/// Waits that no sound step ever needs; `short_waits` is for rows that are about waiting.
Timeouts long_waits() {
  return Timeouts::capped(net::Milliseconds(10'000));
}
Timeouts short_waits() {
  return Timeouts::capped(net::Milliseconds(1'200));
}

Pair pair_of(const Partners& partners, const Row& row, const Timeouts& waits) {
  Pair pair;
  pair.name = row.name;
  pair.send = partners.send_plan();
  pair.send.timeouts = waits;
  pair.receive = partners.receive_plan();
  pair.receive->timeouts = long_waits();
  // Exchange's order of things, DATA and not BDAT: then there is a reply at each step.
  pair.receive->connector.chunking_enabled = false;
  pair.receive->dialogue_faults = row.faults;
  net::TlsSettings by_hand;
  by_hand.identity = partners.woodgrove;
  by_hand.alerts_by_hand = true;
  pair.receive->tls = net::TlsContext::server(by_hand);
  return pair;
}

void expect_rows(const std::vector<Row>& rows, const Timeouts& waits) {
  const Partners partners;
  std::vector<Pair> pairs;
  for (const Row& row : rows) {
    for (const DialogueFault& fault : row.faults)
      ASSERT_EQ(refusal(fault, policy::Role::receive), "") << row.name;
    pairs.push_back(pair_of(partners, row, waits));
  }
  testing::run_all(pairs);
  std::size_t delivered = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    SCOPED_TRACE(rows[i].name);
    EXPECT_EQ(testing::last_verdict(pairs[i].sender), rows[i].verdict);
    EXPECT_EQ(how_broken(pairs[i].sender), rows[i].broken);
    EXPECT_EQ(pairs[i].sent.delivered, rows[i].delivered);
    ASSERT_TRUE(pairs[i].receiver);
    if (pairs[i].sent.delivered) ++delivered;
    const std::vector<std::string> told = testing::irregularities(*pairs[i].receiver);
    EXPECT_TRUE(std::any_of(told.begin(), told.end(),
                            [](const std::string& what) { return what.starts_with("on purpose: "); }));
  }
}

/// An EHLO reply whose lines the sender acts on.
std::string ehlo(const std::string& keywords) {
  return "250-{fqdn} Hello [{client}]\r\n" + keywords;
}

TEST(DialogueFaultOfAServer, RepliesOnTheWayToTls) {
  const std::string stars = "220 ************************************\r\n";
  const std::vector<Row> rows{
      {"greeting 554",
       {instead(Step::greeting, "554 5.7.1 {fqdn} no service for {client}\r\n")},
       "DS400 exact inconclusive: 554 5.7.1 mail.woodgrovebank.com no service for 127.0.0.1"},
      {"greeting 421",
       {instead(Step::greeting, "421 4.3.2 {fqdn} too busy\r\n")},
       "DS016 exact inconclusive: 421 4.3.2 mail.woodgrovebank.com too busy"},
      {"greeting 220 in two lines",
       {instead(Step::greeting, "220-{fqdn} ESMTP\r\n220 welcome\r\n")},
       "DS000 exact pass",
       "",
       true},
      {"greeting of stars, STARTTLS there", {instead(Step::greeting, stars)}, "DS000 exact pass", "", true},
      {"greeting of stars, no STARTTLS",
       {instead(Step::greeting, stars), instead(Step::ehlo, ehlo("250 SIZE\r\n"))},
       "DS013 exact fail: 451 5.7.3 STARTTLS is required to send mail"},
      {"STARTTLS masked",
       {instead(Step::ehlo, ehlo("250-SIZE\r\n250 XXXXXXXA\r\n"))},
       "DS013 exact fail: 451 5.7.3 STARTTLS is required to send mail"},
      {"STARTTLS not offered",
       {instead(Step::ehlo, ehlo("250 SIZE\r\n"))},
       "DS011 exact fail: 451 5.7.3 STARTTLS is required to send mail"},
      {"EHLO 500",
       {instead(Step::ehlo, "500 5.5.2 unrecognized command\r\n")},
       "DS011 exact fail: 451 5.7.3 STARTTLS is required to send mail"},
      {"EHLO 502",
       {instead(Step::ehlo, "502 5.5.1 not implemented\r\n")},
       "DS011 exact fail: 451 5.7.3 STARTTLS is required to send mail"},
      {"EHLO 421",
       {instead(Step::ehlo, "421 4.3.2 {fqdn} too busy\r\n")},
       "DS016 exact inconclusive: 421 4.3.2 mail.woodgrovebank.com too busy"},
      {"EHLO 550",
       {instead(Step::ehlo, "550 5.7.1 go away\r\n")},
       "DS400 exact inconclusive: 550 5.7.1 go away"},
      {"STARTTLS 454",
       {instead(Step::starttls, "454 4.7.0 TLS not available due to local problem\r\n")},
       "DS012 exact fail: 454 4.7.0 TLS not available due to local problem"},
      {"STARTTLS 421",
       {instead(Step::starttls, "421 4.3.2 too busy\r\n")},
       "DS016 exact inconclusive: 421 4.3.2 too busy"},
      {"STARTTLS 501",
       {instead(Step::starttls, "501 5.5.4 Syntax error\r\n")},
       "DS012 exact fail: 501 5.5.4 Syntax error"},
      {"STARTTLS 502",
       {instead(Step::starttls, "502 5.5.1 not implemented\r\n")},
       "DS012 exact fail: 502 5.5.1 not implemented"},
      {"STARTTLS 554",
       {instead(Step::starttls, "554 5.7.3 TLS refused\r\n")},
       "DS012 exact fail: 554 5.7.3 TLS refused"},
      {"response injected behind the 220",
       {behind(Step::starttls, "250 2.1.0 injected\r\n")},
       "DS023 likely fail",
       "starttls: protocol error"},
  };
  expect_rows(rows, long_waits());
}

TEST(DialogueFaultOfAServer, RepliesInsideTls) {
  const std::vector<Row> rows{
      {"second EHLO 421",
       {instead(Step::ehlo_inside_tls, "421 4.7.0 {fqdn} closing\r\n", Then::close)},
       "DS206 ambiguous fail: 421 4.7.0 mail.woodgrovebank.com closing"},
      {"second EHLO 421 for the certificate",
       {instead(Step::ehlo_inside_tls, "421 4.7.1 {fqdn} Error: Client certificate not trusted\r\n",
                Then::close)},
       "DS204 exact fail: 421 4.7.1 mail.woodgrovebank.com Error: Client certificate not trusted"},
      {"second EHLO 500",
       {instead(Step::ehlo_inside_tls, "500 5.5.2 unrecognized command\r\n")},
       "DS206 ambiguous fail: 500 5.5.2 unrecognized command"},
      {"second EHLO 554",
       {instead(Step::ehlo_inside_tls, "554 5.7.1 no\r\n")},
       "DS206 ambiguous fail: 554 5.7.1 no"},
      {"STARTTLS offered again",
       {instead(Step::ehlo_inside_tls, ehlo("250-STARTTLS\r\n250 SIZE\r\n"))},
       "DS000 exact pass",
       "",
       true},
      {"MAIL 421",
       {instead(Step::mail, "421 4.3.2 too busy\r\n", Then::close)},
       "DS000 exact pass",
       "rcpt: closed"},
      {"MAIL 451 as without TLS",
       {instead(Step::mail, "451 5.7.3 STARTTLS is required to send mail\r\n")},
       "DS000 exact pass"},
      {"MAIL 454 for the certificate",
       {instead(Step::mail,
                "454 4.7.0 Failed to establish appropriate TLS channel: SubjectMismatch: Access Denied\r\n")},
       "DS208 exact fail: 454 4.7.0 Failed to establish appropriate TLS channel: SubjectMismatch: Access "
       "Denied"},
      {"MAIL 550", {instead(Step::mail, "550 5.7.1 sender refused\r\n")}, "DS000 exact pass"},
      {"RCPT 550", {instead(Step::rcpt, "550 5.1.1 User unknown\r\n")}, "DS000 exact pass"},
      {"RCPT 452", {instead(Step::rcpt, "452 4.2.2 Mailbox full\r\n")}, "DS000 exact pass"},
      {"DATA 554", {instead(Step::data, "554 5.5.1 No valid recipients\r\n")}, "DS000 exact pass"},
      {"DATA 421", {instead(Step::data, "421 4.3.2 too busy\r\n", Then::close)}, "DS000 exact pass"},
      {"end of data 451", {instead(Step::end_of_data, "451 4.3.0 try later\r\n")}, "DS000 exact pass"},
      {"end of data 550", {instead(Step::end_of_data, "550 5.7.1 content refused\r\n")}, "DS000 exact pass"},
      {"end of data 421",
       {instead(Step::end_of_data, "421 4.3.2 too busy\r\n", Then::close)},
       "DS000 exact pass"},
      {"QUIT 500", {instead(Step::quit, "500 5.5.2 what?\r\n")}, "DS000 exact pass", "", true},
  };
  expect_rows(rows, long_waits());
}

/// What the sender says of a server that leaves at a step: without a word, or with 421; and of its alert.
struct Leaving {
  Step step;
  std::string silently;
  std::string with_421;
  std::string with_alert;
};

TEST(DialogueFaultOfAServer, EndsAtEachStep) {
  const std::string no_connection = "DS010 exact inconclusive";
  const std::string no_handshake = "DS022 ambiguous fail: 421 4.4.2 Connection dropped due to SocketError";
  const std::string late = "DS206 ambiguous fail";
  const std::string lost = "DS401 exact inconclusive";
  const std::string pass = "DS000 exact pass";
  const std::string busy = "DS016 exact inconclusive: 421 4.3.2 mail.woodgrovebank.com closing";
  const std::vector<Leaving> table{
      {Step::greeting, no_connection, busy, no_connection},
      {Step::ehlo, no_connection, busy, no_connection},
      {Step::starttls, no_handshake, busy, no_handshake},
      {Step::ehlo_inside_tls, late, late + ": 421 4.3.2 mail.woodgrovebank.com closing", late},
      {Step::mail, lost, pass, late},
      {Step::rcpt, lost, pass, late},
      {Step::data, lost, pass, late},
      {Step::end_of_data, lost, pass, late},
      {Step::quit, pass, pass, pass}};
  std::vector<Row> rows;
  for (const Leaving& each : table) {
    const std::string at = std::string(policy::text(each.step));
    const bool last = each.step == Step::quit;  // what mattered was said before
    const std::string closed = last ? "" : at + ": closed";
    const std::string told = each.step == Step::mail ? "rcpt: closed" : "";  // RCPT was pipelined behind it
    rows.push_back({"close at " + at, {instead(each.step, "", Then::close)}, each.silently, closed, last});
    rows.push_back({"cut at " + at, {instead(each.step, "", Then::cut)}, each.silently, closed, last});
    const std::string reset = last ? "" : at + ": reset";
    rows.push_back({"reset at " + at, {instead(each.step, "", Then::reset)}, each.silently, reset, last});
    const DialogueFault goodbye = instead(each.step, "421 4.3.2 {fqdn} closing\r\n", Then::close);
    rows.push_back({"421 at " + at, {goodbye}, each.with_421, told, last});
    rows.push_back({"alert at " + at, {instead(each.step, "", Then::alert)}, each.with_alert, closed, last});
  }
  expect_rows(rows, long_waits());
}

TEST(DialogueFaultOfAServer, SilenceAtEachStep) {
  std::vector<Row> rows{
      {"silence at greeting",
       {instead(Step::greeting, "", Then::silence)},
       "DS010 exact inconclusive",
       "greeting: timed out"},
      {"silence at ehlo",
       {instead(Step::ehlo, "", Then::silence)},
       "DS010 exact inconclusive",
       "ehlo: timed out"},
      {"silence at starttls",
       {instead(Step::starttls, "", Then::silence)},
       "DS022 ambiguous fail: 421 4.4.2 Connection dropped due to TimedOut",
       "starttls: timed out"},
      {"silence at ehlo inside TLS",
       {instead(Step::ehlo_inside_tls, "", Then::silence)},
       "DS206 ambiguous fail",
       "ehlo inside TLS: timed out"},
      {"silence at mail",
       {instead(Step::mail, "", Then::silence)},
       "DS401 exact inconclusive",
       "mail: timed out"},
      {"silence at rcpt",
       {instead(Step::rcpt, "", Then::silence)},
       "DS401 exact inconclusive",
       "rcpt: timed out"},
      {"silence at data",
       {instead(Step::data, "", Then::silence)},
       "DS401 exact inconclusive",
       "data: timed out"},
      {"silence at end of data",
       {instead(Step::end_of_data, "", Then::silence)},
       "DS401 exact inconclusive",
       "end of data: timed out"},
      {"silence at quit", {instead(Step::quit, "", Then::silence)}, "DS000 exact pass", "", true},
  };
  rows.push_back({"a greeting that never ends",
                  {instead(Step::greeting, "220-{fqdn}\r\n")},
                  "DS010 exact inconclusive",
                  "greeting: timed out"});
  rows.push_back({"an EHLO reply that never ends",
                  {instead(Step::ehlo, "250-{fqdn}\r\n250-STARTTLS\r\n")},
                  "DS010 exact inconclusive",
                  "ehlo: timed out"});
  rows.push_back({"a greeting that ends with a bare LF",
                  {instead(Step::greeting, "220 {fqdn}\n")},
                  "DS010 exact inconclusive",
                  "greeting: timed out"});
  rows.push_back(
      {"an empty reply to MAIL", {instead(Step::mail, "")}, "DS401 exact inconclusive", "rcpt: timed out"});
  expect_rows(rows, short_waits());
}

TEST(DialogueFaultOfAServer, RepliesThatAreNone) {
  std::string flood;
  for (int line = 0; line < 10'000; ++line) flood += "250-KEYWORD" + std::to_string(line) + "\r\n";
  const std::string long_line = "250 " + std::string(4996, 'x') + "\r\n";
  std::vector<Row> rows{
      {"another protocol",
       {instead(Step::greeting, "HTTP/1.0 400 Bad Request\r\n\r\n")},
       "DS010 exact inconclusive",
       "greeting: protocol error"},
      {"a NUL",
       {instead(Step::greeting, std::string("220 a\0b\r\n", 9))},
       "DS010 exact inconclusive",
       "greeting: protocol error"},
      {"mixed codes",
       {instead(Step::ehlo, "250-{fqdn}\r\n220 SIZE\r\n")},
       "DS010 exact inconclusive",
       "ehlo: protocol error"},
      {"10,000 lines",
       {instead(Step::ehlo, flood + "250 SIZE\r\n")},
       "DS010 exact inconclusive",
       "ehlo: protocol error"},
      {"a line of 5,000 octets",
       {instead(Step::ehlo, long_line)},
       "DS010 exact inconclusive",
       "ehlo: protocol error"},
      {"no blank behind the code",
       {instead(Step::mail, "250_ok\r\n")},
       "DS401 exact inconclusive",
       "mail: protocol error"},
      {"a bare LF in the line",
       {instead(Step::rcpt, "250 o\nk\r\n")},
       "DS401 exact inconclusive",
       "rcpt: protocol error"},
      {"a code of its own",
       {instead(Step::data, "999 go\r\n")},
       "DS401 exact inconclusive",
       "data: protocol error"},
      {"mixed codes inside TLS",
       {instead(Step::ehlo_inside_tls, "250-{fqdn}\r\n220 SIZE\r\n")},
       "DS206 ambiguous fail",
       "ehlo inside TLS: protocol error"},
  };
  expect_rows(rows, long_waits());
}

TEST(DialogueFaultOfAServer, SlowRepliesDoNoHarm) {
  std::vector<Row> rows;
  DialogueFault trickle;
  trickle.piece = 1;
  trickle.nth = 0;
  DialogueFault late;
  late.delay = std::chrono::milliseconds(30);
  late.nth = 0;
  Row trickled{"octet by octet", {}, "DS000 exact pass", "", true};
  Row held{"each held back", {}, "DS000 exact pass", "", true};
  for (const Step step : steps()) {
    trickle.at = step;
    trickled.faults.push_back(trickle);
    late.at = step;
    held.faults.push_back(late);
  }
  expect_rows({trickled, held}, long_waits());
}

/// One session with one fault.
Pair run_one(const Partners& partners, DialogueFault fault) {
  std::vector<Pair> pairs;
  pairs.push_back(pair_of(partners, Row{"one", {std::move(fault)}, {}}, long_waits()));
  testing::run_all(pairs);
  return std::move(pairs.front());
}

TEST(DialogueFaultOfAServer, AMessageWhoseEndIsRefusedIsNotKept) {
  const Partners partners;
  const Pair pair = run_one(partners, instead(Step::end_of_data, "451 4.3.0 try later\r\n"));
  EXPECT_TRUE(partners.kept->empty());
  EXPECT_EQ(pair.sent.final_reply->text(), "451 4.3.0 try later");
  const std::vector<std::string> told = testing::irregularities(*pair.receiver);
  const std::vector<std::string> expected{
      "on purpose: the message is not kept: its end is answered with no 2xx",
      "on purpose: in place of \"250 2.0.0 OK\""};
  EXPECT_EQ(told, expected);
}

TEST(DialogueFaultOfAServer, AMessageIsKeptWhoseAcknowledgementLeavesBeforeTheEnd) {
  const Partners partners;
  DialogueFault cut;
  cut.at = Step::end_of_data;
  cut.then = Then::cut;
  const Pair pair = run_one(partners, cut);
  EXPECT_EQ(partners.kept->size(), 1U);
  EXPECT_TRUE(pair.sent.delivered);
  EXPECT_EQ(how_broken(*pair.receiver), "end of data: local error");
}

TEST(DialogueFaultOfAServer, NothingIsKeptWhenTheAcknowledgementIsSwallowed) {
  const Partners partners;
  const Pair pair = run_one(partners, instead(Step::end_of_data, "", Then::reset));
  EXPECT_TRUE(partners.kept->empty());
  EXPECT_TRUE(pair.sent.unanswered);
}

TEST(DialogueFaultOfAServer, ACutAloneLacksTheCloseNotify) {
  for (const Then then : {Then::close, Then::cut}) {
    const Partners partners;
    const Pair pair = run_one(partners, instead(Step::mail, "", then));
    const policy::Evidence seen = transcript::evidence_of(pair.sender);
    ASSERT_TRUE(seen.broken);
    EXPECT_EQ(seen.broken->what.find("without close_notify") != std::string::npos, then == Then::cut)
        << seen.broken->what;
  }
}

TEST(DialogueFaultOfAServer, AnAlertAfterTheHandshakeIsSeenByItsNumber) {
  const Partners partners;
  DialogueFault refused = instead(Step::ehlo_inside_tls, "", Then::alert);
  refused.alert = 48;
  const Pair pair = run_one(partners, refused);
  EXPECT_EQ(testing::last_verdict(pair.sender), "DS200 likely fail");
  EXPECT_EQ(transcript::evidence_of(*pair.receiver).tls.alert_sent->number, 48);
}

TEST(DialogueFaultOfAServer, ARefusedStarttlsBeginsNoHandshake) {
  const Partners partners;
  const Pair pair = run_one(partners, instead(Step::starttls, "454 4.7.0 no\r\n"));
  EXPECT_FALSE(transcript::evidence_of(*pair.receiver).tls.established);
  EXPECT_EQ(how_broken(*pair.receiver), "");
  EXPECT_EQ(testing::reply_codes(*pair.receiver), "220 250 454 221");
}

TEST(DialogueFaultOfAServer, ItsTranscriptHasTheOfferThatLeft) {
  const Partners partners;
  const Pair pair = run_one(partners, instead(Step::ehlo, ehlo("250 SIZE\r\n")));
  EXPECT_FALSE(transcript::evidence_of(*pair.receiver).tls.offered);
}

TEST(DialogueFaultOfAServer, RepliesBehindTheEndOfAGroupAreNotSent) {
  const Partners partners;
  std::vector<Pair> pairs;
  pairs.push_back(pair_of(
      partners, Row{"group", {instead(Step::mail, "421 4.3.2 closing\r\n", Then::close)}, {}}, long_waits()));
  ASSERT_TRUE(pairs.front().receive->connector.pipelining_enabled);
  testing::run_all(pairs);
  const Pair& pair = pairs.front();
  EXPECT_EQ(testing::reply_codes(*pair.receiver), "220 250 220 250 421");
  EXPECT_EQ(testing::reply_codes(pair.sender), "220 250 220 250 421");
}

TEST(DialogueFaultOfAServer, TheSecondRecipientAlone) {
  const Partners partners;
  DialogueFault second = instead(Step::rcpt, "452 4.5.3 Too many recipients\r\n");
  second.nth = 2;
  std::vector<Pair> pairs;
  pairs.push_back(pair_of(partners, Row{"second", {second}, {}}, long_waits()));
  pairs.front().send.message->recipients.push_back(
      smtp::ForwardPath{smtp::parse_mailbox("carol@woodgrovebank.com")});
  testing::run_all(pairs);
  const SendResult& sent = pairs.front().sent;
  EXPECT_TRUE(sent.delivered);
  ASSERT_EQ(sent.recipients.size(), 2U);
  EXPECT_EQ(sent.recipients[0].reply.code(), 250);
  EXPECT_EQ(sent.recipients[1].reply.text(), "452 4.5.3 Too many recipients");
}

}  // namespace
}  // namespace domsec::session
