// The way back of RFC 4158 among certificates that were sent to waste time: whatever a peer sends, an answer
// comes soon, and the same one each time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <ctime>

#include "domsec/pki/path.h"
#include "support/altered_certificate.h"
#include "support/pki.h"

namespace domsec::pki {
namespace {

using testing::altered_certificate;
using testing::ca_recipe;
using testing::drop_extension;
using testing::leaf_recipe;
using testing::test_instant;
using testing::three_levels;

constexpr int many = 1000;

PathInput question(const Chain& presented, const Chain& trusted) {
  PathInput made;
  made.presented = presented;
  auto anchors = std::make_shared<TrustStore>();
  anchors->add(trusted);
  made.anchors = anchors;
  made.at = test_instant;
  return made;
}

/// Twice, so that an order that hangs on addresses is seen. A second of work is the most that one may take.
PathExamination examined_soon(const PathInput& input) {
  const std::clock_t before = std::clock();
  const PathExamination first = examine_path(input);
  EXPECT_LT(std::clock() - before, CLOCKS_PER_SEC);
  const PathExamination second = examine_path(input);
  EXPECT_EQ(first.path, second.path);
  EXPECT_EQ(first.problems, second.problems);
  return first;
}

/// Without key identifiers nothing but a signature tells the issuers of one name apart.
CertificatePtr nameless_key(const Authority& issuer, const CertificateRecipe& recipe, const PrivateKey& key) {
  return altered_certificate(issuer, recipe, key, [](X509* x509) {
    drop_extension(x509, NID_subject_key_identifier);
    drop_extension(x509, NID_authority_key_identifier);
  });
}

const std::vector<PrivateKey>& keys() {
  static const std::vector<PrivateKey> made = [] {
    std::vector<PrivateKey> some;
    for (int i = 0; i < many; ++i) some.push_back(make_key(KeyKind::ec_p256));
    return some;
  }();
  return made;
}

TEST(CandidatePaths, TheOneIssuerOfAThousandOfItsNameIsFound) {
  const CertificateRecipe recipe = ca_recipe("CN=Namesake CA, O=Contoso");
  Chain presented;
  for (const PrivateKey& key : keys()) presented.push_back(nameless_key(three_levels().root, recipe, key));
  const Authority last(Credentials{{presented.back()}, keys().back()});
  presented.insert(presented.begin(), nameless_key(last, leaf_recipe({"mail.contoso.com"}), keys().front()));
  const PathExamination examination = examined_soon(question(presented, three_levels().anchors()));
  EXPECT_TRUE(examination.good());
  ASSERT_EQ(examination.path.size(), 3U);
  EXPECT_EQ(examination.path[1], presented.back());
}

TEST(CandidatePaths, ARingOfNamesakesEnds) {
  // Each key certified by the one before it, all under one name, and nobody trusted.
  const CertificateRecipe recipe = ca_recipe("CN=Ring CA, O=Contoso");
  const Authority start = Authority::root(recipe);
  Chain presented{nameless_key(start, leaf_recipe({"mail.contoso.com"}), keys().front())};
  for (std::size_t i = 0; i < keys().size(); ++i) {
    const Authority before(Credentials{start.own().chain, keys()[i]});
    presented.push_back(nameless_key(before, recipe, keys()[(i + 1) % keys().size()]));
  }
  EXPECT_FALSE(examined_soon(question(presented, three_levels().anchors())).anchored);
}

TEST(CandidatePaths, AThousandCrossSignedPairsEnd) {
  // A key that certifies itself under two names, again and again: every certificate may stand above every
  // other.
  const PrivateKey& key = keys().front();
  const Authority a(Credentials{{nameless_key(three_levels().root, ca_recipe("CN=A, O=Contoso"), key)}, key});
  const Authority b(Credentials{{nameless_key(three_levels().root, ca_recipe("CN=B, O=Contoso"), key)}, key});
  Chain presented{nameless_key(a, leaf_recipe({"mail.contoso.com"}), keys().back())};
  for (int i = 0; i < many; ++i) {
    presented.push_back(nameless_key(b, ca_recipe("CN=A, O=Contoso"), key));
    presented.push_back(nameless_key(a, ca_recipe("CN=B, O=Contoso"), key));
  }
  EXPECT_FALSE(examined_soon(question(presented, three_levels().anchors())).good());
  // The way out is found among them, wherever it stands.
  presented.push_back(a.certificate());
  EXPECT_TRUE(examined_soon(question(presented, three_levels().anchors())).good());
}

TEST(CandidatePaths, ThePathWithTheFewestFaultsIsTold) {
  // Three certificates of one authority, two of them with faults, and an expired leaf: the sound one is the
  // path.
  const PrivateKey& key = keys().front();
  CertificateRecipe expired = ca_recipe("CN=Renewed CA, O=Contoso");
  expired.not_after = test_instant - std::chrono::days{1};
  CertificateRecipe for_clients = ca_recipe("CN=Renewed CA, O=Contoso");
  for_clients.extended_key_usage = {"clientAuth"};
  for_clients.not_after = test_instant + std::chrono::days{9999};
  const CertificatePtr sound = three_levels().root.certify(ca_recipe("CN=Renewed CA, O=Contoso"), key);
  const CertificatePtr bad = three_levels().root.certify(for_clients, key);
  const CertificatePtr old = three_levels().root.certify(expired, key);
  CertificateRecipe recipe = leaf_recipe({"mail.contoso.com"});
  recipe.not_after = test_instant - std::chrono::days{1};
  const CertificatePtr leaf = Authority(Credentials{{sound}, key}).certify(recipe, keys().back());
  Chain others{sound, bad, old};
  std::sort(others.begin(), others.end());
  do {
    Chain presented{leaf};
    presented.insert(presented.end(), others.begin(), others.end());
    const PathExamination examination = examined_soon(question(presented, three_levels().anchors()));
    ASSERT_EQ(examination.problems.size(), 1U);
    EXPECT_EQ(examination.problems.front().fault, PathFault::expired);
    EXPECT_EQ(examination.path[1], sound);
  } while (std::next_permutation(others.begin(), others.end()));
}

}  // namespace
}  // namespace domsec::pki
