#include "domsec/cli/policy.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "domsec/pki/authority.h"

namespace domsec::cli {
namespace {

const pki::Instant now = pki::read_rfc3339("2026-11-22T09:00:00Z").value();

/// One organisation's directory with root, certificate and key; `domsec.toml` is the test's.
class PolicyCommand : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "domsec-policy-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
    options_.config = (directory_ / "domsec.toml").string();
    options_.at = now;
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  void write(const std::string& name, const std::string& bytes) const { std::ofstream(directory_ / name, std::ios::binary) << bytes; }

  void write_certificate(const std::vector<std::string>& names) const {
    pki::CertificateRecipe root;
    root.subject = "CN=Root";
    root.ca = true;
    root.not_before = now - std::chrono::hours(240);
    root.not_after = now + std::chrono::hours(240);
    pki::CertificateRecipe leaf = root;
    leaf.subject = "CN=" + names.front();
    leaf.dns_names = names;
    leaf.ca = false;
    const pki::Credentials made = pki::Authority::root(root).issue(leaf);
    write("mail.pem", made.chain.front()->pem());
    write("mail.key", made.key.pem());
  }

  using Command = int (*)(const PolicyOptions&, std::ostream&, std::ostream&);
  int run(Command command) {
    std::ostringstream out;
    std::ostringstream err;
    const int code = command(options_, out, err);
    out_ = without_directory(out.str());
    err_ = without_directory(err.str());
    return code;
  }

  std::filesystem::path directory_;
  PolicyOptions options_;
  std::string out_;
  std::string err_;

 private:
  [[nodiscard]] std::string without_directory(std::string text) const {
    const std::string prefix = directory_.string() + "/";
    for (auto at = text.find(prefix); at != std::string::npos; at = text.find(prefix)) text.erase(at, prefix.size());
    return text;
  }
};

constexpr const char* good = R"([organization]
Name = "Contoso"
ServerFqdn = "edge1.contoso.com"
[TransportConfig]
TLSSendDomainSecureList = ["woodgrovebank.com"]
TLSReceiveDomainSecureList = ["woodgrovebank.com"]
[[SendConnector]]
Name = "Internet"
Fqdn = "mail.contoso.com"
AddressSpaces = ["*"]
DomainSecureEnabled = true
[[ReceiveConnector]]
Name = "Partner"
Fqdn = "mail.contoso.com"
DomainSecureEnabled = true
[[Certificate]]
CertificateFile = "mail.pem"
KeyFile = "mail.key"
)";

TEST_F(PolicyCommand, ShowsTheFourColumnsOfAConnector) {
  write("domsec.toml", good);
  options_.connector = "internet";
  EXPECT_EQ(run(run_policy_show), 0);
  EXPECT_EQ(out_, "Name,DNSRoutingEnabled,FQDN,DomainSecureEnabled\nInternet,True,mail.contoso.com,True\n");
  options_.form = PolicyForm::json;
  EXPECT_EQ(run(run_policy_show), 0);
  EXPECT_EQ(out_, R"({"Name":"Internet","DNSRoutingEnabled":true,"FQDN":"mail.contoso.com","DomainSecureEnabled":true})"
                  "\n");
}

TEST_F(PolicyCommand, NamesTheConnectorsThereAre) {
  write("domsec.toml", good);
  options_.connector = "Extranet";
  EXPECT_EQ(run(run_policy_show), 2);
  EXPECT_EQ(out_, "");
  EXPECT_EQ(err_, "domsec.toml: no send connector is called 'Extranet'; there is Internet\n");
}

TEST_F(PolicyCommand, ShowsEveryValueWithItsOrigin) {
  write("domsec.toml", good);
  EXPECT_EQ(run(run_policy_show), 0);
  EXPECT_NE(out_.find("[[SendConnector]]  # domsec.toml:7\n"), std::string::npos) << out_;
  EXPECT_NE(out_.find("# default\n"), std::string::npos);
  options_.form = PolicyForm::json;
  EXPECT_EQ(run(run_policy_show), 0);
  EXPECT_NE(out_.find(R"("DomainSecureEnabled":{"value":true,"origin":{"file":"domsec.toml","line":11}})"), std::string::npos) << out_;
  EXPECT_NE(out_.find(R"("TlsDomain":{"value":null,"origin":null})"), std::string::npos);
  EXPECT_NE(out_.find(R"("AddressSpaces":{"value":["*"],)"), std::string::npos);
}

TEST_F(PolicyCommand, SaysInOneSentenceWhatIsWrongWithTheFile) {
  for (const Command command : {&run_policy_show, &run_policy_lint, &run_policy_explain}) {
    options_.address = "user@woodgrovebank.com";
    std::filesystem::remove(options_.config);
    EXPECT_EQ(run(command), 2);
    EXPECT_EQ(err_, "domsec.toml: there is no such file; name the configuration file with --config\n");
    write("domsec.toml", "[TransportConfig]\nTLSSendDomainSecureList = [\"*.woodgrovebank.com\"]\n");
    EXPECT_EQ(run(command), 2);
    EXPECT_EQ(err_,
              "domsec.toml:2:28: TLSSendDomainSecureList: \"*.woodgrovebank.com\" has a wildcard, which this list does not support; "
              "list each domain and sub-domain by itself (DS303)\n");
    EXPECT_EQ(out_, "");
  }
}

TEST_F(PolicyCommand, LintsAGoodConfigurationWithoutAWord) {
  write("domsec.toml", good);
  write_certificate({"mail.contoso.com"});
  EXPECT_EQ(run(run_policy_lint), 0);
  EXPECT_EQ(out_, "0 errors, 0 warnings\n");
  options_.form = PolicyForm::json;
  EXPECT_EQ(run(run_policy_lint), 0);
  EXPECT_EQ(out_, "{\"findings\":[],\"exit_code\":0}\n");
}

TEST_F(PolicyCommand, LintTellsRuleLineAndRemedy) {
  write("domsec.toml", std::string(good) + "[[SendConnector]]\nName = \"Relay\"\nSmartHosts = [\"relay.contoso.com\"]\n");
  write_certificate({"mail.contoso.com"});
  EXPECT_EQ(run(run_policy_lint), 2);
  EXPECT_EQ(out_,
            "domsec.toml:21: error: DS310 send-connector-conflict [SC-1] SendConnector Relay: DNSRoutingEnabled $true excludes "
            "SmartHosts; set one of the two\n  remedy: Change the named parameter\n  value:  SmartHosts is relay.contoso.com\n"
            "  repair: Set-SendConnector Relay -DNSRoutingEnabled $false\n1 error, 0 warnings\n");
  options_.form = PolicyForm::json;
  EXPECT_EQ(run(run_policy_lint), 2);
  EXPECT_NE(out_.find(R"("rule":"SC-1","origin":{"file":"domsec.toml","line":21},"parameter":"SmartHosts","value":"relay.contoso.com",)"
                      R"("repair":"Set-SendConnector Relay -DNSRoutingEnabled $false"}],"exit_code":2})"), std::string::npos) << out_;
}

TEST_F(PolicyCommand, WarningsFailOnlyWhenAsked) {
  std::string text = good;
  text.replace(text.find("TLSReceiveDomainSecureList"), std::string("TLSReceiveDomainSecureList = [\"woodgrovebank.com\"]\n").size(), "");
  write("domsec.toml", text);
  write_certificate({"mail.contoso.com"});
  EXPECT_EQ(run(run_policy_lint), 0);
  EXPECT_NE(out_.find("domsec.toml:5: warning: DS302 list-one-sided [D-3] woodgrovebank.com is on TLSSendDomainSecureList but not on "
                      "TLSReceiveDomainSecureList\n"),
            std::string::npos)
      << out_;
  EXPECT_TRUE(out_.ends_with("0 errors, 1 warning\n"));
  options_.fail_on = FailOn::warnings;
  EXPECT_EQ(run(run_policy_lint), 2);
}

TEST_F(PolicyCommand, LintReportsFilesThatCannotBeUsed) {
  write("domsec.toml", good);
  EXPECT_EQ(run(run_policy_lint), 2);
  EXPECT_NE(out_.find("domsec.toml:16: error: DS210 own-cert-unusable [R20] "), std::string::npos) << out_;
  EXPECT_NE(out_.find("DS212 own-cert-not-found [R11] SendConnector Internet: "), std::string::npos) << out_;
  write_certificate({"mail.contoso.com"});
  write("mail.key", "");
  EXPECT_EQ(run(run_policy_lint), 2);
  EXPECT_NE(out_.find("DS213 own-key-missing [R11] SendConnector Internet: "), std::string::npos) << out_;
}

TEST_F(PolicyCommand, LintTellsAProtectedKey) {
  write("domsec.toml", good);
  write_certificate({"mail.contoso.com"});
  const std::string other_key = pki::make_key(pki::KeyKind::ec_p256).pem();
  write("mail.key", other_key);
  EXPECT_EQ(run(run_policy_lint), 2);
  EXPECT_NE(out_.find("DS211 own-key-mismatch [R20]"), std::string::npos) << out_;
}

TEST_F(PolicyCommand, ExplainsBothDirections) {
  write("domsec.toml", good);
  write_certificate({"mail.contoso.com"});
  options_.address = "user@WoodgroveBank.com";
  EXPECT_EQ(run(run_policy_explain), 0);
  std::string text = out_;
  const auto open = text.find("mail.pem (") + 10;
  text.replace(open, 40, "THUMBPRINT");
  const auto second = text.find("mail.pem (", open) + 10;
  text.replace(second, 40, "THUMBPRINT");
  EXPECT_EQ(text, R"(Mail to user@WoodgroveBank.com
  connector     Internet (domsec.toml:7), because address space * is the only one that takes the domain
  list          TLSSendDomainSecureList holds woodgrovebank.com (domsec.toml:5) [D-1]
  conditions    DomainSecureEnabled $true (domsec.toml:11) [R5]
                DNSRoutingEnabled $true (default) [R5]
                IgnoreSTARTTLS $false (default) [R5]
                ForceHELO $false (default) [SC-11]
  we present    mail.pem (THUMBPRINT) is presented for mail.contoso.com: SAN[0] mail.contoso.com, valid from 2026-11-12T09:00:00Z
  they prove    woodgrovebank.com (NameMatch subdomains: a name of the certificate equals it or lies below it; default)
  outcome       domain secured: woodgrovebank.com is on TLSSendDomainSecureList (domsec.toml:5) and connector Internet secures it: mutual TLS or no mail
  otherwise     ordinary mail after  Set-TransportConfig -TLSSendDomainSecureList @{Remove='woodgrovebank.com'}

Mail from user@WoodgroveBank.com
  connector     Partner (domsec.toml:12), because it is enabled, and a partner may reach it
  list          TLSReceiveDomainSecureList holds woodgrovebank.com (domsec.toml:6) [D-1]
  conditions    DomainSecureEnabled $true (domsec.toml:15) [R6]
                AuthMechanism Tls (default) [R6]
  we present    mail.pem (THUMBPRINT) is presented for mail.contoso.com: SAN[0] mail.contoso.com, valid from 2026-11-12T09:00:00Z
  they prove    woodgrovebank.com (NameMatch subdomains: a name of the certificate equals it or lies below it; default)
  outcome       domain secured: woodgrovebank.com is on TLSReceiveDomainSecureList (domsec.toml:6) and connector Partner secures it: mutual TLS or no mail
  otherwise     ordinary mail after  Set-TransportConfig -TLSReceiveDomainSecureList @{Remove='woodgrovebank.com'}
)");
}

/// What has to be typed for mutual TLS, and which direction is meant.
TEST_F(PolicyCommand, SaysWhatMakesTheOtherOutcome) {
  std::string text = good;
  text.replace(text.find("DomainSecureEnabled = true\n"), 27, "DNSRoutingEnabled = false\nSmartHosts = [\"relay.contoso.com\"]\n");
  write("domsec.toml", text);
  write_certificate({"mail.contoso.com"});
  options_.address = "a@fabrikam.com";
  options_.direction = "send";
  EXPECT_EQ(run(run_policy_explain), 0);
  EXPECT_EQ(out_.find("Mail from"), std::string::npos) << out_;
  EXPECT_NE(out_.find("  otherwise     domain secured after  Set-TransportConfig -TLSSendDomainSecureList @{Add='fabrikam.com'}\n"
                      "                Set-SendConnector Internet -DomainSecureEnabled $true -DNSRoutingEnabled $true -SmartHosts $null\n"),
            std::string::npos)
      << out_;
  options_.direction = "receive";
  EXPECT_EQ(run(run_policy_explain), 0);
  EXPECT_EQ(out_.find("Mail to"), std::string::npos) << out_;
  EXPECT_NE(out_.find("domain secured after  Set-TransportConfig -TLSReceiveDomainSecureList @{Add='fabrikam.com'}\n"), std::string::npos)
      << out_;
}

TEST_F(PolicyCommand, HoldsThePartnersCertificateToWhatHeMustProve) {
  write("domsec.toml", good);
  options_.address = "a@woodgrovebank.com";
  options_.certificate = (directory_ / "mail.pem").string();
  options_.direction = "receive";
  write_certificate({"mail.woodgrovebank.com"});
  (void)run(run_policy_explain);
  EXPECT_NE(out_.find("  they present  a certificate that names it: san mail.woodgrovebank.com\n"), std::string::npos) << out_;
  write_certificate({"mail.contoso.com"});
  (void)run(run_policy_explain);
  EXPECT_NE(out_.find("  they present  a certificate that does not name it (SubjectMismatch); mail.contoso.com: another domain"),
            std::string::npos)
      << out_;
  write("mail.pem", "no certificate");
  EXPECT_EQ(run(run_policy_explain), 2);
  EXPECT_TRUE(err_.starts_with("policy explain: --certificate: mail.pem is neither PEM")) << err_;
}

TEST_F(PolicyCommand, ExplainsEveryOutcome) {
  struct Row {
    const char* name;
    const char* address;
    std::string from;      // a line of the good configuration
    std::string to;        // what stands there instead
    const char* send;      // beginning of the outcome
    const char* receive;
    int code;
  };
  const std::string secure = "AddressSpaces = [\"*\"]\nDomainSecureEnabled = true\n";
  const std::vector<Row> rows{
      {"listed", "a@woodgrovebank.com", "", "", "domain secured", "domain secured", 0},
      {"not listed", "a@fabrikam.com", "", "", "opportunistic", "opportunistic", 0},
      {"sub-domain of a listed one (D-1)", "a@eu.woodgrovebank.com", "", "", "opportunistic", "opportunistic", 0},
      {"domain alone", "woodgrovebank.com", "", "", "domain secured", "domain secured", 0},
      {"inert (DS300)", "a@woodgrovebank.com", secure, "AddressSpaces = [\"*\"]\n", "opportunistic", "domain secured", 2},
      {"inert by IgnoreSTARTTLS", "a@woodgrovebank.com", secure, secure + "IgnoreSTARTTLS = true\n", "no TLS", "domain secured", 2},
      {"no connector", "a@woodgrovebank.com", "AddressSpaces = [\"*\"]\n", "", "not sent", "domain secured", 0},
      {"RequireTLS", "a@fabrikam.com", secure, secure + "RequireTLS = true\n", "encryption", "opportunistic", 0},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    std::string text = good;
    if (!row.from.empty()) text.replace(text.find(row.from), row.from.size(), row.to);
    write("domsec.toml", text);
    write_certificate({"mail.contoso.com"});
    options_.address = row.address;
    EXPECT_EQ(run(run_policy_explain), row.code) << out_;
    const auto first = out_.find("  outcome       ") + 16;
    const auto second = out_.find("  outcome       ", first) + 16;
    EXPECT_TRUE(out_.substr(first).starts_with(row.send)) << out_;
    EXPECT_TRUE(out_.substr(second).starts_with(row.receive)) << out_;
  }
}

TEST_F(PolicyCommand, FailClosedHoldsInertMail) {
  std::string text = good;
  text.replace(text.find("DomainSecureEnabled = true\n"), 27, "");
  write("domsec.toml", text);
  write_certificate({"mail.contoso.com"});
  options_.address = "a@woodgrovebank.com";
  options_.fail_closed = policy::FailClosed::yes;
  EXPECT_EQ(run(run_policy_explain), 2);
  EXPECT_NE(out_.find("  outcome       domain secured: "), std::string::npos) << out_;
  EXPECT_NE(out_.find("DomainSecureEnabled $false (default) [R5]  <- not met\n"), std::string::npos) << out_;
  EXPECT_NE(out_.find("  error         DS300 send-inert: "), std::string::npos) << out_;
}

TEST_F(PolicyCommand, ExplainsTheNullReversePath) {
  write("domsec.toml", good);
  write_certificate({"mail.contoso.com"});
  options_.address = "<>";
  EXPECT_EQ(run(run_policy_explain), 0);
  EXPECT_EQ(out_.find("Mail to"), std::string::npos);
  EXPECT_NE(out_.find("exempt from the list (D-4)"), std::string::npos) << out_;
}

TEST_F(PolicyCommand, RefusesWhatIsNoAddress) {
  write("domsec.toml", good);
  for (const char* address : {"", "@", "a@", "@b.com", "a@[127.0.0.1]", "*.b.com", "a b", "\x1b[2J", "a@b.com\n"}) {
    SCOPED_TRACE(address);
    options_.address = address;
    EXPECT_EQ(run(run_policy_explain), 2);
    EXPECT_EQ(err_, "policy explain: the address is neither user@domain nor a domain nor <>; write one such as user@contoso.com\n");
    EXPECT_EQ(out_, "");
  }
}

TEST_F(PolicyCommand, ExplainsAsJson) {
  write("domsec.toml", good);
  write_certificate({"mail.contoso.com"});
  options_.address = "a@woodgrovebank.com";
  options_.form = PolicyForm::json;
  EXPECT_EQ(run(run_policy_explain), 0);
  EXPECT_TRUE(out_.starts_with(R"({"address":"a@woodgrovebank.com","sides":[{"role":"send",)")) << out_;
  for (const char* part : {R"("outcome":"domain secured")", R"("reference":"woodgrovebank.com")",
                           R"({"name":"DNSRoutingEnabled","value":"$true","holds":true,"origin":null,"rule":"R5"})",
                           R"("connector_origin":{"file":"domsec.toml","line":7})", R"("chosen":0)", R"("exit_code":0,"domain":"woodgrovebank.com"})"}) {
    EXPECT_NE(out_.find(part), std::string::npos) << part << '\n' << out_;
  }
}

}  // namespace
}  // namespace domsec::cli
