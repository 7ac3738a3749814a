// Exchange Online's connectors, row by row (spec exchange 3.4).
#include "domsec/policy/online_requirement.h"

#include <gtest/gtest.h>

#include "domsec/exchange/organisation.h"

namespace domsec::policy {
namespace {

smtp::Domain domain(const char* text) { return smtp::Domain::parse(text).value(); }

exchange::Organisation read(const std::string& text) { return exchange::read_toml_text(text, "d.toml"); }

const std::string partner = "[[InboundConnector]]\nName = \"Woodgrove\"\nSenderDomains = [\"woodgrovebank.com\"]\n";
const std::string by_certificate =
    partner + "RestrictDomainsToCertificate = true\nTlsSenderCertificateName = \"*.woodgrovebank.com\"\n";
const std::string by_address = partner + "RestrictDomainsToIPAddresses = true\nSenderIPAddresses = [\"192.0.2.0/24\"]\n";

constexpr std::string_view need_tls = "451 5.7.3 STARTTLS is required to send mail";
constexpr std::string_view attribution = "550 5.7.51 TenantInboundAttribution;";

TEST(OnlineInbound, TakesAndRefuses) {
  struct Row {
    const char* name;
    std::string configuration;
    const char* sender;
    bool tls;
    bool valid;
    std::vector<std::string> names;
    const char* address;
    std::string_view reply;   // its beginning; empty = taken
    std::string_view reason;  // a part
  };
  const std::vector<std::string> good{"mail.woodgrovebank.com"};
  const std::vector<Row> rows{
      {"no connector", "[organization]\nName = \"x\"\n", "a.com", false, false, {}, "192.0.2.1", "", "no enabled inbound"},
      {"another sender", partner, "a.com", false, false, {}, "192.0.2.1", "", "no enabled inbound"},
      {"sub-domain is another sender", partner, "eu.woodgrovebank.com", false, false, {}, "192.0.2.1", "", "no enabled"},
      {"RequireTls is the default", partner, "woodgrovebank.com", false, false, {}, "192.0.2.1", need_tls, "RequireTls $true (default)"},
      {"TLS without a certificate", partner, "woodgrovebank.com", true, false, {}, "192.0.2.1", "", "all that it demands"},
      {"RequireTls $false", partner + "RequireTls = false\n", "woodgrovebank.com", false, false, {}, "192.0.2.1", "", "all"},
      {"disabled", partner + "Enabled = false\n", "woodgrovebank.com", false, false, {}, "192.0.2.1", "", "no enabled"},
      {"on premises", partner + "ConnectorType = \"OnPremises\"\n", "woodgrovebank.com", false, false, {}, "192.0.2.1", "", "OnPremises"},
      {"certificate: in clear", by_certificate, "woodgrovebank.com", false, true, good, "192.0.2.1", need_tls, "RequireTls"},
      {"certificate: none", by_certificate, "woodgrovebank.com", true, true, {}, "192.0.2.1", attribution, "no certificate was shown"},
      {"certificate: not valid", by_certificate, "woodgrovebank.com", true, false, good, "192.0.2.1", attribution, "is not valid"},
      {"certificate: another name", by_certificate, "woodgrovebank.com", true, true, {"mail.contoso.com"}, "192.0.2.1", attribution, "does not name *.woodgrovebank.com"},
      {"certificate: a host below", by_certificate, "woodgrovebank.com", true, true, good, "192.0.2.1", "", "all"},
      {"certificate: the domain itself", by_certificate, "woodgrovebank.com", true, true, {"woodgrovebank.com"}, "192.0.2.1", "", "all"},
      {"certificate: a wildcard", by_certificate, "woodgrovebank.com", true, true, {"*.woodgrovebank.com"}, "192.0.2.1", "", "all"},
      {"certificate: no name set", partner + "RestrictDomainsToCertificate = true\n", "woodgrovebank.com", true, true, good, "192.0.2.1", attribution, "without a TlsSenderCertificateName"},
      {"exact name does not cover hosts", partner + "RestrictDomainsToCertificate = true\nTlsSenderCertificateName = \"woodgrovebank.com\"\n", "woodgrovebank.com", true, true, good, "192.0.2.1", attribution, "does not name woodgrovebank.com"},
      {"address: inside", by_address, "woodgrovebank.com", true, false, {}, "192.0.2.200", "", "all"},
      {"address: outside", by_address, "woodgrovebank.com", true, false, {}, "198.51.100.1", attribution, "198.51.100.1 is not among"},
      {"address: nobody listed", partner + "RestrictDomainsToIPAddresses = true\n", "woodgrovebank.com", true, false, {}, "192.0.2.1", attribution, "is not among"},
      {"the more specific connector", by_certificate + "[[InboundConnector]]\nName = \"All\"\nSenderDomains = [\"*\"]\n", "woodgrovebank.com", true, true, {}, "192.0.2.1", attribution, "Woodgrove:"},
      {"of equals the one that lists the address", by_address + "[[InboundConnector]]\nName = \"A\"\nSenderDomains = [\"smtp:woodgrovebank.com;1\"]\nRequireTls = false\n", "woodgrovebank.com", false, false, {}, "192.0.2.1", need_tls, "Woodgrove:"},
      {"of equals the first by name", by_address + "[[InboundConnector]]\nName = \"A\"\nSenderDomains = [\"smtp:woodgrovebank.com;1\"]\nRequireTls = false\n", "woodgrovebank.com", false, false, {}, "198.51.100.1", "", "A:"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    const exchange::Organisation organisation = read(row.configuration);
    const OnlineArrival arrival{domain(row.sender), row.address, row.tls, row.valid, row.names};
    const OnlineDecision decision = judge_inbound(organisation.inbound_connectors, arrival);
    EXPECT_EQ(decision.taken, row.reply.empty());
    EXPECT_TRUE(decision.reply.starts_with(row.reply)) << decision.reply;
    EXPECT_NE(decision.reason.find(row.reason), std::string::npos) << decision.reason;
  }
}

TEST(OnlineOutbound, DemandsWhatTlsSettingsSays) {
  struct Row {
    std::string settings;
    Requirement requirement;
    const char* reference;   // null: none
  };
  const std::vector<Row> rows{
      {"", Requirement::opportunistic, nullptr},
      {"TlsSettings = \"EncryptionOnly\"\n", Requirement::encryption, nullptr},
      {"TlsSettings = \"CertificateValidation\"\n", Requirement::certificate_validation, nullptr},
      {"TlsSettings = \"DomainValidation\"\n", Requirement::domain_validation, "contoso.com"},
      {"TlsSettings = \"DomainValidation\"\nTlsDomain = \"*.contoso.net\"\n", Requirement::domain_validation, "contoso.net"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.settings);
    const auto connectors =
        read("[[OutboundConnector]]\nRecipientDomains = [\"contoso.com\"]\n" + row.settings).outbound_connectors;
    const OutboundChoice choice = choose_outbound_connector(connectors, domain("contoso.com"));
    ASSERT_NE(choice.connector, nullptr);
    const TlsRequirement requirement = outbound_requirement(*choice.connector, domain("contoso.com"));
    EXPECT_EQ(requirement.requirement, row.requirement);
    EXPECT_EQ(requirement.reference.has_value(), row.reference != nullptr);
    if (row.reference != nullptr) {
      EXPECT_EQ(requirement.reference->text, row.reference);
    }
    EXPECT_FALSE(requirement.reason.empty());
  }
}

TEST(OnlineOutbound, TakesTheClosestConnector) {
  const auto connectors = read("[[OutboundConnector]]\nName = \"All\"\nRecipientDomains = [\"*\"]\n"
                               "[[OutboundConnector]]\nName = \"Below\"\nRecipientDomains = [\"*.contoso.com\"]\n"
                               "[[OutboundConnector]]\nName = \"Exact\"\nRecipientDomains = [\"contoso.com\"]\n"
                               "[[OutboundConnector]]\nName = \"Off\"\nRecipientDomains = [\"fabrikam.com\"]\nEnabled = false\n")
                              .outbound_connectors;
  for (const auto& [to, name] : std::vector<std::pair<const char*, const char*>>{
           {"contoso.com", "Exact"}, {"eu.contoso.com", "Below"}, {"fabrikam.com", "All"}, {"a.b.example", "All"}}) {
    EXPECT_EQ(choose_outbound_connector(connectors, domain(to)).connector->name, name) << to;
  }
  EXPECT_EQ(choose_outbound_connector({connectors[2]}, domain("a.com")).connector, nullptr);
}

}  // namespace
}  // namespace domsec::policy
