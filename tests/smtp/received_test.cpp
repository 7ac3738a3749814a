#include "domsec/smtp/received.h"

#include <gtest/gtest.h>

namespace domsec::smtp {
namespace {

TEST(Received, NamesTheHostOfEachField) {
  struct Row {
    const char* name;
    std::string message;
    std::vector<std::string> hosts;
  };
  const Row rows[] = {
      {"no header", "", {}},
      {"none", "Subject: a\r\n\r\nReceived: by body.example\r\n", {}},
      {"two, newest first",
       "Received: from a by B.Example with ESMTPS; Sun, 22 Nov 2026 10:00:00 +0000\r\nreceived: by c.example\r\n\r\n",
       {"b.example", "c.example"}},
      {"folded", "Received: from a (by x.example)\r\n\tBY\r\n b.example.\r\nSubject: by no.example\r\n", {"b.example"}},
      {"a comment is no word", "Received: from a (a \\) by x.example (nested) by y.example) (x)by(y) z.example\r\n",
       {"z.example"}},
      {"names none", "Received: from a with SMTP; by date.example\r\n", {""}},
      {"by at the end", "Received: from a by\r\n", {""}},
      {"bare line feeds", "Received: by a.example\n\nReceived: by b.example\n", {"a.example"}},
      {"another field", "X-Received: by a.example\r\nReceived-SPF: by b.example\r\n", {}},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(received_by(row.message), row.hosts);
  }
}

}  // namespace
}  // namespace domsec::smtp
