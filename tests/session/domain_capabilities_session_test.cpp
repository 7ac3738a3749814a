// TlsDomainCapabilities over real sockets: what the session decides, and what its protocol log says (spec exchange 3.1,
// protocol-log 2).
#include <gtest/gtest.h>

#include "domsec/session/reception.h"
#include "domsec/transcript/protocol_log.h"
#include "support/session_plans.h"

namespace domsec::session {
namespace {

using testing::Partners;

std::string log_of(const SendPlan& send_plan, const std::shared_ptr<ReceivePlan>& plan, const std::string& entry) {
  plan->connector.tls_domain_capabilities = {exchange::read_tls_domain_capability(entry).value()};
  net::Loop loop;
  std::string log;
  Reception reception(
      loop, net::Endpoint{"127.0.0.1", 0}, [] { return testing::new_transcript(policy::Role::receive); },
      [&](const transcript::Transcript& ended) { log = transcript::protocol_log(ended); });
  reception.use(plan);
  reception.start();
  transcript::Transcript sender = testing::new_transcript(policy::Role::send);
  testing::send(loop, send_plan, reception.endpoint(), sender);
  reception.stop();
  loop.run();
  return log;
}

/// How often, and before the second reply to EHLO.
int told(const std::string& log, const std::string& line) {
  const std::size_t at = log.find(line);
  if (at == std::string::npos) return 0;
  const std::size_t first_reply = log.find(",>,250 ");
  const std::size_t second_reply = log.find(",>,250 ", first_reply + 1);
  EXPECT_LT(at, second_reply) << log;
  return log.find(line, at + 1) == std::string::npos ? 1 : 2;
}

TEST(DomainCapabilitiesSession, AValidatedCertificateIsGrantedWhatItsDomainHas) {
  const Partners partners;
  const std::string log =
      log_of(partners.send_plan(), partners.receive_plan(), "mail.contoso.com:AcceptCloudServicesMail,AcceptOorgProtocol");
  EXPECT_EQ(told(log, "domsec: step=capabilities result=granted domain=mail.contoso.com "
                      "granted=AcceptCloudServicesMail;AcceptOorgProtocol status=Valid"), 1) << log;
  EXPECT_EQ(log.find("TlsDomainCapabilities="), std::string::npos) << log;
}

TEST(DomainCapabilitiesSession, AClientWithoutACertificateGetsTheLineOnRecord) {
  const Partners partners;
  SendPlan plan = partners.send_plan();
  plan.tls = net::TlsContext::client(net::TlsSettings());
  const std::string log = log_of(plan, partners.receive_plan(), "mail.contoso.com:AcceptCloudServicesMail");
  EXPECT_EQ(told(log, "TlsDomainCapabilities='None'; Status='NoRemoteCertificate'"), 1) << log;
  EXPECT_EQ(log.find("11022"), std::string::npos) << log;
}

TEST(DomainCapabilitiesSession, ACertificateThatIsNotValidatedIsEvent11022) {
  const Partners partners;
  const auto plan = partners.receive_plan();
  plan->examination.anchors = std::make_shared<pki::TrustStore>();
  const std::string log = log_of(partners.send_plan(), plan, "mail.contoso.com:AcceptCloudServicesMail");
  EXPECT_EQ(told(log, "TlsDomainCapabilities='None'; Status='UntrustedRoot'"), 1) << log;
  EXPECT_EQ(told(log, "domsec: step=capabilities result=fail domain=mail.contoso.com status=UntrustedRoot event=11022"), 1)
      << log;
}

TEST(DomainCapabilitiesSession, AnothersCertificateIsGrantedNothing) {
  const Partners partners;
  const std::string log = log_of(partners.send_plan(), partners.receive_plan(), "mail.fabrikam.com:AcceptOorgHeader");
  EXPECT_EQ(told(log, "domsec: step=capabilities result=none"), 1) << log;
}

}  // namespace
}  // namespace domsec::session
