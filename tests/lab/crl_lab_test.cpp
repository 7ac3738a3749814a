// The CRL lab: one distribution point over real HTTP that is right or wrong in one way, and what a relying party comes to
// with it when an unknown state costs the mail, costs a warning, or is not asked for (D-9; DS150 to DS157).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "domsec/lab/crl_server.h"
#include "domsec/net/crl_source.h"
#include "domsec/policy/domain_security.h"
#include "policy/evidence_samples.h"
#include "support/crl.h"
#include "support/large_crl.h"
#include "support/loopback.h"
#include "support/pki.h"

namespace domsec::lab {
namespace {

using finding::Code;
using policy::Result;
using std::chrono::days;
using std::chrono::hours;
using testing::changed;
using testing::crl_recipe;
using testing::delta_of;
using testing::large_crl;
using testing::leaf_recipe;
using testing::test_instant;
using testing::ThreeLevels;
using testing::three_levels;
using testing::with_delta_at;

constexpr const char* path = "/list.crl";
constexpr const char* delta_path = "/delta.crl";

class CrlLab : public ::testing::Test {
 protected:
  CrlLab() {
    settings.limits.timeout = net::Milliseconds(30000);  // of a busy machine, too; shortened where it is waited for
    pki::CertificateRecipe recipe = leaf_recipe({"contoso.com"});
    recipe.crl_distribution_points = {server.uri(path)};
    leaf = issuer().issue(recipe).chain.front();
  }
  static const pki::Authority& issuer() { return three_levels().issuing; }

  static pki::CrlRecipe numbered(std::uint64_t number, const std::vector<std::string>& revoked = {}) {
    pki::CrlRecipe recipe = crl_recipe(revoked);
    recipe.number = number;
    return recipe;
  }
  void serve(std::string body, const char* where = path) {
    CrlPage page;
    page.body = std::move(body);
    server.put(where, page);
  }
  void behave(CrlBehaviour behaviour, net::Milliseconds pace = net::Milliseconds(1000)) {
    CrlPage page;
    page.body = issuer().crl(crl_recipe());
    page.behaviour = behaviour;
    page.location = server.uri(path);
    page.pace = pace;
    server.put(path, page);
  }
  /// A base that names its delta list, and that.
  void serve_with_delta(const std::string& delta) {
    serve(changed(issuer(), numbered(10), with_delta_at(server.uri(delta_path))));
    serve(delta, delta_path);
  }
  static std::string delta(std::uint64_t base, std::uint64_t number, hours age, hours left,
                           const std::vector<std::string>& revoked = {}) {
    pki::CrlRecipe recipe = numbered(number, revoked);
    recipe.this_update = test_instant - age;
    recipe.next_update = test_instant + left;
    return changed(issuer(), recipe, delta_of(base));
  }

  /// The leaf's answer by one source; the second one of the same source has a warm cache.
  std::vector<pki::Revocation> ask(net::CrlSource& from, pki::Instant at) {
    const auto found = net::run(loop, from.candidates(leaf, issuer().certificate(), at));
    return {pki::examine_revocation({{leaf, issuer().certificate()}}, found, {.at = at})};
  }
  net::CrlSource source() {
    return net::CrlSource(std::make_shared<net::Resolver>(loop, net::ResolverSettings()), settings);
  }

  /// The verdict on a session that is good but for what is known of its revocation.
  static policy::Verdict judge(const std::vector<pki::Revocation>& revocations, policy::CrlFail fail) {
    policy::Evidence seen = policy::samples::good_session(policy::Role::send);
    seen.peer.revocations = revocations;
    policy::Rules rules;
    rules.crl_fail = fail;
    return policy::judge_send(policy::samples::domain_secured(policy::Role::send), seen, rules, test_instant);
  }

  net::Loop loop;
  CrlServer server{loop};
  net::CrlSettings settings;
  pki::CertificatePtr leaf;
};

struct Expected {
  Code code;      // the headline with hard; with soft it is a warning
  Result hard;
  Result soft;
};

constexpr Expected good{Code::mutual_tls_ok, Result::pass, Result::pass};
constexpr Expected unknown(Code code) { return {code, Result::fail, Result::pass}; }
constexpr Expected is_revoked{Code::certificate_revoked, Result::fail, Result::fail};

bool names(const policy::Verdict& verdict, Code code) {
  return std::any_of(verdict.findings.begin(), verdict.findings.end(),
                     [code](const policy::Finding& finding) { return finding.code == code; });
}

void hold_to(const Expected& expected, const std::vector<pki::Revocation>& revocations,
             policy::Verdict (*judge)(const std::vector<pki::Revocation>&, policy::CrlFail)) {
  const policy::Verdict hard = judge(revocations, policy::CrlFail::hard);
  const policy::Verdict soft = judge(revocations, policy::CrlFail::soft);
  EXPECT_EQ(finding::name(hard.headline.code), finding::name(expected.code)) << hard.headline.detail;
  EXPECT_EQ(hard.result, expected.hard);
  EXPECT_EQ(soft.result, expected.soft);
  EXPECT_TRUE(names(soft, expected.code)) << "soft keeps it as a warning";
  // Each verdict tells the others beside its own.
  for (const policy::Verdict* verdict : {&hard, &soft}) {
    ASSERT_TRUE(verdict->revocation);
    EXPECT_EQ(verdict->revocation->hard, expected.hard);
    EXPECT_EQ(verdict->revocation->soft, expected.soft);
    EXPECT_EQ(verdict->revocation->off, Result::pass) << "nobody asks";
  }
  EXPECT_EQ(hard.revocation->in_force, policy::RevocationMode::hard);
  EXPECT_EQ(soft.revocation->in_force, policy::RevocationMode::soft);
}

TEST_F(CrlLab, EveryListComesToItsFindingUnderHardSoftAndOff) {
  const ThreeLevels impostor;
  const ThreeLevels fabrikam("Fabrikam");
  const struct {
    const char* name;
    std::function<void()> prepare;
    Expected expected;
  } table[] = {
      {"fresh", [&] { serve(issuer().crl(crl_recipe())); }, good},
      {"fresh and lists it", [&] { serve(issuer().crl(crl_recipe({leaf->serial}))); }, is_revoked},
      {"stale",
       [&] {
         pki::CrlRecipe recipe = crl_recipe();
         recipe.next_update = test_instant - hours{1};
         serve(issuer().crl(recipe));
       },
       unknown(Code::crl_stale)},
      {"future",
       [&] {
         pki::CrlRecipe recipe = crl_recipe();
         recipe.this_update = test_instant + hours{1};
         serve(issuer().crl(recipe));
       },
       unknown(Code::crl_not_yet_valid)},
      {"of another issuer", [&] { serve(fabrikam.issuing.crl(crl_recipe())); }, unknown(Code::crl_wrong_issuer)},
      {"of another key of the issuer's name", [&] { serve(impostor.issuing.crl(crl_recipe())); },
       unknown(Code::crl_wrong_issuer)},
      {"a spoilt signature",
       [&] {
         std::string body = issuer().crl(crl_recipe());
         body.back() = static_cast<char>(body.back() ^ 1);
         serve(body);
       },
       unknown(Code::crl_invalid)},
      {"no list at all", [&] { serve("<html>captive portal</html>"); }, unknown(Code::crl_invalid)},
      {"slow", [&] { behave(CrlBehaviour::drip); }, unknown(Code::crl_unreachable)},
      {"silent", [&] { behave(CrlBehaviour::silence); }, unknown(Code::crl_unreachable)},
      {"a redirect to itself", [&] { behave(CrlBehaviour::redirect); }, unknown(Code::crl_unreachable)},
      {"refusing", [&] { server.refuse(); }, unknown(Code::crl_unreachable)},
      {"delta in force, newer", [&] { serve_with_delta(delta(10, 11, hours{2}, hours{20})); }, good},
      {"delta in force lists it",
       [&] { serve_with_delta(delta(10, 11, hours{2}, hours{20}, {leaf->serial})); },
       is_revoked},
      {"delta older than its base", [&] { serve_with_delta(delta(8, 9, hours{90}, hours{-60})); }, good},
      {"delta stale", [&] { serve_with_delta(delta(10, 11, hours{20}, hours{-1})); }, unknown(Code::crl_delta_stale)},
      {"delta of a newer base",
       [&] { serve_with_delta(delta(11, 12, hours{2}, hours{20})); },
       unknown(Code::crl_delta_stale)},
      {"delta that is not there", [&] { serve(changed(issuer(), numbered(10), with_delta_at(server.uri("/gone")))); },
       good},
  };
  for (const auto& row : table) {
    SCOPED_TRACE(row.name);
    server.listen();
    row.prepare();
    const bool waits = std::string_view(row.name) == "slow" || std::string_view(row.name) == "silent";
    settings.limits.timeout = net::Milliseconds(waits ? 200 : 30000);
    net::CrlSource from = source();
    hold_to(row.expected, ask(from, test_instant), judge);
  }
}

TEST_F(CrlLab, AMillionEntriesAreReadOrRefusedBySize) {
  const std::string list = large_crl(issuer(), crl_recipe(), 1'000'000);
  serve(list);
  net::CrlSource from = source();
  hold_to(good, ask(from, test_instant), judge);
  settings.limits.octets = list.size() - 1;
  net::CrlSource narrow = source();
  hold_to(unknown(Code::crl_too_large), ask(narrow, test_instant), judge);
  settings.limits.octets = 64U << 20U;
  serve(large_crl(issuer(), crl_recipe({leaf->serial}), 1'000'000));
  net::CrlSource again = source();
  hold_to(is_revoked, ask(again, test_instant), judge);
}

TEST_F(CrlLab, AWarmCacheServesUntilTheListEnds) {
  serve(issuer().crl(crl_recipe()));
  settings.retry_after = net::Milliseconds(0);
  net::CrlSource from = source();
  hold_to(good, ask(from, test_instant), judge);
  server.refuse();
  hold_to(good, ask(from, test_instant + days{6}), judge);
  // Past nextUpdate the old list is no answer, and the point is down: the list that is at hand is told.
  hold_to(unknown(Code::crl_stale), ask(from, test_instant + days{8}), judge);
}

TEST_F(CrlLab, AWarmCacheOnDiskServesTheNextProcess) {
  const testing::TemporaryDirectory directory;
  settings.cache_directory = directory.path();
  serve(issuer().crl(crl_recipe()));
  {
    net::CrlSource first = source();
    hold_to(good, ask(first, test_instant), judge);
  }
  server.refuse();
  net::CrlSource next = source();
  const auto answer = ask(next, test_instant + days{1});
  EXPECT_EQ(answer.front().origin, pki::CrlOrigin::cache);
  hold_to(good, answer, judge);
  EXPECT_EQ(next.fetches(), 0U);
}

TEST_F(CrlLab, WhereNobodyAsksNothingIsFetchedOrToldOfTheOtherModes) {
  serve(issuer().crl(crl_recipe({leaf->serial})));
  settings.mode = net::CrlMode::off;
  net::CrlSource from = source();
  EXPECT_TRUE(net::run(loop, from.candidates(leaf, issuer().certificate(), test_instant)).empty());
  EXPECT_EQ(server.connections(), 0U);
  policy::Evidence seen = policy::samples::good_session(policy::Role::send);
  seen.peer.revocation_checked = false;
  seen.peer.revocations.clear();
  const policy::Verdict verdict =
      policy::judge_send(policy::samples::domain_secured(policy::Role::send), seen, {}, test_instant);
  EXPECT_EQ(verdict.result, Result::pass);
  ASSERT_TRUE(verdict.revocation);
  EXPECT_EQ(verdict.revocation->in_force, policy::RevocationMode::off);
  EXPECT_EQ(verdict.revocation->off, Result::pass);
  EXPECT_FALSE(verdict.revocation->hard) << "what a list would have said is not known";
}

}  // namespace
}  // namespace domsec::lab
