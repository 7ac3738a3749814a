#include "domsec/cli/cert_rotate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <sstream>

#include "domsec/cli/options.h"
#include "domsec/pki/authority.h"
#include "support/pki.h"

namespace domsec::cli {
namespace {

using domsec::testing::TemporaryDirectory;
using ::testing::HasSubstr;
using ::testing::Not;

struct Outcome {
  int code = -1;
  std::string out;
  std::string err;
};

/// Contoso's Edge with TlsCertificateName, its certificate of today, and one of the same names for tomorrow.
class CertRotate : public ::testing::Test {
 protected:
  CertRotate() {
    pki::CertificateRecipe recipe;
    recipe.subject = "CN=Example Trust";
    recipe.not_before = at_ - std::chrono::days(1000);
    recipe.not_after = at_ + std::chrono::days(1000);
    recipe.ca = true;
    const pki::Authority root = pki::Authority::root(recipe);
    directory_.write("root.pem", root.certificate()->pem());
    recipe.ca = false;
    recipe.subject = "CN=mail.contoso.com, O=Contoso";
    recipe.dns_names = {"mail.contoso.com"};
    recipe.extended_key_usage = {"serverAuth", "clientAuth"};
    recipe.not_before = at_ - std::chrono::days(300);
    recipe.not_after = at_ + std::chrono::days(9);
    write("today", root.issue(recipe));
    recipe.not_before = at_ - std::chrono::days(1);
    recipe.not_after = at_ + std::chrono::days(300);
    write("tomorrow", root.issue(recipe));
    const std::string name = "TlsCertificateName = \"<I>CN=Example Trust<S>CN=mail.contoso.com, O=Contoso\"\n";
    for (const std::string edge : {"edge1", "edge2"}) {
      directory_.write(edge + ".toml",
                       "[organization]\nServerFqdn = \"" + edge + ".contoso.com\"\nAcceptedDomains = [\"contoso.com\"]\n"
                       "TrustedRoots = [\"root.pem\"]\n"
                       "[TransportConfig]\nTLSSendDomainSecureList = [\"woodgrovebank.com\"]\n"
                       "TLSReceiveDomainSecureList = [\"woodgrovebank.com\"]\n"
                       "[[SendConnector]]\nName = \"To partners\"\nFqdn = \"mail.contoso.com\"\nAddressSpaces = [\"*\"]\n"
                       "DomainSecureEnabled = true\n" + name +
                       "[[ReceiveConnector]]\nName = \"Internet\"\nFqdn = \"mail.contoso.com\"\n"
                       "AuthMechanism = [\"Tls\"]\nDomainSecureEnabled = true\n"
                       "[[Certificate]]\nCertificateFile = \"today.pem\"\nKeyFile = \"today.key\"\n");
    }
  }

  void write(const std::string& name, const pki::Credentials& made) {
    thumbprints_[name] = made.chain.front()->thumbprint;
    directory_.write(name + ".pem", made.chain.front()->pem());
    pki::write_private_file(directory_.path() + "/" + name + ".key", made.key.pem());
  }
  std::string file(const std::string& name) const { return directory_.path() + "/" + name; }

  CertRotateOptions options() const {
    CertRotateOptions options;
    options.edges = {file("edge1.toml")};
    options.tomorrow = file("tomorrow.pem");
    options.tomorrow_key = file("tomorrow.key");
    options.partner = "woodgrovebank.com";
    options.at = at_;
    return options;
  }
  static Outcome run(const CertRotateOptions& options) {
    std::ostringstream out;
    std::ostringstream err;
    const int code = run_cert_rotate(options, out, err);
    return {code, out.str(), err.str()};
  }

  const pki::Instant at_ = *pki::read_rfc3339("2026-11-22T10:00:00Z");
  TemporaryDirectory directory_;
  std::map<std::string, std::string> thumbprints_;
};

TEST_F(CertRotate, ShowsTheBreakTheSafeOrderAndWhatToType) {
  const Outcome outcome = run(options());
  EXPECT_EQ(outcome.code, 0) << outcome.out << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("issuer and subject are the same"));
  EXPECT_THAT(outcome.out, HasSubstr("MAIL STOPS, send connector To partners: DS214 own-cert-no-smtp: "));
  EXPECT_THAT(outcome.out, HasSubstr("The order that interrupts nothing\n"));
  EXPECT_THAT(outcome.out, HasSubstr("Mail never stops when the steps are taken in the last order shown.\n"));
  EXPECT_THAT(outcome.out, HasSubstr("  1  Set-SendConnector 'To partners' -TlsCertificateName $null\n"));
  EXPECT_THAT(outcome.out, HasSubstr("  3  Enable-ExchangeCertificate " + thumbprints_["tomorrow"] + " -Services SMTP\n"));
  EXPECT_THAT(outcome.out, HasSubstr("  4  Remove-ExchangeCertificate " + thumbprints_["today"] + "\n"));
  EXPECT_THAT(outcome.out,
              HasSubstr("  5  Set-SendConnector 'To partners' -TlsCertificateName '<I>CN=Example Trust<S>CN=mail.contoso.com, O=Contoso'\n"));
}

TEST_F(CertRotate, EachEdgeInTurn) {
  CertRotateOptions both = options();
  both.edges.push_back(file("edge2.toml"));
  const Outcome outcome = run(both);
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  const std::size_t at = outcome.out.find("One Edge after the other\n");
  ASSERT_NE(at, std::string::npos);
  EXPECT_THAT(outcome.out.substr(at), HasSubstr("  1  " + file("edge1.toml") + ": Set-SendConnector"));
  EXPECT_THAT(outcome.out.substr(at), HasSubstr("  6  " + file("edge2.toml") + ": Set-SendConnector"));
}

TEST_F(CertRotate, TheSessionsBehindEachLineCanBeOpened) {
  CertRotateOptions with = options();
  with.transcripts = file("sessions");
  ASSERT_EQ(run(with).code, 0);
  for (const char* name : {"edge1-usual-1-send-ours.txt", "edge1-usual-1-send-ours.json", "edge1-best-5-receive-Internet-ours.txt",
                           "edge1-best-5-receive-Internet-partners.json", "edge1-expired-undone-send-partners.txt"}) {
    EXPECT_TRUE(std::filesystem::exists(file("sessions/" + std::string(name)))) << name;
  }
  const std::string spoken = pki::read_file(file("sessions/edge1-best-5-send-ours.txt"));
  EXPECT_THAT(spoken, HasSubstr("STARTTLS"));
  EXPECT_THAT(spoken, HasSubstr("MAIL FROM:<rehearsal@contoso.com>"));
}

TEST_F(CertRotate, JsonHasEveryMoment) {
  CertRotateOptions json = options();
  json.form = RotateForm::json;
  const Outcome outcome = run(json);
  EXPECT_THAT(outcome.out, HasSubstr("\"schema\":\"domsec.rotation/1\""));
  EXPECT_THAT(outcome.out, HasSubstr("\"same_names\":true"));
  EXPECT_THAT(outcome.out, HasSubstr("\"code\":\"DS214\""));
  EXPECT_THAT(outcome.out, HasSubstr("\"safe\":true"));
}

TEST_F(CertRotate, APartnerWithoutTheRootIsHisDoing) {
  CertRotateOptions other = options();
  const pki::Credentials stranger = domsec::testing::ThreeLevels("Stranger").leaf("mail.contoso.com");
  directory_.write("other.pem", stranger.chain.back()->pem());
  other.partner_trusts = {file("other.pem")};
  const Outcome outcome = run(other);
  EXPECT_EQ(outcome.code, 1) << outcome.out << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("Mail stops before anything is changed.\n"));
}

TEST_F(CertRotate, BadInputIsOneSentence) {
  CertRotateOptions bad = options();
  bad.tomorrow = file("nowhere.pem");
  const Outcome outcome = run(bad);
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("nowhere.pem cannot be read"));
  bad = options();
  bad.today = "0123";
  EXPECT_THROW(run(bad), UsageError);
  bad = options();
  bad.today = std::string(40, 'A');
  EXPECT_THROW(run(bad), UsageError);
  bad = options();
  bad.partner = "woodgrove bank";
  EXPECT_THROW(run(bad), UsageError);
}

}  // namespace
}  // namespace domsec::cli
