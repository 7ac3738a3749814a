// The search for missing issuers over real loopback sockets, by itself and in a session (D-18, D-21).
#include "domsec/session/issuer_search.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "domsec/session/reception.h"
#include "support/issuer_pages.h"
#include "support/session_plans.h"

namespace domsec::session {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::der_text;
using testing::IssuerPages;
using testing::Partners;
using testing::test_instant;
using testing::three_levels;

class IssuerSearchTest : public ::testing::Test {
 protected:
  IssuerSearchTest() {
    pages.put("/second.cer", der_text(three_levels().second.certificate()));
    pages.put("/issuing.cer", der_text(three_levels().issuing.certificate()));
    pages.put("/both.pem",
              three_levels().second.certificate()->pem() + three_levels().issuing.certificate()->pem());
  }
  static pki::PathInput question(pki::Chain presented) {
    auto anchors = std::make_shared<pki::TrustStore>();
    anchors->add(three_levels().anchors());
    pki::PathInput input;
    input.presented = std::move(presented);
    input.anchors = anchors;
    input.at = test_instant;
    return input;
  }
  std::shared_ptr<const pki::IssuersFetched> search(const pki::Chain& presented) {
    const pki::PathInput input = question(presented);
    return net::run(loop, search_issuers(pages.source(), input, pki::examine_path(input)));
  }
  /// A leaf alone, of the lowest authority.
  pki::Chain leaf_alone(std::vector<std::string> uris) const {
    return {IssuerPages::leaf(three_levels().second, std::move(uris)).chain.front()};
  }
  std::string uri(const std::string& path) const { return pages.server.uri(path); }

  net::Loop loop;
  IssuerPages pages{loop};
};

TEST_F(IssuerSearchTest, ABundleCompletesThePathAtOnce) {
  const auto found = search(leaf_alone({uri("/both.pem")}));
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->good());
  EXPECT_EQ(found->path.size(), 4U);
  EXPECT_EQ(pki::text(*found), "with the intermediate from " + uri("/both.pem") + " the chain is good");
}

TEST_F(IssuerSearchTest, GoesUpThePathFromCertificateToCertificate) {
  pki::CertificateRecipe middle = testing::ca_recipe("CN=Middle CA, O=Contoso");
  middle.ca_issuers = {uri("/issuing.cer")};
  const pki::Authority authority = three_levels().issuing.subordinate(middle);
  pages.put("/middle.cer", der_text(authority.certificate()));
  const auto found = search({IssuerPages::leaf(authority, {uri("/middle.cer")}).chain.front()});
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->good());
  ASSERT_EQ(found->asked.size(), 2U);
  EXPECT_EQ(found->asked[1].subject, authority.certificate()->subject);
  EXPECT_THAT(pki::text(*found), HasSubstr(uri("/middle.cer") + " and " + uri("/issuing.cer")));
}

TEST_F(IssuerSearchTest, TriesTheNextPlaceAndSkipsWhatIsNotHttp) {
  const auto found =
      search(leaf_alone({"ldap:///CN=CA", uri("/gone.cer"), uri("/issuing.cer"), uri("/both.pem")}));
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->good());
  EXPECT_EQ(found->asked.size(), 3U) << "ldap would be the last to be asked";
}

TEST_F(IssuerSearchTest, SaysWhyItIsNotComplete) {
  struct Row {
    const char* name;
    std::vector<std::string> uris;
    std::string text;
  };
  const Row rows[] = {
      {"no place", {}, "no certificate of the chain says where its issuer's is (no caIssuers)"},
      {"not there", {uri("/gone.cer")}, "was not to be had from " + uri("/gone.cer") + ": HTTP status 404"},
      {"another's", {uri("/issuing.cer")}, uri("/issuing.cer") + ": what came is not the issuer"},
      {"only ldap", {"ldap:///CN=CA"}, "ldap is not fetched, only http is"},
      {"one step", {uri("/second.cer")}, "the chain ends in CN=Contoso Issuing CA 2, O=Contoso, whose issuer is"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    const auto found = search(leaf_alone(row.uris));
    ASSERT_TRUE(found);
    EXPECT_FALSE(found->anchored);
    EXPECT_FALSE(found->good());
    EXPECT_THAT(pki::text(*found), HasSubstr(row.text));
  }
}

TEST_F(IssuerSearchTest, ARootThatIsFetchedIsNoAnchor) {
  const testing::ThreeLevels stranger("Stranger");
  pages.put("/stranger.pem", stranger.second.certificate()->pem() + stranger.issuing.certificate()->pem() +
                                 stranger.root.certificate()->pem());
  const auto found = search({IssuerPages::leaf(stranger.second, {uri("/stranger.pem")}).chain.front()});
  ASSERT_TRUE(found);
  EXPECT_FALSE(found->anchored);
  EXPECT_THAT(pki::text(*found), HasSubstr("a root that is not trusted here"));
}

TEST_F(IssuerSearchTest, AsksNobodyWhenNothingIsMissing) {
  EXPECT_FALSE(search(IssuerPages::leaf(three_levels().second, {uri("/second.cer")}).chain));
  EXPECT_FALSE(search({three_levels().root.certificate()}));
  EXPECT_EQ(pages.server.connections(), 0U);
}

TEST_F(IssuerSearchTest, EndsAfterFourFetchesAndNeverAsksTwice) {
  std::vector<std::string> many;
  for (int i = 0; i < 12; ++i) many.push_back(uri("/gone-" + std::to_string(i)));
  EXPECT_EQ(search(leaf_alone(many))->asked.size(), 4U);
  EXPECT_EQ(pages.server.connections(), 4U);
  // An authority that leads to itself for ever.
  pki::CertificateRecipe loop_recipe = testing::ca_recipe("CN=Loop CA, O=Contoso");
  loop_recipe.ca_issuers = {uri("/loop.cer")};
  const pki::Authority looping = three_levels().issuing.subordinate(loop_recipe);
  pages.put("/loop.cer", der_text(looping.certificate()));
  const auto found = search({IssuerPages::leaf(looping, {uri("/loop.cer")}).chain.front()});
  EXPECT_FALSE(found->anchored);
  EXPECT_EQ(pages.server.gets("/loop.cer"), 1U);
}

TEST_F(IssuerSearchTest, WhatIsFetchedAndFaultyIsNotCalledGood) {
  pki::CertificateRecipe expired = testing::ca_recipe("CN=Expired CA, O=Contoso");
  expired.not_after = test_instant - std::chrono::days(1);
  const pki::Authority authority = three_levels().root.subordinate(expired);
  pages.put("/expired.cer", der_text(authority.certificate()));
  const auto found = search({IssuerPages::leaf(authority, {uri("/expired.cer")}).chain.front()});
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->anchored);
  EXPECT_FALSE(found->good());
  EXPECT_THAT(pki::text(*found), HasSubstr("reaches CN=Contoso Root, O=Contoso, but CN=Expired CA"));
}

/// Contoso sends to a partner that presents its leaf alone.
policy::Verdict send_to_leaf_alone(net::Loop& loop, const Partners& partners, pki::Credentials theirs,
                                   std::shared_ptr<net::IssuerSource> issuers, finding::Profile profile) {
  theirs.chain.resize(1);
  auto receive = partners.receive_plan();
  receive->tls = partners.server(theirs);
  Reception reception(
      loop, net::Endpoint{"127.0.0.1", 0}, [] { return testing::new_transcript(policy::Role::receive); },
      [](const transcript::Transcript&) {});
  reception.use(receive);
  reception.start();
  SendPlan plan = partners.send_plan();
  plan.examination.issuers = std::move(issuers);
  plan.rules.profile = profile;
  transcript::Transcript transcript = testing::new_transcript(policy::Role::send);
  const SendResult sent = testing::send(loop, plan, reception.endpoint(), transcript);
  reception.stop();
  loop.run();
  EXPECT_FALSE(sent.delivered) << "what was fetched must not let the mail through";
  return sent.verdict;
}

TEST_F(IssuerSearchTest, TheVerdictOfASessionStaysAndBecomesExact) {
  const Partners partners;
  const pki::Credentials theirs = IssuerPages::leaf(three_levels().second, {uri("/both.pem")});
  const policy::Verdict without =
      send_to_leaf_alone(loop, partners, theirs, nullptr, finding::Profile::exchange);
  EXPECT_EQ(without.headline.code, finding::Code::chain_incomplete);
  EXPECT_EQ(without.headline.level, policy::Level::likely);

  const policy::Verdict with =
      send_to_leaf_alone(loop, partners, theirs, pages.source(), finding::Profile::exchange);
  EXPECT_EQ(with.result, policy::Result::fail);
  EXPECT_EQ(with.headline.code, finding::Code::chain_incomplete);
  EXPECT_EQ(with.headline.level, policy::Level::exact);
  EXPECT_TRUE(with.headline.alternatives.empty());
  EXPECT_EQ(with.exchange_status, "InternalChainFailure");
  EXPECT_THAT(with.headline.detail, HasSubstr("with the intermediate from " + uri("/both.pem") + " the chain is good"));
  EXPECT_THAT(with.headline.detail, HasSubstr("Windows may fetch it by itself and accept the peer† (D-21)"));

  const policy::Verdict postfix =
      send_to_leaf_alone(loop, partners, theirs, pages.source(), finding::Profile::postfix);
  EXPECT_EQ(postfix.result, policy::Result::fail);
  EXPECT_THAT(postfix.headline.detail, Not(HasSubstr("Windows")));
}

TEST_F(IssuerSearchTest, AFetchThatFailsLeavesTheVerdictLikelyAndSaysWhy) {
  const Partners partners;
  const pki::Credentials theirs = IssuerPages::leaf(three_levels().second, {uri("/gone.cer")});
  const policy::Verdict verdict =
      send_to_leaf_alone(loop, partners, theirs, pages.source(), finding::Profile::exchange);
  EXPECT_EQ(verdict.headline.code, finding::Code::chain_incomplete);
  EXPECT_EQ(verdict.headline.level, policy::Level::likely);
  EXPECT_THAT(verdict.headline.detail, HasSubstr(uri("/gone.cer") + ": HTTP status 404"));
}

}  // namespace
}  // namespace domsec::session
