#include "domsec/smtp/path.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace domsec::smtp {
namespace {

using namespace std::string_literals;

std::string parsed(std::string_view text, AllowUtf8 utf8 = AllowUtf8::no) {
  const std::optional<Mailbox> mailbox = parse_mailbox(text, utf8);
  return mailbox ? mailbox->text() : "(refused)";
}

struct Row {
  std::string name, text, kept;
};

void expect_rows(const std::vector<Row>& rows, AllowUtf8 utf8 = AllowUtf8::no) {
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(parsed(row.text, utf8), row.kept);
  }
}

TEST(Mailbox, KeepsTheLocalPartAndChecksTheDomain) {
  expect_rows({
      {"plain", "ada@contoso.com", "ada@contoso.com"},
      {"case of the local-part is kept, of the domain not", "Ada@CONTOSO.com", "Ada@contoso.com"},
      {"dots between atoms", "ada.king@contoso.com", "ada.king@contoso.com"},
      {"all of atext", "!#$%&'*+-/=?^_`{|}~@contoso.com", "!#$%&'*+-/=?^_`{|}~@contoso.com"},
      {"single-label domain", "root@localhost", "root@localhost"},
      {"quoted blank", "\"ada king\"@contoso.com", "\"ada king\"@contoso.com"},
      {"quoted at sign", "\"a@b\"@contoso.com", "\"a@b\"@contoso.com"},
      {"quoted angle bracket", "\"a>b\"@contoso.com", "\"a>b\"@contoso.com"},
      {"quoted pair", "\"a\\\"b\\\\\"@contoso.com", "\"a\\\"b\\\\\"@contoso.com"},
      {"empty quoted string", "\"\"@contoso.com", "\"\"@contoso.com"},
      {"local-part of 64 octets", std::string(64, 'x') + "@contoso.com",
       std::string(64, 'x') + "@contoso.com"},
  });
}

TEST(Mailbox, RefusesWhatTheGrammarDoesNotHave) {
  expect_rows({
      {"empty", "", "(refused)"},
      {"no at sign", "ada", "(refused)"},
      {"no local-part", "@contoso.com", "(refused)"},
      {"no domain", "ada@", "(refused)"},
      {"leading dot", ".ada@contoso.com", "(refused)"},
      {"trailing dot", "ada.@contoso.com", "(refused)"},
      {"two dots", "ada..king@contoso.com", "(refused)"},
      {"two at signs", "ada@king@contoso.com", "(refused)"},
      {"domain with a trailing dot", "ada@contoso.com.", "(refused)"},
      {"domain with an underscore", "ada@con_toso.com", "(refused)"},
      {"blank in the local-part", "ada king@contoso.com", "(refused)"},
      {"blank at the end", "ada@contoso.com ", "(refused)"},
      {"line end at the end", "ada@contoso.com\r\n", "(refused)"},
      {"comment", "ada(countess)@contoso.com", "(refused)"},
      {"angle brackets", "<ada@contoso.com>", "(refused)"},
      {"backslash outside quotes", "a\\@b@contoso.com", "(refused)"},
      {"quoted string that does not end", "\"ada@contoso.com", "(refused)"},
      {"escaped closing quote", "\"ada\\\"@contoso.com", "(refused)"},
      {"text after the quoted string", "\"ada\"king@contoso.com", "(refused)"},
      {"quoted string as one of several words", "ada.\"king\"@contoso.com", "(refused)"},
      {"control octet in quotes", "\"a\x01\"@contoso.com", "(refused)"},
      {"line feed in quotes", "\"a\nb\"@contoso.com", "(refused)"},
      {"escaped control octet", "\"a\\\x07\"@contoso.com", "(refused)"},
      {"NUL in quotes", "\"a\0\"@contoso.com"s, "(refused)"},
      {"NUL in the domain", "a@contoso.com\0.evil.example"s, "(refused)"},
      {"UTF-8 without leave", "jörg@contoso.com", "(refused)"},
      {"UTF-8 domain without leave", "ada@bücher.example", "(refused)"},
      {"local-part of 65 octets", std::string(65, 'x') + "@contoso.com", "(refused)"},
  });
}

TEST(Mailbox, IsAtMost254OctetsLong) {
  const std::string host = std::string(63, 'a') + '.' + std::string(63, 'b') + '.' + std::string(61, 'c');
  const std::string fits = std::string(254 - host.size() - 1, 'x') + '@' + host;
  ASSERT_EQ(fits.size(), 254U);
  EXPECT_EQ(parsed(fits), fits);
  EXPECT_EQ(parsed('x' + fits), "(refused)");
}

TEST(Mailbox, TakesAddressLiterals) {
  expect_rows({
      {"IPv4", "ada@[192.0.2.1]", "ada@[192.0.2.1]"},
      {"IPv6 in full", "ada@[IPv6:2001:db8:0:0:0:0:0:1]", "ada@[IPv6:2001:db8:0:0:0:0:0:1]"},
      {"IPv6 compressed", "ada@[IPv6:2001:db8::1]", "ada@[IPv6:2001:db8::1]"},
      {"IPv6 tag in lower case", "ada@[ipv6:::1]", "ada@[ipv6:::1]"},
      {"IPv6 unspecified", "ada@[IPv6:::]", "ada@[IPv6:::]"},
      {"IPv6 compressed for one group", "ada@[IPv6:1:2:3:4:5:6:7::]", "ada@[IPv6:1:2:3:4:5:6:7::]"},
      {"IPv6 with IPv4 tail", "ada@[IPv6:::ffff:192.0.2.1]", "ada@[IPv6:::ffff:192.0.2.1]"},
      {"IPv6 in full with IPv4 tail", "ada@[IPv6:1:2:3:4:5:6:192.0.2.1]", "ada@[IPv6:1:2:3:4:5:6:192.0.2.1]"},
  });
}

TEST(Mailbox, RefusesMalformedAddressLiterals) {
  expect_rows({
      {"IPv4 number above 255", "ada@[192.0.2.256]", "(refused)"},
      {"IPv4 number of four digits", "ada@[0192.0.2.1]", "(refused)"},
      {"three numbers", "ada@[192.0.2]", "(refused)"},
      {"five numbers", "ada@[192.0.2.1.1]", "(refused)"},
      {"empty number", "ada@[192..2.1]", "(refused)"},
      {"IPv6 without its tag", "ada@[2001:db8::1]", "(refused)"},
      {"tag without an address", "ada@[IPv6:]", "(refused)"},
      {"seven groups", "ada@[IPv6:1:2:3:4:5:6:7]", "(refused)"},
      {"nine groups", "ada@[IPv6:1:2:3:4:5:6:7:8:9]", "(refused)"},
      {"eight groups and a gap", "ada@[IPv6:1:2:3:4::5:6:7:8]", "(refused)"},
      {"two gaps", "ada@[IPv6:1::2::3]", "(refused)"},
      {"three colons", "ada@[IPv6:1:::2]", "(refused)"},
      {"leading colon", "ada@[IPv6::1:2:3:4:5:6:7]", "(refused)"},
      {"trailing colon", "ada@[IPv6:1::2:]", "(refused)"},
      {"group of five digits", "ada@[IPv6:12345::1]", "(refused)"},
      {"no hexadecimal digit", "ada@[IPv6:g::1]", "(refused)"},
      {"IPv4 before the gap", "ada@[IPv6:192.0.2.1::1]", "(refused)"},
      {"seven groups and an IPv4 tail", "ada@[IPv6:1:2:3:4:5:6:7:192.0.2.1]", "(refused)"},
      {"zone", "ada@[IPv6:fe80::1%eth0]", "(refused)"},
      {"a tag that nobody registered", "ada@[x400:c=gb]", "(refused)"},
      {"no closing bracket", "ada@[192.0.2.1", "(refused)"},
      {"text after the bracket", "ada@[192.0.2.1].example", "(refused)"},
      {"empty brackets", "ada@[]", "(refused)"},
  });
}

TEST(Mailbox, TakesUtf8OnRequest) {
  expect_rows(
      {
          {"UTF-8 atom", "jörg@contoso.com", "jörg@contoso.com"},
          {"UTF-8 in quotes", "\"jörg k\"@contoso.com", "\"jörg k\"@contoso.com"},
          {"U-label in the domain", "jörg@bücher.example", "jörg@xn--bcher-kva.example"},
          {"plain ASCII as before", "ada@contoso.com", "ada@contoso.com"},
          {"escaped UTF-8 is not in the grammar", "\"\\ö\"@contoso.com", "(refused)"},
          {"Latin-1", "j\xF6rg@contoso.com", "(refused)"},
          {"overlong at sign", "a\xC1\x80@contoso.com", "(refused)"},
          {"surrogate", "a\xED\xA0\x80@contoso.com", "(refused)"},
          {"beyond Unicode", "a\xF4\x90\x80\x80@contoso.com", "(refused)"},
          {"truncated sequence", "a\xE2\x82@contoso.com", "(refused)"},
          {"65 octets in 33 letters",
           [] {
             std::string s = "a";
             for (int i = 0; i < 32; ++i) s += "ö";
             return s;
           }() +
               "@contoso.com",
           "(refused)"},
      },
      AllowUtf8::yes);
}

TEST(Path, GivesTheDomainOfTheSenderUnlessThereIsNone) {
  EXPECT_EQ(domain_of(parse_mailbox("ada@Contoso.com")), Domain::parse("contoso.com"));
  EXPECT_EQ(domain_of(parse_mailbox("ada@[192.0.2.1]")), std::nullopt);
  EXPECT_EQ(domain_of(ReversePath()), std::nullopt);
}

TEST(Path, WritesPostmasterWithoutADomain) {
  EXPECT_EQ(ForwardPath().text(), "Postmaster");
  EXPECT_EQ(ForwardPath{parse_mailbox("ada@contoso.com")}.text(), "ada@contoso.com");
}

}  // namespace
}  // namespace domsec::smtp
