// R8 as the log files tell it: mail from a listed domain without good mutual TLS, over real sockets, the
// receiver's RECV file read back. The verdict's event and the status in the refusal are held to the same row.
#include <gtest/gtest.h>

#include "support/log_files.h"
#include "support/two_organisations.h"

namespace domsec::lab {
namespace {

using testing::find_line;
using testing::LogRecord;
using testing::TwoOrganisations;

struct Row {
  const char* name;
  std::string fault;               // of the sender
  const char* event;               // attested event of the verdict, empty = none
  const char* status;              // CertificateValidationStatus of the verdict
  std::string reply;               // of MAIL FROM
  std::vector<std::string> lines;  // begin of lines, in this order, before the reply
  std::vector<std::string> never;  // begin of lines that must not be there
};

std::vector<Row> rows() {
  const std::string tls = "* |TLS protocol SP_PROT_TLS1_3_SERVER negotiation succeeded";
  const std::string mail = "< MAIL FROM:<alice@woodgrovebank.com>";
  const std::string status = "* |Client certificate chain validation status: ";
  const std::string peer = "*  CN=mail1.woodgrovebank.com, ";
  const auto refused = [](const std::string& of) {
    return "454 4.7.0 Failed to establish appropriate TLS channel: " + of + ": Access Denied";
  };
  const auto policy = [](const std::string& code) {
    return "* |domsec: step=policy result=fail code=" + code +
           " list=TLSReceiveDomainSecureList domain=woodgrovebank.com";
  };
  return {
      {"no TLS",
       "no-tls",
       "11012",
       "",
       "451 5.7.3 STARTTLS is required to send mail",
       {mail, policy("DS014")},
       {"* |TLS protocol", "< STARTTLS", status}},
      {"no certificate",
       "no-client-cert",
       "",
       "EmptyCertificate",
       refused("EmptyCertificate"),
       {tls, status + "'EmptyCertificate'", mail, policy("DS130")},
       {peer}},
      {"wrong name",
       "wrong-name",
       "11015",
       "SubjectMismatch",
       refused("SubjectMismatch"),
       {tls, status + "'Valid'", mail,
        "* |domsec: step=name result=mismatch code=DS110 reference=woodgrovebank.com", policy("DS110")},
       {}},
      {"untrusted",
       "untrusted-root",
       "",
       "UntrustedRoot",
       refused("UntrustedRoot"),
       {tls, peer, status + "'UntrustedRoot'", mail, policy("DS100")},
       {}},
      {"expired",
       "expired",
       "",
       "CertificateExpired",
       refused("CertificateExpired"),
       {tls, peer, status + "'CertificateExpired'", mail, policy("DS103")},
       {}},
      {"revoked",
       "revoked",
       "",
       "Revoked",
       refused("Revoked"),
       {tls, peer, status + "'Valid'", "* |domsec: step=revocation result=revoked code=DS105", mail,
        policy("DS105")},
       {}},
      {"CRL missing",
       "crl-unreachable",
       "",
       "RevocationOffline",
       refused("RevocationOffline"),
       {tls, peer, status + "'Valid'", "* |domsec: step=revocation result=unknown code=DS150", mail,
        policy("DS150")},
       {}},
  };
}

TEST(ReceiveLog, TellsEachRefusalOfAListedSenderInItsFile) {
  for (const Row& row : rows()) {
    SCOPED_TRACE(row.name);
    TwoOrganisations two;
    two.lab.apply("woodgrove", row.fault);
    EXPECT_FALSE(two.send("woodgrove", "contoso").delivered);
    two.finish();

    const policy::Verdict verdict = two.first_verdict("contoso");
    EXPECT_EQ(verdict.exchange_event, row.event);
    EXPECT_TRUE(verdict.exchange_status == row.status ||
                verdict.exchange_status == row.status + std::string("†"))
        << verdict.exchange_status;

    const std::vector<LogRecord> records = testing::first_session(two.log_file("contoso", "SmtpReceive"));
    ASSERT_FALSE(records.empty());
    EXPECT_EQ(records.front().mark, "+");
    EXPECT_EQ(records.front().connector, "mail1.contoso.com\\Internet");
    std::size_t at = 0;
    for (const std::string& line : row.lines) {
      at = find_line(records, line, at);
      ASSERT_LT(at, records.size()) << "after its predecessors no line begins with " << line << "\n"
                                    << testing::lines_of(records);
    }
    EXPECT_EQ(testing::line_of(records.at(at + 1)), "> " + row.reply + "|");
    for (const std::string& line : row.never) EXPECT_EQ(find_line(records, line), records.size()) << line;
    EXPECT_EQ(find_line(records, "> 250 2.1"), records.size());
    EXPECT_EQ(find_line(records, "* |domsec: step=message"), records.size());
  }
}

}  // namespace
}  // namespace domsec::lab
