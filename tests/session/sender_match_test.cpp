// D-4 over real sockets: the receive list is asked about the envelope or about the header, and the difference is
// told.
#include <gtest/gtest.h>

#include "domsec/session/reception.h"
#include "domsec/transcript/protocol_log.h"
#include "support/session_plans.h"

namespace domsec::session {
namespace {

using testing::Partners;

struct Taken {
  SendResult sent;
  std::string reply;  // to the content, or to MAIL FROM where that is refused
  std::string log;
  policy::Treatment treatment = policy::Treatment::refuse;
};

/// contoso.com is listed. Its edge sends one message over mutual TLS, or anybody in clear.
enum class Way { mutual_tls, clear };

Taken deliver(const Partners& partners, SenderMatch match, Way way, const std::string& envelope,
              const std::string& header) {
  const auto receiving = partners.receive_plan();
  receiving->sender_match = match;
  SendPlan sending = partners.send_plan();
  sending.requirement = policy::TlsRequirement();
  if (way == Way::clear) sending.tls = nullptr;
  sending.message->reverse_path =
      envelope.empty() ? smtp::ReversePath() : smtp::ReversePath(smtp::parse_mailbox(envelope));
  sending.message->content = header + "Subject: test\r\n\r\nHello.\r\n";

  net::Loop loop;
  Taken taken;
  Reception reception(
      loop, net::Endpoint{"127.0.0.1", 0}, [] { return testing::new_transcript(policy::Role::receive); },
      [&](const transcript::Transcript& ended) {
        taken.log = transcript::protocol_log(ended);
        bool refused = false;
        for (const transcript::Event& event : ended.events()) {
          if (const auto* decided = event.body.as<transcript::PolicyDecided>()) taken.treatment = decided->verdict.treatment;
          const auto* reply = event.body.as<transcript::ReplyGiven>();
          if (reply == nullptr || reply->reply.code() == 221 || refused) continue;
          refused = reply->reply.code() >= 400;  // what was pipelined behind a refusal is refused for its order
          taken.reply = reply->reply.wire();
        }
      });
  reception.use(receiving);
  reception.start();
  transcript::Transcript transcript = testing::new_transcript(policy::Role::send);
  const std::string host = "mail.woodgrovebank.com";
  taken.sent = net::run(loop, send_session(sending, reception.endpoint(), host, transcript));
  reception.stop();
  loop.run();
  return taken;
}

TEST(SenderMatch, TheListIsAskedAboutTheEnvelopeOrTheHeader) {
  struct Row {
    const char* name;
    const char* envelope;
    const char* header;
    const char* p1;  // how the last reply in clear begins
    const char* p2;
  };
  const char* const queued = "250 2.6.0";
  const char* const refused = "451 5.7.3";
  const Row rows[] = {
      {"both listed", "alice@contoso.com", "From: alice@contoso.com\r\n", refused, refused},
      {"neither listed", "a@fabrikam.com", "From: a@fabrikam.com\r\n", queued, queued},
      {"envelope listed", "alice@contoso.com", "From: a@fabrikam.com\r\n", refused, queued},
      {"header listed", "a@fabrikam.com", "From: Alice <alice@contoso.com>\r\n", queued, refused},
      {"null reverse-path, header listed", "", "From: alice@contoso.com\r\n", queued, refused},
      {"one of two authors listed", "a@fabrikam.com", "From: a@fabrikam.com, alice@contoso.com\r\n", queued, refused},
      {"below a listed domain", "a@fabrikam.com", "From: alice@mail.contoso.com\r\n", queued, queued},
      {"no author", "a@fabrikam.com", "", queued, "550 5.6.0"},
      {"author that cannot be told", "a@fabrikam.com", "From: alice@contoso\xFF.com\r\n", queued, "550 5.6.0"},
  };
  for (const Row& row : rows) {
    for (const SenderMatch match : {SenderMatch::p1, SenderMatch::p2}) {
      SCOPED_TRACE(std::string(row.name) + (match == SenderMatch::p1 ? ", p1" : ", p2"));
      const Partners partners;
      const Taken taken = deliver(partners, match, Way::clear, row.envelope, row.header);
      const std::string expected = match == SenderMatch::p1 ? row.p1 : row.p2;
      EXPECT_TRUE(taken.reply.starts_with(expected)) << taken.reply;
      EXPECT_EQ(taken.sent.delivered, expected == queued);
      EXPECT_EQ(partners.kept->size(), expected == queued ? 1U : 0U);
    }
  }
}

TEST(SenderMatch, ABounceOfAListedPartnerIsDomainSecuredByItsHeaderAlone) {
  const Partners partners;
  const std::string header = "From: postmaster@contoso.com\r\n";
  EXPECT_EQ(deliver(partners, SenderMatch::p2, Way::mutual_tls, "", header).treatment, policy::Treatment::domain_secured);
  EXPECT_EQ(deliver(partners, SenderMatch::p1, Way::mutual_tls, "", header).treatment, policy::Treatment::opportunistic);
}

TEST(SenderMatch, ADifferenceThatWouldHaveCountedIsNoted) {
  const Partners partners;
  const std::string note = "which counts (D-4";
  EXPECT_NE(deliver(partners, SenderMatch::p1, Way::clear, "a@fabrikam.com", "From: alice@contoso.com\r\n").log.find(note),
            std::string::npos);
  EXPECT_EQ(deliver(partners, SenderMatch::p1, Way::clear, "a@fabrikam.com", "From: b@northwind.com\r\n").log.find(note),
            std::string::npos);
}

}  // namespace
}  // namespace domsec::session
