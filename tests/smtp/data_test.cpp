#include "domsec/smtp/data.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace domsec::smtp {
namespace {

using namespace std::string_literals;

TEST(EncodeData, DoublesDotsAndEndsWithADot) {
  struct Row {
    std::string name, message, data, lines;
  };
  const std::vector<Row> rows = {
      {"empty", "", ".\r\n", ""},
      {"one line", "a\r\n", "a\r\n.\r\n", "a\r\n"},
      {"no line end at the end", "a", "a\r\n.\r\n", "a"},
      {"dot at the start", ".", "..\r\n.\r\n", "."},
      {"dot lines", ".\r\n..\r\n.a", "..\r\n...\r\n..a\r\n.\r\n", ".\r\n..\r\n.a"},
      {"dot inside a line", "a.b\r\n", "a.b\r\n.\r\n", "a.b\r\n"},
      {"LF", "a\n.\nb\n", "a\r\n..\r\nb\r\n.\r\n", "a\r\n.\r\nb\r\n"},
      {"CR", "a\r.\rb", "a\r\n..\r\nb\r\n.\r\n", "a\r\n.\r\nb"},
      {"CR CR LF", "a\r\r\n", "a\r\n\r\n.\r\n", "a\r\n\r\n"},
      {"LF CR", "a\n\rb", "a\r\n\r\nb\r\n.\r\n", "a\r\n\r\nb"},
      {"empty lines", "\n\n", "\r\n\r\n.\r\n", "\r\n\r\n"},
      {"NUL and eight bits", "\0\xFF\n"s, "\0\xFF\r\n.\r\n"s, "\0\xFF\r\n"s},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(encode_data(row.message), row.data);
    EXPECT_EQ(with_crlf_line_ends(row.message), row.lines);
  }
}

struct Outcome {
  std::string message;
  bool ended = false;
  bool bare = false;
  std::size_t used = 0;
};

Outcome read_whole(std::string_view bytes) {
  DataReader reader(1 << 20);
  const std::size_t used = reader.add(bytes);
  return Outcome{reader.message(), reader.ended(), reader.bare_line_end(), used};
}

TEST(DataReader, UndoesDotTransparency) {
  struct Row {
    std::string name, bytes, message;
  };
  const std::vector<Row> rows = {
      {"no text at all", ".\r\n", ""},
      {"one line", "a\r\n.\r\n", "a\r\n"},
      {"empty lines", "\r\n\r\n.\r\n", "\r\n\r\n"},
      {"doubled dots", "..\r\n...\r\n..a\r\n.\r\n", ".\r\n..\r\n.a\r\n"},
      {"a dot that was not doubled", ".a\r\n. b\r\n.\r\n", "a\r\n b\r\n"},
      {"dots inside a line", "a.\r\nb..\r\n.\r\n", "a.\r\nb..\r\n"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    const Outcome outcome = read_whole(row.bytes);
    EXPECT_TRUE(outcome.ended);
    EXPECT_FALSE(outcome.bare);
    EXPECT_EQ(outcome.message, row.message);
    EXPECT_EQ(outcome.used, row.bytes.size());
  }
}

// Every mixture of CR, LF, NUL and dot that a careless server might take for an end: "first", the sequence,
// "second", the true end. One message must come out of it, and what is not CRLF must be remembered.
TEST(DataReader, EndsAtNothingButCrlfDotCrlf) {
  struct Row {
    std::string sequence, kept;
    bool bare;
  };
  const std::vector<Row> rows = {
      {"\n.\n", "\n.\n", true},
      {"\r.\r", "\r.\r", true},
      {"\n.\r\n", "\n.\r\n", true},
      {"\r.\r\n", "\r.\r\n", true},
      {"\r\n.\n", "\r\n\n", true},
      {"\r\n.\r", "\r\n\r", true},
      {"\n.\r", "\n.\r", true},
      {"\r.\n", "\r.\n", true},
      {"\r\n.\r\r\n", "\r\n\r\r\n", true},
      {"\r\r\n.\r\r\n", "\r\r\n\r\r\n", true},
      {"\n\n.\r\n", "\n\n.\r\n", true},
      {"\n\r.\r\n", "\n\r.\r\n", true},
      {"\r\n\0.\r\n"s, "\r\n\0.\r\n"s, false},
      {"\r\n.\0\r\n"s, "\r\n\0\r\n"s, false},
      {"\r\n..\r\n", "\r\n.\r\n", false},
      {"\r\n. \r\n", "\r\n \r\n", false},
      {"\r\n .\r\n", "\r\n .\r\n", false},
      {"\r\n\x85.\r\n", "\r\n\x85.\r\n", false},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(testing::PrintToString(row.sequence));
    const Outcome outcome = read_whole("first" + row.sequence + "second\r\n.\r\n");
    EXPECT_EQ(outcome.message, "first" + row.kept + "second\r\n");
    EXPECT_TRUE(outcome.ended);
    EXPECT_EQ(outcome.bare, row.bare);
    EXPECT_FALSE(read_whole("first" + row.sequence).ended);
  }
}

TEST(DataReader, LeavesWhatFollowsTheEndAlone) {
  DataReader reader(100);
  EXPECT_EQ(reader.add("a\r\n.\r\nQUIT\r\n"), 6U);
  EXPECT_TRUE(reader.ended());
  EXPECT_EQ(reader.add("more"), 0U);
  EXPECT_EQ(reader.take(), "a\r\n");
}

TEST(DataReader, SeesTheSameWhereverThePacketsEnd) {
  const std::string bytes = "a\r\n..b\r\n.\r\r\n\r.\n\r\n.c\r\n\r\n.\r\n";
  const Outcome whole = read_whole(bytes);
  ASSERT_TRUE(whole.ended);
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    SCOPED_TRACE(cut);
    DataReader reader(1000);
    reader.add(std::string_view(bytes).substr(0, cut));
    reader.add(std::string_view(bytes).substr(cut));
    EXPECT_EQ(reader.message(), whole.message);
    EXPECT_TRUE(reader.ended());
  }
  DataReader by_octet(1000);
  for (const char octet : bytes) by_octet.add(std::string_view(&octet, 1));
  EXPECT_EQ(by_octet.message(), whole.message);
  EXPECT_TRUE(by_octet.ended());
}

TEST(DataReader, KeepsNoMoreThanTheLimitAndCountsTheRest) {
  DataReader fits(8);
  fits.add("123456\r\n.\r\n");
  EXPECT_FALSE(fits.too_large());
  EXPECT_EQ(fits.octets(), 8U);

  DataReader reader(4);
  reader.add("123456\r\n");
  reader.add(std::string(1000, 'x') + "\r\n.\r\n");
  EXPECT_TRUE(reader.ended());
  EXPECT_TRUE(reader.too_large());
  EXPECT_EQ(reader.octets(), 1010U);
  EXPECT_EQ(reader.message(), "1234");
}

TEST(DataReader, ReadsBackWhatWasEncoded) {
  for (const std::string message : {"", ".", "..\n.\r\n.", "a\r\rb\n", "\r\n.\r\n\r\n", "no end"}) {
    SCOPED_TRACE(testing::PrintToString(message));
    std::string expected = with_crlf_line_ends(message);
    if (!expected.empty() && !expected.ends_with("\r\n")) expected += "\r\n";
    const Outcome outcome = read_whole(encode_data(message));
    EXPECT_EQ(outcome.message, expected);
    EXPECT_TRUE(outcome.ended);
    EXPECT_FALSE(outcome.bare);
  }
}

}  // namespace
}  // namespace domsec::smtp
