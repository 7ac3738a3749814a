// What a receive connector switches on and off, over real sockets: each switch in both positions (spec exchange 3.2, 3.3).
#include <gtest/gtest.h>

#include "support/connector_client.h"
#include "support/session_plans.h"

namespace domsec::session {
namespace {

using testing::answers;
using testing::Hear;
using testing::meet;
using testing::Met;
using testing::Partners;
using testing::Say;

using Lines = std::vector<std::string>;

/// A change of the connector, the lines of a client in clear, and how the answers begin; an answer that is left away never
/// came, because the connection had ended.
struct Row {
  const char* name;
  void (*change)(exchange::ReceiveConnector& connector);
  Lines lines;
  Lines begins;
};

void expect(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    const Partners partners;
    const auto plan = partners.receive_plan();
    row.change(plan->connector);
    const Lines heard = answers(row.lines, plan);
    ASSERT_EQ(heard.size(), row.begins.size()) << ::testing::PrintToString(heard);
    for (std::size_t i = 0; i < heard.size(); ++i) EXPECT_TRUE(heard[i].starts_with(row.begins[i])) << heard[i];
  }
}

void as_it_is(exchange::ReceiveConnector&) {}

TEST(ConnectorSwitches, RequireEhloDomainEndsASessionWithoutAName) {
  const auto on = [](exchange::ReceiveConnector& connector) { connector.require_ehlo_domain = true; };
  const std::string hello = "250 mail.woodgrovebank.com Hello [127.0.0.1]";
  const std::string refusal = "501 5.5.4 Invalid domain name";
  expect({
      {"off: no name", as_it_is, {"HELO", "MAIL FROM:<a@fabrikam.com>"}, {hello, "250 2.1.0"}},
      {"off: no domain", as_it_is, {"HELO my_pc", "NOOP"}, {hello, "250 2.0.0"}},
      {"off: two words", as_it_is, {"HELO a b", "NOOP"}, {refusal, "250 2.0.0"}},
      {"on: a domain", on, {"HELO mail.fabrikam.com", "NOOP"}, {hello, "250 2.0.0"}},
      {"on: an address literal", on, {"HELO [192.0.2.1]", "NOOP"}, {hello, "250 2.0.0"}},
      {"on: an IPv4 address", on, {"HELO 192.0.2.1", "NOOP"}, {hello, "250 2.0.0"}},
      {"on: no name", on, {"HELO", "NOOP"}, {refusal}},
      {"on: no domain", on, {"HELO my_pc", "NOOP"}, {refusal}},
      {"on: two words", on, {"HELO a b", "NOOP"}, {refusal}},
      {"on: EHLO without a name", on, {"EHLO", "NOOP"}, {refusal}},
  });
}

TEST(ConnectorSwitches, RejectReservedTopLevelRecipientDomainsKnowsTheFourOfRfc2606) {
  const auto on = [](exchange::ReceiveConnector& connector) {
    connector.reject_reserved_top_level_recipient_domains = true;
  };
  const Lines rcpts{"HELO a.b.com", "MAIL FROM:<a@fabrikam.com>", "RCPT TO:<b@c.test>", "RCPT TO:<b@c.Example>",
                    "RCPT TO:<b@c.invalid>", "RCPT TO:<b@localhost>", "RCPT TO:<b@example.com>",
                    "RCPT TO:<b@contest>", "RCPT TO:<b@[192.0.2.1]>", "RCPT TO:<Postmaster>"};
  const std::string refusal = "550 5.1.4 Recipient address reserved by RFC 2606";
  expect({
      {"off", as_it_is, rcpts, {"250", "250", "250", "250", "250", "250", "250", "250", "250", "250"}},
      {"on", on, rcpts, {"250", "250", refusal, refusal, refusal, refusal, "250", "250", "250", "250"}},
  });
}

TEST(ConnectorSwitches, LongAddressesEnabledMovesTheBoundFrom571To1860Octets) {
  const auto on = [](exchange::ReceiveConnector& connector) { connector.long_addresses_enabled = true; };
  const std::string host = "@contoso.com";
  const auto from = [&host](std::size_t octets) {
    return "MAIL FROM:<" + std::string(octets - host.size(), 'x') + host + ">";
  };
  const auto to = [&host](std::size_t octets) {
    return "RCPT TO:<" + std::string(octets - host.size(), 'x') + host + ">";
  };
  const std::string free_sender = "MAIL FROM:<a@fabrikam.com>";
  const auto padded = [](std::size_t octets) { return "NOOP " + std::string(octets - 5, 'x'); };
  expect({
      {"571", as_it_is, {"HELO a", free_sender, to(571)}, {"250", "250", "250 2.1.5"}},
      {"572", as_it_is, {"HELO a", free_sender, to(572)}, {"250", "250", "501 5.1.3 Invalid address"}},
      {"a sender of 572", as_it_is, {"HELO a", from(572)}, {"250", "501 5.1.7 Invalid address"}},
      {"on: 1860", on, {"HELO a", free_sender, to(1860)}, {"250", "250", "250 2.1.5"}},
      {"on: 1861", on, {"HELO a", free_sender, to(1861)}, {"250", "250", "501 5.1.3 Invalid address"}},
      {"a line of 2048 and one more", as_it_is, {padded(2048), padded(2049)}, {"250 2.0.0", "500 5.5.6"}},
      {"on: a line of 8000 and one more", on, {padded(8000), padded(8001)}, {"250 2.0.0", "500 5.5.6"}},
  });
}

/// The EHLO reply of a connector.
Lines ehlo(void (*change)(exchange::ReceiveConnector& connector)) {
  const Partners partners;
  const auto plan = partners.receive_plan();
  change(plan->connector);
  std::vector<testing::Action> actions{Hear{}, Say{"EHLO a.example\r\n"}};
  for (int i = 0; i < 14; ++i) actions.emplace_back(Hear{});
  plan->connector.connection_inactivity_timeout = std::chrono::seconds(1);
  Lines lines = meet(std::move(actions), plan).heard.lines;
  lines.erase(lines.begin());
  if (!lines.empty() && lines.back().starts_with("421")) lines.pop_back();
  return lines;
}

TEST(ConnectorSwitches, TheEhloReplyHasExchangesOrder) {
  EXPECT_EQ(ehlo(as_it_is),
            (Lines{"250-mail.woodgrovebank.com Hello [127.0.0.1]", "250-SIZE 37748736", "250-PIPELINING", "250-DSN",
                   "250-ENHANCEDSTATUSCODES", "250-STARTTLS", "250-8BITMIME", "250-BINARYMIME", "250-CHUNKING",
                   "250 SMTPUTF8"}));
  const auto changed = [](exchange::ReceiveConnector& connector) {
    connector.size_enabled = exchange::SizeEnabled::without_value;
    connector.pipelining_enabled = false;
    connector.delivery_status_notification_enabled = false;
    connector.enhanced_status_codes_enabled = false;
    connector.eight_bit_mime_enabled = false;
    connector.chunking_enabled = false;  // and BINARYMIME with it
    connector.smtputf8_enabled = false;
    connector.orar_enabled = true;
    connector.long_addresses_enabled = true;
  };
  EXPECT_EQ(ehlo(changed), (Lines{"250-mail.woodgrovebank.com Hello [127.0.0.1]", "250-SIZE", "250-STARTTLS",
                                  "250-XORAR", "250 XLONGADDR"}));
}

TEST(ConnectorSwitches, SizeWithoutValueHoldsTheLimitAllTheSame) {
  const auto without = [](exchange::ReceiveConnector& connector) {
    connector.size_enabled = exchange::SizeEnabled::without_value;
    connector.max_message_size = 65536;
  };
  expect({{"at the limit", without, {"HELO a", "MAIL FROM:<a@fabrikam.com> SIZE=65536"}, {"250", "250 2.1.0"}},
          {"beyond", without, {"HELO a", "MAIL FROM:<a@fabrikam.com> SIZE=65537"}, {"250", "552 5.3.4"}}});
}

TEST(ConnectorSwitches, OrarEnabledTakesTheParameterAndSaysWhatBecomesOfIt) {
  const std::string rcpt = "RCPT TO:<bob@woodgrovebank.com> XORAR=rfc822;eve@fabrikam.com";
  const auto on = [](exchange::ReceiveConnector& connector) { connector.orar_enabled = true; };
  expect({
      {"off", as_it_is, {"HELO a", "MAIL FROM:<a@fabrikam.com>", rcpt}, {"250", "250", "555 5.5.4 Unsupported parameter XORAR"}},
      {"on", on, {"HELO a", "MAIL FROM:<a@fabrikam.com>", rcpt}, {"250", "250", "250 2.1.5"}},
      {"on: without a value", on, {"HELO a", "MAIL FROM:<a@fabrikam.com>", "RCPT TO:<b@c.com> XORAR"}, {"250", "250", "501 5.5.4"}},
      {"on: too long", on,
       {"HELO a", "MAIL FROM:<a@fabrikam.com>", "RCPT TO:<b@c.com> XORAR=" + std::string(572, 'x')},
       {"250", "250", "501 5.5.4 Invalid XORAR parameter"}},
  });
  const Partners partners;
  const auto plan = partners.receive_plan();
  plan->connector.orar_enabled = true;
  const Met met = meet({Hear{}, Say{"HELO a\r\nMAIL FROM:<a@fabrikam.com>\r\n" + rcpt + "\r\n"}, Hear{}, Hear{}, Hear{}}, plan);
  EXPECT_EQ(met.irregularities(),
            Lines{"an alternate recipient is named (XORAR=rfc822;eve@fabrikam.com); nothing is sent there"});
}

TEST(ConnectorSwitches, BareLinefeedRejectionEnabledIsAboutDataAndItsLineFeeds) {
  struct Content {
    const char* name;
    bool enabled;
    std::string text;
    const char* by_data;
    const char* by_chunk;
  };
  const Content rows[] = {
      {"off: a bare LF", false, "Subject: a\r\n\r\nfirst\n.\nsecond\r\n", "250 2.6.0", "250 2.6.0"},
      {"on: a bare LF", true, "Subject: a\r\n\r\nfirst\n.\nsecond\r\n", "550 5.6.11", "250 2.6.0"},
      {"on: CRLF alone", true, "Subject: a\r\n\r\nfirst\r\nsecond\r\n", "250 2.6.0", "250 2.6.0"},
      {"off: a bare CR", false, "Subject: a\r\n\r\nfirst\rsecond\r\n", "550 5.6.11", "250 2.6.0"},
  };
  for (const Content& row : rows) {
    for (const bool chunk : {false, true}) {
      SCOPED_TRACE(std::string(row.name) + (chunk ? ", BDAT" : ", DATA"));
      const Partners partners;
      const auto plan = partners.receive_plan();
      plan->connector.bare_linefeed_rejection_enabled = row.enabled;
      const std::string last =
          chunk ? "BDAT " + std::to_string(row.text.size()) + " LAST\r\n" + row.text : row.text + ".\r\n";
      std::vector<testing::Action> actions{
          Hear{}, Say{"HELO a\r\nMAIL FROM:<a@fabrikam.com>\r\nRCPT TO:<b@c.com>\r\n"}, Hear{}, Hear{}, Hear{}};
      if (!chunk) actions.insert(actions.end(), {Say{"DATA\r\n"}, Hear{}});
      actions.insert(actions.end(), {Say{last}, Hear{}});
      const Met met = meet(std::move(actions), plan);
      const std::string& answer = met.heard.lines.back();
      EXPECT_TRUE(answer.starts_with(chunk ? row.by_chunk : row.by_data)) << answer;
      ASSERT_EQ(partners.kept->size(), answer.starts_with("250") ? 1U : 0U);
      for (const ReceivedMessage& message : *partners.kept) EXPECT_EQ(message.content, row.text);  // as it came
      EXPECT_EQ(met.irregularities().empty(), chunk || row.text.find("first\r\n") != std::string::npos);
    }
  }
}

}  // namespace
}  // namespace domsec::session
