// Seed 002, steps 1 and 2, from the request to a session: what the cmdlets have stored is selected, explained
// and presented.
#include "../../src/cli/shell_certificates.h"

#include <gtest/gtest.h>

#include <sstream>

#include "domsec/cli/policy.h"
#include "domsec/lab/stored_identities.h"
#include "domsec/session/reception.h"
#include "shell/scripted_host.h"
#include "support/openssl_tool.h"
#include "support/session_plans.h"

namespace domsec::cli {
namespace {

using testing::test_instant;
using testing::three_levels;

constexpr const char* request =
    "$Data1 = New-ExchangeCertificate -GenerateRequest -FriendlyName \"Internet certificate for mail1\" "
    "-SubjectName "
    "\"DC=com,DC=Contoso,CN=mail1.contoso.com\" -DomainName mail.contoso.com\n"
    "Set-Content -Path \"C:\\Certificates\\mail1-request.req\" -Value $Data1\n";
constexpr const char* import =
    "Import-ExchangeCertificate -FileData ([Byte[]]$(Get-Content -Path "
    "C:\\Certificates\\mail1-certificate.pfx -Encoding "
    "Byte -ReadCount 0)) | Enable-ExchangeCertificate -Services SMTP\n";

class ShellCertificatesTest : public ::testing::Test {
 protected:
  ShellCertificatesTest() {
    directory.write("root.pem", three_levels().root.certificate()->pem());
    shell::add_certificate_cmdlets(shell.table, server);
    shell.host.at = test_instant;
  }
  /// The answer of the authority to the request that the shell has written, with the issuers.
  std::string answer() {
    const pki::Request asked =
        pki::read_request(shell.host.files["C:\\Certificates\\mail1-request.req"], "request");
    pki::CertificateRecipe terms = testing::leaf_recipe({});
    terms.extended_key_usage = {"serverAuth"};
    return three_levels().second.certify(terms, asked)->pem() + three_levels().second.certificate()->pem() +
           three_levels().issuing.certificate()->pem();
  }
  std::string explained() {
    PolicyOptions options;
    options.config = config;
    options.address = "bob@woodgrovebank.com";
    options.at = test_instant;
    std::ostringstream out;
    std::ostringstream err;
    (void)run_policy_explain(options, out, err);
    return out.str() + err.str();
  }

  testing::TemporaryDirectory directory;
  std::string config = directory.write("domsec.toml", R"(
[organization]
ServerFqdn = "mail1.contoso.com"
TrustedRoots = ["root.pem"]
Store = "domsec.db"
EnableEccCertificateSupport = true

[TransportConfig]
TLSSendDomainSecureList = ["woodgrovebank.com"]

[[SendConnector]]
Name = "Internet"
Fqdn = "mail.contoso.com"
AddressSpaces = ["*"]
DomainSecureEnabled = true

[Revocation]
Mode = "off"
)");
  exchange::Organisation contoso = exchange::read_toml(config);
  ShellCertificates server{[this] { return &contoso; }, {}, [] { return test_instant; }};
  shell::TestShell shell;
};

TEST_F(ShellCertificatesTest, RequestImportAndEnableOfTheSeedEndInASessionThatPresentsTheCertificate) {
  EXPECT_NE(explained().find("DS212"), std::string::npos) << explained();
  ASSERT_EQ(shell.run(request), "");
  shell.host.files["C:\\Certificates\\mail1-certificate.pfx"] = answer();
  ASSERT_EQ(shell.run(import), "");
  EXPECT_TRUE(shell.host.warnings.empty());
  EXPECT_EQ(shell.run("Get-ExchangeCertificate | Format-List FriendlyName,Services,Status,RootCAType"),
            "\nFriendlyName : Internet certificate for mail1\nServices     : SMTP\nStatus       : Valid\n"
            "RootCAType   : Registry\n\n");
  EXPECT_NE(explained().find("Internet certificate for mail1"), std::string::npos) << explained();

  net::Loop loop;
  session::EdgeSettings settings;
  settings.now = [] { return test_instant; };
  settings.identities = lab::stored_identities(contoso);
  const session::Edge edge(loop, contoso, settings);
  session::SendPlan plan =
      edge.send_plan(contoso.send_connectors.front(), *smtp::Domain::parse("woodgrovebank.com"));
  const testing::Partners partners;
  plan.until = policy::Step::end_of_data;
  plan.message = partners.send_plan().message;
  plan.timeouts = testing::short_timeouts();
  session::Reception woodgrove(
      loop, net::Endpoint{"127.0.0.1", 0}, [] { return testing::new_transcript(policy::Role::receive); },
      [](const transcript::Transcript&) {});
  woodgrove.use(partners.receive_plan());
  woodgrove.start();
  transcript::Transcript transcript = testing::new_transcript(policy::Role::send);
  const session::SendResult sent = testing::send(loop, plan, woodgrove.endpoint(), transcript);
  woodgrove.stop();
  loop.run();
  EXPECT_EQ(sent.verdict.headline.code, finding::Code::mutual_tls_ok) << sent.verdict.headline.detail;
  EXPECT_EQ(partners.kept->size(), 1U);
}

TEST_F(ShellCertificatesTest, BundleWithItsKeyIsImportedWithItsPassword) {
  if (!testing::has_openssl()) GTEST_SKIP() << "no openssl";
  const pki::Credentials bought = three_levels().leaf("mail.contoso.com");
  const std::string key = directory.write("key.pem", bought.key.pem());
  const std::string chain =
      directory.write("chain.pem", bought.chain[0]->pem() + bought.chain[1]->pem() + bought.chain[2]->pem());
  const std::string pfx = directory.path() + "/bought.pfx";
  const testing::ToolRun made = testing::openssl("pkcs12 -export -passout pass:secret -inkey " + key +
                                                 " -in " + chain + " -out " + pfx);
  ASSERT_EQ(made.exit_code, 0) << made.output;
  shell.host.files["b.pfx"] = pki::read_file(pfx);
  const std::string read = "Import-ExchangeCertificate -FileData (Get-Content b.pfx -Encoding Byte)";
  EXPECT_NE(shell.run(read).find("protected by a pass-phrase"), std::string::npos);
  EXPECT_EQ(shell.run(read + " -Password secret | Enable-ExchangeCertificate -Services SMTP"), "");
  EXPECT_NE(shell.run("(Get-ExchangeCertificate).PrivateKeyExportable").find("False"), std::string::npos);
  EXPECT_NE(shell.run(read + " -Password secret").find("already"), std::string::npos);
  const auto identities = lab::stored_identities(contoso);
  ASSERT_EQ(identities.size(), 1U);
  ASSERT_TRUE(identities.front().credentials);
  EXPECT_EQ(identities.front().credentials->chain.size(), 3U);
  EXPECT_TRUE(identities.front().stored.for_smtp);
}

TEST_F(ShellCertificatesTest, CertificateOfAStrangersAuthorityIsUntrustedAndNotAssigned) {
  const pki::Credentials stranger = testing::ThreeLevels("Stranger").leaf("mail.contoso.com");
  server.certificates().import({stranger.chain, stranger.key, {}, store::KeyExport::refused, test_instant});
  EXPECT_EQ(shell.run("Get-ExchangeCertificate | Format-List Status,RootCAType"),
            "\nStatus     : Untrusted\nRootCAType : Unknown\n\n");
  EXPECT_NE(shell.run("Get-ExchangeCertificate | Enable-ExchangeCertificate -Services SMTP")
                .find("status Untrusted"),
            std::string::npos);
}

TEST_F(ShellCertificatesTest, CertificateWithoutKeyIsNamedWhereItIsMissed) {
  shell.host.files["a.cer"] = three_levels().leaf("mail.contoso.com").chain.front()->pem();
  shell.run("$c = Import-ExchangeCertificate -FileData (Get-Content a.cer -Encoding Byte)");
  EXPECT_NE(explained().find("DS213"), std::string::npos) << explained();
}

TEST_F(ShellCertificatesTest, WithoutAStoreTheCmdletsSayWhereToNameOne) {
  contoso.store.clear();
  EXPECT_NE(shell.run("Get-ExchangeCertificate").find("write Store = \"domsec.db\" below [organization]"),
            std::string::npos);
}

}  // namespace
}  // namespace domsec::cli
