#include "domsec/policy/connector_lint.h"

#include <gtest/gtest.h>

#include "domsec/pki/authority.h"
#include "exchange/sample_configuration.h"

namespace domsec::policy {
namespace {

/// `DS310 SC-1 domsec.toml:4`, one for each finding.
std::vector<std::string> summary(const std::vector<LintFinding>& findings) {
  std::vector<std::string> out;
  for (const LintFinding& one : findings) {
    EXPECT_FALSE(one.finding.detail.empty());
    out.push_back(std::string(finding::name(one.finding.code)) + " " + one.rule + " " + one.origin.text());
  }
  return out;
}

exchange::Organisation read(const std::string& text) { return exchange::read_toml_text(text, "d.toml"); }

struct Row {
  const char* name;
  std::string text;
  std::vector<std::string> found;
};

void expect(const std::vector<Row>& rows, const std::string& head) {
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(summary(lint(read(head + row.text))), row.found);
  }
}

TEST(ConnectorLint, FindsNothingInTheSample) {
  EXPECT_EQ(summary(lint(read(std::string(exchange::sample_configuration)))), std::vector<std::string>{});
}

TEST(ConnectorLint, KnowsTheRulesOfSendConnectors) {
  const std::string level = "TlsAuthLevel = \"DomainValidation\"\n";
  expect(
      {
          {"defaults", "", {}},
          {"SC-1", "SmartHosts = [\"relay.a.com\"]\n", {"DS310 SC-1 d.toml:2"}},
          {"SC-2", "DNSRoutingEnabled = false\n", {"DS310 SC-2 d.toml:2"}},
          {"smart host without DNS", "DNSRoutingEnabled = false\nSmartHosts = [\"relay.a.com\"]\n", {}},
          {"SC-3", "RequireTLS = true\nIgnoreSTARTTLS = true\n", {"DS310 SC-3 d.toml:2"}},
          {"RequireTLS with STARTTLS", "RequireTLS = true\n", {}},
          {"SC-4 without RequireTLS", level, {"DS310 SC-4 d.toml:2"}},
          {"SC-4 and SC-3 with IgnoreSTARTTLS",
           level + "RequireTLS = true\nIgnoreSTARTTLS = true\n",
           {"DS310 SC-3 d.toml:3", "DS310 SC-4 d.toml:2"}},
          {"level with RequireTLS", level + "RequireTLS = true\n", {}},
          {"SC-5 without a level", "TlsDomain = \"a.com\"\n", {"DS310 SC-5 d.toml:2"}},
          {"SC-5 with another level",
           "TlsDomain = \"a.com\"\nRequireTLS = true\nTlsAuthLevel = \"EncryptionOnly\"\n",
           {"DS310 SC-5 d.toml:2"}},
          {"TlsDomain with DomainValidation", level + "RequireTLS = true\nTlsDomain = \"a.com\"\n", {}},
          {"SC-6",
           level + "RequireTLS = true\nDNSRoutingEnabled = false\nSmartHosts = [\"relay.a.com\"]\n",
           {"DS310 SC-6 d.toml:2"}},
          {"smart host with TlsDomain",
           level + "RequireTLS = true\nDNSRoutingEnabled = false\nSmartHosts = [\"relay.a.com\"]\n"
                   "TlsDomain = \"a.com\"\n",
           {}},
          {"SC-7", "TlsCertificateName = \"<I>CN=a<S>CN=b\"\n", {"DS310 SC-7 d.toml:2"}},
          {"certificate name with RequireTLS",
           "TlsCertificateName = \"<I>CN=a<S>CN=b\"\nRequireTLS = true\n",
           {}},
          {"SC-8 smart host",
           "DomainSecureEnabled = true\nDNSRoutingEnabled = false\nSmartHosts = [\"relay.a.com\"]\n",
           {"DS311 SC-8 d.toml:3"}},
          {"SC-8 IgnoreSTARTTLS",
           "DomainSecureEnabled = true\nIgnoreSTARTTLS = true\n",
           {"DS311 SC-8 d.toml:3"}},
          {"DomainSecureEnabled with DNS routing and STARTTLS", "DomainSecureEnabled = true\n", {}},
          {"SC-9", "SmartHostAuthMechanism = \"BasicAuth\"\n", {"DS310 SC-9 d.toml:2"}},
          {"SC-9 with TLS", "SmartHostAuthMechanism = \"BasicAuthRequireTLS\"\n", {"DS310 SC-9 d.toml:2"}},
          {"credentials",
           "SmartHostAuthMechanism = \"BasicAuth\"\nAuthenticationCredential = \"user\"\n",
           {}},
          {"SC-11 RequireTLS", "ForceHELO = true\nRequireTLS = true\n", {"DS311 SC-11 d.toml:2"}},
          {"SC-11 DomainSecureEnabled",
           "ForceHELO = true\nDomainSecureEnabled = true\n",
           {"DS311 SC-11 d.toml:2"}},
          {"ForceHELO alone", "ForceHELO = true\n", {}},
          {"DS305",
           "RequireTLS = true\nTlsCertificateName = \"<I>CN=a<S>CN=" + std::string(250, 'b') + "\"\n",
           {"DS305 R38 d.toml:3"}},
      },
      "[[SendConnector]]\n");
}

TEST(ConnectorLint, QuotesTheCmdletWhereItsWordsAreKnown) {
  const auto five = lint(read("[[SendConnector]]\nTlsDomain = \"a.com\"\n"));
  ASSERT_EQ(five.size(), 1U);
  EXPECT_EQ(five[0].finding.detail,
            "SendConnector Internet: The TLSDomain parameter can only be set if the TLSAuthLevel parameter "
            "is set to DomainValidation.");
  EXPECT_EQ(five[0].finding.severity, finding::Severity::fails);
  const auto seven = lint(read("[[SendConnector]]\nTlsCertificateName = \"<I>CN=a<S>CN=b\"\n"));
  ASSERT_EQ(seven.size(), 1U);
  EXPECT_EQ(
      seven[0].finding.detail,
      "SendConnector Internet: RequiredTls flag should be set to true if TlsCertificateName is specified.");
}

TEST(ConnectorLint, KnowsTheRulesOfReceiveConnectors) {
  const std::string groups = "PermissionGroups = [\"ExchangeServers\"]\n";
  expect(
      {
          {"defaults", "", {}},
          {"RC-2 without BasicAuth",
           "AuthMechanism = [\"Tls\", \"BasicAuthRequireTLS\"]\n",
           {"DS320 RC-2 d.toml:2"}},
          {"RC-2 without Tls",
           "AuthMechanism = [\"BasicAuth\", \"BasicAuthRequireTLS\"]\n",
           {"DS320 RC-2 d.toml:2"}},
          {"all of RC-2", "AuthMechanism = [\"Tls\", \"BasicAuth\", \"BasicAuthRequireTLS\"]\n", {}},
          {"RC-3 in company",
           groups + "AuthMechanism = [\"Tls\", \"ExternalAuthoritative\", \"Integrated\"]\n",
           {"DS320 RC-3 d.toml:3"}},
          {"RC-3 without the group",
           "AuthMechanism = [\"ExternalAuthoritative\"]\n",
           {"DS320 RC-3 d.toml:2"}},
          {"ExternalAuthoritative with Tls", groups + "AuthMechanism = \"Tls, ExternalAuthoritative\"\n", {}},
          {"None alone (RC-1)", "AuthMechanism = \"None\"\n", {}},
          {"RC-4", "RequireTLS = true\nAuthMechanism = \"Integrated\"\n", {"DS320 RC-4 d.toml:2"}},
          {"RequireTLS with Tls", "RequireTLS = true\n", {}},
          {"DomainSecureEnabled with Tls", "DomainSecureEnabled = true\n", {}},
          {"RC-5 without Tls",
           "DomainSecureEnabled = true\nAuthMechanism = \"None\"\n",
           {"DS320 RC-5 d.toml:2"}},
          {"RC-5 with ExternalAuthoritative",
           groups + "DomainSecureEnabled = true\nAuthMechanism = \"Tls, ExternalAuthoritative\"\n",
           {"DS320 RC-5 d.toml:3"}},
          {"RC-7", "ConnectionInactivityTimeout = \"00:10:00\"\n", {"DS320 RC-7 d.toml:2"}},
          {"RC-7 just shorter", "ConnectionInactivityTimeout = \"00:09:59\"\n", {}},
          {"RC-8", "ChunkingEnabled = false\n", {"DS320 RC-8 d.toml:2"}},
          {"RC-8 both off", "ChunkingEnabled = false\nBinaryMimeEnabled = false\n", {}},
          {"RC-9", "Banner = \"Welcome\"\n", {"DS320 RC-9 d.toml:2"}},
          {"banner", "Banner = \"220 Welcome\"\n", {}},
          {"RC-10", "SuppressXAnonymousTls = true\n", {"DS320 RC-10 d.toml:2"}},
          {"RC-10 with the server's half",
           "SuppressXAnonymousTls = true\n[organization]\nUseDownGradedExchangeServerAuth = true\n",
           {}},
          {"RC-11",
           "Name = \"Default EDGE1\"\nFqdn = \"mail.a.com\"\n[organization]\nServerFqdn = \"edge1.a.com\"\n",
           {"DS320 RC-11 d.toml:3"}},
          {"RC-11 with the server's name",
           "Name = \"Default EDGE1\"\nFqdn = \"edge1.a.com\"\n[organization]\nServerFqdn = \"edge1.a.com\"\n",
           {}},
          {"RC-6",
           "Bindings = [\"127.0.0.1:25\"]\n[[ReceiveConnector]]\nName = \"B\"\nBindings = "
           "[\"127.0.0.1:25\"]\n",
           {"DS320 RC-6 d.toml:5"}},
          {"RC-6 with the same range",
           "Bindings = [\"127.0.0.1:25\"]\nRemoteIPRanges = [\"10.0.0.0/8\"]\n[[ReceiveConnector]]\nName = \"B\"\n"
           "Bindings = [\"127.0.0.1:25\"]\nRemoteIPRanges = [\"10.0.0.0/8\"]\n",
           {"DS320 RC-6 d.toml:7"}},
          {"RC-6 with overlapping ranges",
           "Bindings = [\"127.0.0.1:25\"]\nRemoteIPRanges = [\"10.0.0.1-10.0.0.9\"]\n[[ReceiveConnector]]\n"
           "Name = \"B\"\nBindings = [\"127.0.0.1:25\"]\nRemoteIPRanges = [\"10.0.0.5-10.0.0.20\"]\n",
           {"DS320 RC-6 d.toml:7"}},
          {"nested ranges",
           "Bindings = [\"127.0.0.1:25\"]\n[[ReceiveConnector]]\nName = \"B\"\n"
           "Bindings = [\"127.0.0.1:25\"]\nRemoteIPRanges = [\"10.0.0.0/8\"]\n",
           {}},
          {"other ports",
           "Bindings = [\"127.0.0.1:25\", \"127.0.0.1:0\"]\n[[ReceiveConnector]]\nName = \"B\"\n"
           "Bindings = [\"127.0.0.1:26\", \"127.0.0.1:0\"]\n",
           {}},
      },
      "[[ReceiveConnector]]\n");
}

TEST(ConnectorLint, KnowsTheRulesOfExchangeOnline) {
  const std::string inbound = "[[InboundConnector]]\n";
  const std::string outbound = "[[OutboundConnector]]\n";
  expect(
      {
          {"defaults", inbound + outbound, {}},
          {"IC-1", inbound + "RestrictDomainsToCertificate = true\n", {"DS320 IC-1 d.toml:2"}},
          {"with a name", inbound + "RestrictDomainsToCertificate = true\nTlsSenderCertificateName = \"a.com\"\n", {}},
          {"IC-2",
           inbound + "ConnectorType = \"OnPremises\"\nRestrictDomainsToCertificate = true\nTlsSenderCertificateName = \"a.com\"\n",
           {"DS320 IC-2 d.toml:3"}},
          {"IC-3", inbound + "RestrictDomainsToIPAddresses = true\n", {"DS320 IC-3 d.toml:2"}},
          {"with an address", inbound + "RestrictDomainsToIPAddresses = true\nSenderIPAddresses = [\"192.0.2.1\"]\n", {}},
          {"IC-4", inbound + "TreatMessagesAsInternal = true\n", {"DS320 IC-4 d.toml:2"}},
          {"internal on premises", inbound + "ConnectorType = \"OnPremises\"\nTreatMessagesAsInternal = true\n", {}},
          {"IC-5",
           inbound + "ConnectorType = \"OnPremises\"\nTreatMessagesAsInternal = true\nCloudServicesMailEnabled = true\n",
           {"DS320 IC-5 d.toml:3"}},
          {"IC-6",
           inbound + "RequireTls = false\nRestrictDomainsToCertificate = true\nTlsSenderCertificateName = \"a.com\"\n",
           {"DS306 IC-6 d.toml:2"}},
          {"OC-1", outbound + "TlsDomain = \"a.com\"\n", {"DS310 OC-1 d.toml:2"}},
          {"OC-1 with another level", outbound + "TlsSettings = \"EncryptionOnly\"\nTlsDomain = \"a.com\"\n", {"DS310 OC-1 d.toml:3"}},
          {"TlsDomain with DomainValidation", outbound + "TlsSettings = \"DomainValidation\"\nTlsDomain = \"a.com\"\n", {}},
          {"OC-2", outbound + "UseMXRecord = false\n", {"DS310 OC-2 d.toml:2"}},
          {"with a smart host", outbound + "UseMXRecord = false\nSmartHosts = [\"relay.a.com\"]\n", {}},
      },
      "");
}

/// Spec exchange 2.6: what HealthChecker looks at.
TEST(ConnectorLint, LooksAtConnectorsToExchangeOnline) {
  const std::string hybrid = "RequireTLS = true\nTlsAuthLevel = \"DomainValidation\"\nAddressSpaces = [\"contoso.mail.onmicrosoft.com\"]\n";
  const std::string certificate = "TlsCertificateName = \"<I>CN=CA<S>CN=mail.contoso.com\"\n";
  const std::string online = "TlsDomain = \"mail.protection.outlook.com\"\n";
  expect(
      {
          {"as the wizard makes it", hybrid + online + certificate + "CloudServicesMailEnabled = true\n", {}},
          {"no certificate", hybrid + online + "CloudServicesMailEnabled = true\n", {"DS306 2.6 d.toml:1"}},
          {"headers are lost", hybrid + online + certificate, {"DS306 2.6 d.toml:1"}},
          {"another TlsDomain", hybrid + certificate + "CloudServicesMailEnabled = true\nTlsDomain = \"a.com\"\n", {"DS306 2.6 d.toml:7"}},
          {"encryption alone",
           "RequireTLS = true\nTlsAuthLevel = \"EncryptionOnly\"\nCloudServicesMailEnabled = true\n" + certificate +
               "DNSRoutingEnabled = false\nSmartHosts = [\"contoso-com.Mail.Protection.Outlook.com\"]\n",
           {"DS306 2.6 d.toml:3"}},
      },
      "[[SendConnector]]\n");
}

/// Each finding says what to type; what is typed mends it (the shell's tests type it).
TEST(ConnectorLint, NamesParameterValueAndRepair) {
  const auto found = lint(read("[[SendConnector]]\nName = \"To partners\"\nTlsAuthLevel = \"DomainValidation\"\n"
                               "[[ReceiveConnector]]\nAuthMechanism = \"BasicAuth, BasicAuthRequireTLS\"\n"
                               "[TransportConfig]\nTLSSendDomainSecureList = [\"a.com\"]\n"
                               "[[SendConnector]]\nName = \"A\"\nAddressSpaces = [\"a.com\"]\n"));
  ASSERT_EQ(found.size(), 4U);
  EXPECT_EQ(found[0].parameter, "TlsAuthLevel");
  EXPECT_EQ(found[0].value, "DomainValidation");
  EXPECT_EQ(found[0].repair, "Set-SendConnector 'To partners' -RequireTLS $true -IgnoreSTARTTLS $false");
  EXPECT_EQ(found[1].value, "'BasicAuth, BasicAuthRequireTLS'");
  EXPECT_EQ(found[1].repair, "Set-ReceiveConnector Internet -AuthMechanism Tls,BasicAuth,BasicAuthRequireTLS");
  EXPECT_EQ(found[2].repair, "Set-SendConnector A -DomainSecureEnabled $true");
  EXPECT_EQ(found[3].repair, "Set-TransportConfig -TLSReceiveDomainSecureList @{Add='a.com'}");
}

TEST(ConnectorLint, FindsListsThatDoNothing) {
  const std::string both =
      "[TransportConfig]\nTLSSendDomainSecureList = [\"p.com\"]\nTLSReceiveDomainSecureList = [\"p.com\"]\n";
  const std::string send = "[[SendConnector]]\nAddressSpaces = [\"*\"]\n";
  const std::string receive = "[[ReceiveConnector]]\n";
  const std::string on = "DomainSecureEnabled = true\n";
  const std::string good_send = send + on;
  const std::string good_receive = receive + on;
  expect(
      {
          {"both good", good_send + good_receive, {}},
          {"DS300 without the flag", send + good_receive, {"DS300 R5 d.toml:2"}},
          {"DS300 beside SC-8",
           good_send + "IgnoreSTARTTLS = true\n" + good_receive,
           {"DS311 SC-8 d.toml:7", "DS300 R5 d.toml:2"}},
          {"DS301 without the flag (R30)", good_send + receive, {"DS301 R30 d.toml:3"}},
          {"DS301 on the second Edge",
           good_send + good_receive + "[[ReceiveConnector]]\nName = \"Second\"\n",
           {"DS301 R30 d.toml:3"}},
          {"a disabled connector takes no mail",
           good_send + good_receive + "[[ReceiveConnector]]\nName = \"Second\"\nEnabled = false\n",
           {}},
          {"no receive connector", good_send, {"DS301 R6 d.toml:3"}},
          {"no send connector for the domain",
           "[[SendConnector]]\nAddressSpaces = [\"q.com\"]\n" + on + good_receive,
           {"DS302 R5 d.toml:2"}},
      },
      both);
  expect({{"send only",
           "[TransportConfig]\nTLSSendDomainSecureList = [\"p.com\"]\n" + good_send,
           {"DS302 D-3 d.toml:2"}},
          {"receive only",
           "[TransportConfig]\nTLSReceiveDomainSecureList = [\"p.com\"]\n" + good_receive,
           {"DS302 D-3 d.toml:2"}}},
         "");
}

TEST(ConnectorLint, NamesTheFlagThatMakesAListInert) {
  const auto found = lint(read(
      "[TransportConfig]\nTLSSendDomainSecureList = [\"p.com\"]\nTLSReceiveDomainSecureList = [\"p.com\"]\n"
      "[[SendConnector]]\nAddressSpaces = [\"*\"]\n[[ReceiveConnector]]\nDomainSecureEnabled = true\n"));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_NE(found[0].finding.detail.find("DomainSecureEnabled $false (default)"), std::string::npos)
      << found[0].finding.detail;
  EXPECT_EQ(found[0].finding.who, Who::own);
}

const pki::Instant now = pki::read_rfc3339("2026-11-22T09:00:00Z").value();

StoredCertificate stored(const std::vector<std::string>& names, const pki::Authority* issuer) {
  pki::CertificateRecipe recipe;
  recipe.subject = "CN=" + names.front();
  recipe.dns_names = names;
  recipe.not_before = now - std::chrono::hours(24);
  recipe.not_after = now + std::chrono::hours(24);
  StoredCertificate made;
  made.certificate = (issuer != nullptr ? issuer->issue(recipe) : pki::self_signed(recipe)).chain.front();
  made.has_private_key = true;
  made.name = names.front();
  return made;
}

TEST(ConnectorLint, LooksAtTheCertificatesThatWouldBePresented) {
  pki::CertificateRecipe root;
  root.subject = "CN=Root";
  root.ca = true;
  root.not_before = now - std::chrono::hours(24);
  root.not_after = now + std::chrono::hours(24);
  const pki::Authority authority = pki::Authority::root(root);
  const exchange::Organisation contoso = read(
      "[organization]\nServerFqdn = \"edge1.contoso.com\"\n[[SendConnector]]\nName = \"S\"\nFqdn = "
      "\"mail.contoso.com\"\nDomainSecureEnabled = true\n");
  struct Store {
    const char* name;
    std::vector<StoredCertificate> store;
    std::vector<std::string> found;
  };
  const std::vector<Store> rows{
      {"issued", {stored({"mail.contoso.com"}, &authority)}, {}},
      {"self-signed (R40)",
       {stored({"mail.contoso.com"}, nullptr)},
       {"DS606 R40 d.toml:5", "DS607 R39 d.toml:1"}},
      {"not found (R11)", {}, {"DS212 R11 d.toml:5"}},
      {"names nobody uses (R39)",
       {stored({"mail.contoso.com", "old.contoso.com"}, &authority)},
       {"DS607 R39 d.toml:1"}},
      {"wildcard covers", {stored({"*.contoso.com"}, &authority)}, {}},
  };
  for (const Store& row : rows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(summary(lint(contoso, row.store, now)), row.found);
  }
  const auto advice = lint(contoso, {stored({"mail.contoso.com", "old.contoso.com"}, &authority)}, now);
  ASSERT_EQ(advice.size(), 1U);
  EXPECT_EQ(advice[0].finding.detail,
            "the smallest set of names is mail.contoso.com; no connector uses old.contoso.com");
}

TEST(ConnectorLint, AsksNoCertificateOfAConnectorThatNeedsNone) {
  const exchange::Organisation contoso = read(
      "[organization]\nServerFqdn = "
      "\"edge1.contoso.com\"\n[[SendConnector]]\n[[ReceiveConnector]]\nAuthMechanism = \"None\"\n");
  EXPECT_TRUE(lint(contoso, {}, now).empty());
}

}  // namespace
}  // namespace domsec::policy
