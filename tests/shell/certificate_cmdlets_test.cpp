// The cmdlets over a store, with verdicts that the test gives: their parameters, rules and texts.
#include "domsec/shell/certificate_cmdlets.h"

#include <gtest/gtest.h>

#include "domsec/pki/certificate_facts.h"
#include "shell/scripted_host.h"
#include "support/pki.h"

namespace domsec::shell {
namespace {

using policy::CertificateStatus;
using testing::test_instant;
using testing::three_levels;

class Server : public CertificateServer {
 public:
  store::Certificates& certificates() override { return store_; }
  const exchange::Organisation* organisation() const override { return &contoso; }
  std::string fqdn() const override { return "edge1.contoso.com"; }
  CertificateVerdict judge(const pki::CertificatePtr& certificate, const pki::Chain&) override {
    return {status, certificate->self_signed ? policy::RootCaType::none : policy::RootCaType::registry};
  }
  CertificateStatus status = CertificateStatus::valid;
  exchange::Organisation contoso;

 private:
  testing::TemporaryDirectory directory_;
  store::Database database_{directory_.path() + "/domsec.db", store::migrations()};
  store::Certificates store_{database_};
};

class CertificateCmdlets : public ::testing::Test {
 protected:
  CertificateCmdlets() {
    add_certificate_cmdlets(shell.table, server);
    shell.host.at = test_instant;
    server.contoso.enable_ecc_certificate_support = true;  // the certificates of these tests cost less
  }
  std::string run(std::string_view script) { return shell.run(script); }
  /// An issued certificate with its key in the store; its thumbprint.
  std::string stored(const std::string& name, std::chrono::seconds later = {}) {
    pki::CertificateRecipe recipe = testing::leaf_recipe({name});
    recipe.not_before += later;
    const pki::Credentials made = three_levels().second.issue(recipe);
    server.certificates().import({made.chain, made.key, name, store::KeyExport::refused, test_instant});
    return made.chain.front()->thumbprint;
  }
  std::string services(const std::string& thumbprint) {
    return policy::text(server.certificates().find(thumbprint)->services);
  }
  std::string default_smtp() {
    const auto entry = server.certificates().default_smtp();
    return entry ? entry->certificate->thumbprint : std::string();
  }

  Server server;
  TestShell shell;
};

constexpr const char* request_of_the_seed =
    "$Data1 = New-ExchangeCertificate -GenerateRequest -FriendlyName \"Internet certificate for mail1\" "
    "-SubjectName "
    "\"DC=com,DC=Contoso,CN=mail1.contoso.com\" -DomainName mail.contoso.com\n"
    "Set-Content -Path \"C:\\Certificates\\mail1-request.req\" -Value $Data1";

TEST_F(CertificateCmdlets, R16RequestOfTheSeedIsWrittenAndKeptPending) {
  EXPECT_EQ(run(request_of_the_seed), "");
  const std::string& text = shell.host.files["C:\\Certificates\\mail1-request.req"];
  EXPECT_TRUE(text.starts_with("-----BEGIN NEW CERTIFICATE REQUEST-----\n")) << text;
  EXPECT_TRUE(text.ends_with("-----END NEW CERTIFICATE REQUEST-----\n")) << text;
  const pki::Request request = pki::read_request(text, "mail1-request.req");
  EXPECT_EQ(request.subject, "CN=mail1.contoso.com, DC=Contoso, DC=com");
  EXPECT_EQ(request.dns_names, (std::vector<std::string>{"mail.contoso.com", "mail1.contoso.com"}));
  EXPECT_EQ(request.key_algorithm, "RSA 2048");
  EXPECT_EQ(run("Get-ExchangeCertificate | Format-List FriendlyName,Status,HasPrivateKey,Thumbprint"),
            "\nFriendlyName  : Internet certificate for mail1\nStatus        : PendingRequest\nHasPrivateKey "
            ": True\n"
            "Thumbprint    : " +
                request.thumbprint + "\n\n");
}

TEST_F(CertificateCmdlets, RequestIsMadeAsItsParametersSay) {
  EXPECT_EQ(run("Set-Content a.req (New-ExchangeCertificate -GenerateRequest -KeySize 1024 -BinaryEncoded)"),
            "");
  const pki::Request request = pki::read_request(shell.host.files["a.req"], "a.req");
  EXPECT_EQ(request.subject, "CN=edge1");
  EXPECT_EQ(request.dns_names, (std::vector<std::string>{"edge1", "edge1.contoso.com"}));
  EXPECT_EQ(request.key_algorithm, "RSA 1024");
}

TEST_F(CertificateCmdlets, WhatCannotBeMadeIsRefusedAtItsArgument) {
  struct Row {
    const char* script;
    const char* said;
  };
  const std::vector<Row> rows = {
      {"New-ExchangeCertificate -GenerateRequest -Services SMTP", "1:52: a request has no services yet"},
      {"New-ExchangeCertificate -SubjectName O=Contoso", "1:38: the subject has no CN"},
      {"New-ExchangeCertificate -SubjectName mail", "1:38: the subject needs NAME=VALUE"},
      {"New-ExchangeCertificate -DomainName *.contoso.com",
       "1:37: '*.contoso.com' is a wildcard; ask for it as the CN of the subject: CN=*.contoso.com"},
      {"New-ExchangeCertificate -DomainName a_b", "no host name"},
      {"New-ExchangeCertificate -KeySize 3072", "1024, 2048 or 4096"},
      {"New-ExchangeCertificate -Services FTP", "'FTP' is no service"},
      {"New-ExchangeCertificate -Services UM -KeySize 1024", "TLS or Dual"},
      {"New-ExchangeCertificate -Server other", "the server here is edge1.contoso.com"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.script);
    EXPECT_NE(run(row.script).find(row.said), std::string::npos) << run(row.script);
  }
  EXPECT_TRUE(server.certificates().all().empty());
  EXPECT_TRUE(server.certificates().pending().empty());
}

TEST_F(CertificateCmdlets, R35SelfSignedCertificateHasTheProfileOfExchangesOwn) {
  EXPECT_EQ(run("$c = New-ExchangeCertificate"), "");
  const store::CertificateEntry entry = server.certificates().all().at(0);
  const pki::Certificate& made = *entry.certificate;
  EXPECT_EQ(made.subject, "CN=edge1");
  EXPECT_TRUE(made.self_signed);
  EXPECT_EQ(made.dns_names, (std::vector<std::string>{"edge1", "edge1.contoso.com"}));
  EXPECT_EQ(pki::rfc3339(made.not_before), "2026-11-22T00:00:00Z");
  EXPECT_EQ(pki::rfc3339(made.not_after), "2031-11-22T00:00:00Z");
  EXPECT_EQ(made.key_algorithm, "RSA 2048");
  EXPECT_EQ(made.signature_algorithm, "sha256WithRSAEncryption");
  EXPECT_EQ(made.key_usage, 0b101U);
  EXPECT_EQ(made.extended_key_usage, std::vector<std::string>{"serverAuth"});
  EXPECT_FALSE(made.ca);
  std::string extensions;
  for (const pki::ExtensionName& each : pki::certificate_facts(made).extensions)
    extensions += each.name + (each.critical ? "! " : " ");
  EXPECT_EQ(extensions, "basicConstraints! keyUsage! extendedKeyUsage subjectAltName ");
  EXPECT_EQ(entry.friendly_name, "Microsoft Exchange");
  EXPECT_EQ(entry.key_export, store::KeyExport::refused);
  EXPECT_EQ(policy::text(entry.services), "IMAP, POP, SMTP");
  EXPECT_TRUE(entry.default_smtp);  // the first one, without a question
}

TEST_F(CertificateCmdlets, R52AuthCertificateOfTheSeedHasNoNamesAndLeavesTheDefaultAlone) {
  run("$c = New-ExchangeCertificate");
  const std::string before = default_smtp();
  shell.host.answers = {Answer::no};
  EXPECT_EQ(
      run("$newAuthCertificate = New-ExchangeCertificate -KeySize 2048 -PrivateKeyExportable $true "
          "-SubjectName "
          "\"cn=Microsoft Exchange Server Auth Certificate\" -FriendlyName \"Microsoft Exchange Server Auth "
          "Certificate\" -DomainName @()"),
      "");
  const store::CertificateEntry made = server.certificates().all().at(1);
  EXPECT_EQ(made.certificate->subject, "CN=Microsoft Exchange Server Auth Certificate");
  EXPECT_TRUE(made.certificate->dns_names.empty());
  EXPECT_EQ(made.key_export, store::KeyExport::allowed);
  EXPECT_EQ(default_smtp(), before);
  ASSERT_EQ(shell.host.questions.size(), 1U);
  EXPECT_EQ(shell.host.questions.front(),
            "Overwrite the existing default SMTP certificate?\n\nCurrent certificate: '" + before +
                "' (expires 11/22/2031 12:00:00 AM)\nReplace it with certificate: '" +
                made.certificate->thumbprint + "' (expires 11/22/2031 12:00:00 AM)");
}

TEST_F(CertificateCmdlets, QuestionThatNobodyAnswersLeavesNothingBehind) {
  run("$c = New-ExchangeCertificate");
  EXPECT_NE(run("New-ExchangeCertificate").find("nobody"), std::string::npos);
  EXPECT_EQ(server.certificates().all().size(), 1U);
}

TEST_F(CertificateCmdlets, R42R43ServicesAreAddedAndNeverTakenAway) {
  const std::string thumbprint = stored("mail.contoso.com");
  EXPECT_EQ(run("Enable-ExchangeCertificate -Thumbprint " + thumbprint + " -Services POP,IMAP,IIS,SMTP"), "");
  EXPECT_EQ(services(thumbprint), "IMAP, POP, IIS, SMTP");
  EXPECT_EQ(run("Enable-ExchangeCertificate " + thumbprint + " -Services POP"), "");
  EXPECT_EQ(services(thumbprint), "IMAP, POP, IIS, SMTP");
  EXPECT_NE(run("Enable-ExchangeCertificate " + thumbprint + " -Services None").find("cannot be taken"),
            std::string::npos);
  EXPECT_NE(run("Enable-ExchangeCertificate " + std::string(40, 'A') + " -Services POP")
                .find("A special Rpc error occurs on server edge1: The certificate with thumbprint " +
                      std::string(40, 'A') + " was not found."),
            std::string::npos);
}

TEST_F(CertificateCmdlets, R45SmtpAsksBeforeItOverwritesTheDefault) {
  const std::string first = stored("mail.contoso.com");
  const std::string second = stored("mail2.contoso.com");
  EXPECT_EQ(run("Enable-ExchangeCertificate " + first + " -Services SMTP"), "");
  EXPECT_EQ(default_smtp(), first);
  shell.host.answers = {Answer::no};
  EXPECT_EQ(run("Enable-ExchangeCertificate " + second + " -Services SMTP"), "");
  EXPECT_EQ(default_smtp(), first);
  EXPECT_EQ(services(second), "SMTP");
  shell.host.answers = {Answer::yes};
  EXPECT_EQ(run("Enable-ExchangeCertificate " + second + " -Services SMTP"), "");
  EXPECT_EQ(default_smtp(), second);
  EXPECT_EQ(run("Enable-ExchangeCertificate " + first + " -Services SMTP -Force"), "");
  EXPECT_EQ(default_smtp(), first);
  EXPECT_EQ(shell.host.questions.size(), 2U);
}

TEST_F(CertificateCmdlets, R45AnswerToAllIsAskedForOnce) {
  const std::string first = stored("mail.contoso.com");
  const std::string second = stored("mail2.contoso.com");
  const std::string third = stored("mail3.contoso.com");
  run("Enable-ExchangeCertificate " + first + " -Services SMTP");
  const std::string both = "'" + second + "','" + third + "' | Enable-ExchangeCertificate -Services SMTP";
  shell.host.answers = {Answer::no_to_all};
  EXPECT_EQ(run(both), "");
  EXPECT_EQ(shell.host.questions.size(), 1U);
  EXPECT_EQ(default_smtp(), first);
  EXPECT_EQ(services(third), "SMTP") << "the service is assigned all the same";
  shell.host.answers = {Answer::yes_to_all};
  EXPECT_EQ(run(both), "");
  EXPECT_EQ(shell.host.questions.size(), 2U);
  EXPECT_EQ(default_smtp(), third);
  shell.host.answers = {Answer::no_to_all, Answer::yes};
  const std::string one = "Enable-ExchangeCertificate " + first + " -Services SMTP";
  EXPECT_EQ(run(one + "\n" + one), "");
  EXPECT_EQ(shell.host.questions.size(), 4U) << "the next command asks for itself";
  EXPECT_EQ(default_smtp(), first);
}

TEST_F(CertificateCmdlets, R47OnlyAValidCertificateIsAssigned) {
  const std::string thumbprint = stored("mail.contoso.com");
  server.status = CertificateStatus::date_invalid;
  EXPECT_NE(run("Enable-ExchangeCertificate " + thumbprint + " -Services SMTP").find("status DateInvalid"),
            std::string::npos);
  EXPECT_EQ(services(thumbprint), "None");
}

TEST_F(CertificateCmdlets, R18ImportOfACertificateWithoutItsKeySaysSo) {
  shell.host.files["a.cer"] = three_levels().leaf("mail.contoso.com").chain.front()->pem();
  const std::string said = run(
      "$c = Import-ExchangeCertificate -FileData ([Byte[]]$(Get-Content a.cer -Encoding Byte -ReadCount 0))\n"
      "$c.HasPrivateKey\n"
      "Enable-ExchangeCertificate $c.Thumbprint -Services SMTP");
  EXPECT_TRUE(said.starts_with("False\n3:")) << said;
  EXPECT_NE(said.find("PrivateKeyMissing"), std::string::npos) << said;
  ASSERT_EQ(shell.host.warnings.size(), 1U);
  EXPECT_NE(shell.host.warnings.front().find("no private key"), std::string::npos);
}

TEST_F(CertificateCmdlets, ImportOfSomethingElseIsRefused) {
  shell.host.files["a.txt"] = "Good morning";
  EXPECT_NE(run("Import-ExchangeCertificate -FileData (Get-Content a.txt -Encoding Byte)")
                .find("FileData is neither PEM"),
            std::string::npos);
}

TEST_F(CertificateCmdlets, R51MissingCertificateIsAWarningInTheWordsOfTheSeed) {
  EXPECT_EQ(run("'434AC224C8459924B26521298CE8834C514856AB' | Get-ExchangeCertificate | Format-List Subject"),
            "");
  EXPECT_EQ(shell.host.warnings,
            std::vector<std::string>{"A special Rpc error occurs on server edge1: The certificate "
                                     "with thumbprint 434AC224C8459924B26521298CE8834C514856AB was "
                                     "not found."});
}

TEST_F(CertificateCmdlets, R50CertificatesAreListedAsTheSeedAsks) {
  const std::string thumbprint = stored("mail.contoso.com");
  run("Enable-ExchangeCertificate " + thumbprint + " -Services SMTP");
  EXPECT_EQ(run("Get-ExchangeCertificate | Format-List "
                "FriendlyName,Subject,CertificateDomains,Thumbprint,Services"),
            "\nFriendlyName       : mail.contoso.com\nSubject            : CN=mail.contoso.com, O=Contoso\n"
            "CertificateDomains : {mail.contoso.com}\nThumbprint         : " +
                thumbprint + "\nServices           : SMTP\n\n");
  EXPECT_EQ(
      run("'" + thumbprint +
          "' | Get-ExchangeCertificate | Format-List Status,RootCAType,PublicKeySize,IsSelfSigned"),
      "\nStatus        : Valid\nRootCAType    : Registry\nPublicKeySize : 256\nIsSelfSigned  : False\n\n");
  const std::string table = run("Get-ExchangeCertificate");
  EXPECT_NE(table.find("Thumbprint"), std::string::npos) << table;
  EXPECT_NE(table.find("Services"), std::string::npos) << table;
  EXPECT_EQ(table.find("NotAfter"), std::string::npos) << table;
}

TEST_F(CertificateCmdlets, DomainNameListsTheOneInUseFirst) {
  const std::string older = stored("mail.contoso.com");
  const std::string newer = stored("mail.contoso.com", std::chrono::hours(24));
  stored("other.contoso.com");
  run("Enable-ExchangeCertificate " + older + " -Services SMTP; Enable-ExchangeCertificate " + newer +
      " -Services SMTP -Force");
  EXPECT_EQ(run("(Get-ExchangeCertificate -DomainName mail.contoso.com).Thumbprint"),
            newer + "\n" + older + "\n");
}

TEST_F(CertificateCmdlets, R48OldCertificateIsRemovedOnlyAfterItWasReplaced) {
  const std::string old = stored("mail.contoso.com");
  const std::string fresh = stored("mail.contoso.com", std::chrono::hours(24));
  run("Enable-ExchangeCertificate " + old + " -Services SMTP");
  EXPECT_NE(run("Remove-ExchangeCertificate " + old + " -Confirm:$false").find("only one for SMTP"),
            std::string::npos);
  run("Enable-ExchangeCertificate " + fresh + " -Services SMTP -Force");
  EXPECT_EQ(run("Remove-ExchangeCertificate " + old + " -Confirm:$false"), "");
  EXPECT_EQ(server.certificates().all().size(), 1U);
}

TEST_F(CertificateCmdlets, R48CertificateThatASendConnectorNamesIsNotRemoved) {
  const std::string thumbprint = stored("mail.contoso.com");
  const pki::CertificatePtr certificate = server.certificates().find(thumbprint)->certificate;
  exchange::SendConnector connector;
  connector.name = "Internet";
  connector.tls_certificate_name = exchange::TlsCertificateName{certificate->issuer, certificate->subject};
  server.contoso.send_connectors.push_back(connector);
  const std::string said = run("Remove-ExchangeCertificate " + thumbprint + " -Confirm:$false");
  EXPECT_NE(said.find("These certificates are tagged with following Send Connectors : Internet. Removing and "
                      "replacing"),
            std::string::npos)
      << said;
}

TEST_F(CertificateCmdlets, WhatIfChangesNothing) {
  const std::string thumbprint = stored("mail.contoso.com");
  for (const std::string& script : {std::string("New-ExchangeCertificate -WhatIf"),
                                    std::string("New-ExchangeCertificate -GenerateRequest -WhatIf"),
                                    "Enable-ExchangeCertificate " + thumbprint + " -Services SMTP -WhatIf",
                                    "Remove-ExchangeCertificate " + thumbprint + " -WhatIf"}) {
    SCOPED_TRACE(script);
    EXPECT_TRUE(run(script).starts_with("What if: ")) << run(script);
  }
  EXPECT_EQ(server.certificates().all().size(), 1U);
  EXPECT_TRUE(server.certificates().pending().empty());
  EXPECT_EQ(services(thumbprint), "None");
}

TEST_F(CertificateCmdlets, R21ImportThenEnableAndBothInOnePipelineComeToTheSame) {
  for (const char* name : {"one", "two"})
    shell.host.files[name] =
        pki::write_pkcs12(three_levels().leaf(std::string(name) + ".contoso.com"), "secret", "");
  const auto import = [](const char* name) {
    return std::string("Import-ExchangeCertificate -Password secret -FileData (Get-Content ") + name +
           " -Encoding Byte)";
  };
  EXPECT_EQ(
      run("$c = " + import("one") + "\nEnable-ExchangeCertificate -Thumbprint $c.Thumbprint -Services SMTP"),
      "");
  EXPECT_EQ(run(import("two") + " | Enable-ExchangeCertificate -Services SMTP -Force"), "");
  const std::vector<store::CertificateEntry> all = server.certificates().all();
  ASSERT_EQ(all.size(), 2U);
  for (const store::CertificateEntry& entry : all) {
    EXPECT_EQ(policy::text(entry.services), "SMTP");
    EXPECT_TRUE(entry.has_private_key);
    EXPECT_EQ(entry.key_export, store::KeyExport::refused);
  }
}

TEST_F(CertificateCmdlets, R37EllipticKeyIsRefusedUntilItIsAllowed) {
  server.contoso.enable_ecc_certificate_support = false;
  const std::string thumbprint = stored("mail.contoso.com");
  EXPECT_NE(run("Enable-ExchangeCertificate " + thumbprint + " -Services SMTP")
                .find("EnableEccCertificateSupport = true"),
            std::string::npos);
  EXPECT_EQ(services(thumbprint), "None");
}

TEST_F(CertificateCmdlets, R50ThumbprintIsTakenAsWindowsCopiesIt) {
  const std::string thumbprint = stored("mail.contoso.com");
  std::string spelled = "\xE2\x80\x8E";
  for (std::size_t i = 0; i < thumbprint.size(); i += 2) spelled += lower(thumbprint.substr(i, 2)) + " ";
  EXPECT_EQ(run("Enable-ExchangeCertificate -Thumbprint \"" + spelled + "\" -Services SMTP"), "");
  EXPECT_EQ(services(thumbprint), "SMTP");
  EXPECT_EQ(run("(Get-ExchangeCertificate \"" + spelled + "\").Thumbprint"), thumbprint + "\n");
}

TEST_F(CertificateCmdlets, ExportGivesWhatTheDocumentsWriteToAFile) {
  shell.host.files["b.pfx"] = pki::write_pkcs12(three_levels().leaf("mail.contoso.com"), "secret", "Bought");
  const std::string c = "$c = Get-ExchangeCertificate\n";
  EXPECT_EQ(run("$c = Import-ExchangeCertificate -FileData ([System.IO.File]::ReadAllBytes('b.pfx')) "
                "-PrivateKeyExportable $true -Password (ConvertTo-SecureString -String 'secret' -AsPlainText "
                "-Force)"),
            "");
  EXPECT_EQ(run(c + "$cert = Export-ExchangeCertificate -Thumbprint $c.Thumbprint -BinaryEncoded -Password "
                    "(ConvertTo-SecureString -String 'P@ssw0rd1' -AsPlainText -Force)\n"
                    "[System.IO.File]::WriteAllBytes('out.pfx', $cert.FileData)"),
            "");
  const pki::Credentials read = pki::read_pkcs12(shell.host.files["out.pfx"], "out.pfx", "P@ssw0rd1");
  EXPECT_EQ(run(c + "$c.Thumbprint"), read.chain.front()->thumbprint + "\n");
  EXPECT_EQ(run(c + "Set-Content out.txt (Export-ExchangeCertificate $c.Thumbprint -Password x)"), "");
  EXPECT_EQ(pki::read_bundle(shell.host.files["out.txt"], "out.txt", "x").certificates.size(), 3U);
  EXPECT_NE(run(c + "Export-ExchangeCertificate $c.Thumbprint").find("under a password only"),
            std::string::npos);
}

TEST_F(CertificateCmdlets, R19ExportOfAKeyThatMayNotLeaveIsRefused) {
  const std::string thumbprint = stored("mail.contoso.com");
  EXPECT_NE(
      run("Export-ExchangeCertificate " + thumbprint + " -BinaryEncoded -Password x").find("not exportable"),
      std::string::npos);
  EXPECT_NE(run("Export-ExchangeCertificate " + std::string(40, 'A') + " -Password x")
                .find("A special Rpc error occurs on server edge1"),
            std::string::npos);
}

TEST_F(CertificateCmdlets, PendingRequestIsExportedAgain) {
  run(request_of_the_seed);
  EXPECT_EQ(run("Set-Content again.req (Get-ExchangeCertificate | Export-ExchangeCertificate)"), "");
  EXPECT_EQ(shell.host.files["again.req"], shell.host.files["C:\\Certificates\\mail1-request.req"]);
}

TEST_F(CertificateCmdlets, RenewalIsACertificateThatThePipelineBrings) {
  run("New-ExchangeCertificate -FriendlyName Old -SubjectName \"C=US,CN=mail.contoso.com\" -DomainName "
      "mail1.contoso.com -Services SMTP");
  const std::string old =
      "$old = Get-ExchangeCertificate " + server.certificates().all().at(0).certificate->thumbprint + "\n";
  EXPECT_EQ(run(old + "Set-Content r.req ($old | New-ExchangeCertificate -GenerateRequest)"), "");
  const pki::Request request = pki::read_request(shell.host.files["r.req"], "r.req");
  EXPECT_EQ(request.subject, "CN=mail.contoso.com, C=US");
  EXPECT_EQ(request.dns_names, (std::vector<std::string>{"mail1.contoso.com", "mail.contoso.com"}));
  EXPECT_EQ(run(old + "$new = Get-ExchangeCertificate $old.Thumbprint | New-ExchangeCertificate -Force; "
                      "$new.FriendlyName; $new.Subject; $new.Services; $new.Thumbprint -ne $old.Thumbprint"),
            "Old\nCN=mail.contoso.com, C=US\nSMTP\nTrue\n");
  EXPECT_NE(run(old + "$old | New-ExchangeCertificate -SubjectName CN=x").find("keeps subject and names"),
            std::string::npos);
}

TEST_F(CertificateCmdlets, R41EveryPropertyIsListed) {
  const std::string thumbprint = stored("mail.contoso.com");
  run("Enable-ExchangeCertificate " + thumbprint + " -Services SMTP,IMAP");
  const std::string listed = run("Get-ExchangeCertificate | Format-List *");
  std::string names;
  for (std::size_t at = 0; at < listed.size(); at = listed.find('\n', at) + 1) {
    if (listed[at] != '\n') names += listed.substr(at, listed.find(' ', at) - at) + " ";
  }
  EXPECT_EQ(
      names,
      "AccessRules CertificateDomains HasPrivateKey IsSelfSigned Issuer NotAfter NotBefore PublicKeySize "
      "RootCAType SerialNumber Services Status Subject Thumbprint Identity FriendlyName DnsNameList "
      "EnhancedKeyUsageList IISServices KeyIdentifier PrivateKeyExportable ServicesStringForm "
      "SubjectKeyIdentifier CertificateRequest SignatureAlgorithm ThumbprintSha256 ")
      << listed;
  EXPECT_NE(listed.find("ServicesStringForm   : I...S..\n"), std::string::npos) << listed;
  EXPECT_NE(listed.find("Identity             : edge1.contoso.com\\" + thumbprint + "\n"), std::string::npos);
}

/// A listing with what differs from run to run replaced by the name of what it is.
std::string without_chance(std::string listed, const pki::Certificate& certificate) {
  const auto replace = [&listed](const std::string& what, const std::string& by) {
    for (std::size_t at = listed.find(what); at != std::string::npos; at = listed.find(what, at + by.size()))
      listed.replace(at, what.size(), by);
  };
  replace(certificate.thumbprint, "THUMBPRINT");
  replace(certificate.thumbprint_sha256, "SHA256");
  replace(certificate.serial, "SERIAL");
  replace(pki::certificate_facts(certificate).key_identifier, "KEY");
  return listed;
}

TEST_F(CertificateCmdlets, R41ListIsAsExchangePrintsIt) {
  run("$c = New-ExchangeCertificate -Services SMTP,IIS");
  const pki::CertificatePtr made = server.certificates().all().at(0).certificate;
  const auto listed = [&](const std::string& script) { return without_chance(run(script), *made); };
  EXPECT_EQ(listed("Get-ExchangeCertificate"),
            "\nThumbprint                               Services  Subject\n"
            "----------                               --------  -------\nTHUMBPRINT IIS, SMTP CN=edge1\n\n");
  const std::string usual =
      "AccessRules          :\nCertificateDomains   : {edge1, edge1.contoso.com}\n"
      "HasPrivateKey        : True\nIsSelfSigned         : True\nIssuer               : CN=edge1\n"
      "NotAfter             : 11/22/2031 12:00:00 AM\nNotBefore            : 11/22/2026 12:00:00 AM\n"
      "PublicKeySize        : 2048\nRootCAType           : None\nSerialNumber         : SERIAL\n"
      "Services             : IIS, SMTP\nStatus               : Valid\nSubject              : CN=edge1\n"
      "Thumbprint           : THUMBPRINT\n";
  EXPECT_EQ(listed("Get-ExchangeCertificate | Format-List *"),
            "\n" + usual +
                "Identity             : edge1.contoso.com\\THUMBPRINT\nFriendlyName         : Microsoft Exchange\n"
                "DnsNameList          : {edge1, edge1.contoso.com}\nEnhancedKeyUsageList : {serverAuth}\n"
                "IISServices          : {}\nKeyIdentifier        : KEY\nPrivateKeyExportable : False\n"
                "ServicesStringForm   : ...WS..\nSubjectKeyIdentifier :\nCertificateRequest   :\n"
                "SignatureAlgorithm   : sha256WithRSAEncryption\nThumbprintSha256     : SHA256\n\n");
  std::string narrow = usual;  // its longest name is shorter
  for (std::size_t at = 0; at < narrow.size(); at = narrow.find('\n', at) + 1) narrow.erase(at + 18, 2);
  EXPECT_EQ(listed("Get-ExchangeCertificate | Format-List"), "\n" + narrow + "\n");
}

}  // namespace
}  // namespace domsec::shell
