// The rows of `domsec preflight` that need no process: lists, switches, ports. The others are preflight.py's.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../../src/cli/preflight_checks.h"
#include "domsec/net/listener.h"
#include "domsec/pki/authority.h"

namespace domsec::cli {
namespace {

using testing::HasSubstr;

const pki::Instant now = pki::read_rfc3339("2026-11-22T09:00:00Z").value();

/// `FAIL switch`, `warn switch` … of the rows that are not ok.
std::vector<std::string> faults(const std::vector<DoctorCheck>& checks) {
  std::vector<std::string> out;
  for (const DoctorCheck& check : checks) {
    if (check.result == DoctorResult::ok) continue;
    EXPECT_FALSE(check.remedy.empty()) << check.detail;
    out.push_back(std::string(text(check.result)) + " " + check.name);
  }
  return out;
}

constexpr const char* lists =
    "[TransportConfig]\nTLSSendDomainSecureList = [\"woodgrovebank.com\"]\nTLSReceiveDomainSecureList = "
    "[\"woodgrovebank.com\"]\n";
constexpr const char* sends = "[[SendConnector]]\nName = \"Internet\"\nAddressSpaces = [\"*\"]\nDomainSecureEnabled = true\n";
constexpr const char* receives = "[[ReceiveConnector]]\nName = \"Inbound\"\nDomainSecureEnabled = true\n";

policy::FitnessSubject auth_certificate(const pki::Instant until, policy::CertificatePlace place) {
  pki::CertificateRecipe recipe;
  recipe.subject = "CN=Microsoft Exchange Server Auth Certificate";
  recipe.key = pki::KeyKind::rsa_2048;
  recipe.not_before = now - std::chrono::days(1);
  recipe.not_after = until;
  policy::FitnessSubject subject;
  subject.stored.certificate = pki::self_signed(recipe).chain.front();
  subject.stored.has_private_key = true;
  subject.place = place;
  return subject;
}

TEST(Preflight, SaysWhatAuthShowSays) {
  using std::chrono::days;
  const policy::FitnessSubject sound = auth_certificate(now + days(1000), policy::CertificatePlace::store);
  const policy::FitnessSubject ending = auth_certificate(now + days(30), policy::CertificatePlace::store);
  const policy::FitnessSubject expired = auth_certificate(now - days(0), policy::CertificatePlace::configuration);
  policy::FitnessSubject kept = sound;
  kept.key_exportable = false;
  policy::FitnessSubject keyless = sound;
  keyless.stored.has_private_key = false;
  struct Row {
    const char* name;
    std::vector<policy::FitnessSubject> subjects;
    pki::Instant at;
    std::vector<std::string> found;
  };
  const std::vector<Row> rows{{"sound", {sound}, now, {}},
                              {"DS650: not there", {}, now, {"FAIL auth DS650"}},
                              {"DS650: without its key", {keyless}, now, {"FAIL auth DS650"}},
                              {"DS651", {expired}, now + days(1), {"FAIL auth DS651"}},
                              {"DS652: nothing is staged", {ending}, now, {"warn auth DS652"}},
                              {"DS656: the key may not leave the store", {kept}, now, {"FAIL auth DS656"}}};
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    exchange::Organisation organisation;
    organisation.auth_config.current_certificate_thumbprint =
        row.subjects.empty() ? std::string(40, 'A') : row.subjects.front().stored.certificate->thumbprint;
    std::vector<std::string> found;
    const std::vector<DoctorCheck> checks = check_auth(organisation, row.subjects, row.at);
    ASSERT_FALSE(checks.empty());
    for (const DoctorCheck& check : checks) {
      if (check.result == DoctorResult::ok) continue;
      found.push_back(std::string(text(check.result)) + " " + check.name + " " + check.detail.substr(0, 5));
      EXPECT_THAT(check.remedy, HasSubstr("domsec auth plan"));
    }
    EXPECT_EQ(found, row.found);
  }
  EXPECT_TRUE(check_auth(exchange::Organisation(), {sound}, now).empty()) << "nothing is asked of who has no Auth configuration";
}

TEST(Preflight, LooksAtBothListsAndEverySwitch) {
  struct Row {
    const char* name;
    std::string configuration;
    std::vector<std::string> found;
  };
  const std::string send = std::string(lists) + sends;
  const std::vector<Row> rows{
      {"all is there", send + receives, {}},
      {"on neither list", std::string(sends) + receives, {"FAIL list", "FAIL list"}},
      {"not domain-secure", std::string(lists) + "[[SendConnector]]\nAddressSpaces = [\"*\"]\n" + receives, {"FAIL switch"}},
      {"a smart host", std::string(lists) + sends + "DNSRoutingEnabled = false\nSmartHosts = [\"relay.contoso.com\"]\n" + receives,
       {"FAIL switch"}},
      {"IgnoreSTARTTLS", send + "IgnoreSTARTTLS = true\n" + receives, {"FAIL switch"}},
      {"ForceHELO", send + "ForceHELO = true\n" + receives, {"FAIL switch"}},
      {"another domain's connector",
       std::string(lists) + "[[SendConnector]]\nAddressSpaces = [\"fabrikam.com\"]\nDomainSecureEnabled = true\n" + receives,
       {"FAIL connector"}},
      {"no receive connector", send, {"FAIL connector"}},
      {"AuthMechanism without Tls", send + "[[ReceiveConnector]]\nDomainSecureEnabled = true\nAuthMechanism = \"None\"\n",
       {"FAIL switch"}},
      {"Extended Protection", send + receives + "ExtendedProtectionPolicy = \"Require\"\n", {"warn switch"}},
      {"another receive connector does it (R30)", send + receives + "[[ReceiveConnector]]\nName = \"Client\"\nBindings = [\"0.0.0.0:587\"]\n",
       {"warn switch"}},
  };
  const smtp::Domain partner = *smtp::Domain::parse("woodgrovebank.com");
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(faults(check_switches(exchange::read_toml_text(row.configuration, "d.toml"), partner, now)), row.found);
  }
}

TEST(Preflight, NamesTheCommandOfEachFault) {
  const auto organisation = exchange::read_toml_text(std::string(sends) + receives, "d.toml");
  const std::vector<DoctorCheck> checks = check_switches(organisation, *smtp::Domain::parse("woodgrovebank.com"), now);
  std::vector<std::string> remedies;
  for (const DoctorCheck& check : checks) {
    if (!check.remedy.empty()) remedies.push_back(check.remedy);
  }
  EXPECT_EQ(remedies, (std::vector<std::string>{"Set-TransportConfig -TLSSendDomainSecureList @{Add='woodgrovebank.com'}",
                                                "Set-TransportConfig -TLSReceiveDomainSecureList @{Add='woodgrovebank.com'}"}));
}

TEST(Preflight, SaysThatNothingListens) {
  net::Loop loop;
  exchange::ReceiveConnector connector;
  connector.name = "Inbound";
  connector.origin = {"domsec.toml", 3};
  EXPECT_EQ(check_listener(loop, connector, {"127.0.0.1", 0}, net::Milliseconds(1000)).result, DoctorResult::skip);
  std::uint16_t port = 0;
  {
    const net::Listener listener(loop, net::Endpoint{"127.0.0.1", 0});
    port = listener.endpoint().port;
    // Somebody takes the connection and says nothing.
    const DoctorCheck silent = check_listener(loop, connector, {"0.0.0.0", port}, net::Milliseconds(50));
    EXPECT_EQ(silent.result, DoctorResult::fail);
    EXPECT_EQ(silent.fault, DoctorFault::environment);
  }
  const DoctorCheck nobody = check_listener(loop, connector, {"0.0.0.0", port}, net::Milliseconds(1000));
  EXPECT_EQ(nobody.result, DoctorResult::fail);
  EXPECT_EQ(nobody.fault, DoctorFault::own);
  EXPECT_THAT(nobody.detail, HasSubstr("nothing listens at 127.0.0.1:" + std::to_string(port)));
  EXPECT_EQ(nobody.remedy, "domsec serve --config domsec.toml");
}

}  // namespace
}  // namespace domsec::cli
