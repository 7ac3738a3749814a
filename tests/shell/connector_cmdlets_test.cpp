#include "domsec/shell/connector_cmdlets.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "domsec/exchange/write_toml.h"
#include "domsec/policy/connector_lint.h"
#include "shell/organisation_in_memory.h"
#include "shell/scripted_host.h"

namespace domsec::shell {
namespace {

constexpr const char* contoso = R"([organization]
Name = "Contoso"
ServerFqdn = "mail1.contoso.com"

[[SendConnector]]
Name = "Internet"
Fqdn = "mail.contoso.com"
AddressSpaces = ["*"]

[[ReceiveConnector]]
Name = "Internet"
Bindings = ["127.0.0.1:2525"]
)";

struct Contoso : TestShell {
  OrganisationInMemory configuration;
  Contoso() {
    configuration.held = exchange::read_toml_text(contoso, "domsec.toml");
    add_connector_cmdlets(table, configuration);
  }
};

struct Row {
  const char* script;
  const char* printed;
};

std::vector<std::string> domains(const exchange::DomainSecureList& list) {
  std::vector<std::string> texts;
  for (const smtp::Domain& domain : list.domains()) texts.push_back(domain.text());
  return texts;
}

TEST(ConnectorCmdlets, RunTheDocumentOnDomainSecurityAsItIsPrinted) {
  Contoso shell;
  std::ifstream in(DOMSEC_SOURCE_DIR "/fixtures/shell/domain-security.ps1");
  std::string script{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  script.erase(0, script.find("Set-TransportConfig"));  // the part before it is about certificates
  EXPECT_EQ(shell.run(script),
            "\n"
            "Name                : Internet\n"
            "DNSRoutingEnabled   : True\n"
            "Fqdn                : mail.contoso.com\n"
            "DomainSecureEnabled : True\n"
            "\n");
  const exchange::Organisation& held = shell.configuration.held;
  EXPECT_EQ(domains(held.transport_config.tls_send_domain_secure_list),
            std::vector<std::string>{"woodgrovebank.com"});
  EXPECT_EQ(domains(held.transport_config.tls_receive_domain_secure_list),
            std::vector<std::string>{"woodgrovebank.com"});
  EXPECT_TRUE(*held.receive_connectors[0].domain_secure_enabled);
  EXPECT_EQ(held.receive_connectors[0].auth_mechanism->text(), "Tls");
  EXPECT_EQ(held.receive_connectors[0].protocol_logging_level, exchange::ProtocolLoggingLevel::verbose);
  EXPECT_EQ(held.send_connectors[0].protocol_logging_level, exchange::ProtocolLoggingLevel::verbose);
}

TEST(ConnectorCmdlets, AssignmentReplacesAndEditsDoNot) {
  struct ListRow {
    const char* script;
    std::vector<std::string> list;
  };
  const ListRow rows[] = {
      {"Set-TransportConfig -TLSSendDomainSecureList a.com; Set-TransportConfig -TLSSendDomainSecureList "
       "b.com",
       {"b.com"}},
      {"Set-TransportConfig -TLSSend a.com,b.com", {"a.com", "b.com"}},
      {"Set-TransportConfig -TLSSend a.com; Set-TransportConfig -TLSSend @{Add='b.com'}; Set-TransportConfig "
       "-TLSSend "
       "@{Remove='A.com'}",
       {"b.com"}},
      {"Set-TransportConfig -TLSSend a.com; Set-TransportConfig -TLSSend @{Add='b.com','c.com'; "
       "Remove='a.com'}",
       {"b.com", "c.com"}},
      {"Set-TransportConfig -TLSSend a.com; $t = Get-TransportConfig; $t.TLSSendDomainSecureList += 'b.com'; "
       "Set-TransportConfig -TLSSendDomainSecureList $t.TLSSendDomainSecureList",
       {"a.com", "b.com"}},
      {"Set-TransportConfig -TLSSend a.com; $t = Get-TransportConfig; $t.TLSSendDomainSecureList += 'b.com'",
       {"a.com"}},
      {"Set-TransportConfig -TLSSend a.com; Set-TransportConfig -TLSSend $null", {}},
  };
  for (const ListRow& row : rows) {
    SCOPED_TRACE(row.script);
    Contoso shell;
    EXPECT_EQ(shell.run(row.script), "");
    EXPECT_EQ(domains(shell.configuration.held.transport_config.tls_send_domain_secure_list), row.list);
  }
}

TEST(ConnectorCmdlets, RefuseWithOneSentenceAtTheArgumentAndChangeNothing) {
  const Row rows[] = {
      {"Set-TransportConfig -TLSSendDomainSecureList *.woodgrovebank.com", "1:46: TLSSendDomainSecureList"},
      {"Set-SendConnector Nobody -RequireTLS $true",
       "1:19: no send connector is called 'Nobody'; there is Internet"},
      {"Set-SendConnector Internet -Port 99999", "1:34: Port"},
      {"Set-SendConnector Internet -TlsAuthLevel Sometimes", "1:42: TlsAuthLevel"},
      {"Set-SendConnector Internet -SmartHosts relay.contoso.com",
       "1:40: DNSRoutingEnabled $true excludes SmartHosts; set one of the two"},
      {"Set-SendConnector Internet -DNSRoutingEnabled $false",
       "1:47: DNSRoutingEnabled $false needs SmartHosts"},
      {"Set-SendConnector Internet -TlsDomain contoso.com",
       "1:39: The TLSDomain parameter can only be set if the TLSAuthLevel parameter is set to "
       "DomainValidation."},
      {"Set-SendConnector Internet -TlsCertificateName '<I>CN=a<S>CN=b'",
       "1:48: RequiredTls flag should be set to true if TlsCertificateName is specified."},
      {"Set-SendConnector Internet -RequireTLS $true -IgnoreSTARTTLS $true",
       "1:40: RequireTLS $true excludes"},
      {"Set-ReceiveConnector Internet -AuthMechanism None,Tls",
       "1:46: AuthMechanism: None stands only alone (RC-1)"},
      {"Set-ReceiveConnector Internet -AuthMechanism None -DomainSecureEnabled $true",
       "1:72: DomainSecureEnabled $true needs Tls in AuthMechanism"},
      {"Set-ReceiveConnector Internet -Banner 'hello'", "1:39: Banner must start with 220"},
      {"Set-ReceiveConnector Internet -ConnectionInactivityTimeout 00:20:00",
       "1:60: ConnectionInactivityTimeout must"},
      {"New-ReceiveConnector Second -Bindings 127.0.0.1:2525", "1:39: "},
      {"New-SendConnector internet -AddressSpaces *",
       "1:19: there is already a send connector called 'Internet'"},
      {"Set-SendConnector Internet -Fqdn 'not a name'", "1:34: Fqdn"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.script);
    Contoso shell;
    const std::string before = exchange::show(shell.configuration.held);
    const std::string printed = shell.run(row.script);
    EXPECT_EQ(printed.substr(0, std::string(row.printed).size()), row.printed) << printed;
    EXPECT_EQ(exchange::show(shell.configuration.held), before);
    EXPECT_EQ(shell.configuration.changes, 0);
  }
}

TEST(ConnectorCmdlets, WarnOfWhatIsTakenAndCanNeverWork) {
  Contoso shell;
  EXPECT_EQ(shell.run("Set-SendConnector Internet -DomainSecureEnabled $true -IgnoreSTARTTLS $true"), "");
  ASSERT_EQ(shell.host.warnings.size(), 1U);
  EXPECT_EQ(
      shell.host.warnings[0],
      "SendConnector Internet: DomainSecureEnabled $true does nothing while IgnoreSTARTTLS is $true (SC-8)");
  EXPECT_TRUE(*shell.configuration.held.send_connectors[0].ignore_starttls);
}

TEST(ConnectorCmdlets, MakeShowRenameAndRemove) {
  Contoso shell;
  EXPECT_EQ(
      shell.run(
          "New-SendConnector -Name 'To Fabrikam' -Partner -AddressSpaces fabrikam.com,'*.fabrikam.org;5'"),
      "\n"
      "Identity    AddressSpaces                    Enabled\n"
      "--------    -------------                    -------\n"
      "To Fabrikam {fabrikam.com, *.fabrikam.org;5} True\n"
      "\n");
  EXPECT_EQ(shell.run("Set-SendConnector 'to fabrikam' -Name Fabrikam -MaxMessageSize 10MB; "
                      "(Get-SendConnector Fabrikam).MaxMessageSize"),
            "10MB\n");
  EXPECT_EQ(shell.run("Get-SendConnector | Set-SendConnector -ProtocolLoggingLevel Verbose; "
                      "(Get-SendConnector).ProtocolLoggingLevel"),
            "Verbose\nVerbose\n");
  EXPECT_EQ(shell.run("Remove-SendConnector Fabrikam -WhatIf"),
            "What if: Removing send connector \"Fabrikam\".\n");
  shell.host.answers = {Answer::no};
  EXPECT_EQ(shell.run("Remove-SendConnector Fabrikam; (Get-SendConnector).Count"), "2\n");
  EXPECT_EQ(shell.host.questions.at(0),
            "Are you sure you want to perform this action?\nRemoving send connector \"Fabrikam\".");
  EXPECT_EQ(
      shell.run(
          "Get-SendConnector Fabrikam | Remove-SendConnector -Confirm:$false; (Get-SendConnector).Count"),
      "1\n");
  EXPECT_EQ(shell.run("New-ReceiveConnector Partners -Bindings 127.0.0.9:25 -Usage Partner; "
                      "(Get-ReceiveConnector EDGE1\\Partners).PermissionGroups"),
            "\n"
            "Identity Bindings       Enabled\n"
            "-------- --------       -------\n"
            "Partners {127.0.0.9:25} True\n"
            "\n"
            "Partners\n");
}

TEST(ConnectorCmdlets, SayWhenNothingIsModified) {
  Contoso shell;
  EXPECT_EQ(shell.run("Set-SendConnector Internet -DomainSecureEnabled $false"), "");
  ASSERT_EQ(shell.host.warnings.size(), 1U);
  EXPECT_EQ(shell.host.warnings[0],
            "The command completed successfully but no settings of 'Internet' have been modified.");
  EXPECT_EQ(shell.configuration.changes, 0);
}

std::string document(const char* name) {
  std::ifstream in(std::string(DOMSEC_SOURCE_DIR "/fixtures/shell/") + name);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

/// Cmdlets about certificates that print what reaches them: what the documents write has to bind whole.
void add_certificate_stubs(CmdletTable& table) {
  using enum ParameterKind;
  const ParameterSpec thumbprint{.name = "Thumbprint",
                                 .kind = ParameterKind::text,
                                 .position = 0,
                                 .pipeline = FromPipeline::value_or_property};
  const auto print = [](Invocation& call) {
    std::string line = call.cmdlet.name;
    for (const auto& [name, argument] : call.bound) line += ' ' + name + '=' + shown_text(argument.value, -1);
    call.host().write(line + '\n');
    return List{Object{"ExchangeCertificate",
                       {{"Thumbprint", "434AC224"}, {"Subject", "CN=a"}},
                       {},
                       View::list,
                       "434AC224"}};
  };
  const auto quiet = [print](Invocation& call) {
    (void)print(call);
    return List{};
  };
  table.add({"New-ExchangeCertificate",
             "",
             {{.name = "GenerateRequest", .kind = flag},
              {.name = "FriendlyName", .kind = text},
              {.name = "SubjectName", .kind = text},
              {.name = "DomainName", .kind = texts},
              {.name = "KeySize", .kind = number},
              {.name = "PrivateKeyExportable", .kind = truth}},
             Feed::none,
             print});
  table.add({"Import-ExchangeCertificate", "", {{.name = "FileData", .kind = octets}}, Feed::none, print});
  table.add({"Enable-ExchangeCertificate",
             "",
             {thumbprint, {.name = "Services", .kind = texts}, {.name = "Server", .kind = text}},
             Feed::each,
             quiet});
  table.add({"Get-ExchangeCertificate", "", {thumbprint}, Feed::each, print});
  table.add({"Get-AuthConfig", "", {}, Feed::none, [](Invocation&) {
               return List{
                   Object{"AuthConfig",
                          {{"CurrentCertificateThumbprint", "AA"}, {"NextCertificateThumbprint", "BB"}},
                          {},
                          View::list,
                          {}}};
             }});
  table.add({"Set-AuthConfig",
             "",
             {{.name = "NewCertificateThumbprint", .kind = text},
              {.name = "NewCertificateEffectiveDate", .kind = date_time}},
             Feed::none,
             quiet});
}

TEST(ConnectorCmdlets, RunEveryDocumentWithCmdletsForCertificates) {
  Contoso shell;
  add_certificate_stubs(shell.table);
  shell.host.files["C:\\Certificates\\mail1-certificate.pfx"] = "pfx";
  const std::string printed = shell.run(document("domain-security.ps1"));
  EXPECT_EQ(
      printed,
      "New-ExchangeCertificate DomainName={mail.contoso.com} FriendlyName=Internet certificate for mail1 "
      "GenerateRequest=True "
      "SubjectName=DC=com,DC=Contoso,CN=mail1.contoso.com\n"
      "New-ExchangeCertificate DomainName={mail.contoso.com} FriendlyName=Internet certificate for mail2 "
      "GenerateRequest=True "
      "SubjectName=DC=com,DC=Contoso,CN=mail2.mail.contoso.com\n"
      "Import-ExchangeCertificate FileData={112, 102, 120}\n"
      "Enable-ExchangeCertificate Services={SMTP} Thumbprint=434AC224\n"
      "\nName                : Internet\nDNSRoutingEnabled   : True\nFqdn                : mail.contoso.com\n"
      "DomainSecureEnabled : True\n\n");
  EXPECT_TRUE(shell.host.files.contains("C:\\Certificates\\mail2-request.req"));
  EXPECT_EQ(shell.run(document("auth-certificate.ps1")),
            "Get-ExchangeCertificate Thumbprint=AA\n\nSubject    : CN=a\nThumbprint : 434AC224\n\n"
            "Get-ExchangeCertificate Thumbprint=BB\n\nSubject    : CN=a\nThumbprint : 434AC224\n\n"
            "New-ExchangeCertificate DomainName={} FriendlyName=Microsoft Exchange Server Auth Certificate "
            "KeySize=2048 "
            "PrivateKeyExportable=True SubjectName=cn=Microsoft Exchange Server Auth Certificate\n"
            "Set-AuthConfig NewCertificateEffectiveDate=11/24/2026 10:15:02 AM "
            "NewCertificateThumbprint=434AC224\n");
  EXPECT_EQ(shell.run(document("services.ps1")),
            "Enable-ExchangeCertificate Services={POP, IMAP, IIS, SMTP} "
            "Thumbprint=434AC224C8459924B26521298CE8834C514856AB\n"
            "Get-ExchangeCertificate\n\nSubject    : CN=a\nThumbprint : 434AC224\n\n");
  const std::string others = document("other-documents.ps1");
  EXPECT_EQ(shell.run(others.substr(0, others.find("New-ItemProperty"))),
            "");  // an Edge is no Mailbox server
  EXPECT_EQ(
      shell.run(
          "Get-ExchangeServer | Where-Object { $_.ServerRole -eq \"edge\" } | ForEach-Object { $_.Fqdn }"),
      "mail1.contoso.com\n");
}

TEST(ConnectorCmdlets, StayAsTheyWereWhenTheWriterCannotWrite) {
  Contoso shell;
  shell.configuration.refusal = "domsec.toml cannot be written";
  EXPECT_EQ(shell.run("Set-SendConnector Internet -RequireTLS $true"), "1:1: domsec.toml cannot be written");
  EXPECT_EQ(shell.run("(Get-SendConnector).RequireTLS"), "False\n");
}

/// What `policy lint` says to type is typed, and the rule is broken no more.
TEST(ConnectorCmdlets, EveryRepairOfALintFindingMendsIt) {
  struct Broken {
    const char* rule;
    std::string configuration;
  };
  const std::string send = "[[SendConnector]]\nName = \"To partners\"\nAddressSpaces = [\"*\"]\n";
  const std::string receive = "[[ReceiveConnector]]\nName = \"From partners\"\n";
  const std::string level = "RequireTLS = true\nTlsAuthLevel = \"DomainValidation\"\n";
  const std::string lists = "[TransportConfig]\nTLSSendDomainSecureList = [\"a.com\"]\nTLSReceiveDomainSecureList = [\"a.com\"]\n";
  const std::string secured = "DomainSecureEnabled = true\n";
  const std::vector<Broken> rows{
      {"SC-1", send + "SmartHosts = [\"relay.a.com\"]\n"},
      {"SC-1", send + secured + "SmartHosts = [\"relay.a.com\"]\n"},
      {"SC-2", send + "DNSRoutingEnabled = false\n"},
      {"SC-3", send + "RequireTLS = true\nIgnoreSTARTTLS = true\n"},
      {"SC-4", send + "TlsAuthLevel = \"EncryptionOnly\"\n"},
      {"SC-5", send + "TlsDomain = \"a.com\"\n"},
      {"SC-6", send + level + "DNSRoutingEnabled = false\nSmartHosts = [\"relay.a.com\"]\n"},
      {"SC-6", send + level + "DNSRoutingEnabled = false\nSmartHosts = [\"[192.0.2.1]\"]\n"},
      {"SC-7", send + "TlsCertificateName = \"<I>CN=CA<S>CN=mail\"\n"},
      {"SC-8", send + secured + "DNSRoutingEnabled = false\nSmartHosts = [\"relay.a.com\"]\n"},
      {"SC-8", send + secured + "IgnoreSTARTTLS = true\n"},
      {"SC-9", send + "DNSRoutingEnabled = false\nSmartHosts = [\"relay.a.com\"]\nSmartHostAuthMechanism = \"BasicAuth\"\n"},
      {"SC-11", send + secured + "ForceHELO = true\n"},
      {"RC-2", receive + "AuthMechanism = \"BasicAuthRequireTLS\"\n"},
      {"RC-3", receive + "AuthMechanism = \"Tls, Integrated, ExternalAuthoritative\"\nPermissionGroups = \"ExchangeServers\"\n"},
      {"RC-3", receive + "AuthMechanism = \"ExternalAuthoritative\"\nPermissionGroups = \"Partners\"\n"},
      {"RC-4", receive + "AuthMechanism = \"None\"\nRequireTLS = true\n"},
      {"RC-5", receive + "AuthMechanism = \"None\"\n" + secured},
      {"RC-5", receive + secured + "AuthMechanism = \"Tls, ExternalAuthoritative\"\nPermissionGroups = \"ExchangeServers\"\n"},
      {"RC-7", receive + "ConnectionTimeout = \"00:01:00\"\n"},
      {"RC-7", receive + "ConnectionTimeout = \"00:00:01\"\nConnectionInactivityTimeout = \"00:00:01\"\n"},
      {"RC-8", receive + "ChunkingEnabled = false\n"},
      {"RC-9", receive + "Banner = \"hello\"\n"},
      {"RC-10", receive + "SuppressXAnonymousTls = true\n"},
      {"RC-11", "[organization]\nServerFqdn = \"mail1.contoso.com\"\n[[ReceiveConnector]]\nName = \"Default mail1\"\n"
                "Fqdn = \"mail.contoso.com\"\n"},
      {"IC-1", "[[InboundConnector]]\nRestrictDomainsToCertificate = true\n"},
      {"IC-3", "[[InboundConnector]]\nRestrictDomainsToIPAddresses = true\n"},
      {"IC-4", "[[InboundConnector]]\nTreatMessagesAsInternal = true\n"},
      {"OC-1", "[[OutboundConnector]]\nTlsDomain = \"a.com\"\n"},
      {"OC-2", "[[OutboundConnector]]\nUseMXRecord = false\n"},
      {"R5", lists + send + receive + secured},
      {"R5", lists + send + "IgnoreSTARTTLS = true\n" + receive + secured},
      {"R30", lists + send + secured + receive},
      {"R30", lists + send + secured + receive + "AuthMechanism = \"None\"\n"},
      {"D-3", "[TransportConfig]\nTLSSendDomainSecureList = [\"a.com\"]\n" + send + secured},
      {"D-3", "[TransportConfig]\nTLSReceiveDomainSecureList = [\"a.com\"]\n" + receive + secured},
  };
  const auto with_rule = [](const exchange::Organisation& organisation, std::string_view rule) {
    std::vector<policy::LintFinding> found = policy::lint(organisation);
    std::erase_if(found, [rule](const policy::LintFinding& one) { return one.rule != rule; });
    return found;
  };
  for (const Broken& row : rows) {
    SCOPED_TRACE(std::string(row.rule) + "\n" + row.configuration);
    Contoso shell;
    shell.configuration.held = exchange::read_toml_text(row.configuration, "domsec.toml");
    const std::vector<policy::LintFinding> found = with_rule(shell.configuration.held, row.rule);
    ASSERT_EQ(found.size(), 1U);
    ASSERT_FALSE(found[0].repair.empty());
    const std::string printed = shell.run(found[0].repair);
    EXPECT_EQ(shell.configuration.changes, 1) << found[0].repair << ": " << printed;
    EXPECT_TRUE(with_rule(shell.configuration.held, row.rule).empty()) << found[0].repair;
  }
}

}  // namespace
}  // namespace domsec::shell
