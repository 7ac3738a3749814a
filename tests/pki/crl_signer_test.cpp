// Lists that somebody else than the issuer of the certificate signed: indirect lists, separate keys for lists, rolled
// keys (RFC 5280 6.3.3); and the dates of delta lists (DS152).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "domsec/pki/path.h"
#include "domsec/pki/revocation.h"
#include "support/altered_certificate.h"
#include "support/crl.h"
#include "support/pki.h"

namespace domsec::pki {
namespace {

using std::chrono::days;
using std::chrono::hours;
using ::testing::HasSubstr;
using testing::altered_certificate;
using testing::ca_recipe;
using testing::changed;
using testing::crl_recipe;
using testing::delta_of;
using testing::distributed;
using testing::first_entry_of;
using testing::leaf_recipe;
using testing::listed_by;
using testing::test_instant;
using testing::three_levels;

constexpr const char* point_uri = "http://lists.contoso.com/all.crl";

CrlCandidate list(std::string_view der) {
  return {Crl::read(der), CrlOrigin::fetched, point_uri, CrlProblem::none, {}};
}

Chain path_of(const CertificatePtr& leaf) {
  return {leaf, three_levels().second.certificate(), three_levels().issuing.certificate(),
          three_levels().root.certificate()};
}

/// Every certificate of the path and every signer has a list that says good, unless one is given.
Revocation examine(const CertificatePtr& leaf, std::vector<CrlCandidate> lists, const Chain& others = {},
                   const RevocationRules& rules = {.at = test_instant}) {
  lists.push_back(list(three_levels().root.crl(crl_recipe())));
  return examine_revocation({path_of(leaf), 0, others}, lists, rules);
}

/// A CA that does nothing but sign lists, of the root.
CertificateRecipe signer_recipe(const std::string& subject) {
  CertificateRecipe recipe = ca_recipe(subject);
  recipe.ca = false;
  recipe.key_usage = {{"cRLSign"}};
  return recipe;
}

const Authority& lister() {
  static const Authority made = three_levels().root.subordinate(signer_recipe("CN=Lists, O=Contoso"));
  return made;
}

CertificatePtr leaf_listed_by_lister() {
  const Authority& second = three_levels().second;
  static const CertificatePtr made =
      altered_certificate(second, second.issue(leaf_recipe({"mail.contoso.com"})).chain.front(),
              listed_by(*lister().certificate(), point_uri));
  return made;
}

std::function<void(X509_CRL*)> indirect(const Certificate* of_first_entry = nullptr) {
  return [of_first_entry](X509_CRL* changing) {
    distributed({.indirect = true, .uri = point_uri})(changing);
    if (of_first_entry != nullptr) first_entry_of(*of_first_entry)(changing);
  };
}

TEST(IndirectCrl, SpeaksOfTheCertificatesThatNameItsIssuer) {
  const CertificatePtr leaf = leaf_listed_by_lister();
  const Chain others{lister().certificate()};
  const auto second = three_levels().second.certificate();
  const struct {
    const char* name;
    std::string serial;
    const Certificate* of;
    RevocationState state;
  } table[] = {
      {"listed under its own issuer", leaf->serial, second.get(), RevocationState::revoked},
      {"the same serial of the list's issuer", leaf->serial, nullptr, RevocationState::good},
      {"the same serial of a third one", leaf->serial, three_levels().issuing.certificate().get(),
       RevocationState::good},
      {"another serial of its issuer", "0ABC", second.get(), RevocationState::good},
  };
  for (const auto& row : table) {
    SCOPED_TRACE(row.name);
    const std::string der = changed(lister(), crl_recipe({row.serial}), indirect(row.of));
    const Revocation answer = examine(leaf, {list(der)}, others);
    EXPECT_EQ(answer.state, row.state) << answer.detail;
  }
}

TEST(IndirectCrl, AnEntryWithoutAnIssuerIsOfTheOneBefore) {
  const CertificatePtr leaf = leaf_listed_by_lister();
  const auto second = three_levels().second.certificate();
  const std::string der = changed(lister(), crl_recipe({"0ABC", leaf->serial}), indirect(second.get()));
  EXPECT_EQ(examine(leaf, {list(der)}, {lister().certificate()}).state, RevocationState::revoked);
}

TEST(IndirectCrl, SaysNothingWithoutTheFlagTheNameOrTheSigner) {
  const CertificatePtr leaf = leaf_listed_by_lister();
  const CertificatePtr plain = three_levels().second.issue(leaf_recipe({"mail.contoso.com"})).chain.front();
  const Chain others{lister().certificate()};
  const CrlCandidate good = list(changed(lister(), crl_recipe(), indirect()));
  const CrlCandidate direct = list(changed(lister(), crl_recipe(), distributed({.uri = point_uri})));
  EXPECT_EQ(examine(leaf, {good}, others).state, RevocationState::good);
  EXPECT_EQ(examine(leaf, {direct}, others).problem, CrlProblem::wrong_issuer);
  EXPECT_EQ(examine(plain, {good}, others).problem, CrlProblem::wrong_issuer);
  const Revocation alone = examine(leaf, {good}, {});
  EXPECT_EQ(alone.problem, CrlProblem::untrusted_signer);
  EXPECT_THAT(alone.detail, HasSubstr("is not at hand"));
}

TEST(IndirectCrl, TheSignerHasAPathToTheSameAnchorAndIsNotRevoked) {
  const CertificatePtr leaf = leaf_listed_by_lister();
  const CrlCandidate good = list(changed(lister(), crl_recipe(), indirect()));
  const CrlCandidate revoking = list(three_levels().root.crl(crl_recipe({lister().certificate()->serial})));
  const Chain others{lister().certificate()};

  const std::vector<CrlCandidate> with_revoked{good, revoking};
  const Revocation revoked = examine_revocation({path_of(leaf), 0, others}, with_revoked, {.at = test_instant});
  EXPECT_EQ(revoked.problem, CrlProblem::untrusted_signer);
  EXPECT_THAT(revoked.detail, HasSubstr("is revoked"));

  const Revocation unknown =
      examine_revocation({path_of(leaf), 0, others}, std::vector{good}, {.at = test_instant});
  EXPECT_EQ(unknown.problem, CrlProblem::untrusted_signer);
  EXPECT_THAT(unknown.detail, HasSubstr("cannot be told"));
  RevocationRules lenient{.at = test_instant};
  lenient.signer_state_counts = false;
  EXPECT_EQ(examine_revocation({path_of(leaf), 0, others}, std::vector{good}, lenient).state,
            RevocationState::good);

  // The same name and key usage, of somebody else's root.
  const Authority stranger = Authority::root(ca_recipe("CN=Fabrikam Root, O=Fabrikam"))
                                 .subordinate(signer_recipe("CN=Lists, O=Contoso"));
  const Revocation foreign =
      examine(leaf, {list(changed(stranger, crl_recipe(), indirect()))}, {stranger.certificate()});
  EXPECT_EQ(foreign.problem, CrlProblem::untrusted_signer);
  EXPECT_THAT(foreign.detail, HasSubstr("is not trusted"));
}

TEST(CrlSigner, AKeyForListsOfTheSameNameIsEnough) {
  const CertificatePtr leaf = three_levels().second.issue(leaf_recipe({"mail.contoso.com"})).chain.front();
  const Authority second_key =
      three_levels().root.subordinate(signer_recipe(three_levels().second.certificate()->subject));
  ASSERT_EQ(second_key.certificate()->subject, leaf->issuer);
  const Chain others{second_key.certificate()};
  EXPECT_EQ(examine(leaf, {list(second_key.crl(crl_recipe()))}, others).state, RevocationState::good);
  EXPECT_EQ(examine(leaf, {list(second_key.crl(crl_recipe({leaf->serial})))}, others).state,
            RevocationState::revoked);
  EXPECT_EQ(examine(leaf, {list(second_key.crl(crl_recipe()))}, {}).problem, CrlProblem::wrong_issuer);

  CertificateRecipe mute = signer_recipe(leaf->issuer);
  mute.key_usage = {{"digitalSignature"}};
  const Authority no_lists = three_levels().root.subordinate(mute);
  EXPECT_EQ(examine(leaf, {list(no_lists.crl(crl_recipe()))}, {no_lists.certificate()}).problem,
            CrlProblem::untrusted_signer);
}

// PKITS 4.14.30 has such a pair.
TEST(CrlSigner, AListMayCoverItsOwnSigner) {
  const Authority own = three_levels().root.subordinate(signer_recipe("CN=Circle, O=Contoso"));
  const CertificatePtr signer =
      altered_certificate(three_levels().root, own.certificate(), listed_by(*own.certificate(), point_uri));
  const CertificatePtr leaf =
      altered_certificate(three_levels().second, three_levels().second.issue(leaf_recipe({"mail.contoso.com"})).chain.front(),
              listed_by(*signer, point_uri));
  const auto answer = [&](const CrlRecipe& recipe, const Certificate* of_first) {
    const std::vector<CrlCandidate> only{list(changed(own, recipe, indirect(of_first)))};
    return examine_revocation({path_of(leaf), 0, {signer}}, only, {.at = test_instant});
  };
  EXPECT_EQ(answer(crl_recipe(), nullptr).state, RevocationState::good);
  const Revocation self_revoked =
      answer(crl_recipe({signer->serial}), three_levels().root.certificate().get());
  EXPECT_EQ(self_revoked.problem, CrlProblem::untrusted_signer);
}

TEST(DeltaCrl, ADeltaOutOfItsPeriodTakesTheBaseWithIt) {
  const CertificatePtr leaf = three_levels().second.issue(leaf_recipe({"mail.contoso.com"})).chain.front();
  const Authority& issuer = three_levels().second;
  const auto delta = [&](std::uint64_t base, std::uint64_t number, Instant from, Instant until,
                         const std::vector<std::string>& revoked = {}) {
    CrlRecipe recipe = crl_recipe(revoked);
    recipe.number = number;
    recipe.this_update = from;
    recipe.next_update = until;
    return list(changed(issuer, recipe, delta_of(base)));
  };
  CrlRecipe base_recipe = crl_recipe();
  base_recipe.number = 10;
  const CrlCandidate base = list(issuer.crl(base_recipe));
  const auto yesterday = test_instant - hours{20};
  const auto tomorrow = test_instant + days{1};
  const struct {
    const char* name;
    std::vector<CrlCandidate> deltas;
    RevocationState state;
    CrlProblem problem;
  } table[] = {
      {"in force", {delta(10, 11, yesterday, tomorrow)}, RevocationState::good, CrlProblem::none},
      {"in force and lists it",
       {delta(10, 11, yesterday, tomorrow, {leaf->serial})},
       RevocationState::revoked,
       CrlProblem::none},
      {"older than the base", {delta(8, 9, yesterday, yesterday + hours{1})}, RevocationState::good, CrlProblem::none},
      {"stale", {delta(10, 11, yesterday, yesterday + hours{1})}, RevocationState::unknown, CrlProblem::delta_stale},
      {"stale and lists it",
       {delta(10, 11, yesterday, yesterday + hours{1}, {leaf->serial})},
       RevocationState::revoked,
       CrlProblem::delta_stale},
      {"of a newer base", {delta(11, 12, yesterday, tomorrow)}, RevocationState::unknown, CrlProblem::delta_stale},
      {"in the future", {delta(10, 11, tomorrow, tomorrow + days{1})}, RevocationState::unknown, CrlProblem::delta_stale},
      {"stale beside one in force",
       {delta(10, 11, yesterday, yesterday + hours{1}), delta(10, 12, yesterday, tomorrow)},
       RevocationState::good,
       CrlProblem::none},
  };
  for (const auto& row : table) {
    SCOPED_TRACE(row.name);
    std::vector<CrlCandidate> lists = row.deltas;
    lists.push_back(base);
    for (int order = 0; order < 2; ++order) {
      const Revocation answer = examine(leaf, lists);
      EXPECT_EQ(answer.state, row.state) << answer.detail;
      EXPECT_EQ(answer.problem, row.problem);
      std::reverse(lists.begin(), lists.end());
    }
  }
}

TEST(RevocationRules, AgeExpiryAndProfileCountAsTheyAreAsked) {
  const CertificatePtr leaf = three_levels().second.issue(leaf_recipe({"mail.contoso.com"})).chain.front();
  const Authority& issuer = three_levels().second;
  const CrlCandidate fresh = list(issuer.crl(crl_recipe()));  // a day old
  RevocationRules rules{.at = test_instant};
  rules.max_age = hours{24};
  EXPECT_EQ(examine(leaf, {fresh}, {}, rules).state, RevocationState::good);
  rules.max_age = hours{24} - std::chrono::seconds{1};
  EXPECT_EQ(examine(leaf, {fresh}, {}, rules).problem, CrlProblem::stale);
  EXPECT_THAT(examine(leaf, {fresh}, {}, rules).detail, HasSubstr("longer ago than is allowed"));

  CrlRecipe ended = crl_recipe();
  ended.next_update = test_instant - hours{1};
  const CrlCandidate stale = list(issuer.crl(ended));
  RevocationRules forgiving{.at = test_instant};
  forgiving.expiry_counts = false;
  EXPECT_EQ(examine(leaf, {stale}).problem, CrlProblem::stale);
  EXPECT_EQ(examine(leaf, {stale}, {}, forgiving).state, RevocationState::good);

  const CrlCandidate numberless = list(changed(issuer, crl_recipe(), [](X509_CRL* changing) {
    X509_EXTENSION_free(
        X509_CRL_delete_ext(changing, X509_CRL_get_ext_by_NID(changing, NID_crl_number, -1)));
  }));
  RevocationRules strict{.at = test_instant};
  strict.profile_counts = true;
  EXPECT_EQ(examine(leaf, {fresh}, {}, strict).state, RevocationState::good);
  EXPECT_EQ(examine(leaf, {numberless}).state, RevocationState::good);
  EXPECT_EQ(examine(leaf, {numberless}, {}, strict).problem, CrlProblem::invalid);
}

}  // namespace
}  // namespace domsec::pki
