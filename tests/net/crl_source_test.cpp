// The CRL source against the lab's CRL server over real loopback sockets. Time is given, only timeouts are
// real.
#include "domsec/net/crl_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "domsec/lab/crl_server.h"
#include "domsec/lab/dns_server.h"
#include "domsec/pki/authority.h"
#include "support/loopback.h"
#include "support/pki.h"

namespace domsec::net {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using domsec::testing::crl_recipe;
using domsec::testing::leaf_recipe;
using domsec::testing::Stopwatch;
using domsec::testing::TemporaryDirectory;
using domsec::testing::test_instant;
using domsec::testing::three_levels;
using lab::CrlBehaviour;
using lab::CrlPage;
using pki::CrlOrigin;
using pki::CrlProblem;
using std::chrono::days;
using Candidates = std::vector<pki::CrlCandidate>;

std::string pem_of(const std::string& der) {
  static const std::string digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < der.size(); i += 3) {
    std::uint32_t bits = 0;
    for (std::size_t k = 0; k < 3; ++k)
      bits = bits << 8U | (i + k < der.size() ? static_cast<std::uint8_t>(der[i + k]) : 0U);
    for (std::size_t k = 0; k < 4; ++k)
      text += i + k <= der.size() ? digits[bits >> (18 - 6 * k) & 63U] : '=';
    if (i % 48 == 45 && i + 3 < der.size()) text += '\n';
  }
  return "-----BEGIN X509 CRL-----\n" + text + "\n-----END X509 CRL-----\n";
}

class CrlSourceTest : public ::testing::Test {
 protected:
  CrlSourceTest() {
    settings.limits.timeout = Milliseconds(3000);  // never waited for, except where a test shortens it
    resolver_settings.servers = {dns.endpoint()};
    put("/ca.crl", list());
  }
  static std::string list(const pki::CrlRecipe& recipe = crl_recipe()) {
    return three_levels().issuing.crl(recipe);
  }
  void put(const std::string& path, std::string body, CrlBehaviour behaviour = CrlBehaviour::serve) {
    CrlPage page;
    page.body = std::move(body);
    page.behaviour = behaviour;
    server.put(path, page);
  }
  pki::CertificatePtr leaf(std::vector<std::string> uris) const {
    pki::CertificateRecipe recipe = leaf_recipe({"mail1.contoso.com"});
    recipe.crl_distribution_points = std::move(uris);
    return three_levels().issuing.issue(recipe).chain.front();
  }
  static pki::CertificatePtr issuer() { return three_levels().issuing.certificate(); }
  Candidates ask(CrlSource& from, const pki::CertificatePtr& certificate, pki::Instant now = test_instant) {
    return run(loop, from.candidates(certificate, issuer(), now));
  }
  /// One distribution point, one new source, one candidate.
  pki::CrlCandidate ask_for(const std::string& uri) {
    CrlSource from(std::make_shared<Resolver>(loop, resolver_settings), settings);
    const Candidates found = ask(from, leaf({uri}));
    EXPECT_EQ(found.size(), 1U);
    return found.empty() ? pki::CrlCandidate() : found.front();
  }
  std::unique_ptr<CrlSource> make_source() {
    return std::make_unique<CrlSource>(std::make_shared<Resolver>(loop, resolver_settings), settings);
  }

  Loop loop;
  lab::DnsServer dns{loop};
  lab::CrlServer server{loop};
  ResolverSettings resolver_settings;
  CrlSettings settings;
};

TEST_F(CrlSourceTest, FetchesOnceAndThenUsesTheCacheUntilNextUpdate) {
  const auto from = make_source();
  const auto certificate = leaf({server.uri("/ca.crl")});
  const Candidates first = ask(*from, certificate);
  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(first[0].origin, CrlOrigin::fetched);
  EXPECT_EQ(first[0].problem, CrlProblem::none);
  EXPECT_EQ(first[0].uri, server.uri("/ca.crl"));
  EXPECT_EQ(first[0].detail, "");
  ASSERT_TRUE(first[0].crl);
  const Candidates second = ask(*from, certificate, test_instant + days(6));
  ASSERT_EQ(second.size(), 1U);
  EXPECT_EQ(second[0].origin, CrlOrigin::cache);
  EXPECT_EQ(second[0].crl, first[0].crl);
  EXPECT_EQ(server.gets("/ca.crl"), 1U);

  pki::CrlRecipe newer = crl_recipe({certificate->serial});
  newer.this_update = test_instant + days(7);
  newer.next_update = test_instant + days(14);
  put("/ca.crl", list(newer));
  const Candidates third = ask(*from, certificate, test_instant + days(8));
  ASSERT_EQ(third.size(), 1U);
  EXPECT_EQ(third[0].origin, CrlOrigin::fetched);
  EXPECT_EQ(third[0].crl->entries(), 1U);
  EXPECT_EQ(server.gets("/ca.crl"), 2U);
  EXPECT_EQ(from->fetches(), 2U);
}

TEST_F(CrlSourceTest, OffersTheOutdatedListBesideTheProblemWhenARefetchFails) {
  const auto from = make_source();
  const auto certificate = leaf({server.uri("/ca.crl")});
  ask(*from, certificate);
  server.refuse();
  const Candidates found = ask(*from, certificate, test_instant + days(8));
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].origin, CrlOrigin::cache);
  EXPECT_TRUE(found[0].crl);
  EXPECT_EQ(found[1].problem, CrlProblem::unreachable);
  EXPECT_FALSE(found[1].crl);
}

TEST_F(CrlSourceTest, DoesNotAskAgainAtOnceForAListThatTheServerServesOutdated) {
  const auto from = make_source();
  const auto certificate = leaf({server.uri("/ca.crl")});
  const pki::Instant late = test_instant + days(30);
  EXPECT_EQ(ask(*from, certificate, late).at(0).origin, CrlOrigin::fetched);
  EXPECT_EQ(ask(*from, certificate, late).at(0).origin, CrlOrigin::cache);
  EXPECT_EQ(server.gets("/ca.crl"), 1U);
}

TEST_F(CrlSourceTest, TakesPemAsWellAsDer) {
  put("/pem.crl", pem_of(list()));
  EXPECT_TRUE(ask_for(server.uri("/pem.crl")).crl);
}

TEST_F(CrlSourceTest, NamesTheProblemOfWhatIsNoList) {
  settings.limits.octets = 5000;
  put("/html", "<html>captive portal</html>");
  put("/empty", "");
  put("/half", list().substr(0, 100));
  put("/large", std::string(5001, '0'));
  put("/endless", "", CrlBehaviour::endless);
  put("/garbage", "", CrlBehaviour::garbage);
  put("/cut", list(), CrlBehaviour::cut_short);
  CrlPage away;
  away.behaviour = CrlBehaviour::redirect;
  away.location = "file:///etc/passwd";
  server.put("/file", away);
  away.location = "/circle";
  server.put("/circle", away);
  struct Row {
    std::string uri;
    CrlProblem problem;
    const char* detail;
  };
  const Row rows[] = {
      {server.uri("/html"), CrlProblem::invalid, "the 27 octets are no CRL"},
      {server.uri("/empty"), CrlProblem::invalid, "the 0 octets are no CRL"},
      {server.uri("/half"), CrlProblem::invalid, "no CRL"},
      {server.uri("/large"), CrlProblem::too_large, "larger than is allowed"},
      {server.uri("/endless"), CrlProblem::too_large, "larger than is allowed"},
      {server.uri("/garbage"), CrlProblem::unreachable, "no HTTP"},
      {server.uri("/cut"), CrlProblem::unreachable, "ended early after 2 tries"},
      {server.uri("/file"), CrlProblem::unreachable, "redirect: file is not fetched, only http is"},
      {server.uri("/circle"), CrlProblem::unreachable, "more than 3 redirects"},
      {server.uri("/gone"), CrlProblem::unreachable, "HTTP status 404"},
      {"http://gone.contoso.com/ca.crl", CrlProblem::unreachable, "NXDOMAIN"},
      {"ldap:///CN=CA,DC=contoso", CrlProblem::no_cdp, "ldap is not fetched, only http is"},
      {"https://crl.contoso.com/ca.crl", CrlProblem::unreachable, "https is not fetched, only http is"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.uri);
    const pki::CrlCandidate candidate = ask_for(row.uri);
    EXPECT_FALSE(candidate.crl);
    EXPECT_EQ(candidate.problem, row.problem);
    EXPECT_EQ(candidate.uri, row.uri);
    EXPECT_THAT(candidate.detail, HasSubstr(row.detail));
  }
}

TEST_F(CrlSourceTest, GivesUpOnARefusedConnectionAfterItsTries) {
  settings.tries = 3;
  server.refuse();
  const Stopwatch watch;
  const pki::CrlCandidate candidate = ask_for(server.uri("/ca.crl"));
  EXPECT_EQ(candidate.problem, CrlProblem::unreachable);
  EXPECT_EQ(candidate.detail, "connection refused after 3 tries");
  EXPECT_LT(watch.elapsed(), Milliseconds(1500));
}

TEST_F(CrlSourceTest, TriesAgainAfterAServerError) {
  CrlPage broken;
  broken.status = 503;
  server.put("/503", broken);
  EXPECT_EQ(ask_for(server.uri("/503")).detail, "HTTP status 503 after 2 tries");
  EXPECT_EQ(server.gets("/503"), 2U);
  ask_for(server.uri("/404"));
  EXPECT_EQ(server.connections(), 3U);  // the same would come back
}

TEST_F(CrlSourceTest, EndsAtTheTimeoutWhenTheServerIsSilentOrDrips) {
  settings.limits.timeout = Milliseconds(60);
  put("/silent", list(), CrlBehaviour::silence);
  CrlPage drip;
  drip.body = list();
  drip.behaviour = CrlBehaviour::drip;
  drip.pace = Milliseconds(10);
  server.put("/drip", drip);
  for (const char* path : {"/silent", "/drip"}) {
    SCOPED_TRACE(path);
    const Stopwatch watch;
    const pki::CrlCandidate candidate = ask_for(server.uri(path));
    EXPECT_EQ(candidate.problem, CrlProblem::unreachable);
    EXPECT_THAT(candidate.detail, HasSubstr("no whole answer in time (60 ms)"));
    EXPECT_EQ(server.gets(path), 1U);
    EXPECT_LT(watch.elapsed(), Milliseconds(1500));
  }
}

TEST_F(CrlSourceTest, LeavesAFailedServerAloneForAWhile) {
  server.refuse();
  const auto from = make_source();
  const auto certificate = leaf({server.uri("/ca.crl")});
  ask(*from, certificate);
  server.listen();
  const Candidates again = ask(*from, certificate);
  EXPECT_EQ(again.at(0).problem, CrlProblem::unreachable);
  EXPECT_THAT(again.at(0).detail, HasSubstr("tried a moment ago"));
  EXPECT_EQ(from->fetches(), 1U);
  EXPECT_EQ(server.connections(), 0U);

  settings.retry_after = Milliseconds(0);
  const auto eager = make_source();
  server.refuse();
  ask(*eager, certificate);
  server.listen();
  EXPECT_TRUE(ask(*eager, certificate).at(0).crl);
  EXPECT_EQ(eager->fetches(), 2U);
}

task<void> count(CrlSource& from, pki::CertificatePtr certificate, pki::CertificatePtr issuer,
                 std::size_t& lists) {
  const Candidates found = co_await from.candidates(certificate, issuer, test_instant);
  if (found.size() == 1 && found.front().crl) ++lists;
}

TEST_F(CrlSourceTest, FetchesOnceForTenSessionsThatAskTogether) {
  const auto from = make_source();
  std::size_t lists = 0;
  for (int i = 0; i < 10; ++i) loop.spawn(count(*from, leaf({server.uri("/ca.crl")}), issuer(), lists));
  loop.run();
  EXPECT_EQ(lists, 10U);
  EXPECT_EQ(from->fetches(), 1U);
  EXPECT_EQ(server.gets("/ca.crl"), 1U);
}

task<void> abandon(std::unique_ptr<CrlSource> from, pki::CertificatePtr certificate,
                   pki::CertificatePtr issuer, std::size_t& lists) {
  task<Candidates> asked = from->candidates(certificate, issuer, test_instant);
  from.reset();
  const Candidates found = co_await std::move(asked);
  if (found.size() == 1 && found.front().crl) ++lists;
}

TEST_F(CrlSourceTest, MayBeDestroyedWhileAFetchRuns) {
  std::size_t lists = 0;
  loop.spawn(abandon(make_source(), leaf({server.uri("/ca.crl")}), issuer(), lists));
  loop.run();
  EXPECT_EQ(lists, 1U);
}

TEST_F(CrlSourceTest, TriesTheDistributionPointsInOrderUntilOneSettlesTheMatter) {
  put("/other.crl", three_levels().second.crl(crl_recipe()));  // another issuer's
  put("/unused.crl", list());
  const auto from = make_source();
  const Candidates found = ask(*from, leaf({"ldap:///CN=CA", server.uri("/gone"), server.uri("/other.crl"),
                                            server.uri("/ca.crl"), server.uri("/unused.crl")}));
  ASSERT_EQ(found.size(), 4U);
  EXPECT_EQ(found[0].problem, CrlProblem::no_cdp);
  EXPECT_EQ(found[1].problem, CrlProblem::unreachable);
  EXPECT_TRUE(found[2].crl);  // judged by pki::examine_revocation
  EXPECT_EQ(found[3].uri, server.uri("/ca.crl"));
  EXPECT_EQ(server.gets("/unused.crl"), 0U);
}

TEST_F(CrlSourceTest, TriesNoMoreThanEightDistributionPoints) {
  std::vector<std::string> uris;
  for (int i = 0; i < 20; ++i) uris.push_back(server.uri("/none" + std::to_string(i)));
  const auto from = make_source();
  const Candidates found = ask(*from, leaf(uris));
  ASSERT_EQ(found.size(), 9U);
  EXPECT_THAT(found.back().detail, HasSubstr("names too many"));
  EXPECT_EQ(server.connections(), 8U);
}

TEST_F(CrlSourceTest, SpendsABoundedTimeOnAllDistributionPointsTogether) {
  settings.limits.timeout = Milliseconds(40);
  std::vector<std::string> uris;
  for (int i = 0; i < 6; ++i) {
    const std::string path = "/silent" + std::to_string(i);
    put(path, "", CrlBehaviour::silence);
    uris.push_back(server.uri(path));
  }
  const auto from = make_source();
  const Candidates found = ask(*from, leaf(uris));
  EXPECT_LE(from->fetches(), 2U);
  EXPECT_THAT(found.back().detail, HasSubstr("took all the time"));
}

TEST_F(CrlSourceTest, SaysThatThereIsNoDistributionPoint) {
  const auto from = make_source();
  const Candidates found = ask(*from, leaf({}));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].problem, CrlProblem::no_cdp);
  EXPECT_FALSE(found[0].crl);
}

TEST_F(CrlSourceTest, UsesFilesOfTheIssuerBeforeTheNetwork) {
  settings.files = {pki::Crl::read(three_levels().second.crl(crl_recipe())), pki::Crl::read(list())};
  settings.file_names = {"second.crl", "issuing.crl"};
  const auto from = make_source();
  const Candidates found = ask(*from, leaf({server.uri("/ca.crl")}));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].origin, CrlOrigin::file);
  EXPECT_EQ(found[0].uri, "issuing.crl");
  EXPECT_EQ(server.connections(), 0U);
  EXPECT_EQ(ask(*from, leaf({})).at(0).origin, CrlOrigin::file);  // and then no CDP is no problem

  const Candidates later = ask(*from, leaf({server.uri("/ca.crl")}), test_instant + days(8));
  ASSERT_EQ(later.size(), 2U);  // out of date: the distribution point is asked too
  EXPECT_EQ(later[0].origin, CrlOrigin::file);
  EXPECT_EQ(later[1].origin, CrlOrigin::fetched);
}

TEST_F(CrlSourceTest, FetchesNothingWhenItIsNotTo) {
  settings.mode = CrlMode::off;
  const auto off = make_source();
  EXPECT_TRUE(ask(*off, leaf({server.uri("/ca.crl")})).empty());
  settings.mode = CrlMode::cached;
  const auto cached = make_source();
  EXPECT_EQ(cached->mode(), CrlMode::cached);
  const Candidates found = ask(*cached, leaf({server.uri("/ca.crl")}));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].problem, CrlProblem::unavailable);
  EXPECT_EQ(server.connections(), 0U);
}

TEST_F(CrlSourceTest, KeepsListsOnDiskForTheNextRun) {
  const TemporaryDirectory directory;
  settings.cache_directory = directory.path() + "/crl";
  const auto certificate = leaf({server.uri("/ca.crl")});
  ask(*make_source(), certificate);
  settings.mode = CrlMode::cached;
  const auto next = make_source();
  const Candidates found = ask(*next, certificate);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].origin, CrlOrigin::cache);
  EXPECT_TRUE(found[0].crl);
  EXPECT_EQ(server.gets("/ca.crl"), 1U);

  std::ofstream(settings.cache_directory + "/notes.txt") << "not ours";
  next->clear();
  EXPECT_EQ(ask(*next, certificate).at(0).problem, CrlProblem::unavailable);
  std::vector<std::string> left;
  for (const auto& file : std::filesystem::directory_iterator(settings.cache_directory))
    left.push_back(file.path().filename());
  EXPECT_THAT(left, ElementsAre("notes.txt"));
}

TEST_F(CrlSourceTest, FetchesAgainWhenTheFileOnDiskIsBrokenOrOutdated) {
  const TemporaryDirectory directory;
  settings.cache_directory = directory.path();
  const auto certificate = leaf({server.uri("/ca.crl")});
  ask(*make_source(), certificate);
  EXPECT_EQ(ask(*make_source(), certificate, test_instant + days(8)).at(0).origin, CrlOrigin::fetched);
  for (const auto& file : std::filesystem::directory_iterator(directory.path()))
    std::ofstream(file.path()) << "broken";
  EXPECT_EQ(ask(*make_source(), certificate).at(0).origin, CrlOrigin::fetched);
  EXPECT_EQ(server.gets("/ca.crl"), 3U);
}

TEST_F(CrlSourceTest, SaysSoWhenTheDiskCannotKeepAList) {
  const TemporaryDirectory directory;
  settings.cache_directory = directory.write("file", "in the way");
  const pki::CrlCandidate candidate = ask_for(server.uri("/ca.crl"));
  EXPECT_TRUE(candidate.crl);
  EXPECT_THAT(candidate.detail, HasSubstr("cannot be kept in"));
}

}  // namespace
}  // namespace domsec::net
