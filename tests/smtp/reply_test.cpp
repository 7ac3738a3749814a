#include "domsec/smtp/reply.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace domsec::smtp {
namespace {

using namespace std::string_literals;

/// What the lines come to: the reply's text, `(more)`, or `(refused)`.
std::string outcome_of(const std::vector<std::string>& lines) {
  ReplyParser parser;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto outcome = parser.add_line(lines[i]);
    if (!outcome) continue;
    if (std::holds_alternative<ReplyError>(*outcome)) return "(refused)";
    return std::get<Reply>(*outcome).text() + (i + 1 == lines.size() ? "" : " (early)");
  }
  return "(more)";
}

TEST(ReplyParser, AssemblesTheLinesOfOneReply) {
  struct Row {
    std::string name;
    std::vector<std::string> lines;
    std::string outcome;
  };
  const std::vector<Row> rows = {
      {"one line", {"250 2.1.0 Sender OK"}, "250 2.1.0 Sender OK"},
      {"code alone", {"250"}, "250 "},
      {"code and a blank", {"250 "}, "250 "},
      {"three lines", {"250-a", "250-b", "250 c"}, "250 a b c"},
      {"last line is the code alone", {"250-a", "250"}, "250 a "},
      {"empty line in between", {"250-a", "250-", "250 c"}, "250 a  c"},
      {"text that begins with a hyphen", {"250 -x"}, "250 -x"},
      {"eight-bit text", {"250 gr\xFC\xDF"}, "250 gr\xFC\xDF"},
      {"code outside the list of RFC 5321", {"571 no"}, "571 no"},
      {"not finished", {"250-a", "250-b"}, "(more)"},
      {"no digits", {"OK"}, "(refused)"},
      {"empty", {""}, "(refused)"},
      {"two digits", {"25 ok"}, "(refused)"},
      {"four digits", {"2500 ok"}, "(refused)"},
      {"first digit 1", {"150 ok"}, "(refused)"},
      {"first digit 6", {"650 ok"}, "(refused)"},
      {"other separator", {"250_ok"}, "(refused)"},
      {"tab as separator", {"250\tok"}, "(refused)"},
      {"code changes", {"250-a", "550 b"}, "(refused)"},
      {"continuation without a code", {"250-a", "b"}, "(refused)"},
      {"NUL", {"250 o\0k"s}, "(refused)"},
      {"bare CR", {"250 ok\r250 ok"}, "(refused)"},
      {"TLS record in clear", {"\x15\x03\x01\x00\x02\x02\x46"s}, "(refused)"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(outcome_of(row.lines), row.outcome);
  }
}

TEST(ReplyParser, BeginsAnewAfterAReplyAndAfterAFault) {
  ReplyParser parser;
  EXPECT_FALSE(parser.started());
  EXPECT_FALSE(parser.add_line("250-a"));
  EXPECT_TRUE(parser.started());
  EXPECT_TRUE(std::holds_alternative<ReplyError>(*parser.add_line("550 b")));
  EXPECT_FALSE(parser.started());
  EXPECT_EQ(std::get<Reply>(*parser.add_line("550 b")), Reply(550, "b"));
  EXPECT_EQ(std::get<Reply>(*parser.add_line("220 c")), Reply(220, "c"));
}

TEST(ReplyParser, TakesAtMost512Lines) {
  std::vector<std::string> lines(511, "250-x");
  lines.push_back("250 x");
  EXPECT_NE(outcome_of(lines), "(refused)");
  lines.insert(lines.begin(), "250-x");
  EXPECT_EQ(outcome_of(lines), "(refused)");
}

TEST(ReplyParser, TakesAtMost64KiB) {
  const std::string line = "250-" + std::string(1020, 'x');
  std::vector<std::string> lines(64, line);
  EXPECT_EQ(outcome_of(lines), "(more)");
  lines.push_back("250 x");
  EXPECT_EQ(outcome_of(lines), "(refused)");
  EXPECT_EQ(outcome_of({"250 " + std::string(1 << 20, 'x')}), "(refused)");
}

TEST(EnhancedStatusCode, IsReadFromTheFirstLine) {
  struct Row {
    std::string name;
    int code;
    std::string line, found;
  };
  const std::vector<Row> rows = {
      {"usual", 250, "2.1.5 Recipient OK", "2.1.5"},
      {"alone on the line", 250, "2.0.0", "2.0.0"},
      {"three digits each", 450, "4.7.320 Certificate validation failed", "4.7.320"},
      {"class differs from the reply code", 451, "5.7.3 STARTTLS is required to send mail", "-"},
      {"none", 250, "OK", "-"},
      {"empty line", 250, "", "-"},
      {"class 3", 354, "3.0.0 go on", "-"},
      {"two numbers", 250, "2.0 OK", "-"},
      {"four digits", 250, "2.0.1000 OK", "-"},
      {"leading zero", 250, "2.01.0 OK", "-"},
      {"letter behind it", 250, "2.0.0x", "-"},
      {"an address", 250, "2.0.0.1 ready", "-"},
      {"not at the start", 250, " 2.0.0 OK", "-"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    const std::optional<EnhancedStatusCode> found = Reply(row.code, row.line).enhanced_status_code();
    EXPECT_EQ(found ? found->text() : "-", row.found);
  }
  EXPECT_FALSE(Reply().enhanced_status_code());
}

TEST(Reply, IsWrittenWithHyphensUpToTheLastLine) {
  EXPECT_EQ(Reply(250, "OK").wire(), "250 OK\r\n");
  EXPECT_EQ(Reply(250, std::vector<std::string>{"a", "b", "c"}).wire(), "250-a\r\n250-b\r\n250 c\r\n");
  EXPECT_EQ(Reply(250, std::vector<std::string>()).wire(), "250 \r\n");
}

TEST(Reply, NeverBecomesTwoRepliesOnTheWire) {
  EXPECT_EQ(Reply(550, "no <a\r\n250 yes>").wire(), "550 no <a??250 yes>\r\n");
  EXPECT_EQ(Reply(550, "a\nb\rc\0d"s).wire(), "550 a?b?c?d\r\n");
}

TEST(Reply, KnowsItsClass) {
  EXPECT_TRUE(Reply(250, "").completed());
  EXPECT_TRUE(Reply(354, "").intermediate());
  EXPECT_TRUE(Reply(454, "").transient_failure());
  EXPECT_TRUE(Reply(554, "").permanent_failure());
  EXPECT_FALSE(Reply(554, "").transient_failure());
}

}  // namespace
}  // namespace domsec::smtp
