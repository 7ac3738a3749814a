#include "domsec/net/dns_message.h"

#include <ares.h>
#include <gtest/gtest.h>

#include <random>

namespace domsec::net {
namespace {

using namespace std::string_literals;

DnsMessage answer_with_two_mx() {
  DnsMessage message;
  message.id = 0x1234;
  message.response = true;
  message.question = DnsQuestion{"contoso.com", DnsType::mx, 15};
  message.answers.push_back({"contoso.com", DnsType::mx, 10, "mail1.contoso.com"});
  message.answers.push_back({"contoso.com", DnsType::mx, 20, ""});
  message.edns_octets = 1232;
  message.soa_in_authority = true;
  return message;
}

TEST(DnsMessage, ReadsBackWhatItWrites) {
  const auto octets = write_dns_message(answer_with_two_mx());
  ASSERT_TRUE(octets);
  const auto read = read_dns_message(*octets);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->id, 0x1234);
  EXPECT_TRUE(read->response);
  EXPECT_EQ(read->question->name, "contoso.com");
  EXPECT_EQ(read->question->type, DnsType::mx);
  ASSERT_EQ(read->answers.size(), 2U);
  EXPECT_EQ(read->answers[0].value, "mail1.contoso.com");
  EXPECT_EQ(read->answers[1].preference, 20);
  EXPECT_EQ(read->answers[1].value, "");
  EXPECT_EQ(read->edns_octets, 1232);
  EXPECT_TRUE(read->soa_in_authority);
}

TEST(DnsMessage, WritesWhatCAresReadsTheSameWay) {
  const auto octets = write_dns_message(answer_with_two_mx());
  ASSERT_TRUE(octets);
  ares_mx_reply* list = nullptr;
  const auto* data = reinterpret_cast<const unsigned char*>(octets->data());
  ASSERT_EQ(ares_parse_mx_reply(data, static_cast<int>(octets->size()), &list), ARES_SUCCESS);
  ASSERT_NE(list, nullptr);
  EXPECT_STREQ(list->host, "mail1.contoso.com");
  EXPECT_EQ(list->priority, 10);
  ASSERT_NE(list->next, nullptr);
  EXPECT_STREQ(list->next->host, "");
  ares_free_data(list);
}

// Header (id 1, response, no question, one answer) and one answer record.
std::string answer(const std::string& record) { return "\0\1\x80\0\0\0\0\1\0\0\0\0"s + record; }
std::string mx_record(const std::string& rdata) {
  return "\1x\0\0\x0f\0\1\0\0\0\0\0"s + static_cast<char>(rdata.size()) + rdata;
}

TEST(DnsMessage, RefusesWhatIsNoWholeMessage) {
  struct Row {
    const char* name;
    std::string octets;
  };
  const std::string long_label = "\x3f"s + std::string(63, 'a');
  const Row rows[] = {
      {"nothing", ""},
      {"half a header", "\0\1\x80"s},
      {"two questions", "\0\1\0\0\0\2\0\0\0\0\0\0\0\0\1\0\1\0\0\1\0\1"s},
      {"a class other than IN", "\0\1\0\0\0\1\0\0\0\0\0\0\0\0\1\0\3"s},
      {"a missing answer", answer("")},
      {"RDATA beyond the end", answer("\1x\0\0\x0f\0\1\0\0\0\0\0\x20\0\1"s)},
      {"a pointer to itself", answer("\xc0\x0c\0\x0f\0\1\0\0\0\0\0\3\0\1\0"s)},
      {"a pointer forwards", answer("\xc0\x20\0\x0f\0\1\0\0\0\0\0\3\0\1\0"s)},
      {"half a pointer", answer("\xc0"s)},
      {"a label type of 01", answer("\x41x\0\0\x0f\0\1\0\0\0\0\0\3\0\1\0"s)},
      {"a name over 255 octets",
       answer(long_label + long_label + long_label + long_label + "\0\0\x0f\0\1\0\0\0\0\0\3\0\1\0"s)},
      {"an MX without target", answer(mx_record("\0\1"s))},
      {"an MX whose target ends early", answer(mx_record("\0\1\0\0"s))},
      {"an MX whose target ends late", answer(mx_record("\0\1\5ab"s))},
      {"an A of five octets", answer("\1x\0\0\1\0\1\0\0\0\0\0\5\1\2\3\4\5"s)},
      {"an AAAA of four octets", answer("\1x\0\0\x1c\0\1\0\0\0\0\0\4\1\2\3\4"s)},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    EXPECT_FALSE(read_dns_message(row.octets));
  }
}

TEST(DnsMessage, WritesOctetsThatNoHostNameHasAsEscapes) {
  const auto message = read_dns_message(answer(mx_record("\0\1\6a.b\r\n\xff\0"s)));
  ASSERT_TRUE(message);
  EXPECT_EQ(message->answers.at(0).value, "a\\046b\\013\\010\\255");
  EXPECT_FALSE(is_host_name(message->answers.at(0).value));
}

TEST(DnsMessage, FollowsCompressionPointersBackwards) {
  const auto message = read_dns_message(answer("\3Foo\3COM\0\0\x0f\0\1\0\0\0\0\0\7\0\5\2mx\xc0\x0c"s));
  ASSERT_TRUE(message);
  EXPECT_EQ(message->answers.at(0).name, "foo.com");
  EXPECT_EQ(message->answers.at(0).value, "mx.foo.com");
}

TEST(DnsMessage, WritesNoNameThatIsTooLong) {
  for (const std::string& host : {std::string(64, 'a'), "a..b"s,
                                  std::string(63, 'a') + "." + std::string(63, 'a') + "." +
                                      std::string(63, 'a') + "." + std::string(63, 'a')}) {
    SCOPED_TRACE(host);
    DnsMessage message = answer_with_two_mx();
    message.answers[0].value = host;
    EXPECT_FALSE(write_dns_message(message));
  }
}

TEST(DnsMessage, KnowsHostNames) {
  EXPECT_TRUE(is_host_name("mail1.contoso.com"));
  EXPECT_TRUE(is_host_name("_dmarc.x-1.example"));
  for (const std::string& name : {""s, "."s, "a..b"s, ".a"s, "a."s, "a b"s, "a\0b"s, "m\xc3\xbcller.de"s,
                                  std::string(64, 'a'), std::string(254, 'a'), "a\r\n.b"s}) {
    SCOPED_TRACE(name);
    EXPECT_FALSE(is_host_name(name));
  }
}

TEST(DnsMessage, KnowsNumericAddresses) {
  EXPECT_EQ(numeric_address("192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(numeric_address("2001:DB8:0::1"), "2001:db8::1");
  for (const std::string& text :
       {""s, "1"s, "192.0.2"s, "192.0.2.256"s, "mail.example"s, "192.0.2.1\0x"s, "::1%lo"s}) {
    SCOPED_TRACE(text);
    EXPECT_FALSE(numeric_address(text));
  }
}

// Deterministic: the same seed gives the same octets on every machine (mt19937 is specified).
TEST(DnsMessage, SurvivesMutations) {
  const std::string seed = *write_dns_message(answer_with_two_mx());
  std::mt19937 random(20260101);
  std::size_t read = 0;
  for (int i = 0; i < 50000; ++i) {
    std::string octets = seed;
    for (unsigned n = 0; n <= i % 4U; ++n) octets[random() % octets.size()] = static_cast<char>(random());
    if (i % 5 == 0) octets.resize(random() % (octets.size() + 1));
    const auto message = read_dns_message(octets);
    if (!message) continue;
    ++read;
    for (const DnsRecord& record : message->answers) {
      for (const char c : record.name + record.value) ASSERT_TRUE(c > ' ' && c < '\x7f');
    }
  }
  EXPECT_GT(read, 1000U);
}

}  // namespace
}  // namespace domsec::net
