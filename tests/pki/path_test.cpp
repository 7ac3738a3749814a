#include "domsec/pki/path.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

#include <functional>
#include <random>
#include <thread>

#include "support/pki.h"

namespace domsec::pki {
namespace {

using std::chrono::days;
using std::chrono::seconds;
using testing::ca_recipe;
using testing::leaf_recipe;
using testing::test_instant;
using testing::three_levels;
using testing::ThreeLevels;

/// `0 expired 10`, in the order of the examination.
std::vector<std::string> told(const PathExamination& examination) {
  std::vector<std::string> lines;
  for (const PathProblem& problem : examination.problems) {
    lines.push_back(std::to_string(problem.depth) + " " + std::string(text(problem.fault)) + " " +
                    std::to_string(problem.x509_error));
  }
  return lines;
}

std::shared_ptr<const TrustStore> store(const Chain& anchors) {
  auto made = std::make_shared<TrustStore>();
  made->add(anchors);
  return made;
}

PathInput input(const Chain& presented, const Chain& anchors) {
  PathInput made;
  made.presented = presented;
  made.anchors = store(anchors);
  made.at = test_instant;
  return made;
}

Chain first(const Chain& chain, std::size_t count) {
  return {chain.begin(), chain.begin() + static_cast<long>(count)};
}

CertificatePtr with_broken_signature(const CertificatePtr& certificate) {
  const Bytes der = certificate->der();
  std::string text(der.begin(), der.end());
  text.back() = static_cast<char>(text.back() ^ 1);
  return read_certificate_der(text);
}

const Credentials& good_leaf() {
  static const Credentials leaf = three_levels().leaf("mail.contoso.com");
  return leaf;
}

TEST(Path, AThreeLevelChainIsGood) {
  const PathExamination examination = examine_path(input(good_leaf().chain, three_levels().anchors()));
  EXPECT_THAT(told(examination), ::testing::ElementsAre());
  EXPECT_TRUE(examination.good());
  EXPECT_TRUE(examination.anchored);
  EXPECT_TRUE(examination.presented_ca);
  EXPECT_FALSE(examination.common_name_violates_constraints);
  EXPECT_EQ(examination.anchor, three_levels().root.certificate()->subject);
  ASSERT_EQ(examination.path.size(), 4U);
  EXPECT_EQ(examination.path[0], good_leaf().chain[0]);
  EXPECT_EQ(examination.path[3], three_levels().root.certificate());
}

TEST(Path, TheOrderOfWhatIsSentAndStrangersDoNotMatter) {
  const ThreeLevels other("Fabrikam");
  const Chain& chain = good_leaf().chain;
  const Chain mixed = {chain[0], other.second.certificate(),        chain[2],
                       chain[2], three_levels().root.certificate(), chain[1]};
  const PathExamination examination = examine_path(input(mixed, three_levels().anchors()));
  EXPECT_THAT(told(examination), ::testing::ElementsAre());
  EXPECT_EQ(examination.path.size(), 4U);
}

struct AnchorRow {
  const char* name;
  std::function<Chain()> presented;
  std::function<Chain()> anchors;
  std::vector<std::string> told;
  bool anchored;
  std::size_t path;
};

const Credentials& own_leaf() {
  static const Credentials leaf = self_signed(leaf_recipe({"mail.contoso.com"}));
  return leaf;
}

// R23, R34, D-18.
TEST(Path, TrustFollowsTheTable) {
  const auto whole = [] { return good_leaf().chain; };
  const auto with_root = [] {
    Chain chain = good_leaf().chain;
    chain.push_back(three_levels().root.certificate());
    return chain;
  };
  const auto none = [] { return Chain{}; };
  const auto root = [] { return three_levels().anchors(); };
  const AnchorRow table[] = {
      {"no anchor, intermediates sent", whole, none, {"2 untrusted-root 20"}, false, 3},
      {"no anchor, root sent", with_root, none, {"3 untrusted-root 19"}, false, 4},
      {"anchor, root sent too", with_root, root, {}, true, 4},
      {"leaf only", [] { return first(good_leaf().chain, 1); }, root, {"0 issuer-not-found 20"}, false, 1},
      {"the upper intermediate is missing",
       [] { return first(good_leaf().chain, 2); },
       root,
       {"1 untrusted-root 20"},
       false,
       2},
      {"the lower intermediate is missing",
       [] {
         return Chain{good_leaf().chain[0], good_leaf().chain[2]};
       },
       root,
       {"0 untrusted-root 20"},
       false,
       1},
      {"an intermediate is the anchor",
       whole,
       [] { return Chain{three_levels().issuing.certificate()}; },
       {},
       true,
       3},
      {"leaf only, its issuer is the anchor",
       [] { return first(good_leaf().chain, 1); },
       [] { return Chain{three_levels().second.certificate()}; },
       {},
       true,
       2},
      {"the leaf itself is the anchor",
       [] { return first(good_leaf().chain, 1); },
       [] { return first(good_leaf().chain, 1); },
       {},
       true,
       1},
      {"self-signed leaf", [] { return own_leaf().chain; }, root, {"0 self-signed 18"}, false, 1},
      {"self-signed leaf that is an anchor",
       [] { return own_leaf().chain; },
       [] { return own_leaf().chain; },
       {},
       true,
       1},
  };
  for (const AnchorRow& row : table) {
    SCOPED_TRACE(row.name);
    const PathExamination examination = examine_path(input(row.presented(), row.anchors()));
    EXPECT_EQ(told(examination), row.told);
    EXPECT_EQ(examination.anchored, row.anchored);
    EXPECT_EQ(examination.path.size(), row.path);
    EXPECT_EQ(examination.anchor.empty(), !row.anchored);
    EXPECT_FALSE(examination.completes_with_known_intermediate);
  }
}

TEST(Path, AMissingIntermediateIsExactOnlyWhenAKnownOneCompletesThePath) {
  PathInput question = input(first(good_leaf().chain, 1), three_levels().anchors());
  question.known_intermediates = {three_levels().second.certificate()};
  EXPECT_FALSE(examine_path(question).completes_with_known_intermediate);
  question.known_intermediates.push_back(three_levels().issuing.certificate());
  const PathExamination examination = examine_path(question);
  EXPECT_TRUE(examination.completes_with_known_intermediate);
  EXPECT_FALSE(examination.good());
  EXPECT_FALSE(examination.anchored);
  EXPECT_FALSE(examination.presented_ca);
  const ThreeLevels same_names;
  question.known_intermediates = {same_names.second.certificate(), same_names.issuing.certificate()};
  EXPECT_FALSE(examine_path(question).completes_with_known_intermediate) << "same names, other keys";
}

struct LeafRow {
  const char* name;
  std::function<void(CertificateRecipe&)> change;
  Purpose purpose;
  std::vector<std::string> told;
};

TEST(Path, TheLeafFollowsTheTable) {
  const auto usage = [](std::vector<std::string> names) {
    return [names](CertificateRecipe& recipe) { recipe.extended_key_usage = names; };
  };
  const auto key_usage = [](std::vector<std::string> names) {
    return [names](CertificateRecipe& recipe) { recipe.key_usage = names; };
  };
  const auto until = [](Instant end) { return [end](CertificateRecipe& recipe) { recipe.not_after = end; }; };
  const auto from = [](Instant begin) {
    return [begin](CertificateRecipe& recipe) { recipe.not_before = begin; };
  };
  const std::string purpose = "0 wrong-purpose 26";
  const LeafRow table[] = {
      {"expired", until(test_instant - days{1}), Purpose::server, {"0 expired 10"}},
      {"expired a second ago", until(test_instant - seconds{1}), Purpose::server, {"0 expired 10"}},
      {"the last second counts", until(test_instant), Purpose::server, {}},
      {"a second left", until(test_instant + seconds{1}), Purpose::server, {}},
      {"the first second counts", from(test_instant), Purpose::server, {}},
      {"not yet valid", from(test_instant + seconds{1}), Purpose::server, {"0 not-yet-valid 9"}},
      {"server with clientAuth", usage({"clientAuth"}), Purpose::server, {purpose}},
      {"server with serverAuth", usage({"serverAuth"}), Purpose::server, {}},
      {"client with serverAuth only (D-10 is policy's)", usage({"serverAuth"}), Purpose::client, {purpose}},
      {"client with clientAuth", usage({"clientAuth"}), Purpose::client, {}},
      {"neither", usage({"1.3.6.1.5.5.7.3.4"}), Purpose::server, {purpose}},
      {"no extended key usage, server", usage({}), Purpose::server, {}},
      {"no extended key usage, client", usage({}), Purpose::client, {}},
      {"anyExtendedKeyUsage, server", usage({"2.5.29.37.0"}), Purpose::server, {}},
      {"anyExtendedKeyUsage, client", usage({"2.5.29.37.0"}), Purpose::client, {}},
      {"Server Gated Cryptography is no serverAuth",
       usage({"1.3.6.1.4.1.311.10.3.3"}),
       Purpose::server,
       {purpose}},
      {"any purpose asked", usage({"1.3.6.1.5.5.7.3.4"}), Purpose::any, {}},
      {"key usage without signing, server", key_usage({"keyEncipherment"}), Purpose::server, {}},
      {"key usage without signing, client", key_usage({"keyEncipherment"}), Purpose::client, {purpose}},
      {"key usage for nothing in TLS", key_usage({"nonRepudiation"}), Purpose::server, {purpose}},
      {"several names of the leaf change nothing",
       [](CertificateRecipe& recipe) { recipe.dns_names = {}; },
       Purpose::server,
       {}},
      {"P-384", [](CertificateRecipe& recipe) { recipe.key = KeyKind::ec_p384; }, Purpose::server, {}},
      {"Ed25519", [](CertificateRecipe& recipe) { recipe.key = KeyKind::ed25519; }, Purpose::server, {}},
      {"SHA-1", [](CertificateRecipe& recipe) { recipe.digest = "SHA1"; }, Purpose::server, {"0 weak 68"}},
  };
  for (const LeafRow& row : table) {
    SCOPED_TRACE(row.name);
    CertificateRecipe recipe = leaf_recipe({"mail.contoso.com"});
    row.change(recipe);
    PathInput question = input(three_levels().second.issue(recipe).chain, three_levels().anchors());
    question.purpose = row.purpose;
    const PathExamination examination = examine_path(question);
    EXPECT_EQ(told(examination), row.told);
    EXPECT_TRUE(examination.anchored);
    if (!examination.problems.empty()) {
      EXPECT_EQ(examination.problems[0].subject, question.presented[0]->subject);
      EXPECT_FALSE(examination.problems[0].text.empty());
    }
  }
}

struct AuthorityRow {
  const char* name;
  std::function<void(CertificateRecipe&)> change;  // of the authority above the leaf
  std::vector<std::string> told;
};

TEST(Path, TheAuthorityAboveTheLeafFollowsTheTable) {
  const AuthorityRow table[] = {
      {"sound", [](CertificateRecipe&) {}, {}},
      {"expired",
       [](CertificateRecipe& recipe) { recipe.not_after = test_instant - days{1}; },
       {"1 expired 10"}},
      {"not yet valid",
       [](CertificateRecipe& recipe) { recipe.not_before = test_instant + days{1}; },
       {"1 not-yet-valid 9"}},
      {"no CA", [](CertificateRecipe& recipe) { recipe.ca = false; }, {"1 not-a-ca 79"}},
      {"may not sign certificates",
       [](CertificateRecipe& recipe) { recipe.key_usage = {{"cRLSign"}}; },
       {"1 not-a-ca 32"}},
      {"for clients only",
       [](CertificateRecipe& recipe) { recipe.extended_key_usage = {"clientAuth"}; },
       {"1 wrong-purpose 26"}},
      {"for servers", [](CertificateRecipe& recipe) { recipe.extended_key_usage = {"serverAuth"}; }, {}},
      {"permits the leaf's domain",
       [](CertificateRecipe& recipe) { recipe.permitted_dns = {"contoso.com"}; },
       {}},
      {"permits another domain",
       [](CertificateRecipe& recipe) { recipe.permitted_dns = {"fabrikam.com"}; },
       {"0 name-constraint 47"}},
      {"path length zero is enough for a leaf",
       [](CertificateRecipe& recipe) { recipe.path_length = 0; },
       {}},
  };
  for (const AuthorityRow& row : table) {
    SCOPED_TRACE(row.name);
    CertificateRecipe recipe = ca_recipe("CN=Changed CA, O=Contoso");
    row.change(recipe);
    const Authority changed = three_levels().issuing.subordinate(recipe);
    const Credentials leaf = changed.issue(leaf_recipe({"mail.contoso.com"}));
    const PathExamination examination = examine_path(input(leaf.chain, three_levels().anchors()));
    EXPECT_EQ(told(examination), row.told);
    EXPECT_TRUE(examination.anchored);
    EXPECT_EQ(examination.path.size(), 4U);
  }
}

TEST(Path, APathLengthConstraintCountsTheAuthoritiesBelow) {
  CertificateRecipe recipe = ca_recipe("CN=Short CA, O=Contoso");
  recipe.path_length = 0;
  const Authority upper = three_levels().root.subordinate(recipe);
  const Authority lower = upper.subordinate(ca_recipe("CN=Too Deep CA, O=Contoso"));
  const Credentials leaf = lower.issue(leaf_recipe({"mail.contoso.com"}));
  EXPECT_THAT(told(examine_path(input(leaf.chain, three_levels().anchors()))),
              ::testing::ElementsAre("2 path-too-long 25"));
}

TEST(Path, MoreIntermediatesThanAllowedAreTooLong) {
  PathInput question = input(good_leaf().chain, three_levels().anchors());
  question.max_intermediates = 2;
  EXPECT_TRUE(examine_path(question).good());
  question.max_intermediates = 1;
  EXPECT_FALSE(examine_path(question).good());
}

TEST(Path, ABrokenSignatureIsFoundAtItsDepth) {
  for (std::size_t depth = 0; depth < 3; ++depth) {
    SCOPED_TRACE(depth);
    Chain chain = good_leaf().chain;
    chain[depth] = with_broken_signature(chain[depth]);
    ASSERT_NE(chain[depth], nullptr);
    const PathExamination examination = examine_path(input(chain, three_levels().anchors()));
    EXPECT_THAT(told(examination), ::testing::ElementsAre(std::to_string(depth) + " bad-signature 7"));
  }
}

TEST(Path, AnotherKeyUnderTheSameNameIsNoIssuer) {
  const ThreeLevels impostor;  // the same subjects as three_levels()
  const Credentials forged = impostor.leaf("mail.contoso.com");
  const PathExamination examination = examine_path(input(forged.chain, three_levels().anchors()));
  EXPECT_FALSE(examination.good());
  EXPECT_FALSE(examination.anchored);
}

TEST(Path, WeakKeysAreToldByTheSecurityLevel) {
  CertificateRecipe recipe = leaf_recipe({"mail.contoso.com"});
  recipe.key = KeyKind::rsa_1024;
  PathInput question = input(three_levels().second.issue(recipe).chain, three_levels().anchors());
  question.security_level = 1;
  EXPECT_THAT(told(examine_path(question)), ::testing::ElementsAre());
  question.security_level = 2;
  EXPECT_THAT(told(examine_path(question)), ::testing::ElementsAre("0 weak 66"));
  question.security_level = 0;
  EXPECT_THAT(told(examine_path(question)), ::testing::ElementsAre());
}

// D-20, R33: the verdict may name one fault, the examination names all.
TEST(Path, EveryFaultIsToldNotOnlyTheFirst) {
  CertificateRecipe middle = ca_recipe("CN=Bad CA, O=Contoso");
  middle.not_after = test_instant - days{3};
  const Authority bad = three_levels().root.subordinate(middle);
  CertificateRecipe recipe = leaf_recipe({"mail.contoso.com"});
  recipe.not_after = test_instant - days{1};
  recipe.extended_key_usage = {"clientAuth"};
  Chain chain = bad.issue(recipe).chain;
  EXPECT_THAT(
      told(examine_path(input(chain, {}))),
      ::testing::ElementsAre("0 expired 10", "0 wrong-purpose 26", "1 expired 10", "1 untrusted-root 20"));
  EXPECT_THAT(told(examine_path(input(first(chain, 1), {}))),
              ::testing::ElementsAre("0 expired 10", "0 issuer-not-found 20", "0 wrong-purpose 26"));
  chain.push_back(three_levels().root.certificate());
  EXPECT_THAT(
      told(examine_path(input(chain, {}))),
      ::testing::ElementsAre("0 expired 10", "0 wrong-purpose 26", "1 expired 10", "2 untrusted-root 19"));
  EXPECT_THAT(told(examine_path(input(chain, three_levels().anchors()))),
              ::testing::ElementsAre("0 expired 10", "0 wrong-purpose 26", "1 expired 10"));
}

TEST(Path, ASelfSignedLeafTellsItsOtherFaultsToo) {
  CertificateRecipe recipe = leaf_recipe({"mail.contoso.com"});
  recipe.not_after = test_instant - days{1};
  recipe.extended_key_usage = {"clientAuth"};
  const Credentials own = self_signed(recipe);
  EXPECT_THAT(told(examine_path(input(own.chain, {}))),
              ::testing::ElementsAre("0 expired 10", "0 self-signed 18", "0 wrong-purpose 26"));
}

// One CA key, certified twice: the way back of RFC 4158.
TEST(Path, AGoodPathBehindABadOneIsFoundInEveryOrder) {
  const Authority other_root = Authority::root(ca_recipe("CN=Other Root, O=Contoso"));
  const PrivateKey key = make_key(KeyKind::ec_p256);
  const CertificateRecipe sound = ca_recipe("CN=Cross CA, O=Contoso");
  CertificateRecipe clients_only = sound;
  clients_only.extended_key_usage = {"clientAuth"};
  CertificateRecipe constrained = sound;
  constrained.permitted_dns = {"fabrikam.com"};
  const CertificatePtr by_root = three_levels().root.certify(sound, key);
  const CertificatePtr by_other = other_root.certify(sound, key);
  const Authority cross(Credentials{{by_root}, key});
  const CertificatePtr leaf = cross.certify(leaf_recipe({"mail.contoso.com"}), make_key(KeyKind::ec_p256));
  for (const CertificatePtr& bad : {by_other, three_levels().root.certify(clients_only, key),
                                    three_levels().root.certify(constrained, key)}) {
    for (const Chain& presented : {Chain{leaf, bad, by_root}, Chain{leaf, by_root, bad}}) {
      const PathExamination examination = examine_path(input(presented, three_levels().anchors()));
      EXPECT_THAT(told(examination), ::testing::ElementsAre());
      ASSERT_EQ(examination.path.size(), 3U);
      EXPECT_EQ(examination.path[1], by_root);
    }
  }
  EXPECT_THAT(told(examine_path(input({leaf, by_other, other_root.certificate()}, three_levels().anchors()))),
              ::testing::ElementsAre("2 untrusted-root 19"));
}

TEST(Path, AMazeOfAuthoritiesEndsSoon) {
  // Eight keys under one name, each certified by each: the ways multiply, the work must not.
  std::vector<Authority> ring;
  for (int i = 0; i < 8; ++i) ring.emplace_back(self_signed(ca_recipe("CN=Ring " + std::to_string(i))));
  Chain presented{ring[0].certify(leaf_recipe({"mail.contoso.com"}), make_key(KeyKind::ec_p256))};
  for (const Authority& issuer : ring) {
    for (const Authority& subject : ring) {
      if (&issuer == &subject) continue;
      presented.push_back(issuer.certify(ca_recipe(subject.certificate()->subject), subject.own().key));
    }
  }
  const PathExamination examination = examine_path(input(presented, three_levels().anchors()));
  EXPECT_FALSE(examination.good());
  EXPECT_FALSE(examination.anchored);
}

TEST(Path, ACommonNameOutsideANameConstraintIsTold) {
  CertificateRecipe recipe = ca_recipe("CN=Constrained CA, O=Contoso");
  recipe.permitted_dns = {"contoso.com"};
  const Authority constrained = three_levels().root.subordinate(recipe);
  CertificateRecipe leaf = leaf_recipe({"mail.contoso.com"});
  const auto violates = [&](const std::string& subject) {
    leaf.subject = subject;
    const auto examination = examine_path(input(constrained.issue(leaf).chain, three_levels().anchors()));
    EXPECT_THAT(told(examination), ::testing::ElementsAre());
    return examination.common_name_violates_constraints;
  };
  EXPECT_FALSE(violates("CN=mail.contoso.com"));
  EXPECT_TRUE(violates("CN=mail.fabrikam.com"));
  EXPECT_FALSE(violates("CN=Mail Server, O=Contoso"));
}

TEST(Path, TheStrictProfileAlsoTellsWhatNobodyNeeds) {
  CertificateRecipe recipe = leaf_recipe({"mail.contoso.com"});
  recipe.key_usage = {{"digitalSignature", "keyCertSign"}};  // RFC 5280 4.2.1.9: not without CA:TRUE
  PathInput question = input(three_levels().second.issue(recipe).chain, three_levels().anchors());
  EXPECT_TRUE(examine_path(question).good());
  question.profile = PathProfile::strict;
  const PathExamination examination = examine_path(question);
  ASSERT_EQ(examination.problems.size(), 1U);
  EXPECT_EQ(examination.problems[0].depth, 0);
  EXPECT_EQ(examination.problems[0].fault, PathFault::other);
}

TEST(Path, APolicyIsDemandedOnlyWhenAskedFor) {
  PathInput question = input(good_leaf().chain, three_levels().anchors());
  EXPECT_TRUE(examine_path(question).good());
  question.policy.require_explicit = true;
  EXPECT_THAT(told(examine_path(question)), ::testing::ElementsAre("0 other 43"));
  question.policy.initial = {"1.2.3.4"};
  EXPECT_THAT(told(examine_path(question)), ::testing::ElementsAre("0 other 43"));
}

TEST(Path, AnAnchorOfVersionOneIsAnAuthority) {
  // A subordinate authority as version 1 certificates knew it: no extension says what it is.
  const Authority modern = three_levels().root.subordinate(ca_recipe("CN=Old CA, O=Contoso"));
  const Bytes der = modern.certificate()->der();
  const unsigned char* next = der.data();
  const std::unique_ptr<X509, decltype(&X509_free)> x509(
      d2i_X509(nullptr, &next, static_cast<long>(der.size())), X509_free);
  while (X509_get_ext_count(x509.get()) > 0) X509_EXTENSION_free(X509_delete_ext(x509.get(), 0));
  ASSERT_EQ(X509_set_version(x509.get(), X509_VERSION_1), 1);
  ASSERT_GT(X509_sign(x509.get(), three_levels().root.own().key.key.get(), EVP_sha256()), 0);
  const CertificatePtr old = read_certificate(x509.get());
  const Authority issuer(Credentials{{old}, modern.own().key});
  const CertificatePtr leaf = issuer.certify(leaf_recipe({"mail.contoso.com"}), make_key(KeyKind::ec_p256));
  EXPECT_THAT(told(examine_path(input({leaf}, {old}))), ::testing::ElementsAre());
  EXPECT_THAT(told(examine_path(input({leaf, old}, three_levels().anchors()))),
              ::testing::ElementsAre("1 not-a-ca 79"));
}

TEST(Path, NothingPresentedIsAProblemNotACrash) {
  EXPECT_FALSE(examine_path(input({}, three_levels().anchors())).good());
  EXPECT_FALSE(examine_path(input({nullptr}, three_levels().anchors())).good());
  PathInput without_anchors = input(good_leaf().chain, {});
  without_anchors.anchors = nullptr;
  EXPECT_THAT(told(examine_path(without_anchors)), ::testing::ElementsAre("2 untrusted-root 20"));
}

TEST(Path, MutatedCertificatesNeverCrashAndNeverPass) {
  std::mt19937 random(20261122);
  const Bytes der = good_leaf().chain[0]->der();
  int parsed = 0;
  for (int i = 0; i < 1500; ++i) {
    std::string bytes(der.begin(), der.end());
    const std::size_t at = random() % bytes.size();
    const char before = bytes[at];
    bytes[at] = static_cast<char>(random());
    const CertificatePtr leaf = read_certificate_der(bytes);
    if (leaf == nullptr || bytes[at] == before || leaf->der() == der) continue;
    ++parsed;
    Chain chain = good_leaf().chain;
    chain[0] = leaf;
    EXPECT_FALSE(examine_path(input(chain, three_levels().anchors())).good()) << at;
  }
  EXPECT_GT(parsed, 50);
}

TEST(Path, OneStoreServesManyThreads) {
  const PathInput question = input(good_leaf().chain, three_levels().anchors());
  std::vector<int> good(4);
  {
    std::vector<std::jthread> threads;
    for (std::size_t t = 0; t < good.size(); ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0; i < 50; ++i) good[t] += examine_path(question).good() ? 1 : 0;
      });
    }
  }
  EXPECT_THAT(good, ::testing::Each(50));
}

TEST(TrustStore, KeepsADuplicateOnceAndKnowsItsAnchors) {
  TrustStore anchors;
  const CertificatePtr root = three_levels().root.certificate();
  const Bytes der = root->der();
  anchors.add({root, root, read_certificate_der(std::string(der.begin(), der.end())), nullptr});
  EXPECT_EQ(anchors.anchors().size(), 1U);
  EXPECT_TRUE(anchors.contains(*root));
  EXPECT_FALSE(anchors.contains(*three_levels().second.certificate()));
  EXPECT_EQ(anchors.find(root->x509.get()), root);
  EXPECT_EQ(anchors.find(nullptr), nullptr);
}

TEST(UsageFit, FollowsTheTable) {
  struct {
    const char* name;
    std::optional<std::vector<std::string>> usages;
    UsageFit fit;
  } const table[] = {
      {"no extension", std::nullopt, UsageFit::absent_any},
      {"anyExtendedKeyUsage", {{"2.5.29.37.0"}}, UsageFit::absent_any},
      {"both", {{"serverAuth", "clientAuth"}}, UsageFit::fits},
      {"both in the other order", {{"clientAuth", "1.2.3", "serverAuth"}}, UsageFit::fits},
      {"serverAuth", {{"serverAuth"}}, UsageFit::only_server_auth},
      {"clientAuth", {{"clientAuth"}}, UsageFit::only_client_auth},
      {"another", {{"1.3.6.1.5.5.7.3.4"}}, UsageFit::neither},
      {"present and empty", std::vector<std::string>{}, UsageFit::neither},
  };
  for (const auto& row : table) {
    SCOPED_TRACE(row.name);
    Certificate leaf;
    leaf.extended_key_usage = row.usages;
    EXPECT_EQ(usage_fit(leaf), row.fit);
    EXPECT_FALSE(text(row.fit).empty());
  }
}

TEST(KeyUsage, FollowsTheTable) {  // RFC 8446 4.4.2.2
  struct Case {
    const char* name;
    std::optional<std::uint32_t> bits;
    bool server, client;
  };
  const Case table[] = {
      {"absent", std::nullopt, true, true},
      {"digitalSignature", 1U << 0U, true, true},
      {"keyEncipherment", 1U << 2U, true, false},
      {"keyAgreement", 1U << 4U, true, true},
      {"digitalSignature, keyEncipherment", 1U << 0U | 1U << 2U, true, true},
      {"nonRepudiation", 1U << 1U, false, false},
      {"keyCertSign, cRLSign", 1U << 5U | 1U << 6U, false, false},
      {"none", 0U, false, false},
  };
  for (const Case& row : table) {
    SCOPED_TRACE(row.name);
    Certificate certificate;
    certificate.key_usage = row.bits;
    EXPECT_EQ(key_usage_fits(certificate, Purpose::server), row.server);
    EXPECT_EQ(key_usage_fits(certificate, Purpose::client), row.client);
    EXPECT_TRUE(key_usage_fits(certificate, Purpose::any));
  }
}

TEST(Path, EveryNumberOfTheCatalogueHasItsFault) {
  EXPECT_EQ(text(PathFault::untrusted_root), "untrusted-root");
  EXPECT_EQ(text(PathFault::issuer_not_found), "issuer-not-found");
  EXPECT_EQ(text(Purpose::server), "serverAuth");
  EXPECT_EQ(text(Purpose::client), "clientAuth");
  EXPECT_EQ(text(Purpose::any), "any");
}

}  // namespace
}  // namespace domsec::pki
