// MX order, fail-over and the connection budget, against the lab's name server and scripted hosts on several loopback addresses.
#include "domsec/session/delivery.h"

#include <gtest/gtest.h>

#include "domsec/lab/dns_server.h"
#include "domsec/session/reception.h"
#include "support/session_plans.h"

namespace domsec::session {
namespace {

using testing::Partners;

/// Two MX hosts of woodgrovebank.com on 127.0.0.1 and 127.0.0.2, one port; either may be down.
struct Hosts {
  net::Loop loop;
  lab::DnsServer dns{loop};
  Partners partners;
  std::vector<std::unique_ptr<Reception>> receptions;
  std::vector<std::string> reached;
  std::uint16_t port = 0;

  Hosts() {
    lab::DnsName domain;
    domain.mx = {lab::DnsMx{20, "mail2.woodgrovebank.com"}, lab::DnsMx{10, "mail1.woodgrovebank.com"}};
    dns.put("woodgrovebank.com", domain);
    lab::DnsName first;
    first.addresses = {"127.0.0.1"};
    dns.put("mail1.woodgrovebank.com", first);
    lab::DnsName second;
    second.addresses = {"127.0.0.2"};
    dns.put("mail2.woodgrovebank.com", second);
  }

  void listen(const std::string& address, std::shared_ptr<const ReceivePlan> plan) {
    net::Endpoint at;
    at.address = address;
    at.port = port;
    auto reception = std::make_unique<Reception>(
        loop, at, [] { return testing::new_transcript(policy::Role::receive); },
        [this, address](const transcript::Transcript&) { reached.push_back(address); });
    reception->use(std::move(plan));
    reception->start();
    port = reception->endpoint().port;
    receptions.push_back(std::move(reception));
  }

  DeliveryResult deliver_to(const DeliveryPlan& plan, const std::string& domain = "woodgrovebank.com") {
    net::ResolverSettings settings;
    settings.servers = {dns.endpoint()};
    settings.timeout = net::Milliseconds(500);
    net::Resolver resolver(loop, settings);
    Target target;
    target.domain = domain;
    target.port = port;
    return net::run(loop, deliver(plan, target, resolver, [] { return testing::new_transcript(policy::Role::send); }));
  }
};

TEST(Delivery, TakesTheHostOfLowestPreferenceFirst) {
  Hosts hosts;
  hosts.listen("127.0.0.1", hosts.partners.receive_plan());
  hosts.listen("127.0.0.2", hosts.partners.receive_plan());
  DeliveryPlan plan;
  plan.session = hosts.partners.send_plan();
  const DeliveryResult result = hosts.deliver_to(plan);
  EXPECT_TRUE(result.delivered);
  ASSERT_EQ(result.attempts.size(), 1U);
  EXPECT_EQ(result.attempts.front().host, "mail1.woodgrovebank.com");
  EXPECT_EQ(result.attempts.front().preference, 10);
  EXPECT_EQ(hosts.partners.kept->size(), 1U);
}

TEST(Delivery, FailsOverToTheNextHostWhenTheFirstCannotProveItself) {
  Hosts hosts;
  auto wrong = hosts.partners.receive_plan();
  wrong->tls = hosts.partners.server(hosts.partners.pki.leaf("smtp-out.hosting.example"));
  hosts.listen("127.0.0.1", wrong);
  hosts.listen("127.0.0.2", hosts.partners.receive_plan());
  DeliveryPlan plan;
  plan.session = hosts.partners.send_plan();
  const DeliveryResult result = hosts.deliver_to(plan);
  EXPECT_TRUE(result.delivered);
  ASSERT_EQ(result.attempts.size(), 2U);
  EXPECT_EQ(finding::name(result.attempts[0].result.verdict.headline.code),
            finding::name(finding::Code::certificate_host_mismatch));
  EXPECT_EQ(result.attempts[1].host, "mail2.woodgrovebank.com");
  EXPECT_EQ(result.verdict().result, policy::Result::pass);
}

TEST(Delivery, FailsOverWhenTheFirstHostIsDown) {
  Hosts hosts;
  hosts.listen("127.0.0.2", hosts.partners.receive_plan());
  DeliveryPlan plan;
  plan.session = hosts.partners.send_plan();
  const DeliveryResult result = hosts.deliver_to(plan);
  EXPECT_TRUE(result.delivered);
  ASSERT_EQ(result.attempts.size(), 2U);
  EXPECT_EQ(finding::name(result.attempts[0].result.verdict.headline.code), finding::name(finding::Code::connect_failed));
}

/// A recipient whom one host has refused for good is not given to the next one.
TEST(Delivery, TheNextHostIsAskedOnlyAboutThoseWhoWait) {
  Hosts hosts;
  auto first = hosts.partners.receive_plan();
  first->accepted_domains = {*smtp::Domain::parse("woodgrovebank.com")};
  first->keep = [](const ReceivedMessage&, const transcript::Transcript&) -> std::variant<Kept, NotKept> {
    return NotKept{"the disk is full"};
  };
  hosts.listen("127.0.0.1", first);
  hosts.listen("127.0.0.2", hosts.partners.receive_plan());
  DeliveryPlan plan;
  plan.session = hosts.partners.send_plan();
  plan.session.message->recipients.push_back({smtp::parse_mailbox("nobody@elsewhere.example")});
  const DeliveryResult result = hosts.deliver_to(plan);
  ASSERT_EQ(result.attempts.size(), 2U);
  EXPECT_EQ(result.attempts[0].result.recipients.size(), 2U);
  EXPECT_TRUE(result.attempts[0].result.recipients[1].reply.permanent_failure());
  EXPECT_EQ(result.attempts[1].result.recipients.size(), 1U);
  EXPECT_TRUE(result.delivered);
}

TEST(Delivery, ACheckSeesEveryAddressOnce) {
  Hosts hosts;
  hosts.listen("127.0.0.1", hosts.partners.receive_plan());
  hosts.listen("127.0.0.2", hosts.partners.receive_plan());
  DeliveryPlan plan;
  plan.session = hosts.partners.send_plan();
  plan.session.until = policy::Step::ehlo_inside_tls;
  plan.walk = Walk::all;
  const DeliveryResult result = hosts.deliver_to(plan);
  EXPECT_EQ(result.connections, 2U);
  EXPECT_EQ(result.attempts.size(), 2U);
  EXPECT_TRUE(hosts.partners.kept->empty());
}

TEST(Delivery, TheBudgetBoundsTheConnections) {
  Hosts hosts;
  hosts.listen("127.0.0.1", hosts.partners.receive_plan());
  hosts.listen("127.0.0.2", hosts.partners.receive_plan());
  DeliveryPlan plan;
  plan.session = hosts.partners.send_plan();
  plan.session.until = policy::Step::ehlo_inside_tls;
  plan.walk = Walk::all;
  plan.most_connections = 1;
  const DeliveryResult result = hosts.deliver_to(plan);
  EXPECT_EQ(result.connections, 1U);
  EXPECT_TRUE(result.budget_spent);
}

TEST(Delivery, ALookupThatFailsIsTheEnvironmentsFault) {
  struct Row {
    const char* name;
    lab::DnsBehaviour behaviour;
  };
  for (const Row& row : {Row{"NXDOMAIN", lab::DnsBehaviour::nxdomain}, Row{"SERVFAIL", lab::DnsBehaviour::servfail},
                         Row{"no answer", lab::DnsBehaviour::silence}}) {
    SCOPED_TRACE(row.name);
    Hosts hosts;
    lab::DnsName name;
    name.behaviour = row.behaviour;
    hosts.dns.put("woodgrovebank.com", name);
    DeliveryPlan plan;
    plan.session = hosts.partners.send_plan();
    const DeliveryResult result = hosts.deliver_to(plan);
    ASSERT_EQ(result.attempts.size(), 1U);
    EXPECT_EQ(result.connections, 0U);
    EXPECT_EQ(finding::name(result.verdict().headline.code), finding::name(finding::Code::dns_failure));
    EXPECT_EQ(policy::exit_code(result.verdict()), 3);
  }
}

TEST(Delivery, ItsExitCodeIsOfTheHostThatDelivered) {
  Hosts hosts;
  auto wrong = hosts.partners.receive_plan();
  wrong->tls = hosts.partners.server(hosts.partners.pki.leaf("smtp-out.hosting.example"));
  hosts.listen("127.0.0.1", wrong);
  hosts.listen("127.0.0.2", hosts.partners.receive_plan());
  DeliveryPlan plan;
  plan.session = hosts.partners.send_plan();
  const DeliveryResult result = hosts.deliver_to(plan);
  ASSERT_EQ(result.attempts.size(), 2U);
  EXPECT_EQ(policy::exit_code(result.attempts.front().result.verdict), 1);
  EXPECT_EQ(exit_code(plan, result, policy::FailOn()), 0);
  plan.walk = Walk::all;
  plan.session.until = policy::Step::ehlo_inside_tls;
  EXPECT_EQ(exit_code(plan, hosts.deliver_to(plan), policy::FailOn()), 1) << "a check counts every host";
}

TEST(Delivery, AMessageThatWasNotTakenIsAFailureThoughTheHostProvedItself) {
  Hosts hosts;
  auto strangers = hosts.partners.receive_plan();
  strangers->accepted_domains = {*smtp::Domain::parse("elsewhere.example")};
  hosts.listen("127.0.0.1", strangers);
  DeliveryPlan plan;
  plan.session = hosts.partners.send_plan();
  plan.most_hosts = 1;
  const DeliveryResult result = hosts.deliver_to(plan);
  EXPECT_FALSE(result.delivered);
  EXPECT_EQ(policy::exit_code(result.verdict()), 0);
  EXPECT_EQ(exit_code(plan, result, policy::FailOn()), 1);
}

TEST(Delivery, ANullMxTakesNoMail) {
  Hosts hosts;
  lab::DnsName name;
  name.mx = {lab::DnsMx{0, "."}};
  hosts.dns.put("woodgrovebank.com", name);
  DeliveryPlan plan;
  plan.session = hosts.partners.send_plan();
  const DeliveryResult result = hosts.deliver_to(plan);
  EXPECT_EQ(result.connections, 0U);
  EXPECT_NE(result.verdict().result, policy::Result::pass);
}

}  // namespace
}  // namespace domsec::session
