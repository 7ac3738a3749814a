// The resolver against the lab's name server over real loopback sockets.
#include "domsec/net/resolver.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "domsec/lab/dns_server.h"
#include "support/loopback.h"

namespace domsec::net {
namespace {

using lab::DnsBehaviour;
using lab::DnsName;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using domsec::testing::Stopwatch;

DnsName mx(std::vector<lab::DnsMx> records) {
  DnsName name;
  name.mx = std::move(records);
  return name;
}

DnsName host(std::vector<std::string> addresses) {
  DnsName name;
  name.addresses = std::move(addresses);
  return name;
}

DnsName alias(std::string target) {
  DnsName name;
  name.alias = std::move(target);
  return name;
}

DnsName behaving(DnsBehaviour behaviour) {
  DnsName name = mx({{10, "mail1.contoso.com"}});
  name.addresses = {"192.0.2.1"};
  name.behaviour = behaviour;
  return name;
}

class ResolverTest : public ::testing::Test {
 protected:
  ResolverTest() {
    settings.servers = {server.endpoint()};
    settings.timeout = Milliseconds(2000);  // never waited for, except where a test shortens it
    settings.tries = 1;
    server.put("contoso.com", mx({{20, "mail2.contoso.com"}, {10, "Mail1.Contoso.COM"}}));
    server.put("mail1.contoso.com", host({"192.0.2.1", "2001:db8::1"}));
    server.put("mail2.contoso.com", host({"192.0.2.2"}));
  }
  MxAnswer mx_of(const std::string& domain) {
    Resolver resolver(loop, settings);
    return run(loop, resolver.mx(domain));
  }
  MxHost addresses_of(const std::string& name) {
    Resolver resolver(loop, settings);
    return run(loop, resolver.addresses(name));
  }

  Loop loop;
  lab::DnsServer server{loop};
  ResolverSettings settings;
};

TEST_F(ResolverTest, FindsTheMxHostsByPreferenceWithAddressesOfBothFamilies) {
  const MxAnswer answer = mx_of("Contoso.COM.");
  EXPECT_EQ(answer.status, DnsStatus::ok);
  EXPECT_FALSE(answer.implicit);
  EXPECT_EQ(answer.detail, "");
  ASSERT_EQ(answer.hosts.size(), 2U);
  EXPECT_EQ(answer.hosts[0].host, "mail1.contoso.com");
  EXPECT_EQ(answer.hosts[0].preference, 10);
  EXPECT_EQ(answer.hosts[0].status, DnsStatus::ok);
  EXPECT_THAT(answer.hosts[0].addresses, ElementsAre("192.0.2.1", "2001:db8::1"));
  EXPECT_EQ(answer.hosts[0].detail, "");
  EXPECT_EQ(answer.hosts[1].host, "mail2.contoso.com");
  EXPECT_THAT(answer.hosts[1].addresses, ElementsAre("192.0.2.2"));
}

TEST_F(ResolverTest, TurnsEveryFailureIntoAStatusAndASentence) {
  server.put("nx.test", behaving(DnsBehaviour::nxdomain));
  server.put("servfail.test", behaving(DnsBehaviour::servfail));
  server.put("refused.test", behaving(DnsBehaviour::refused));
  server.put("garbage.test", behaving(DnsBehaviour::garbage));
  struct Row {
    std::string domain;
    DnsStatus status;
    const char* detail;
  };
  const Row rows[] = {
      {"unknown.test", DnsStatus::no_such_domain,
       "the MX lookup of unknown.test failed: the domain does not exist (NXDOMAIN)"},
      {"nx.test", DnsStatus::no_such_domain, "NXDOMAIN"},
      {"servfail.test", DnsStatus::server_failure, "SERVFAIL"},
      {"refused.test", DnsStatus::refused, "REFUSED"},
      {"garbage.test", DnsStatus::malformed, "the answer is malformed"},
      {"", DnsStatus::malformed, "no domain name"},
      {"a..b", DnsStatus::malformed, "no domain name"},
      {std::string("a\0.test", 7), DnsStatus::malformed, "no domain name"},
      {std::string(64, 'a') + ".test", DnsStatus::malformed, "no domain name"},
      {"m\xc3\xbcller.test", DnsStatus::malformed, "no domain name"},
      {std::string(70000, 'a'), DnsStatus::malformed, "no domain name"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.domain.substr(0, 40));
    const MxAnswer answer = mx_of(row.domain);
    EXPECT_EQ(answer.status, row.status);
    EXPECT_THAT(answer.detail, HasSubstr(row.detail));
    EXPECT_THAT(answer.hosts, IsEmpty());  // above all: no implicit MX after SERVFAIL
    EXPECT_FALSE(answer.implicit);
  }
}

TEST_F(ResolverTest, EndsAtItsTimeoutWhenTheServerIsSilent) {
  server.put("silent.test", behaving(DnsBehaviour::silence));
  settings.timeout = Milliseconds(60);
  settings.tries = 2;
  const Stopwatch watch;
  const MxAnswer answer = mx_of("silent.test");
  EXPECT_EQ(answer.status, DnsStatus::timed_out);
  EXPECT_THAT(answer.detail, HasSubstr("no name server answered in time"));
  EXPECT_THAT(answer.hosts, IsEmpty());
  EXPECT_EQ(server.queries("silent.test"), 2U);
  EXPECT_GE(watch.elapsed(), Milliseconds(60));
  EXPECT_LT(watch.elapsed(), Milliseconds(1500));
}

TEST_F(ResolverTest, EndsAtTheCallersDeadline) {
  server.put("silent.test", behaving(DnsBehaviour::silence));
  settings.timeout = Milliseconds(60000);
  Resolver resolver(loop, settings);
  const Stopwatch watch;
  const MxAnswer answer = run(loop, resolver.mx("silent.test", domsec::testing::in(Milliseconds(50))));
  EXPECT_EQ(answer.status, DnsStatus::timed_out);
  EXPECT_LT(watch.elapsed(), Milliseconds(2000));
  EXPECT_EQ(resolver.unanswered(), 0U);  // nobody waits, so c-ares was told to forget it
  EXPECT_EQ(run(loop, resolver.mx("contoso.com")).status, DnsStatus::ok);
}

TEST_F(ResolverTest, SaysSoWhenNoServerListens) {
  server.stop();
  const MxAnswer answer = mx_of("contoso.com");
  EXPECT_EQ(answer.status, DnsStatus::server_failure);
  EXPECT_THAT(answer.detail, HasSubstr("no name server could be reached"));
}

TEST_F(ResolverTest, AsksTheNextServerWhenTheFirstFails) {
  lab::DnsServer broken(loop);
  broken.put("contoso.com", behaving(DnsBehaviour::servfail));
  settings.servers = {broken.endpoint(), server.endpoint()};
  EXPECT_EQ(mx_of("contoso.com").status, DnsStatus::ok);
  EXPECT_EQ(broken.queries("contoso.com"), 1U);
}

TEST_F(ResolverTest, KeepsTheReasonWhenEveryServerFails) {
  lab::DnsServer other(loop);
  settings.servers = {server.endpoint(), other.endpoint()};
  server.put("contoso.com", behaving(DnsBehaviour::refused));
  other.put("contoso.com", behaving(DnsBehaviour::refused));
  EXPECT_EQ(mx_of("contoso.com").status, DnsStatus::refused);
  server.put("contoso.com", behaving(DnsBehaviour::servfail));
  const MxAnswer answer = mx_of("contoso.com");
  EXPECT_EQ(answer.status, DnsStatus::server_failure);
  EXPECT_THAT(answer.detail, HasSubstr("SERVFAIL"));
}

TEST_F(ResolverTest, SaysSoWhenTheServerListIsUnusable) {
  settings.servers = {Endpoint{"not an address", 53}};
  const MxAnswer answer = mx_of("contoso.com");
  EXPECT_EQ(answer.status, DnsStatus::server_failure);
  EXPECT_THAT(answer.detail, HasSubstr("name servers"));
}

TEST_F(ResolverTest, SeesANullMx) {
  server.put("nomail.test", mx({{0, "."}}));
  const MxAnswer answer = mx_of("nomail.test");
  EXPECT_EQ(answer.status, DnsStatus::ok);
  EXPECT_TRUE(answer.null_mx);
  EXPECT_FALSE(answer.implicit);
  EXPECT_THAT(answer.hosts, IsEmpty());
  EXPECT_THAT(answer.detail, HasSubstr("RFC 7505"));
}

TEST_F(ResolverTest, IgnoresANullMxBesideOthers) {
  server.put("odd.test", mx({{0, "."}, {10, "mail1.contoso.com"}}));
  const MxAnswer answer = mx_of("odd.test");
  EXPECT_FALSE(answer.null_mx);
  ASSERT_EQ(answer.hosts.size(), 1U);
  EXPECT_EQ(answer.hosts[0].host, "mail1.contoso.com");
}

TEST_F(ResolverTest, UsesTheDomainsOwnAddressWhenThereIsNoMxRecord) {
  const MxAnswer answer = mx_of("mail1.contoso.com");
  EXPECT_EQ(answer.status, DnsStatus::ok);
  EXPECT_TRUE(answer.implicit);
  ASSERT_EQ(answer.hosts.size(), 1U);
  EXPECT_EQ(answer.hosts[0].host, "mail1.contoso.com");
  EXPECT_EQ(answer.hosts[0].preference, 0);
  EXPECT_THAT(answer.hosts[0].addresses, ElementsAre("192.0.2.1", "2001:db8::1"));
}

TEST_F(ResolverTest, FindsNeitherMxNorAddress) {
  server.put("empty.test", DnsName());
  const MxAnswer answer = mx_of("empty.test");
  EXPECT_EQ(answer.status, DnsStatus::no_data);
  EXPECT_TRUE(answer.implicit);
  EXPECT_THAT(answer.detail, HasSubstr("empty.test has no MX record, and as a host"));
}

TEST_F(ResolverTest, KeepsAnMxHostWithoutAddressWithItsReason) {
  server.put("two.test", mx({{10, "gone.test"}, {20, "mail1.contoso.com"}, {30, "down.test"}}));
  server.put("down.test", behaving(DnsBehaviour::servfail));
  const MxAnswer answer = mx_of("two.test");
  EXPECT_EQ(answer.status, DnsStatus::ok);
  ASSERT_EQ(answer.hosts.size(), 3U);
  EXPECT_EQ(answer.hosts[0].status, DnsStatus::no_such_domain);
  EXPECT_THAT(answer.hosts[0].detail, HasSubstr("NXDOMAIN"));
  EXPECT_EQ(answer.hosts[1].status, DnsStatus::ok);
  EXPECT_EQ(answer.hosts[2].status, DnsStatus::server_failure);
}

TEST_F(ResolverTest, FollowsAnMxTargetThatIsAnAliasAndNotesIt) {
  server.put("cname.test", mx({{10, "www.cname.test"}}));
  server.put("www.cname.test", alias("mail1.contoso.com"));
  const MxAnswer answer = mx_of("cname.test");
  ASSERT_EQ(answer.hosts.size(), 1U);
  EXPECT_EQ(answer.hosts[0].host, "www.cname.test");
  EXPECT_EQ(answer.hosts[0].canonical, "mail1.contoso.com");
  EXPECT_THAT(answer.hosts[0].addresses, ElementsAre("192.0.2.1", "2001:db8::1"));
  EXPECT_THAT(answer.hosts[0].detail, HasSubstr("alias of mail1.contoso.com"));
}

TEST_F(ResolverTest, FollowsADomainThatIsAnAlias) {
  server.put("old.test", alias("contoso.com"));
  const MxAnswer answer = mx_of("old.test");
  EXPECT_EQ(answer.status, DnsStatus::ok);
  EXPECT_EQ(answer.hosts.size(), 2U);
  EXPECT_THAT(answer.detail, HasSubstr("alias of contoso.com"));
}

TEST_F(ResolverTest, EndsAliasesThatLeadInACircle) {
  server.put("a.test", alias("b.test"));
  server.put("b.test", alias("a.test"));
  server.put("self.test", alias("self.test"));
  server.put("viamx.test", mx({{10, "a.test"}}));
  for (const char* domain : {"a.test", "self.test"}) {
    SCOPED_TRACE(domain);
    const MxAnswer answer = mx_of(domain);
    EXPECT_EQ(answer.status, DnsStatus::malformed);
    EXPECT_THAT(answer.detail, HasSubstr("circle"));
  }
  const MxAnswer answer = mx_of("viamx.test");
  EXPECT_EQ(answer.status, DnsStatus::ok);
  ASSERT_EQ(answer.hosts.size(), 1U);
  EXPECT_EQ(answer.hosts[0].status, DnsStatus::malformed);
}

TEST_F(ResolverTest, EndsAChainOfAliasesThatIsTooLong) {
  for (int i = 0; i < 30; ++i)
    server.put("c" + std::to_string(i) + ".test", alias("c" + std::to_string(i + 1) + ".test"));
  server.put("c30.test", host({"192.0.2.30"}));
  EXPECT_EQ(addresses_of("c0.test").status, DnsStatus::malformed);
  EXPECT_THAT(addresses_of("c25.test").addresses, ElementsAre("192.0.2.30"));
}

TEST_F(ResolverTest, RefusesAnMxTargetThatIsAnAddressOrNoHostName) {
  server.put("numeric.test", mx({{10, "192.0.2.77"}, {20, "bad host"}}));
  const MxAnswer answer = mx_of("numeric.test");
  ASSERT_EQ(answer.hosts.size(), 2U);
  EXPECT_EQ(answer.hosts[0].status, DnsStatus::malformed);
  EXPECT_THAT(answer.hosts[0].addresses, IsEmpty());
  EXPECT_THAT(answer.hosts[0].detail, HasSubstr("is an address, not a host name"));
  EXPECT_EQ(answer.hosts[1].host, "bad\\032host");
  EXPECT_EQ(answer.hosts[1].status, DnsStatus::malformed);
}

TEST_F(ResolverTest, OrdersEqualPreferencesTheSameWayEachTime) {
  server.put("equal.test",
             mx({{10, "c.test"}, {10, "a.test"}, {5, "z.test"}, {10, "b.test"}, {20, "a.test"}}));
  std::vector<std::string> hosts;
  for (const MxHost& found : mx_of("equal.test").hosts) hosts.push_back(found.host);
  EXPECT_THAT(hosts, ElementsAre("z.test", "a.test", "b.test", "c.test"));
}

TEST_F(ResolverTest, UsesTheFirstOfThreeHundredMxHostsAndCountsTheRest) {
  std::vector<lab::DnsMx> records;
  for (int i = 0; i < 300; ++i) {
    const std::string name = "mx" + std::to_string(i) + ".many.test";
    records.push_back({static_cast<std::uint16_t>(300 - i), name});
    server.put(name, host({"192.0.2." + std::to_string(i % 250 + 1)}));
  }
  server.put("many.test", mx(records));
  const MxAnswer answer = mx_of("many.test");
  EXPECT_EQ(answer.status, DnsStatus::ok);
  ASSERT_EQ(answer.hosts.size(), 50U);
  EXPECT_EQ(answer.left_out, 250U);
  EXPECT_EQ(answer.hosts[0].host, "mx299.many.test");
  for (const MxHost& found : answer.hosts) EXPECT_EQ(found.addresses.size(), 1U);
  EXPECT_EQ(server.queries("mx0.many.test"), 0U);  // bounded: what is not used is not asked for
  EXPECT_GE(server.tcp_queries(), 1U);             // the answer did not fit a datagram
}

TEST_F(ResolverTest, TurnsToTcpWhenTheAnswerIsTruncated) {
  DnsName cut = mx({{10, "mail1.contoso.com"}});
  cut.behaviour = DnsBehaviour::truncated;
  server.put("cut.test", cut);
  const MxAnswer answer = mx_of("cut.test");
  EXPECT_EQ(answer.status, DnsStatus::ok);
  EXPECT_EQ(answer.hosts.size(), 1U);
  EXPECT_EQ(server.queries("cut.test"), 2U);
  EXPECT_EQ(server.tcp_queries(), 1U);
}

TEST_F(ResolverTest, AsksOnlyForTheFamiliesInUse) {
  settings.ipv4 = false;
  EXPECT_THAT(addresses_of("mail1.contoso.com").addresses, ElementsAre("2001:db8::1"));
  EXPECT_EQ(addresses_of("mail2.contoso.com").status, DnsStatus::no_data);
  settings.ipv4 = true;
  settings.ipv6 = false;
  EXPECT_THAT(addresses_of("mail1.contoso.com").addresses, ElementsAre("192.0.2.1"));
  EXPECT_EQ(server.queries("mail1.contoso.com"), 2U);
}

TEST_F(ResolverTest, TakesANumericHostAsItsOwnAddress) {
  EXPECT_THAT(addresses_of("192.0.2.9").addresses, ElementsAre("192.0.2.9"));
  EXPECT_THAT(addresses_of("2001:DB8::9").addresses, ElementsAre("2001:db8::9"));
  EXPECT_THAT(addresses_of("[192.0.2.9]").addresses, ElementsAre("192.0.2.9"));
  EXPECT_THAT(addresses_of("[IPv6:2001:db8::9]").addresses, ElementsAre("2001:db8::9"));
  EXPECT_THAT(mx_of("192.0.2.9").hosts.at(0).addresses, ElementsAre("192.0.2.9"));
  EXPECT_THAT(addresses_of("localhost").addresses, ElementsAre("127.0.0.1", "::1"));
  EXPECT_EQ(server.queries(), 0U);
}

TEST_F(ResolverTest, LetsAnOverrideReplaceTheLookup) {
  settings.overrides["Partner.Example."] = {"127.0.0.1", "::1"};
  settings.overrides["mail2.contoso.com"] = {"127.0.0.2"};
  settings.overrides["bad.example"] = {"not-numeric"};
  const MxAnswer domain = mx_of("partner.example");
  EXPECT_EQ(domain.status, DnsStatus::ok);
  EXPECT_TRUE(domain.overridden);
  ASSERT_EQ(domain.hosts.size(), 1U);
  EXPECT_EQ(domain.hosts[0].host, "partner.example");
  EXPECT_THAT(domain.hosts[0].addresses, ElementsAre("127.0.0.1", "::1"));
  EXPECT_EQ(server.queries(), 0U);
  const MxAnswer contoso = mx_of("contoso.com");
  EXPECT_FALSE(contoso.overridden);
  EXPECT_THAT(contoso.hosts.at(1).addresses, ElementsAre("127.0.0.2"));
  EXPECT_EQ(server.queries("mail2.contoso.com"), 0U);
  EXPECT_EQ(mx_of("bad.example").status, DnsStatus::no_data);
}

TEST_F(ResolverTest, NamesTheLookupThatFailed) {
  server.put("slow.test", behaving(DnsBehaviour::silence));
  settings.timeout = Milliseconds(50);
  const MxHost silent = addresses_of("slow.test");
  EXPECT_EQ(silent.status, DnsStatus::timed_out);
  EXPECT_THAT(silent.detail, HasSubstr("A lookup: no name server answered in time"));
}

task<void> count(Resolver& resolver, std::string domain, std::size_t& found) {
  const MxAnswer answer = co_await resolver.mx(domain);
  if (answer.status == DnsStatus::ok && answer.hosts.at(0).addresses.size() == 1) ++found;
}

TEST_F(ResolverTest, KeepsTheCapOfQueriesInFlightOverFiveHundredLookups) {
  settings.most_in_flight = 100;
  std::size_t found = 0;
  Resolver resolver(loop, settings);
  for (int i = 0; i < 500; ++i) {
    const std::string domain = "d" + std::to_string(i) + ".test";
    server.put(domain, mx({{10, "mx." + domain}}));
    server.put("mx." + domain, host({"192.0.2.1"}));
    loop.spawn(count(resolver, domain, found));
  }
  loop.run();
  EXPECT_EQ(found, 500U);
  EXPECT_EQ(resolver.most_seen_in_flight(), 100U);
  EXPECT_EQ(resolver.unanswered(), 0U);
  EXPECT_EQ(server.queries(), 1500U);  // none was lost and asked again
}

TEST_F(ResolverTest, WaitsForADelayedAnswer) {
  DnsName late = host({"192.0.2.5"});
  late.delay = Milliseconds(30);
  server.put("late.test", late);
  EXPECT_THAT(addresses_of("late.test").addresses, ElementsAre("192.0.2.5"));
}

task<void> keep(std::shared_ptr<Resolver> resolver, std::string domain, std::vector<DnsStatus>& into) {
  task<MxAnswer> lookup = resolver->mx(domain);
  resolver.reset();  // the resolver may go while its lookup runs
  into.push_back((co_await std::move(lookup)).status);
}

task<void> destroy(std::unique_ptr<Resolver>& resolver) {
  co_await sleep(Milliseconds(20));
  resolver.reset();
}

task<void> ask(Resolver& resolver, std::string domain, std::vector<DnsStatus>& into) {
  into.push_back((co_await resolver.mx(domain)).status);
}

TEST_F(ResolverTest, MayBeDestroyedWhileQueriesRunAndWait) {
  server.put("silent.test", behaving(DnsBehaviour::silence));
  settings.most_in_flight = 2;
  auto resolver = std::make_unique<Resolver>(loop, settings);
  std::vector<DnsStatus> seen;
  for (int i = 0; i < 5; ++i) loop.spawn(ask(*resolver, "silent.test", seen));
  loop.spawn(destroy(resolver));
  const Stopwatch watch;
  loop.run();
  EXPECT_EQ(seen, std::vector<DnsStatus>(5, DnsStatus::server_failure));
  EXPECT_LT(watch.elapsed(), Milliseconds(1500));
}

TEST_F(ResolverTest, MayBeDestroyedBeforeItsLookupStarts) {
  std::vector<DnsStatus> seen;
  loop.spawn(keep(std::make_shared<Resolver>(loop, settings), "contoso.com", seen));
  loop.run();
  EXPECT_EQ(seen, std::vector<DnsStatus>(1, DnsStatus::server_failure));
}

TEST_F(ResolverTest, MayOutliveALoopThatStopsInTheMiddle) {
  server.put("silent.test", behaving(DnsBehaviour::silence));
  std::vector<DnsStatus> seen;
  auto inner = std::make_unique<Loop>();
  auto resolver = std::make_unique<Resolver>(*inner, settings);
  for (int i = 0; i < 3; ++i) inner->spawn(ask(*resolver, "silent.test", seen));
  auto stop = [](Loop& of) -> task<void> {
    co_await sleep(Milliseconds(20));
    of.stop();
  };
  inner->spawn(stop(*inner));
  inner->run();
  resolver.reset();
  inner.reset();  // the frames are destroyed while they wait
  EXPECT_THAT(seen, IsEmpty());
}

TEST_F(ResolverTest, LeavesFramesThatWaitToADyingLoop) {
  server.put("silent.test", behaving(DnsBehaviour::silence));
  auto inner = std::make_unique<Loop>();
  auto hold = [](std::shared_ptr<Resolver> resolver) -> task<void> { co_await resolver->mx("silent.test"); };
  auto stop = [](Loop& of) -> task<void> {
    co_await sleep(Milliseconds(20));
    of.stop();
  };
  inner->spawn(hold(std::make_shared<Resolver>(*inner, settings)));
  inner->spawn(stop(*inner));
  inner->run();
  inner.reset();  // the last owner of the resolver is the frame that the loop destroys
}

}  // namespace
}  // namespace domsec::net
