#include "domsec/policy/tls_requirement.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace domsec;
using namespace domsec::policy;
using finding::Code;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

smtp::Domain domain(std::string_view text) {
  return smtp::Domain::parse(text).value();
}

exchange::TransportConfig config_listing(const std::vector<std::string>& send,
                                         const std::vector<std::string>& receive = {}) {
  exchange::TransportConfig config;
  EXPECT_FALSE(config.tls_send_domain_secure_list.assign(send));
  EXPECT_FALSE(config.tls_receive_domain_secure_list.assign(receive));
  config.tls_send_domain_secure_list.origin = {"domsec.toml", 4};
  config.tls_receive_domain_secure_list.origin = {"domsec.toml", 5};
  return config;
}

exchange::SendConnector secure_connector() {
  exchange::SendConnector connector;
  connector.domain_secure_enabled = {true, {"domsec.toml", 10}};
  return connector;
}

exchange::ReceiveConnector secure_receive_connector() {
  exchange::ReceiveConnector connector;
  connector.domain_secure_enabled = {true, {"domsec.toml", 20}};
  return connector;
}

TEST(SendRequirement, DemandsMutualTlsInExactlyOneOfSixteenRows) {  // R5
  for (int bits = 0; bits < 16; ++bits) {
    const bool listed = (bits & 8) != 0, secure = (bits & 4) != 0, dns = (bits & 2) != 0,
               ignores = (bits & 1) != 0;
    SCOPED_TRACE("listed " + std::to_string(listed) + " DomainSecureEnabled " + std::to_string(secure) +
                 " DNSRoutingEnabled " + std::to_string(dns) + " IgnoreSTARTTLS " + std::to_string(ignores));
    exchange::SendConnector connector;
    connector.domain_secure_enabled.value = secure;
    connector.dns_routing_enabled.value = dns;
    connector.ignore_starttls.value = ignores;
    const auto config =
        config_listing(listed ? std::vector<std::string>{"contoso.com"} : std::vector<std::string>{});

    const TlsRequirement ordinary = send_requirement(config, connector, domain("contoso.com"));
    const bool conjunction = secure && dns && !ignores;
    const Requirement otherwise = ignores ? Requirement::none : Requirement::opportunistic;
    EXPECT_EQ(ordinary.requirement, listed && conjunction ? Requirement::domain_secured : otherwise);
    EXPECT_EQ(ordinary.listed, listed);
    EXPECT_EQ(ordinary.broken_by.size(), listed ? static_cast<std::size_t>(!secure + !dns + ignores) : 0U);
    EXPECT_EQ(ordinary.findings.size(), listed && !conjunction ? 1U : 0U);
    EXPECT_EQ(ordinary.reference.has_value(), listed && conjunction);

    // --fail-closed keeps the demand for whatever is listed and changes nothing else (D-2).
    const TlsRequirement closed = send_requirement(config, connector, domain("contoso.com"), FailClosed::yes);
    EXPECT_EQ(closed.requirement, listed ? Requirement::domain_secured : otherwise);
    EXPECT_EQ(closed.broken_by, ordinary.broken_by);
  }
}

TEST(SendRequirement, NamesEveryFlagThatBreaksTheConjunctionWithItsOrigin) {
  exchange::SendConnector connector;
  connector.dns_routing_enabled = {false, {"domsec.toml", 12}};
  connector.ignore_starttls = {true, {"domsec.toml", 13}};
  const auto requirement =
      send_requirement(config_listing({"contoso.com"}), connector, domain("contoso.com"));
  EXPECT_THAT(requirement.broken_by,
              ElementsAre("DomainSecureEnabled $false (default)", "DNSRoutingEnabled $false (domsec.toml:12)",
                          "IgnoreSTARTTLS $true (domsec.toml:13)"));
  ASSERT_EQ(requirement.findings.size(), 1U);
  EXPECT_EQ(requirement.findings[0].code, Code::send_inert);
  EXPECT_EQ(requirement.findings[0].who, Who::own);
  EXPECT_THAT(requirement.findings[0].detail,
              HasSubstr("contoso.com is on TLSSendDomainSecureList (domsec.toml:4)"));
  EXPECT_THAT(requirement.findings[0].detail, HasSubstr("DNSRoutingEnabled $false (domsec.toml:12)"));
}

TEST(SendRequirement, MatchesTheListExactly) {  // D-1
  const auto config = config_listing({"contoso.com"}, {"fabrikam.com"});
  struct Case {
    const char* name;
    const char* partner;
    bool listed;
  };
  const Case table[] = {{"the domain itself", "contoso.com", true},
                        {"in other letters", "CONTOSO.Com", true},
                        {"with a trailing dot", "contoso.com.", true},
                        {"a sub-domain is another domain", "mail.contoso.com", false},
                        {"the parent is another domain", "com", false},
                        {"a look-alike is another domain", "evilcontoso.com", false},
                        {"the receive list does not count when sending", "fabrikam.com", false}};
  for (const Case& row : table) {
    SCOPED_TRACE(row.name);
    const auto requirement = send_requirement(config, secure_connector(), domain(row.partner));
    EXPECT_EQ(requirement.listed, row.listed);
    EXPECT_EQ(requirement.requirement, row.listed ? Requirement::domain_secured : Requirement::opportunistic);
    EXPECT_EQ(requirement.reference ? requirement.reference->text : "", row.listed ? "contoso.com" : "");
  }
}

TEST(SendRequirement, WorksOneWayForADomainOnOneListOnly) {  // D-3
  EXPECT_EQ(send_requirement(config_listing({"contoso.com"}, {}), secure_connector(), domain("contoso.com"))
                .requirement,
            Requirement::domain_secured);
  EXPECT_EQ(receive_requirement(config_listing({"contoso.com"}, {}), secure_receive_connector(),
                                domain("contoso.com"))
                .requirement,
            Requirement::opportunistic);
}

TEST(SendRequirement, FollowsWhatTheConnectorDemands) {
  struct Case {
    const char* name;
    bool require_tls;
    std::optional<exchange::TlsAuthLevel> level;
    const char* tls_domain;
    bool ignore, helo;
    Requirement expected;
    const char* reference;
    std::vector<Code> findings;
  };
  using enum exchange::TlsAuthLevel;
  const Case table[] = {
      {"nothing", false, {}, "", false, false, Requirement::opportunistic, "", {}},
      {"RequireTLS", true, {}, "", false, false, Requirement::encryption, "", {}},
      {"EncryptionOnly", true, encryption_only, "", false, false, Requirement::encryption, "", {}},
      {"CertificateValidation",
       true,
       certificate_validation,
       "",
       false,
       false,
       Requirement::certificate_validation,
       "",
       {}},
      {"DomainValidation of the recipient",
       true,
       domain_validation,
       "",
       false,
       false,
       Requirement::domain_validation,
       "contoso.com",
       {}},
      {"DomainValidation of TlsDomain",
       true,
       domain_validation,
       "mail.example",
       false,
       false,
       Requirement::domain_validation,
       "mail.example",
       {}},
      {"IgnoreSTARTTLS", false, {}, "", true, false, Requirement::none, "", {}},
      {"ForceHELO", false, {}, "", false, true, Requirement::none, "", {}},
      {"SC-3 stays encrypted",
       true,
       {},
       "",
       true,
       false,
       Requirement::encryption,
       "",
       {Code::send_connector_conflict}},
      {"SC-4 stays validated",
       false,
       certificate_validation,
       "",
       false,
       false,
       Requirement::certificate_validation,
       "",
       {Code::send_connector_conflict}},
      {"SC-11 cannot succeed",
       true,
       {},
       "",
       false,
       true,
       Requirement::encryption,
       "",
       {Code::send_connector_dead}},
  };
  for (const Case& row : table) {
    SCOPED_TRACE(row.name);
    exchange::SendConnector connector;
    connector.require_tls.value = row.require_tls;
    connector.tls_auth_level = row.level;
    if (*row.tls_domain != '\0')
      connector.tls_domain = exchange::SmtpDomainWithSubdomains{domain(row.tls_domain), true};
    connector.ignore_starttls.value = row.ignore;
    connector.force_helo.value = row.helo;
    const auto requirement = send_requirement(config_listing({}), connector, domain("contoso.com"));
    EXPECT_EQ(requirement.requirement, row.expected);
    EXPECT_EQ(requirement.reference ? requirement.reference->text : "", row.reference);
    EXPECT_EQ(requirement.reference && requirement.reference->with_subdomains, *row.tls_domain != '\0');
    EXPECT_FALSE(requirement.reason.empty());
    std::vector<Code> codes;
    for (const Finding& finding : requirement.findings) codes.push_back(finding.code);
    EXPECT_EQ(codes, row.findings);
  }
}

TEST(SendRequirement, KeepsRequireTlsForAListedDomainThatIsInert) {
  exchange::SendConnector connector;
  connector.require_tls.value = true;
  const auto requirement =
      send_requirement(config_listing({"contoso.com"}), connector, domain("contoso.com"));
  EXPECT_EQ(requirement.requirement, Requirement::encryption);
  EXPECT_EQ(requirement.findings.at(0).code, Code::send_inert);
}

TEST(SendRequirement, ReportsForcedHeloUnderDomainSecurity) {  // SC-11
  exchange::SendConnector connector = secure_connector();
  connector.force_helo.value = true;
  const auto requirement =
      send_requirement(config_listing({"contoso.com"}), connector, domain("contoso.com"));
  EXPECT_EQ(requirement.requirement, Requirement::domain_secured);
  EXPECT_EQ(requirement.findings.at(0).code, Code::send_connector_dead);
}

TEST(ReceiveRequirement, DemandsMutualTlsInExactlyOneOfEightRows) {  // R6
  for (int bits = 0; bits < 8; ++bits) {
    const bool listed = (bits & 4) != 0, secure = (bits & 2) != 0, tls = (bits & 1) != 0;
    SCOPED_TRACE("listed " + std::to_string(listed) + " DomainSecureEnabled " + std::to_string(secure) +
                 " Tls " + std::to_string(tls));
    exchange::ReceiveConnector connector;
    connector.domain_secure_enabled.value = secure;
    connector.auth_mechanism.value.tls = tls;
    const auto config =
        config_listing({}, listed ? std::vector<std::string>{"contoso.com"} : std::vector<std::string>{});
    const auto requirement = receive_requirement(config, connector, domain("contoso.com"));
    const bool all = listed && secure && tls;
    EXPECT_EQ(requirement.requirement, all ? Requirement::domain_secured : Requirement::opportunistic);
    EXPECT_EQ(requirement.reference.has_value(), all);
    EXPECT_EQ(requirement.findings.size(), listed && !all ? 1U : 0U);
    EXPECT_EQ(requirement.broken_by.size(), listed ? static_cast<std::size_t>(!secure + !tls) : 0U);
    for (const Finding& finding : requirement.findings) EXPECT_EQ(finding.code, Code::receive_inert);
  }
}

TEST(ReceiveRequirement, IsInertWithExternalAuthoritative) {
  exchange::ReceiveConnector connector = secure_receive_connector();
  connector.auth_mechanism = {exchange::AuthMechanism{}, {"domsec.toml", 22}};
  connector.auth_mechanism.value.external_authoritative = true;
  const auto requirement =
      receive_requirement(config_listing({}, {"contoso.com"}), connector, domain("contoso.com"));
  EXPECT_EQ(requirement.requirement, Requirement::opportunistic);
  EXPECT_THAT(requirement.broken_by, ElementsAre(HasSubstr("(domsec.toml:22) has ExternalAuthoritative")));
}

TEST(ReceiveRequirement, ExemptsTheNullSender) {  // D-4
  exchange::ReceiveConnector connector = secure_receive_connector();
  const auto config = config_listing({}, {"contoso.com"});
  EXPECT_EQ(receive_requirement(config, connector, std::nullopt).requirement, Requirement::opportunistic);
  EXPECT_THAT(receive_requirement(config, connector, std::nullopt).reason, HasSubstr("D-4"));
  connector.require_tls.value = true;
  EXPECT_EQ(receive_requirement(config, connector, std::nullopt).requirement, Requirement::encryption);
}

TEST(ReceiveRequirement, MatchesTheListExactlyPerSender) {  // D-1, spec exchange 1.4-4
  const auto config = config_listing({"fabrikam.com"}, {"contoso.com"});
  const auto connector = secure_receive_connector();
  EXPECT_EQ(receive_requirement(config, connector, domain("Contoso.COM")).requirement,
            Requirement::domain_secured);
  for (const char* sender : {"mail.contoso.com", "fabrikam.com", "evilcontoso.com"}) {
    const auto requirement = receive_requirement(config, connector, domain(sender));
    EXPECT_EQ(requirement.requirement, Requirement::opportunistic) << sender;
    EXPECT_THAT(requirement.findings, IsEmpty()) << sender;
  }
}

TEST(ReceiveRequirement, DemandsTlsOfEverybodyWithRequireTls) {
  exchange::ReceiveConnector connector;
  connector.require_tls = {true, {"domsec.toml", 7}};
  const auto requirement = receive_requirement(config_listing({}), connector, domain("contoso.com"));
  EXPECT_EQ(requirement.requirement, Requirement::encryption);
  EXPECT_THAT(requirement.reason, HasSubstr("RequireTLS $true (domsec.toml:7)"));
}

TEST(Requirement, HasAText) {
  EXPECT_EQ(text(Requirement::domain_secured), "domain secured");
  EXPECT_EQ(text(Requirement::opportunistic), "opportunistic");
}

}  // namespace
