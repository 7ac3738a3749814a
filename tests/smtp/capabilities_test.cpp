#include "domsec/smtp/capabilities.h"

#include <gtest/gtest.h>

#include <vector>

namespace domsec::smtp {
namespace {

Reply ehlo(std::vector<std::string> lines) {
  lines.insert(lines.begin(), "mx.contoso.com Hello [192.0.2.1]");
  return Reply(250, std::move(lines));
}

TEST(Capabilities, AreReadFromTheSecondLineOn) {
  const Capabilities found =
      read_capabilities(ehlo({"SIZE 37748736", "PIPELINING", "DSN", "ENHANCEDSTATUSCODES", "STARTTLS",
                              "8BITMIME", "BINARYMIME", "CHUNKING", "SMTPUTF8", "X-EXPS NTLM"}));
  EXPECT_EQ(found.server, "mx.contoso.com");
  EXPECT_TRUE(found.size && found.pipelining && found.dsn && found.enhanced_status_codes && found.starttls);
  EXPECT_TRUE(found.eight_bit_mime && found.binary_mime && found.chunking && found.smtputf8);
  EXPECT_FALSE(found.masked);
  EXPECT_EQ(found.size_limit, 37748736U);
  EXPECT_EQ(found.keywords.size(), 10U);
  EXPECT_EQ(found.keywords.back(), "X-EXPS NTLM");
}

TEST(Capabilities, DoNotCountAKeywordInTheFirstLine) {
  EXPECT_FALSE(read_capabilities(Reply(250, "STARTTLS")).starttls);
  EXPECT_FALSE(read_capabilities(Reply(250, "mx.contoso.com STARTTLS")).starttls);
}

TEST(Capabilities, AreReadWhateverTheirCase) {
  const Capabilities found = read_capabilities(ehlo({"starttls", "size 1000", "Auth Login"}));
  EXPECT_TRUE(found.starttls);
  EXPECT_EQ(found.size_limit, 1000U);
  EXPECT_EQ(found.keywords.back(), "AUTH Login");
}

TEST(Capabilities, NeedTheWholeKeyword) {
  EXPECT_FALSE(read_capabilities(ehlo({"STARTTLSX"})).starttls);
  EXPECT_FALSE(read_capabilities(ehlo({"X-STARTTLS"})).starttls);
  EXPECT_FALSE(read_capabilities(ehlo({" STARTTLS"})).starttls);
  EXPECT_TRUE(read_capabilities(ehlo({"STARTTLS "})).starttls);
}

TEST(Capabilities, HaveNoSizeLimitWhenNoneIsStated) {
  for (const char* line :
       {"SIZE", "SIZE 0", "SIZE x", "SIZE 12x", "SIZE -1", "SIZE 99999999999999999999999", "SIZE "}) {
    SCOPED_TRACE(line);
    const Capabilities found = read_capabilities(ehlo({line}));
    EXPECT_TRUE(found.size);
    EXPECT_EQ(found.size_limit, std::nullopt);
  }
  EXPECT_FALSE(read_capabilities(ehlo({})).size);
}

TEST(Capabilities, ShowThatADeviceMaskedAKeyword) {
  struct Row {
    std::string line;
    bool masked;
  };
  const std::vector<Row> rows = {{"XXXXXXXA", true}, {"XXXA", true},     {"XXXXXXXX", true},
                                 {"XXXA 123", true}, {"X-EXPS", false},  {"XRDST", false},
                                 {"XX", false},      {"XXXAB", false},   {"XXX-A", false},
                                 {"XCLIENT", false}, {"STARTTLS", false}};
  for (const Row& row : rows) {
    SCOPED_TRACE(row.line);
    EXPECT_EQ(read_capabilities(ehlo({row.line})).masked, row.masked);
  }
}

TEST(Capabilities, OfAReplyWithoutLinesAreNone) {
  EXPECT_TRUE(read_capabilities(Reply()).keywords.empty());
}

TEST(EhloReply, HasExchangesOrder) {
  Capabilities offered;
  offered.server = "mx.contoso.com";
  offered.size = offered.pipelining = offered.dsn = offered.enhanced_status_codes = offered.starttls = true;
  offered.eight_bit_mime = offered.binary_mime = offered.chunking = offered.smtputf8 = true;
  offered.size_limit = 37748736;
  offered.keywords = {"XRDST", "STARTTLS"};
  const std::vector<std::string> lines = {"mx.contoso.com Hello [192.0.2.1]",
                                          "SIZE 37748736",
                                          "PIPELINING",
                                          "DSN",
                                          "ENHANCEDSTATUSCODES",
                                          "STARTTLS",
                                          "8BITMIME",
                                          "BINARYMIME",
                                          "CHUNKING",
                                          "SMTPUTF8",
                                          "XRDST"};
  EXPECT_EQ(ehlo_reply(offered, "192.0.2.1"), Reply(250, lines));
}

TEST(Greeting, OfAsterisksIsMasked) {
  EXPECT_TRUE(is_masked_greeting(Reply(220, "************************************")));
  EXPECT_TRUE(is_masked_greeting(Reply(220, "**********02*******0***")));
  EXPECT_FALSE(is_masked_greeting(Reply(220, "mx.contoso.com ESMTP *** no spam ***")));
  EXPECT_FALSE(is_masked_greeting(Reply()));
}

TEST(EhloReply, LeavesOutWhatIsNotOffered) {
  Capabilities offered;
  offered.server = "mx.contoso.com";
  EXPECT_EQ(ehlo_reply(offered, "::1").wire(), "250 mx.contoso.com Hello [::1]\r\n");
  offered.size = true;
  EXPECT_EQ(ehlo_reply(offered, "::1").wire(), "250-mx.contoso.com Hello [::1]\r\n250 SIZE\r\n");
}

TEST(EhloReply, IsReadBackAsItWasOffered) {
  Capabilities offered;
  offered.server = "mx.contoso.com";
  offered.starttls = offered.chunking = offered.size = true;
  offered.size_limit = 1;
  const Capabilities found = read_capabilities(ehlo_reply(offered, "192.0.2.1"));
  EXPECT_TRUE(found.starttls && found.chunking && found.size);
  EXPECT_EQ(found.size_limit, 1U);
  EXPECT_FALSE(found.pipelining || found.smtputf8);
}

}  // namespace
}  // namespace domsec::smtp
