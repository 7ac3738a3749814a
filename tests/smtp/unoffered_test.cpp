#include "domsec/smtp/unoffered.h"

#include <gtest/gtest.h>

namespace domsec::smtp {
namespace {

Capabilities everything() {
  Capabilities offered;
  offered.size = offered.eight_bit_mime = offered.binary_mime = offered.smtputf8 = offered.dsn = offered.chunking = true;
  return offered;
}

TEST(Unoffered, WhatWasNotOfferedIsRefusedByName) {
  struct Row {
    const char* line;
    bool Capabilities::*keyword;
    const char* reply;
  };
  const Row rows[] = {
      {"MAIL FROM:<a@b.example> SIZE=100", &Capabilities::size, "555 5.5.4"},
      {"MAIL FROM:<a@b.example> BODY=8BITMIME", &Capabilities::eight_bit_mime, "555 5.5.4"},
      {"MAIL FROM:<a@b.example> BODY=BINARYMIME", &Capabilities::binary_mime, "555 5.5.4"},
      {"MAIL FROM:<a@b.example> SMTPUTF8", &Capabilities::smtputf8, "555 5.5.4"},
      {"MAIL FROM:<a@b.example> RET=HDRS", &Capabilities::dsn, "555 5.5.4"},
      {"MAIL FROM:<a@b.example> ENVID=1", &Capabilities::dsn, "555 5.5.4"},
      {"RCPT TO:<a@b.example> NOTIFY=NEVER", &Capabilities::dsn, "555 5.5.4"},
      {"RCPT TO:<a@b.example> ORCPT=rfc822;a@b.example", &Capabilities::dsn, "555 5.5.4"},
      {"BDAT 10 LAST", &Capabilities::chunking, "502 5.5.1"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.line);
    const auto parsed = parse_command(row.line, AllowUtf8::no);
    const auto* command = std::get_if<Command>(&parsed);
    ASSERT_NE(command, nullptr);
    Capabilities offered = everything();
    EXPECT_FALSE(refuse_unoffered(*command, offered));
    offered.*row.keyword = false;
    const auto reply = refuse_unoffered(*command, offered);
    ASSERT_TRUE(reply);
    EXPECT_TRUE(reply->wire().starts_with(row.reply)) << reply->wire();
  }
}

TEST(Unoffered, WhatNeedsNoKeywordPasses) {
  for (const char* const line : {"MAIL FROM:<a@b.example>", "RCPT TO:<a@b.example>", "DATA", "NOOP", "QUIT"}) {
    const auto parsed = parse_command(line, AllowUtf8::no);
    const auto* command = std::get_if<Command>(&parsed);
    ASSERT_NE(command, nullptr) << line;
    EXPECT_FALSE(refuse_unoffered(*command, Capabilities())) << line;
  }
}

TEST(Unoffered, BodySevenBitNeedsAKeywordThatBringsTheParameter) {
  const auto parsed = parse_command("MAIL FROM:<a@b.example> BODY=7BIT", AllowUtf8::no);
  Capabilities offered;
  EXPECT_TRUE(refuse_unoffered(std::get<Command>(parsed), offered));
  offered.eight_bit_mime = true;
  EXPECT_FALSE(refuse_unoffered(std::get<Command>(parsed), offered));
}

}  // namespace
}  // namespace domsec::smtp
