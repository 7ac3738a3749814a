// Mutual TLS between the two organisations as the seed describes it, over real sockets: both directions, both
// Edge servers, the common root, and the marks of what arrived (R10, R11, R14, R23, R26, R27, R34).
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "domsec/pki/certificate.h"
#include "support/log_files.h"
#include "support/two_organisations.h"

namespace domsec::lab {
namespace {

using finding::Code;
using testing::find_line;
using testing::LogRecord;
using testing::TwoOrganisations;

/// A session's file names our certificate, then the negotiation, then theirs, then the mail.
void expect_both_certificates(const std::vector<LogRecord>& records, const std::string& ours,
                              const std::string& theirs, const std::string& mail) {
  const std::size_t sent = find_line(records, "*  CN=" + ours);
  const std::size_t negotiated = find_line(records, "* |TLS protocol SP_PROT_TLS1_3_", sent);
  const std::size_t seen = find_line(records, "*  CN=" + theirs, negotiated);
  ASSERT_LT(find_line(records, mail, seen), records.size()) << testing::lines_of(records);
  EXPECT_TRUE(records[sent].context.starts_with("Sending certificate")) << records[sent].context;
  EXPECT_NE(records[negotiated].context.find("bulk encryption algorithm CALG_AES_256"), std::string::npos)
      << records[negotiated].context;
  EXPECT_TRUE(records[seen].context.starts_with("Remote certificate")) << records[seen].context;
}

/// R10, R26.
TEST(MutualTls, BothDirectionsSucceedAndEachSideLogsBothCertificates) {
  struct Row {
    const char* from;
    const char* to;
    std::string sender;  // the names of the two certificates
    std::string receiver;
  };
  for (const Row& row : {Row{"contoso", "woodgrove", "mail1.contoso.com", "mail1.woodgrovebank.com"},
                         Row{"woodgrove", "contoso", "mail1.woodgrovebank.com", "mail1.contoso.com"}}) {
    SCOPED_TRACE(row.from);
    TwoOrganisations two;
    const session::DeliveryResult result = two.send(row.from, row.to);
    two.finish();
    EXPECT_TRUE(result.delivered);
    EXPECT_EQ(result.verdict().treatment, policy::Treatment::domain_secured);
    EXPECT_EQ(two.first_verdict(row.to).treatment, policy::Treatment::domain_secured);
    expect_both_certificates(testing::first_session(two.log_file(row.from, "SmtpSend")), row.sender,
                             row.receiver, "> MAIL FROM:");
    expect_both_certificates(testing::first_session(two.log_file(row.to, "SmtpReceive")), row.receiver,
                             row.sender, "< MAIL FROM:");
  }
}

/// What the other side knows of a sender: the word of its EHLO and the names of its certificate.
struct Seen {
  std::string ehlo;
  std::vector<std::string> names;
};

Seen seen_by(TwoOrganisations& two, const std::string& organisation) {
  Seen seen;
  for (const LogRecord& record : testing::first_session(two.log_file(organisation, "SmtpReceive"))) {
    if (record.mark == "<" && record.data.starts_with("EHLO ")) seen.ehlo = record.data.substr(5);
  }
  const policy::Evidence evidence = transcript::evidence_of(two.received(organisation).front());
  if (!evidence.peer.presented.empty()) seen.names = evidence.peer.presented.front()->dns_names;
  return seen;
}

/// Contoso with one of its two Edge servers alone.
std::function<void(Recipe&)> with_one_edge(std::size_t edge) {
  return [edge](Recipe& recipe) {
    std::vector<HostRecipe>& hosts = recipe.organisations.front().hosts;
    hosts = {hosts.at(edge)};
  };
}

/// R11, R14: the seed's two hosts, each of them once the sender and once the receiver of the partner's mail.
TEST(MutualTls, EachEdgeOfTheSeedDeliversWithItsOwnCertificateUnderOneFqdn) {
  for (const std::size_t edge : {0U, 1U}) {
    SCOPED_TRACE(edge);
    TwoOrganisations two(with_one_edge(edge));
    const std::string own = edge == 0 ? "mail1.contoso.com" : "mail2.mail.contoso.com";
    EXPECT_TRUE(two.send("contoso", "woodgrove").delivered);
    const session::DeliveryResult back = two.send("woodgrove", "contoso");
    two.finish();
    EXPECT_TRUE(back.delivered);
    EXPECT_EQ(back.attempts.front().host, own);
    const Seen seen = seen_by(two, "woodgrove");
    EXPECT_EQ(seen.ehlo, "mail.contoso.com");
    EXPECT_EQ(seen.names, (std::vector<std::string>{"mail.contoso.com", own, "mail.branch.eu.contoso.com"}));
    EXPECT_EQ(two.first_verdict("woodgrove").treatment, policy::Treatment::domain_secured);
  }
}

/// R23: each side's authority is below the root of a third; whoever does not trust that root trusts nobody.
TEST(MutualTls, WithoutTheCommonRootBothDirectionsEndInUntrustedRoot) {
  TwoOrganisations two(with_one_edge(0));
  EXPECT_TRUE(two.send("contoso", "woodgrove").delivered);
  two.change("contoso", [&](exchange::Organisation& edge) {
    const std::string stranger = two.directory("contoso") + "/stranger.pem";
    std::ofstream(stranger) << testing::ThreeLevels("Stranger").root.certificate()->pem();
    edge.trusted_root_files = {stranger};
  });
  const session::DeliveryResult there = two.send("contoso", "woodgrove");
  const session::DeliveryResult back = two.send("woodgrove", "contoso");
  two.finish();
  EXPECT_FALSE(there.delivered);
  EXPECT_EQ(there.verdict().exchange_status, "UntrustedRoot");
  EXPECT_FALSE(back.delivered);
  EXPECT_EQ(two.first_verdict("contoso").exchange_status, "UntrustedRoot");
  ASSERT_TRUE(two.first_verdict("contoso").reply);
  EXPECT_EQ(two.first_verdict("contoso").reply->text(),
            "454 4.7.0 Failed to establish appropriate TLS channel: UntrustedRoot: Access Denied");
}

/// The only message that an organisation's first host keeps.
std::string kept_message(const TwoOrganisations& two, const std::string& organisation) {
  std::string found;
  for (const auto& entry : std::filesystem::directory_iterator(two.directory(organisation) + "/mail")) {
    if (entry.path().extension() != ".eml") continue;
    std::ifstream file(entry.path(), std::ios::binary);
    found.append(std::istreambuf_iterator<char>(file), {});
  }
  return found;
}

/// R27: what the partner claims of its message is nothing to the receiver.
TEST(MutualTls, DeliveredCopyHasTheReceiversMarksAndNoForgedOnes) {
  TwoOrganisations two;
  session::Message mail = testing::message("alice@woodgrovebank.com", "bob@contoso.com");
  mail.content =
      "X-MS-Exchange-Organization-AuthAs: Internal\nX-MS-Exchange-Organization-AuthDomain: forged.example\n"
      "X-MS-Exchange-Organization-SCL: -1\nSubject: test\n\nHello.\n";
  const auto to = *smtp::Domain::parse("contoso.com");
  EXPECT_TRUE(net::run(two.loop, two.lab.server("woodgrove").send(to, std::move(mail))).delivered);
  two.finish();
  const std::string kept = kept_message(two, "contoso");
  const std::string marks =
      "X-MS-Exchange-Organization-AuthAs: Partner\r\nX-MS-Exchange-Organization-AuthDomain: "
      "woodgrovebank.com\r\n"
      "X-MS-Exchange-Organization-AuthSource: mail1.contoso.com\r\nSubject: test\r\n\r\nHello.\r\n";
  EXPECT_TRUE(kept.ends_with(marks)) << kept;
  EXPECT_EQ(kept.find("Internal"), std::string::npos) << kept;
  EXPECT_EQ(kept.find("forged"), std::string::npos) << kept;
  EXPECT_EQ(kept.find("SCL"), std::string::npos) << kept;
}

/// R34: the partner's certificate is its own issuer. As an anchor it is good, though nobody can say that it
/// is not revoked.
TEST(MutualTls, SelfSignedCertificateIsTakenOnlyAsAnAnchorAndAsksForNoList) {
  TwoOrganisations two;
  two.lab.apply("woodgrove", "self-signed");
  EXPECT_FALSE(two.send("woodgrove", "contoso").delivered);
  EXPECT_EQ(two.first_verdict("contoso").exchange_status, "UntrustedRoot");
  two.change("contoso", [&](exchange::Organisation& edge) {
    edge.trusted_root_files.push_back(two.directory("woodgrove") + "/certificate.pem");
  });
  EXPECT_TRUE(two.send("woodgrove", "contoso").delivered);
  two.finish();
  const policy::Evidence last = transcript::evidence_of(two.received("contoso").back());
  EXPECT_TRUE(last.peer.revocations.empty());
  const std::vector<LogRecord> records = testing::read_log_file(two.log_file("contoso", "SmtpReceive"));
  EXPECT_LT(find_line(records, "* |Client certificate chain validation status: 'ValidSelfSigned'"),
            records.size())
      << testing::lines_of(records);
}

}  // namespace
}  // namespace domsec::lab
