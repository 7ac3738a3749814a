// The lab over IPv6: the host that has ::1 as well is published, listens and takes domain-secured mail there;
// without such an address on the machine the lab is the same over IPv4.
#include <gtest/gtest.h>

#include "domsec/lab/lab.h"
#include "support/two_organisations.h"

namespace domsec::lab {
namespace {

using testing::TwoOrganisations;

/// Mail from Woodgrove Bank to Contoso with IPv6 addresses only.
session::DeliveryResult send_over_ipv6(TwoOrganisations& two) {
  EdgeServer& server = two.lab.server("woodgrove");
  const exchange::SendConnector& connector = server.edge().organisation().send_connectors.front();
  net::ResolverSettings dns;
  dns.servers = {two.lab.dns().endpoint()};
  dns.ipv4 = false;
  net::Resolver resolver(two.loop, dns);
  session::DeliveryPlan plan;
  plan.session = server.edge().send_plan(connector, *smtp::Domain::parse("contoso.com"));
  plan.session.until = policy::Step::end_of_data;
  plan.session.message = testing::message("alice@woodgrovebank.com", "bob@contoso.com");
  session::Target target;
  target.domain = "contoso.com";
  target.port = connector.port;
  const session::NewTranscript begin = [&] { return testing::new_transcript(policy::Role::send); };
  return net::run(two.loop, session::deliver(plan, target, resolver, begin));
}

TEST(LabOverIpv6, TakesDomainSecuredMail) {
  TwoOrganisations two;
  if (!has_ipv6(two.lab.state())) GTEST_SKIP() << "this machine has no ::1";
  const session::DeliveryResult result = send_over_ipv6(two);
  two.finish();
  EXPECT_TRUE(result.delivered);
  EXPECT_EQ(result.verdict().treatment, policy::Treatment::domain_secured);
  ASSERT_EQ(result.attempts.size(), 1U);
  EXPECT_EQ(result.attempts.front().host, "mail2.mail.contoso.com");
  EXPECT_TRUE(result.attempts.front().transcript.remote().starts_with("[::1]:"));
  ASSERT_EQ(two.received("contoso").size(), 1U);
  EXPECT_TRUE(two.received("contoso").front().remote().starts_with("[::1]:"));
  EXPECT_EQ(two.first_verdict("contoso").treatment, policy::Treatment::domain_secured);
}

TEST(LabOverIpv6, RefusesABrokenSenderAsOverIpv4) {
  TwoOrganisations two;
  if (!has_ipv6(two.lab.state())) GTEST_SKIP() << "this machine has no ::1";
  two.lab.apply("woodgrove", "expired");
  EXPECT_FALSE(send_over_ipv6(two).delivered);
  two.finish();
  EXPECT_EQ(two.first_verdict("contoso").headline.code, finding::Code::certificate_expired);
}

TEST(LabOverIpv6, IsTheSameOverIpv4WhereTheMachineHasNoSuchAddress) {
  const auto elsewhere = [](Recipe& recipe) {
    for (HostRecipe& host : recipe.organisations.front().hosts) {
      if (!host.ipv6_address.empty()) host.ipv6_address = "2001:db8::25";  // documentation: nobody's
    }
  };
  TwoOrganisations two(elsewhere);
  EXPECT_FALSE(has_ipv6(two.lab.state()));
  EXPECT_EQ(ipv6_text(two.lab.state()), "IPv4 only: no host has an IPv6 address on this machine");
  EXPECT_TRUE(two.send("woodgrove", "contoso").delivered);
  EXPECT_FALSE(send_over_ipv6(two).delivered) << "no AAAA record is published";
  two.finish();
}

TEST(LabRecipe, RefusesAnAddressThatTwoHostsHave) {
  std::string text(built_in_recipe());
  text.replace(text.find("127.0.0.4"), 9, "127.0.0.3");
  try {
    (void)read_recipe(text, "lab.toml");
    FAIL() << "two hosts cannot listen at one address";
  } catch (const LabError& error) {
    EXPECT_EQ(std::string(error.what()),
              "lab.toml: mail2.mail.contoso.com and mail1.woodgrovebank.com both have the address 127.0.0.3; "
              "give each host its own");
  }
}

TEST(LabRecipe, RefusesAnIpv6AddressThatIsNone) {
  std::string text(built_in_recipe());
  text.replace(text.find("\"::1\""), 5, "\"one\"");
  EXPECT_THROW((void)read_recipe(text, "lab.toml"), LabError);
}

}  // namespace
}  // namespace domsec::lab
