// R7 as the log files tell it: mail to a listed domain when mutual TLS cannot be had. The partner's host is
// replaced by a server that takes everything, so that each octet that leaves is seen; the sender's SEND file
// is read back.
#include <gtest/gtest.h>

#include "domsec/net/listener.h"
#include "support/conversation.h"
#include "support/log_files.h"
#include "support/two_organisations.h"

namespace domsec::lab {
namespace {

using testing::find_line;
using testing::LogRecord;
using testing::TwoOrganisations;

enum class Offer { clear_only, starttls };

/// A server that says yes to every command and remembers every octet, in clear and inside TLS.
struct WillingServer {
  Offer offer = Offer::starttls;
  net::TlsStart tls;
  std::string octets;
};

net::task<std::string> next_line(net::Channel& channel, WillingServer& server, std::size_t& read) {
  while (server.octets.find("\r\n", read) == std::string::npos) {
    server.octets += co_await channel.read_some(4096, testing::soon());
  }
  const std::size_t end = server.octets.find("\r\n", read);
  std::string line = server.octets.substr(read, end - read);
  read = end + 2;
  co_return line;
}

net::task<void> converse(net::Channel& channel, WillingServer& server) {
  std::size_t read = 0;
  co_await channel.write("220 mail.woodgrovebank.com ready\r\n", testing::soon());
  while (true) {
    const std::string line = co_await next_line(channel, server, read);
    const bool offers = server.offer == Offer::starttls && !channel.tls();
    std::string reply = "250 2.0.0 ok\r\n";
    if (line.starts_with("EHLO") && offers) reply = "250-mail.woodgrovebank.com\r\n250 STARTTLS\r\n";
    if (line == "STARTTLS") reply = "220 2.0.0 go\r\n";
    if (line == "QUIT") reply = "221 2.0.0 bye\r\n";
    co_await channel.write(reply, testing::soon());
    if (line == "STARTTLS") co_await channel.start_tls(server.tls, testing::soon());
  }
}

/// Until the sender is gone.
net::task<void> serve(net::Channel channel, WillingServer& server) {
  try {
    co_await converse(channel, server);
  } catch (const net::ChannelError&) {
  }
  co_await channel.shutdown();
}

struct Row {
  const char* name;
  Offer offer;
  net::TlsVersion version;
  std::optional<int> alert;  // what the server answers our certificate with
  bool stranger;             // the server's certificate is nobody's
  bool own_certificate;
  finding::Code code;
  const char* event;  // attested event of the verdict, empty = none
  const char* status;
  const char* reply;               // LastError, empty = none
  std::vector<std::string> lines;  // begin of lines, in this order
};

std::vector<Row> rows() {
  using enum Offer;
  using finding::Code;
  const auto v2 = net::TlsVersion::tls1_2;
  const auto v3 = net::TlsVersion::tls1_3;
  const auto policy = [](const std::string& code) {
    return "* |domsec: step=policy result=fail code=" + code +
           " list=TLSSendDomainSecureList domain=woodgrovebank.com";
  };
  const std::string sending = "*  CN=mail1.contoso.com, ";
  const std::string up = "* |TLS protocol SP_PROT_TLS1_";
  return {
      {"no STARTTLS",
       clear_only,
       v3,
       {},
       false,
       true,
       Code::starttls_not_supported,
       "2015",
       "",
       "451 5.7.3 STARTTLS is required to send mail",
       {"> EHLO mail.contoso.com|", policy("DS011"), "> QUIT|"}},
      {"the peer refuses our certificate, TLS 1.2",
       starttls,
       v2,
       48,
       false,
       true,
       Code::refused_unknown_ca,
       "",
       "",
       "",
       {"> STARTTLS|", sending, "* |TLS negotiation failed with error UntrustedRoot",
        policy("DS200 level=likely")}},
      {"the peer refuses our certificate, TLS 1.3",
       starttls,
       v3,
       48,
       false,
       true,
       Code::refused_unknown_ca,
       "",
       "",
       "",
       {"> STARTTLS|", sending, up + "3_CLIENT", "* |domsec: step=chain result=pass",
        policy("DS200 level=likely")}},
      {"no own certificate",
       starttls,
       v3,
       {},
       false,
       false,
       Code::own_cert_not_found,
       "12014",
       "",
       "454 4.7.5 The certificate specified in TlsCertificateName of the SendConnector could not be found.",
       {"> EHLO mail.contoso.com|", policy("DS212"), "> QUIT|"}},
      {"the peer's certificate is untrusted",
       starttls,
       v3,
       {},
       true,
       true,
       Code::certificate_not_trusted,
       "",
       "UntrustedRoot",
       "454 4.7.5 Certificate validation failure, Reason:UntrustedRoot",
       {"> STARTTLS|", sending, up + "3_CLIENT", "*  CN=mail.woodgrovebank.com, ",
        "* |domsec: step=chain result=fail code=DS100 status=UntrustedRoot", policy("DS100 level=likely")}},
  };
}

/// The willing server of a row, with the partner's own good certificate unless the row says otherwise.
WillingServer server_of(const Row& row, const TwoOrganisations& two) {
  const std::string files = two.directory("woodgrove");
  net::TlsSettings settings;
  settings.identity = pki::read_credentials(files + "/certificate.pem", files + "/key.pem");
  if (row.stranger) settings.identity = testing::ThreeLevels("Stranger").leaf("mail.woodgrovebank.com");
  settings.maximum = row.version;
  WillingServer server{row.offer, testing::tls_server(net::TlsContext::server(settings)), {}};
  if (row.alert) server.tls.judge = [alert = row.alert](const pki::Chain&) { return alert; };
  return server;
}

TEST(SendLog, TellsEachFailureTowardsAListedDomainInItsFileAndNoMailFromLeaves) {
  for (const Row& row : rows()) {
    SCOPED_TRACE(row.name);
    TwoOrganisations two;
    WillingServer server = server_of(row, two);
    net::Endpoint at{"127.0.0.9", two.lab.state().smtp_port};
    net::Listener listener(two.loop, at);
    listener.start([&server](net::Channel channel) { return serve(std::move(channel), server); });
    DnsName instead;
    instead.addresses = {at.address};
    two.lab.dns().put("mail1.woodgrovebank.com", instead);
    if (!row.own_certificate)
      two.change("contoso", [](exchange::Organisation& edge) { edge.certificates.clear(); });

    const session::DeliveryResult result = two.send("contoso", "woodgrove");
    listener.stop();
    two.finish();

    EXPECT_FALSE(result.delivered);
    EXPECT_TRUE(server.octets.starts_with("EHLO mail.contoso.com\r\n")) << server.octets;
    EXPECT_EQ(server.octets.find("MAIL"), std::string::npos) << server.octets;
    EXPECT_EQ(server.octets.find("alice@"), std::string::npos) << server.octets;

    const policy::Verdict& verdict = result.verdict();
    EXPECT_EQ(finding::name(verdict.headline.code), finding::name(row.code));
    EXPECT_EQ(verdict.exchange_event, row.event);
    EXPECT_EQ(verdict.exchange_status, row.status);
    EXPECT_EQ(verdict.reply ? verdict.reply->text() : "", row.reply);

    const std::vector<LogRecord> records = testing::first_session(two.log_file("contoso", "SmtpSend"));
    ASSERT_GE(records.size(), 3U);
    EXPECT_EQ(testing::line_of(records[0]), "* SendRoutingHeaders|Set Session Permissions");
    EXPECT_EQ(testing::line_of(records[1]), "* |attempting to connect");
    EXPECT_EQ(testing::line_of(records[2]), "+ |");
    EXPECT_EQ(records[2].connector, "Internet");
    EXPECT_EQ(records[2].remote, at.text());
    std::size_t from = 0;
    for (const std::string& line : row.lines) {
      from = find_line(records, line, from);
      ASSERT_LT(from, records.size()) << "after its predecessors no line begins with " << line << "\n"
                                      << testing::lines_of(records);
    }
    EXPECT_EQ(find_line(records, "> MAIL"), records.size()) << testing::lines_of(records);
  }
}

}  // namespace
}  // namespace domsec::lab
