#include "domsec/smtp/header_section.h"

#include <gtest/gtest.h>

namespace domsec::smtp {
namespace {

TEST(HeaderSection, EndsBeforeTheFirstEmptyLine) {
  struct Row {
    const char* name;
    std::string_view message;
    std::size_t octets;
    std::size_t received;
  };
  const Row rows[] = {
      {"empty", "", 0, 0},
      {"no header", "\r\nReceived: body\r\n", 0, 0},
      {"no body", "Subject: a\r\n", 12, 0},
      {"no line end", "Subject: a", 10, 0},
      {"both", "Subject: a\r\n\r\nReceived: body\r\n", 12, 0},
      {"hops, any case, blanks before the colon", "Received: a\r\nRECEIVED: b\r\nreceived \t: c\r\n\r\n", 41,
       3},
      {"bare line feeds", "Received: a\nReceived: b\n\nReceived: body\n", 24, 2},
      {"folded, and names that only begin so",
       "Received: a\r\n Received: b\r\nReceived-SPF: c\r\nReceived\r\n\r\n", 54, 1},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    const HeaderSection header = measure_header_section(row.message);
    EXPECT_EQ(header.octets, row.octets);
    EXPECT_EQ(header.received, row.received);
  }
}

}  // namespace
}  // namespace domsec::smtp
