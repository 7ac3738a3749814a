#include "domsec/smtp/header_from.h"

#include <gtest/gtest.h>

#include <string>

namespace domsec::smtp {
namespace {

/// `1: contoso.com woodgrovebank.com ?`: fields, domains, a question mark for what could not be read.
std::string told(std::string_view message) {
  const HeaderFrom from = read_header_from(message);
  std::string text = std::to_string(from.fields) + ":";
  for (const Domain& domain : from.domains) text += " " + domain.text();
  return from.unreadable ? text + " ?" : text;
}

TEST(HeaderFrom, NamesTheDomainOfEachAuthor) {
  struct Row {
    const char* field;
    const char* told;
  };
  const Row rows[] = {
      {"From: alice@contoso.com\r\n", "1: contoso.com"},
      {"FROM : Alice <alice@Contoso.COM>\r\n", "1: contoso.com"},
      {"From: \"a@b.example, <x@y.example>\" <alice@contoso.com>\r\n", "1: contoso.com"},
      {"From: \"quote\\\" <x@y.example>\" <alice@contoso.com>\r\n", "1: contoso.com"},
      {"From: (x@y.example (nested\\) z@z.example)) alice@contoso.com (Alice)\r\n", "1: contoso.com"},
      {"From: alice@contoso.com,\r\n bob@woodgrovebank.com,\r\n\tcarol@contoso.com\r\n", "1: contoso.com woodgrovebank.com"},
      {"From: Friends: alice@contoso.com, Bob <bob@woodgrovebank.com>;\r\n", "1: contoso.com woodgrovebank.com"},
      {"From: undisclosed:;\r\n", "1:"},
      {"From: <@relay.example,@other.example:alice@contoso.com>\r\n", "1: contoso.com"},
      {"From: alice @ contoso . com\r\n", "1: contoso.com"},
      {"From: \"a@b\"@contoso.com\r\n", "1: contoso.com"},
      {"From: alice@contoso.com\r\nFrom: bob@woodgrovebank.com\r\n", "2: contoso.com woodgrovebank.com"},
      {"Sender: x@y.example\r\nX-From: x@y.example\r\nFromage: x@y.example\r\n", "0:"},
      {"Subject: a\r\n From: x@y.example\r\n", "0:"},
      {"\r\nFrom: in-the-body@y.example\r\n", "0:"},
      {"From: alice@contoso.com", "1: contoso.com"},
      {"From: alice@b\xC3\xBC" "cher.example\r\n", "1: xn--bcher-kva.example"},
      {"From: alice\r\n", "1: ?"},
      {"From: alice@[192.0.2.1]\r\n", "1: ?"},
      {"From: alice@contoso.com evil.example\r\n", "1: ?"},
      {"From: <alice@contoso.com> evil.example\r\n", "1: ?"},
      {"From: alice@contoso.com, bob@\r\n", "1: contoso.com ?"},
      {"From: Alice <alice@contoso.com\r\n", "1: contoso.com ?"},
      {"From: \"Alice <alice@contoso.com>\r\n", "1: ?"},
      {"From: (alice@contoso.com\r\n", "1: ?"},
      {"From:\r\n", "1:"},
      {"", "0:"},
  };
  for (const Row& row : rows) EXPECT_EQ(told(row.field), row.told) << row.field;
}

TEST(HeaderFrom, IsBounded) {
  std::string many = "From: ";
  for (int i = 0; i < 100; ++i) many += "a@d" + std::to_string(i) + ".example, ";
  const HeaderFrom from = read_header_from(many + "\r\n\r\n");
  EXPECT_EQ(from.domains.size(), 20U);
  EXPECT_TRUE(from.unreadable);
  EXPECT_TRUE(read_header_from("From: a@b.example," + std::string(70'000, ' ') + "\r\n\r\n").unreadable);
}

}  // namespace
}  // namespace domsec::smtp
