// How a client certificate is demanded (request, require-421, require-alert), how its refusal looks from the other end, and
// revocation over real sockets: the rest of R8.
#include <gtest/gtest.h>

#include "domsec/lab/crl_server.h"
#include "domsec/session/reception.h"
#include "support/scripted_peer.h"
#include "support/session_plans.h"

namespace domsec::session {
namespace {

using testing::Partners;

struct Both {
  SendResult sent;
  policy::Evidence sender;
  std::optional<policy::Verdict> at_mail;
  std::vector<transcript::Event> receiver;
};

Both exchange_mail(net::Loop& loop, const SendPlan& send_plan, std::shared_ptr<const ReceivePlan> receive_plan) {
  Both both;
  Reception reception(
      loop, net::Endpoint{"127.0.0.1", 0}, [] { return testing::new_transcript(policy::Role::receive); },
      [&](const transcript::Transcript& ended) { both.receiver = ended.events(); });
  reception.use(std::move(receive_plan));
  reception.start();
  transcript::Transcript transcript = testing::new_transcript(policy::Role::send);
  both.sent = testing::send(loop, send_plan, reception.endpoint(), transcript);
  reception.stop();
  loop.run();
  both.sender = transcript::evidence_of(transcript);
  for (const transcript::Event& event : both.receiver) {
    if (const auto* decided = event.body.as<transcript::PolicyDecided>()) both.at_mail = decided->verdict;
  }
  return both;
}

/// A sender that demands mutual TLS, with what it presents and at most this TLS version.
SendPlan sender(const Partners& partners, const std::optional<pki::Credentials>& identity, net::TlsVersion version) {
  SendPlan plan = partners.send_plan();
  net::TlsSettings settings;
  settings.identity = identity;
  settings.maximum = version;
  plan.tls = net::TlsContext::client(settings);
  plan.own.certificate = identity ? identity->chain.front() : nullptr;
  return plan;
}

struct DemandRow {
  const char* name;
  ClientCertificateMode mode;
  net::TlsVersion version;
  std::optional<pki::Credentials> identity;
  finding::Code code;                 // what the refused sender finds
};

std::vector<DemandRow> demand_rows() {
  const pki::Credentials stranger = testing::ThreeLevels("Stranger").leaf("mail.contoso.com");
  const auto v2 = net::TlsVersion::tls1_2;
  const auto v3 = net::TlsVersion::tls1_3;
  const auto by_421 = ClientCertificateMode::require_421;
  const auto by_alert = ClientCertificateMode::require_alert;
  return {
      {"421, none presented, TLS 1.3", by_421, v3, std::nullopt, finding::Code::client_cert_required},
      {"421, none presented, TLS 1.2", by_421, v2, std::nullopt, finding::Code::client_cert_required},
      {"421, untrusted, TLS 1.3", by_421, v3, stranger, finding::Code::refused_unspecified},
      {"alert, none presented, TLS 1.3", by_alert, v3, std::nullopt, finding::Code::client_cert_required},
      {"alert, none presented, TLS 1.2", by_alert, v2, std::nullopt, finding::Code::client_cert_required},
      {"alert, untrusted, TLS 1.3", by_alert, v3, stranger, finding::Code::refused_unknown_ca},
      {"alert, untrusted, TLS 1.2", by_alert, v2, stranger, finding::Code::refused_unknown_ca},
  };
}

TEST(Demands, ARefusedClientNeverPassesAndNamesTheRefusal) {
  const Partners partners;
  for (const DemandRow& row : demand_rows()) {
    SCOPED_TRACE(row.name);
    auto receive = partners.receive_plan();
    receive->client_certificate = row.mode;
    net::Loop loop;
    const Both both = exchange_mail(loop, sender(partners, row.identity, row.version), receive);
    EXPECT_FALSE(both.sent.delivered);
    EXPECT_EQ(policy::text(both.sent.verdict.result), policy::text(policy::Result::fail));
    EXPECT_EQ(finding::name(both.sent.verdict.headline.code), finding::name(row.code));
    EXPECT_EQ(policy::exit_code(both.sent.verdict), 1);
    EXPECT_TRUE(partners.kept->empty());
    // No MAIL FROM came; the receiver's transcript says all the same what it refused.
    ASSERT_TRUE(both.at_mail);
    EXPECT_EQ(policy::text(both.at_mail->treatment), policy::text(policy::Treatment::refuse));
    if (!row.identity) {
      EXPECT_EQ(both.at_mail->headline.code, finding::Code::client_cert_missing);
    }
    if (row.mode == ClientCertificateMode::require_421) {
      ASSERT_TRUE(both.at_mail->reply);
      EXPECT_TRUE(both.at_mail->reply->text().starts_with("421 4.7.1"));
    }
  }
}

/// The alert says only that we refused; the verdict names the fault of what the failed handshake had shown.
TEST(Demands, AnAlertOfOursHasTheVerdictOfTheCertificateItRefused) {
  struct Row {
    const char* name;
    pki::Credentials identity;
    finding::Code code;
    const char* status;
    int alert;
  };
  const Partners partners;
  pki::CertificateRecipe expired = testing::leaf_recipe({"mail.contoso.com"});
  expired.not_after = testing::test_instant - std::chrono::days(1);
  pki::CertificateRecipe early = testing::leaf_recipe({"mail.contoso.com"});
  early.not_before = testing::test_instant + std::chrono::days(1);
  pki::CertificateRecipe server_only = testing::leaf_recipe({"mail.contoso.com"});
  server_only.extended_key_usage = {"serverAuth"};
  const Row rows[] = {
      {"expired", partners.pki.second.issue(expired), finding::Code::certificate_expired, "CertificateExpired", 45},
      {"not yet valid", partners.pki.second.issue(early), finding::Code::certificate_not_yet_valid, "CertificateExpired", 42},
      {"untrusted", testing::ThreeLevels("Stranger").leaf("mail.contoso.com"), finding::Code::certificate_not_trusted,
       "UntrustedRoot", 48},
      {"purpose", partners.pki.second.issue(server_only), finding::Code::client_cert_eku, "WrongUsage", 43},
  };
  for (const Row& row : rows) {
    for (const net::TlsVersion version : {net::TlsVersion::tls1_2, net::TlsVersion::tls1_3}) {
      SCOPED_TRACE(std::string(row.name) + (version == net::TlsVersion::tls1_2 ? ", TLS 1.2" : ", TLS 1.3"));
      auto receive = partners.receive_plan();
      receive->client_certificate = ClientCertificateMode::require_alert;
      net::Loop loop;
      const Both both = exchange_mail(loop, sender(partners, row.identity, version), receive);
      EXPECT_FALSE(both.sent.delivered);
      ASSERT_TRUE(both.sender.tls.alert_received);
      EXPECT_EQ(both.sender.tls.alert_received->number, row.alert);
      ASSERT_TRUE(both.at_mail);
      EXPECT_EQ(policy::text(both.at_mail->result), policy::text(policy::Result::fail));
      EXPECT_EQ(finding::name(both.at_mail->headline.code), finding::name(row.code));
      EXPECT_EQ(policy::text(both.at_mail->headline.who), policy::text(policy::Who::we));
      EXPECT_EQ(both.at_mail->exchange_status, row.status);
      EXPECT_FALSE(both.at_mail->reply);
      ASSERT_FALSE(both.receiver.empty());
      EXPECT_TRUE(both.receiver.back().body.is<transcript::Disconnected>());
    }
  }
}

TEST(Demands, AGoodClientPassesEveryDemand) {
  for (const ClientCertificateMode mode : {ClientCertificateMode::request, ClientCertificateMode::require_421,
                                           ClientCertificateMode::require_alert}) {
    for (const net::TlsVersion version : {net::TlsVersion::tls1_2, net::TlsVersion::tls1_3}) {
      const Partners partners;
      auto receive = partners.receive_plan();
      receive->client_certificate = mode;
      net::Loop loop;
      const Both both = exchange_mail(loop, sender(partners, partners.contoso, version), receive);
      EXPECT_TRUE(both.sent.delivered);
    }
  }
}

/// D-16: under TLS 1.3 our handshake is over when the alert comes; it must be read, and said to have come late.
TEST(Demands, ATls13RefusalArrivesAfterTheHandshake) {
  const Partners partners;
  auto receive = partners.receive_plan();
  receive->client_certificate = ClientCertificateMode::require_alert;
  net::Loop loop;
  const Both both = exchange_mail(loop, sender(partners, std::nullopt, net::TlsVersion::tls1_3), receive);
  EXPECT_TRUE(both.sender.tls.established);
  EXPECT_FALSE(both.sender.tls.confirmed);
  EXPECT_TRUE(both.sender.tls.alert_after_handshake);
  ASSERT_TRUE(both.sender.tls.alert_received);
  EXPECT_EQ(both.sender.tls.alert_received->number, 116);
}

TEST(Demands, ASilentCloseAfterTheHandshakeIsNoPass) {
  const Partners partners;
  testing::Script script;
  script.actions = {testing::Say{"220 mail.woodgrovebank.com\r\n"}, testing::Hear{},
                    testing::Say{"250-mail.woodgrovebank.com\r\n250 STARTTLS\r\n"}, testing::Hear{}, testing::Say{"220 go\r\n"},
                    testing::StartTls{partners.server(partners.woodgrove)}};
  net::Loop loop;
  testing::ScriptedServer server(loop, script);
  transcript::Transcript transcript = testing::new_transcript(policy::Role::send);
  const SendResult sent = testing::send(loop, partners.send_plan(), server.endpoint(), transcript);
  EXPECT_EQ(policy::text(sent.verdict.result), policy::text(policy::Result::fail));
  EXPECT_EQ(finding::name(sent.verdict.headline.code), finding::name(finding::Code::refused_after_handshake));
  EXPECT_FALSE(server.heard().any_line_begins("MAIL"));
}

/// A revocation list over HTTP, as the receiver sees it (R8: revoked, CRL missing; R22).
struct RevocationRow {
  const char* name;
  bool revoked;
  bool reachable;
  policy::CrlFail fail;
  bool accepted;
  finding::Code code;
  const char* reply;
};

TEST(Demands, RevocationDecidesAtMailFrom) {
  const RevocationRow rows[] = {
      {"good", false, true, policy::CrlFail::hard, true, finding::Code::mutual_tls_ok, ""},
      {"revoked", true, true, policy::CrlFail::hard, false, finding::Code::certificate_revoked,
       "454 4.7.0 Failed to establish appropriate TLS channel: Revoked: Access Denied"},
      {"CRL missing, hard", false, false, policy::CrlFail::hard, false, finding::Code::crl_unreachable,
       "454 4.7.0 Failed to establish appropriate TLS channel: RevocationOffline: Access Denied"},
      {"CRL missing, soft", false, false, policy::CrlFail::soft, true, finding::Code::mutual_tls_ok, ""},
  };
  for (const RevocationRow& row : rows) {
    SCOPED_TRACE(row.name);
    const Partners partners;
    net::Loop loop;
    lab::CrlServer lists(loop);
    pki::CertificateRecipe recipe = testing::leaf_recipe({"mail.contoso.com"});
    recipe.crl_distribution_points = {lists.uri("/issuing.crl")};
    pki::CertificateRecipe issuing = testing::ca_recipe("CN=Contoso Issuing CA 9");
    issuing.ca = true;
    issuing.crl_distribution_points = {lists.uri("/root.crl")};
    const pki::Authority authority = partners.pki.root.subordinate(issuing);
    const pki::Credentials leaf = authority.issue(recipe);
    const std::vector<std::string> serials = row.revoked ? std::vector<std::string>{leaf.chain.front()->serial} : std::vector<std::string>{};
    if (row.reachable) {
      lab::CrlPage page;
      page.body = authority.crl(testing::crl_recipe(serials));
      lists.put("/issuing.crl", page);
    }
    lab::CrlPage root;
    root.body = partners.pki.root.crl(testing::crl_recipe());
    lists.put("/root.crl", root);

    auto receive = partners.receive_plan();
    net::CrlSettings settings;
    settings.limits.timeout = net::Milliseconds(2000);
    receive->examination.crls = std::make_shared<net::CrlSource>(
        std::make_shared<net::Resolver>(loop, net::ResolverSettings()), settings);
    receive->rules.crl_fail = row.fail;
    SendPlan plan = sender(partners, leaf, net::TlsVersion::tls1_3);
    plan.timeouts = Timeouts::capped(net::Milliseconds(5000));
    const Both both = exchange_mail(loop, plan, receive);
    EXPECT_EQ(both.sent.delivered, row.accepted);
    ASSERT_TRUE(both.at_mail);
    EXPECT_EQ(finding::name(both.at_mail->headline.code), finding::name(row.code));
    if (!row.accepted) {
      ASSERT_TRUE(both.sent.final_reply);
      EXPECT_EQ(both.sent.final_reply->text(), row.reply);
    }
    lists.stop();
  }
}

}  // namespace
}  // namespace domsec::session
