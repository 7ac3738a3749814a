// The play of a dialogue's faults: which one stands where, what is said then, and what the octets are to
// their reader.
#include "../../src/session/dialogue_play.h"

#include <gtest/gtest.h>

namespace domsec::session {
namespace {

using policy::Role;
using policy::Step;

const DialogueNames names{"mail.contoso.com", "192.0.2.7", "mail.woodgrovebank.com"};

DialogueFault fault_at(Step step, int nth, std::string instead = "421 bye\r\n") {
  DialogueFault fault;
  fault.at = step;
  fault.nth = nth;
  fault.instead = std::move(instead);
  return fault;
}

TEST(DialoguePlay, CountsTheRepliesOfEachStepOnItsOwn) {
  DialoguePlay play({fault_at(Step::rcpt, 2)}, names);
  EXPECT_FALSE(play.next(Step::mail));
  EXPECT_FALSE(play.next(Step::rcpt));
  EXPECT_FALSE(play.next(Step::mail));
  EXPECT_TRUE(play.next(Step::rcpt));
  EXPECT_FALSE(play.next(Step::rcpt));
}

TEST(DialoguePlay, NthZeroIsEachOfThem) {
  DialoguePlay play({fault_at(Step::rcpt, 0)}, names);
  EXPECT_TRUE(play.next(Step::rcpt));
  EXPECT_TRUE(play.next(Step::rcpt));
  EXPECT_FALSE(play.next(Step::data));
}

TEST(DialoguePlay, TheFirstInTheListIsPlayedOfSeveral) {
  DialoguePlay play({fault_at(Step::rcpt, 2, "452 second\r\n"), fault_at(Step::rcpt, 0, "550 each\r\n")},
                    names);
  EXPECT_EQ(play.next(Step::rcpt)->instead, "550 each\r\n");
  EXPECT_EQ(play.next(Step::rcpt)->instead, "452 second\r\n");
  EXPECT_EQ(play.next(Step::rcpt)->instead, "550 each\r\n");
}

TEST(DialoguePlay, WhatIsUpcomingIsNotCounted) {
  DialoguePlay play({fault_at(Step::end_of_data, 1)}, names);
  EXPECT_TRUE(play.upcoming(Step::end_of_data));
  EXPECT_TRUE(play.upcoming(Step::end_of_data));
  EXPECT_TRUE(play.next(Step::end_of_data));
  EXPECT_FALSE(play.upcoming(Step::end_of_data));
  EXPECT_TRUE(play.has_any_at(Step::end_of_data));
  EXPECT_FALSE(play.has_any_at(Step::data));
}

TEST(DialoguePlay, NamesStandInTheirPlaces) {
  DialogueFault fault = fault_at(Step::ehlo, 1, "250-{fqdn} Hello [{client}]\r\n250 {fqdn}\r\n");
  fault.before = "{server}";
  fault.behind = "{other}";
  DialoguePlay play({fault}, names);
  EXPECT_EQ(
      octets_of(*play.next(Step::ehlo), "right"),
      "mail.woodgrovebank.com250-mail.contoso.com Hello [192.0.2.7]\r\n250 mail.contoso.com\r\n{other}");
}

TEST(DialoguePlay, WithoutInsteadTheRightTextStandsBetweenBeforeAndBehind) {
  DialogueFault fault;
  fault.before = "a";
  fault.behind = "c";
  EXPECT_EQ(octets_of(fault, "b"), "abc");
  fault.instead = "";
  EXPECT_EQ(octets_of(fault, "b"), "ac");
}

TEST(DialoguePlay, ReadsRepliesAsTheirReaderDoes) {
  struct Row {
    const char* name;
    std::string octets;
    int first;  // its code, 0 = none
    bool one;
  };
  const std::vector<Row> rows{{"one line", "220 go\r\n", 220, true},
                              {"several lines", "250-a\r\n250 b\r\n", 250, true},
                              {"text behind it", "220 go\r\n250 injected\r\n", 220, false},
                              {"half a line behind it", "220 go\r\n2", 220, false},
                              {"never ended", "250-a\r\n", 0, false},
                              {"no line end", "220 go", 0, false},
                              {"bare LF", "220 go\n", 0, false},
                              {"mixed codes", "250-a\r\n220 b\r\n", 0, false},
                              {"NUL", std::string("220 g\0o\r\n", 9), 0, false},
                              {"no reply", "HTTP/1.0 400\r\n", 0, false},
                              {"nothing", "", 0, false}};
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    const auto first = first_reply(row.octets);
    EXPECT_EQ(first ? first->code() : 0, row.first);
    EXPECT_EQ(one_reply(row.octets).has_value(), row.one);
  }
}

TEST(DialoguePlay, CommandLinesAreWholeAndPrintable) {
  const std::vector<std::string> two{"STARTTLS", "EHLO a"};
  EXPECT_EQ(command_lines("STARTTLS\r\nEHLO a\r\n"), two);
  EXPECT_FALSE(command_lines("STARTTLS\r\nEHLO a"));
  EXPECT_FALSE(command_lines("EHLO a\n"));
  EXPECT_FALSE(command_lines(std::string_view("EHLO \0\r\n", 8)));
  EXPECT_FALSE(command_lines(""));
  EXPECT_EQ(whole_lines("a\r\nb\r\nc"), 2U);
  EXPECT_EQ(whole_lines("a\nb"), 0U);
}

TEST(DialoguePlay, AGroupWaitsForTheLongestAndEndsAsTheLastOneSays) {
  DialogueFault group;
  DialogueFault slow;
  slow.delay = std::chrono::milliseconds(200);
  slow.piece = 3;
  DialogueFault last;
  last.delay = std::chrono::milliseconds(100);
  last.then = DialogueFault::Then::reset;
  join(group, slow);
  join(group, last);
  EXPECT_EQ(group.delay.count(), 200);
  EXPECT_EQ(group.piece, 3U);
  EXPECT_EQ(ending_of(group), "the connection is reset");
  const std::vector<std::string> manner{"held back for 200 ms", "in pieces of 3 octets"};
  EXPECT_EQ(manner_of(group), manner);
}

TEST(DialogueFault, WhatNobodyCanPlayIsRefused) {
  DialogueFault fault;
  EXPECT_EQ(refusal(fault, Role::receive), "");
  EXPECT_EQ(refusal(fault, Role::send),
            "a client says nothing at the greeting: play this fault as server, or at ehlo");
  for (const Step step : {Step::ehlo, Step::starttls, Step::ehlo_inside_tls, Step::mail, Step::rcpt,
                          Step::data, Step::end_of_data, Step::quit}) {
    fault.at = step;
    EXPECT_EQ(refusal(fault, Role::send), "") << policy::text(step);
    EXPECT_EQ(refusal(fault, Role::receive), "") << policy::text(step);
  }
  for (const Step step : {Step::resolve, Step::connect, Step::handshake, Step::examination}) {
    fault.at = step;
    EXPECT_NE(refusal(fault, Role::receive), "") << policy::text(step);
  }
  fault.at = Step::ehlo;
  fault.nth = -1;
  EXPECT_EQ(refusal(fault, Role::send), "nth is -1: replies and commands count from 1, 0 is each of them");
  fault.nth = 1;
  fault.pause = std::chrono::milliseconds(5);
  EXPECT_EQ(refusal(fault, Role::send), "a pause stands between pieces: give the octets of a piece, too");
  fault.piece = 1;
  fault.alert = 256;
  EXPECT_EQ(refusal(fault, Role::send),
            "there is no alert 256: its number is one octet (RFC 8446 6), 0 to 255");
  fault.alert = 255;
  EXPECT_EQ(refusal(fault, Role::send), "");
}

}  // namespace
}  // namespace domsec::session
