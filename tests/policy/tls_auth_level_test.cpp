// Every TlsAuthLevel with every TlsDomain and both ways of routing: what is demanded of the next host, and which of these
// combinations the cmdlet refuses (spec exchange 2.1, 2.4).
#include <gtest/gtest.h>

#include "domsec/policy/connector_lint.h"
#include "domsec/policy/tls_requirement.h"

namespace domsec::policy {
namespace {

struct Row {
  const char* level;        // null: not set
  const char* tls_domain;   // null: not set
  bool smart_host;
  Requirement requirement;
  const char* reference;    // null: nobody has to be proved
  std::vector<std::string> rules;
};

std::string configuration(const Row& row) {
  std::string text = "[[SendConnector]]\nAddressSpaces = [\"*\"]\nRequireTLS = true\n";
  if (row.level != nullptr) text += "TlsAuthLevel = \"" + std::string(row.level) + "\"\n";
  if (row.tls_domain != nullptr) text += "TlsDomain = \"" + std::string(row.tls_domain) + "\"\n";
  if (row.smart_host) text += "DNSRoutingEnabled = false\nSmartHosts = [\"relay.fabrikam.com\"]\n";
  return text;
}

TEST(TlsAuthLevel, DemandsTheSameOfAnyRouteAndIsHeldToTheRules) {
  const Requirement encryption = Requirement::encryption;
  const Requirement certificate = Requirement::certificate_validation;
  const Requirement domain = Requirement::domain_validation;
  const char* const encrypted = "EncryptionOnly";
  const char* const validated = "CertificateValidation";
  const char* const named = "DomainValidation";
  const std::vector<Row> rows{
      {nullptr, nullptr, false, encryption, nullptr, {}},
      {nullptr, nullptr, true, encryption, nullptr, {}},
      {nullptr, "contoso.com", false, encryption, nullptr, {"SC-5"}},
      {nullptr, "contoso.com", true, encryption, nullptr, {"SC-5"}},
      {nullptr, "*.contoso.com", false, encryption, nullptr, {"SC-5"}},
      {nullptr, "*.contoso.com", true, encryption, nullptr, {"SC-5"}},
      {encrypted, nullptr, false, encryption, nullptr, {}},
      {encrypted, nullptr, true, encryption, nullptr, {}},
      {encrypted, "contoso.com", false, encryption, nullptr, {"SC-5"}},
      {encrypted, "contoso.com", true, encryption, nullptr, {"SC-5"}},
      {encrypted, "*.contoso.com", false, encryption, nullptr, {"SC-5"}},
      {encrypted, "*.contoso.com", true, encryption, nullptr, {"SC-5"}},
      {validated, nullptr, false, certificate, nullptr, {}},
      {validated, nullptr, true, certificate, nullptr, {}},
      {validated, "contoso.com", false, certificate, nullptr, {"SC-5"}},
      {validated, "contoso.com", true, certificate, nullptr, {"SC-5"}},
      {validated, "*.contoso.com", false, certificate, nullptr, {"SC-5"}},
      {validated, "*.contoso.com", true, certificate, nullptr, {"SC-5"}},
      {named, nullptr, false, domain, "fabrikam.com", {}},
      {named, nullptr, true, domain, "fabrikam.com", {"SC-6"}},
      {named, "contoso.com", false, domain, "contoso.com", {}},
      {named, "contoso.com", true, domain, "contoso.com", {}},
      {named, "*.contoso.com", false, domain, "*.contoso.com", {}},
      {named, "*.contoso.com", true, domain, "*.contoso.com", {}},
  };
  for (const Row& row : rows) {
    const std::string text = configuration(row);
    SCOPED_TRACE(text);
    const exchange::Organisation organisation = exchange::read_toml_text(text, "d.toml");
    const TlsRequirement required = send_requirement(organisation.transport_config, organisation.send_connectors.at(0),
                                                     smtp::Domain::parse("fabrikam.com").value());
    EXPECT_EQ(required.requirement, row.requirement);
    ASSERT_EQ(required.reference.has_value(), row.reference != nullptr);
    if (row.reference != nullptr) {
      EXPECT_EQ((required.reference->with_subdomains ? "*." : "") + required.reference->text, row.reference);
    }
    std::vector<std::string> rules;
    for (const LintFinding& found : lint(organisation)) rules.push_back(found.rule);
    EXPECT_EQ(rules, row.rules);
  }
}

/// A level without RequireTLS is refused by the cmdlet (SC-4); domsec demands what it says all the same, mail never falls back.
TEST(TlsAuthLevel, HoldsWithoutRequireTls) {
  for (const char* level : {"EncryptionOnly", "CertificateValidation", "DomainValidation"}) {
    SCOPED_TRACE(level);
    const exchange::Organisation organisation = exchange::read_toml_text(
        "[[SendConnector]]\nAddressSpaces = [\"*\"]\nTlsAuthLevel = \"" + std::string(level) + "\"\n", "d.toml");
    const TlsRequirement required = send_requirement(organisation.transport_config, organisation.send_connectors.at(0),
                                                     smtp::Domain::parse("fabrikam.com").value());
    EXPECT_GE(required.requirement, Requirement::encryption);
    ASSERT_EQ(lint(organisation).size(), 1U);
    EXPECT_EQ(lint(organisation)[0].rule, "SC-4");
  }
}

}  // namespace
}  // namespace domsec::policy
