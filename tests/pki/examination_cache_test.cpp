#include "domsec/pki/examination_cache.h"

#include <gtest/gtest.h>

#include "support/pki.h"

namespace domsec::pki {
namespace {

using std::chrono::days;
using std::chrono::seconds;
using testing::crl_recipe;
using testing::leaf_recipe;
using testing::test_instant;
using testing::three_levels;

std::shared_ptr<const TrustStore> anchors() {
  const auto made = std::make_shared<TrustStore>();
  made->add(three_levels().anchors());
  return made;
}

PathInput input_of(const Chain& presented, const std::shared_ptr<const TrustStore>& trusted) {
  PathInput input;
  input.presented = presented;
  input.anchors = trusted;
  input.at = test_instant;
  return input;
}

/// All that an answer tells; what is remembered must tell the same.
void expect_same(const PathExamination& one, const PathExamination& other) {
  EXPECT_EQ(one.problems, other.problems);
  EXPECT_EQ(one.anchored, other.anchored);
  EXPECT_EQ(one.anchor, other.anchor);
  EXPECT_EQ(one.presented_ca, other.presented_ca);
  ASSERT_EQ(one.path.size(), other.path.size());
  for (std::size_t i = 0; i < one.path.size(); ++i)
    EXPECT_EQ(one.path[i]->thumbprint_sha256, other.path[i]->thumbprint_sha256);
}

TEST(ExaminationCache, AHitTellsTheSameAndSaysThatItIsOne) {
  ExaminationCache cache;
  const auto trusted = anchors();
  const Chain chain = three_levels().leaf("mail.contoso.com").chain;
  const PathExamination first = cache.path(input_of(chain, trusted));
  EXPECT_TRUE(first.good());
  EXPECT_FALSE(first.remembered);
  // The same certificates read anew, as the next session has them.
  Chain again;
  for (const CertificatePtr& certificate : chain) {
    const Bytes der = certificate->der();
    again.push_back(
        read_certificate_der(std::string_view(reinterpret_cast<const char*>(der.data()), der.size())));
  }
  const PathExamination second = cache.path(input_of(again, trusted));
  EXPECT_TRUE(second.remembered);
  expect_same(first, second);
  EXPECT_EQ(cache.hits(), 1U);
}

TEST(ExaminationCache, BadAnswersAreRememberedAsWell) {
  ExaminationCache cache;
  const auto nobody = std::make_shared<TrustStore>();
  const Chain chain = three_levels().leaf("mail.contoso.com").chain;
  const PathExamination first = cache.path(input_of(chain, nobody));
  EXPECT_FALSE(first.good());
  const PathExamination second = cache.path(input_of(chain, nobody));
  EXPECT_TRUE(second.remembered);
  expect_same(first, second);
}

TEST(ExaminationCache, WhateverThePathHangsOnMakesItAnother) {
  const auto trusted = anchors();
  const Chain chain = three_levels().leaf("mail.contoso.com").chain;
  const PathInput first = input_of(chain, trusted);
  const struct {
    const char* name;
    std::function<void(PathInput&)> change;
  } table[] = {
      {"other anchors", [](PathInput& input) { input.anchors = anchors(); }},
      {"fewer certificates", [](PathInput& input) { input.presented.pop_back(); }},
      {"another order", [](PathInput& input) { std::swap(input.presented[1], input.presented[2]); }},
      {"another leaf", [](PathInput& input) { input.presented = three_levels().leaf("mail.contoso.com").chain; }},
      {"own intermediates",
       [](PathInput& input) { input.known_intermediates = {three_levels().issuing.certificate()}; }},
      {"purpose", [](PathInput& input) { input.purpose = Purpose::client; }},
      {"profile", [](PathInput& input) { input.profile = PathProfile::strict; }},
      {"security level", [](PathInput& input) { input.security_level = 2; }},
      {"length", [](PathInput& input) { input.max_intermediates = 7; }},
      {"common name", [](PathInput& input) { input.constrain_common_name = false; }},
      {"policy", [](PathInput& input) { input.policy.require_explicit = true; }},
      {"acceptable policies", [](PathInput& input) { input.policy.initial = {"1.2.3"}; }},
  };
  for (const auto& row : table) {
    SCOPED_TRACE(row.name);
    ExaminationCache cache;
    (void)cache.path(first);
    PathInput changed = first;
    row.change(changed);
    EXPECT_FALSE(cache.path(changed).remembered);
    EXPECT_EQ(cache.hits(), 0U);
    EXPECT_TRUE(cache.path(first).remembered);
  }
}

TEST(ExaminationCache, AnAnchorThatIsAddedMakesItAnother) {
  ExaminationCache cache;
  const auto trusted = std::make_shared<TrustStore>();
  const Chain chain = three_levels().leaf("mail.contoso.com").chain;
  EXPECT_FALSE(cache.path(input_of(chain, trusted)).good());
  trusted->add(three_levels().anchors());
  const PathExamination now_good = cache.path(input_of(chain, trusted));
  EXPECT_TRUE(now_good.good());
  EXPECT_FALSE(now_good.remembered);
}

TEST(ExaminationCache, NoAnswerOutlivesADateOfACertificate) {
  ExaminationCache cache;
  const auto trusted = anchors();
  const Chain chain = three_levels().leaf("mail.contoso.com").chain;
  const Instant end = chain.front()->not_after;
  PathInput input = input_of(chain, trusted);
  EXPECT_TRUE(cache.path(input).good());
  input.at = end;
  EXPECT_TRUE(cache.path(input).remembered) << "the last second is inside";
  input.at = end + seconds{1};
  const PathExamination expired = cache.path(input);
  EXPECT_FALSE(expired.remembered);
  EXPECT_FALSE(expired.good());
  input.at = chain.front()->not_before - seconds{1};
  EXPECT_FALSE(cache.path(input).remembered);
  input.at = test_instant;
  EXPECT_FALSE(cache.path(input).remembered) << "the clock went back, and one answer is kept for each question";
}

TEST(ExaminationCache, ANewListOrTheEndOfTheOldOneIsAnotherQuestion) {
  ExaminationCache cache;
  const CertificatePtr leaf = three_levels().leaf("mail.contoso.com").chain.front();
  const RevocationQuestion question{{leaf, three_levels().second.certificate()}};
  const auto candidate = [&](const std::vector<std::string>& revoked) {
    return CrlCandidate{Crl::read(three_levels().second.crl(crl_recipe(revoked))), CrlOrigin::fetched,
                        "http://crl.contoso.com/2.crl", CrlProblem::none, {}};
  };
  std::vector<CrlCandidate> lists{candidate({})};
  RevocationRules rules{.at = test_instant};
  EXPECT_EQ(cache.revocation(question, lists, rules).state, RevocationState::good);
  EXPECT_EQ(cache.revocation(question, lists, rules).state, RevocationState::good);
  EXPECT_EQ(cache.hits(), 1U);

  rules.at = *lists[0].crl->next_update();
  (void)cache.revocation(question, lists, rules);
  EXPECT_EQ(cache.hits(), 2U) << "nextUpdate is the last second";
  rules.at += seconds{1};
  EXPECT_EQ(cache.revocation(question, lists, rules).problem, CrlProblem::stale);
  rules.at = test_instant;
  lists = {candidate({leaf->serial})};  // the old list is gone; the new one may have its address
  EXPECT_EQ(cache.revocation(question, lists, rules).state, RevocationState::revoked);
  rules.max_age = std::chrono::hours{1};
  EXPECT_EQ(cache.revocation(question, lists, rules).problem, CrlProblem::stale);
  EXPECT_EQ(cache.hits(), 2U);
}

TEST(ExaminationCache, IsBoundedAndForgetsTheLeastUsed) {
  ExaminationCache cache(2);
  const auto trusted = anchors();
  const auto leaf = [](const char* name) { return three_levels().leaf(name).chain; };
  const PathInput one = input_of(leaf("one.contoso.com"), trusted);
  const PathInput two = input_of(leaf("two.contoso.com"), trusted);
  const PathInput three = input_of(leaf("three.contoso.com"), trusted);
  (void)cache.path(one);
  (void)cache.path(two);
  EXPECT_TRUE(cache.path(one).remembered);
  (void)cache.path(three);
  EXPECT_TRUE(cache.path(one).remembered);
  EXPECT_FALSE(cache.path(two).remembered);
}

}  // namespace
}  // namespace domsec::pki
