#include "domsec/lab/rehearsal.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "domsec/pki/bundle.h"
#include "support/pki.h"

namespace domsec::lab {
namespace {

using domsec::testing::TemporaryDirectory;

const pki::Instant now = *pki::read_rfc3339("2026-11-22T10:00:00Z");
const pki::Instant expired = *pki::read_rfc3339("2026-12-01T00:00:01Z");

pki::Authority authority(const std::string& subject) {
  pki::CertificateRecipe recipe;
  recipe.subject = subject;
  recipe.not_before = now - std::chrono::days(1000);
  recipe.not_after = now + std::chrono::days(2000);
  recipe.ca = true;
  return pki::Authority::root(recipe);
}

session::OwnIdentity identity(const pki::Authority& issuer, const std::string& name, int from, int until) {
  pki::CertificateRecipe recipe;
  recipe.subject = "CN=" + name + ", O=Contoso";
  recipe.dns_names = {name};
  recipe.not_before = now + std::chrono::days(from);
  recipe.not_after = until == 0 ? expired - std::chrono::seconds(1) : now + std::chrono::days(until);
  recipe.extended_key_usage = {"serverAuth", "clientAuth"};
  session::OwnIdentity made;
  made.credentials = issuer.issue(recipe);
  made.stored.certificate = made.credentials->chain.front();
  made.stored.has_private_key = true;
  made.stored.name = name;
  return made;
}

enum class FoundBy { fqdn, tls_certificate_name };

exchange::Organisation contoso(FoundBy by, const session::OwnIdentity& today) {
  const pki::Certificate& certificate = *today.stored.certificate;
  const std::string name = by == FoundBy::fqdn ? std::string()
                                               : "TlsCertificateName = \"<I>" + certificate.issuer + "<S>" +
                                                     certificate.subject + "\"\n";
  return exchange::read_toml_text(
      "[organization]\nServerFqdn = \"mail.contoso.com\"\nAcceptedDomains = [\"contoso.com\"]\n"
      "[TransportConfig]\nTLSSendDomainSecureList = [\"woodgrovebank.com\"]\n"
      "TLSReceiveDomainSecureList = [\"woodgrovebank.com\"]\n"
      "[[SendConnector]]\nName = \"Internet\"\nFqdn = \"mail.contoso.com\"\nAddressSpaces = [\"*\"]\n"
      "DomainSecureEnabled = true\n" + name +
      "[[ReceiveConnector]]\nName = \"Internet\"\nFqdn = \"mail.contoso.com\"\nBindings = [\"192.0.2.1:25\"]\n"
      "RemoteIPRanges = [\"192.0.2.0/24\"]\nAuthMechanism = [\"Tls\"]\nDomainSecureEnabled = true\n"
      "TarpitInterval = \"00:00:05\"\n" + name,
      "domsec.toml");
}

class RehearsalOf : public ::testing::Test {
 protected:
  RehearsalSettings settings(exchange::Organisation organisation, session::OwnIdentity today,
                             session::OwnIdentity tomorrow, const std::vector<std::string>& trusted) {
    return {directory_.path(), std::move(organisation), std::move(today), std::move(tomorrow), {},
            RehearsalPartner{*smtp::Domain::parse("woodgrovebank.com"), *smtp::Domain::parse("contoso.com"),
                             {trusted, ""}, {trusted, ""}}};
  }
  std::string root_file(const std::string& name, const pki::Authority& root) {
    const std::string file = directory_.path() + "/" + name + ".pem";
    pki::write_private_file(file, root.certificate()->pem());
    return file;
  }
  static RehearsedRotation run(RehearsalSettings settings) {
    return rehearse(Rehearsal(std::move(settings), now, expired), now, expired);
  }

  TemporaryDirectory directory_;
  const pki::Authority root_ = authority("CN=Example Trust");
};

std::string text_of(const std::vector<RehearsedMoment>& moments) {
  std::string out;
  for (const RehearsedMoment& moment : moments) {
    out += (out.empty() ? "" : " ") + (moment.step ? std::string(policy::text(*moment.step)) : "start") + ":" +
           (!moment.refusal.empty() ? "refused" : moment.mail_flows() ? "flows" : "stops");
  }
  return out;
}

std::string concluded(const transcript::Transcript& transcript) {
  std::string code;
  for (const transcript::Event& event : transcript.events()) {
    if (const auto* decided = event.body.as<transcript::PolicyDecided>())
      code = finding::name(decided->verdict.headline.code);
  }
  return code;
}

TEST_F(RehearsalOf, ASameSubjectRenewalShowsTheBreakAndTheSafeOrder) {
  const auto today = identity(root_, "mail.contoso.com", -300, 0);
  const auto tomorrow = identity(root_, "mail.contoso.com", -1, 300);
  const RehearsedRotation found =
      run(settings(contoso(FoundBy::tls_certificate_name, today), today, tomorrow, {root_file("root", root_)}));
  EXPECT_TRUE(found.rotation.same_names);
  EXPECT_EQ(text_of(found.usual), "start:flows import:stops enable:flows remove:refused");
  EXPECT_EQ(text_of(found.best),
            "start:flows clear-name:flows import:flows enable:flows remove:flows set-name:flows");
  EXPECT_EQ(found.interruptions, 0U);
  for (const RehearsedSession& session : found.usual[1].sessions) {
    EXPECT_EQ(session.cause.code, finding::Code::own_cert_no_smtp) << policy::text(session.role);
    EXPECT_EQ(session.presented, tomorrow.stored.certificate->thumbprint);
  }
  const RehearsedSession& receiving = found.usual[1].sessions.back();
  EXPECT_EQ(concluded(receiving.ours), "DS214") << "STARTTLS is offered, and the handshake fails (spec exchange 4.1)";
  EXPECT_TRUE(found.done.mail_flows());
  ASSERT_FALSE(found.undone.mail_flows());
  EXPECT_EQ(found.undone.sessions.front().presented, today.stored.certificate->thumbprint);
}

TEST_F(RehearsalOf, FoundByFqdnTheUsualOrderIsSafe) {
  const auto today = identity(root_, "mail.contoso.com", -300, 0);
  const auto tomorrow = identity(root_, "mail.contoso.com", -1, 300);
  const RehearsedRotation found =
      run(settings(contoso(FoundBy::fqdn, today), today, tomorrow, {root_file("root", root_)}));
  EXPECT_EQ(text_of(found.usual), "start:flows import:flows enable:flows remove:flows");
  EXPECT_EQ(text_of(found.best), text_of(found.usual));
  ASSERT_EQ(found.usual[2].sessions.size(), 2U);
  for (const RehearsedSession& session : found.usual[2].sessions) {
    EXPECT_EQ(session.presented, tomorrow.stored.certificate->thumbprint) << "the newest is presented";
    EXPECT_FALSE(session.ours.events().empty());
    EXPECT_FALSE(session.partners.events().empty());
  }
}

TEST_F(RehearsalOf, AnotherAuthorityWaitsForThePartner) {
  const pki::Authority other = authority("CN=Another Trust");
  const auto today = identity(root_, "mail.contoso.com", -300, 0);
  const auto tomorrow = identity(other, "mail.contoso.com", -1, 300);
  RehearsalSettings with = settings(contoso(FoundBy::tls_certificate_name, today), today, tomorrow,
                                    {root_file("root", root_)});
  with.partner.later.trusted_roots.push_back(root_file("other", other));
  const RehearsedRotation found = run(with);
  EXPECT_FALSE(found.rotation.same_names);
  EXPECT_EQ(text_of(found.usual),
            "start:flows import:flows enable:flows set-name:stops remove:stops partner-accepts:flows");
  EXPECT_EQ(finding::name(found.usual[3].sessions.front().cause.code), "DS102");
  EXPECT_EQ(text_of(found.best),
            "start:flows partner-accepts:flows import:flows enable:flows set-name:flows remove:flows");
}

TEST_F(RehearsalOf, APartnerWhoNeverTrustsItHasNoSafeOrder) {
  const auto today = identity(root_, "mail.contoso.com", -300, 0);
  const auto tomorrow = identity(authority("CN=Another Trust"), "mail.contoso.com", -1, 300);
  const RehearsedRotation found =
      run(settings(contoso(FoundBy::fqdn, today), today, tomorrow, {root_file("root", root_)}));
  EXPECT_GT(found.interruptions, 0U);
  EXPECT_FALSE(found.done.mail_flows());
}

TEST_F(RehearsalOf, AnIssuerThatThePartnerPinsIsJudgedBesideTheSession) {
  const pki::Authority other = authority("CN=Another Trust");
  const auto today = identity(root_, "mail.contoso.com", -300, 0);
  const auto tomorrow = identity(other, "mail.contoso.com", -1, 300);
  RehearsalSettings with = settings(contoso(FoundBy::fqdn, today), today, tomorrow,
                                    {root_file("root", root_), root_file("other", other)});
  with.partner.now.issuer = with.partner.later.issuer = "CN=Example Trust";
  const RehearsedRotation found = run(with);
  EXPECT_EQ(text_of(found.usual), "start:flows import:flows enable:stops remove:stops");
  EXPECT_NE(found.usual[2].sessions.front().cause.detail.find("CN=Another Trust"), std::string::npos);
}

TEST_F(RehearsalOf, TomorrowsNamesAndKeyCount) {
  const auto today = identity(root_, "mail.contoso.com", -300, 0);
  const auto elsewhere = identity(root_, "mail2.contoso.com", -1, 300);
  const RehearsedRotation names =
      run(settings(contoso(FoundBy::fqdn, today), today, elsewhere, {root_file("root", root_)}));
  EXPECT_EQ(text_of(names.usual), "start:flows import:flows enable:flows remove:stops");
  EXPECT_EQ(names.usual[3].sessions.front().cause.code, finding::Code::own_cert_not_found);

  auto without_key = identity(root_, "mail.contoso.com", -1, 300);
  without_key.credentials.reset();
  without_key.stored.has_private_key = false;
  const RehearsedRotation key =
      run(settings(contoso(FoundBy::fqdn, today), today, without_key, {root_file("root", root_)}));
  EXPECT_EQ(text_of(key.usual), "start:flows import:flows enable:flows remove:stops");
  EXPECT_EQ(key.usual[3].sessions.front().cause.code, finding::Code::own_key_missing);
}

}  // namespace
}  // namespace domsec::lab
