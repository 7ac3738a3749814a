// Certificate × role × stack, with real certificates: what the interop run holds against the programs is held
// here rule by rule.
#include "domsec/policy/certificate_match.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "support/pki.h"

namespace domsec::policy {
namespace {

using finding::Code;
using finding::Profile;
using testing::ca_recipe;
using testing::crl_recipe;
using ::testing::HasSubstr;
using testing::leaf_recipe;
using testing::test_instant;
using testing::three_levels;

constexpr Profile stacks[] = {Profile::exchange, Profile::postfix, Profile::exim, Profile::opensmtpd,
                              Profile::strict};
const std::string host = "mail.contoso.com";

const pki::Authority& issuing() {
  return three_levels().issuing;
}

MatchQuestion question(pki::Chain presented) {
  MatchQuestion asked;
  asked.presented = std::move(presented);
  asked.anchors = three_levels().anchors();
  asked.reference = pki::ReferenceId{host, false};
  asked.at = test_instant;
  return asked;
}

MatchQuestion differing(const std::function<void(pki::CertificateRecipe&)>& change,
                        const pki::Authority& issuer = issuing()) {
  pki::CertificateRecipe recipe = leaf_recipe({host});
  change(recipe);
  return question(issuer.issue(recipe).chain);
}

char letter(CellOutcome outcome) {
  switch (outcome) {
    case CellOutcome::accepts:
      return 'A';
    case CellOutcome::warns:
      return 'W';
    case CellOutcome::refuses:
      return 'R';
    case CellOutcome::not_known:
      return '?';
  }
  return ' ';
}

/// One letter a stack: exchange, postfix, exim, opensmtpd, strict.
std::string row(const MatchQuestion& asked, ShownAs shown_as) {
  std::string letters;
  for (const Profile profile : stacks) letters += letter(predict(asked, shown_as, profile).outcome);
  return letters;
}

struct Case {
  const char* name;
  std::function<void(pki::CertificateRecipe&)> change;
  const char* server;
  const char* client;
};

void hold(const Case& row_of_table, const MatchQuestion& asked) {
  SCOPED_TRACE(row_of_table.name);
  EXPECT_EQ(row(asked, ShownAs::server), row_of_table.server);
  EXPECT_EQ(row(asked, ShownAs::client), row_of_table.client);
}

using Usages = std::vector<std::string>;

TEST(CertificateMatch, TellsWhoLooksAtThePurpose) {
  const Case table[] = {
      {"good", [](auto&) {}, "AAAAA", "AAAAA"},
      {"serverAuth only", [](auto& r) { r.extended_key_usage = {"serverAuth"}; }, "AAAAA", "WRAAR"},
      {"clientAuth only", [](auto& r) { r.extended_key_usage = {"clientAuth"}; }, "RRAAR", "AAAAA"},
      {"no extension", [](auto& r) { r.extended_key_usage = {}; }, "AAAAA", "AAAAA"},
      {"any purpose", [](auto& r) { r.extended_key_usage = {"2.5.29.37.0"}; }, "ARAAA", "ARAAA"},
      {"another purpose", [](auto& r) { r.extended_key_usage = {"emailProtection"}; }, "RRAAR", "RRAAR"},
      {"key agreement only", [](auto& r) { r.key_usage = Usages{"keyAgreement"}; }, "AARAA", "AARAA"},
      {"key encipherment only", [](auto& r) { r.key_usage = Usages{"keyEncipherment"}; }, "AARAA", "RRRAR"},
      {"data encipherment only", [](auto& r) { r.key_usage = Usages{"dataEncipherment"}; }, "RRRAR", "RRRAR"},
  };
  for (const Case& each : table) hold(each, differing(each.change));
}

TEST(CertificateMatch, TellsWhoLooksAtThePurposeOfTheCa) {
  pki::CertificateRecipe recipe = ca_recipe("CN=Server CA");
  recipe.extended_key_usage = {"serverAuth"};
  const pki::Authority servers = issuing().subordinate(recipe);
  hold({"CA for serverAuth", {}, "AAAAA", "RRAAR"}, differing([](auto&) {}, servers));
}

TEST(CertificateMatch, TellsWhatEachThinksWeak) {
  const Case table[] = {
      {"RSA 1024", [](auto& r) { r.key = pki::KeyKind::rsa_1024; }, "AAAAR", "AAAAR"},
      {"SHA-1", [](auto& r) { r.digest = "SHA1"; }, "WRRAR", "WRRAR"},
  };
  for (const Case& each : table) hold(each, differing(each.change));
  // Said even where it decides nothing.
  const Cell cell = predict(differing(table[1].change), ShownAs::client, Profile::opensmtpd);
  ASSERT_TRUE(cell.decided_by);
  EXPECT_EQ(cell.decided_by->code, Code::certificate_weak);
}

TEST(CertificateMatch, ComparesNamesAsEachStackDoes) {
  const auto named = [](std::vector<std::string> names) {
    return [names](pki::CertificateRecipe& recipe) { recipe.dns_names = names; };
  };
  const Case table[] = {
      {"another name", named({"a.example"}), "RRRRR", "RAAAR"},
      {"a host below", named({"a.mail.contoso.com"}), "ARRRR", "AAAAR"},
      {"a wildcard", named({"*.contoso.com"}), "AAAAA", "AAAAA"},
      {"a wildcard for two labels", named({"*.com"}), "RRRRR", "RAAAR"},
  };
  for (const Case& each : table) {
    hold(each, differing([&](pki::CertificateRecipe& recipe) {
           recipe.subject = "CN=Contoso Mail";
           each.change(recipe);
         }));
  }
  const auto cn_only = differing([](auto& r) { r.subject = "CN=" + host, r.dns_names = {}; });
  hold({"CN only", {}, "WAAAR", "WAAAR"}, cn_only);
  const auto cn_beside = differing([](auto& r) { r.subject = "CN=" + host, r.dns_names = {"a.example"}; });
  hold({"CN beside another SAN", {}, "WRRRR", "WAAAR"}, cn_beside);
  MatchQuestion exact = differing([](auto& r) { r.subject = "CN=x", r.dns_names = {"a.mail.contoso.com"}; });
  exact.name.mode = pki::NameMatchMode::exact;
  hold({"a host below, --name-match exact", {}, "RRRRR", "RAAAR"}, exact);
  MatchQuestion nobody = differing([](auto& r) { r.subject = "CN=x", r.dns_names = {"a.example"}; });
  nobody.reference.reset();
  hold({"no name asked for", {}, "AAAAA", "AAAAA"}, nobody);
}

TEST(CertificateMatch, ReadsNamesAsEachStackDoes) {
  const auto named = [](const char* subject, std::vector<std::string> names,
                        std::vector<std::string> others = {}) {
    return [=](pki::CertificateRecipe& recipe) {
      recipe.subject = subject;
      recipe.dns_names = names;
      recipe.other_names = others;
    };
  };
  const Case table[] = {
      {"SAN with a final dot", named("CN=x", {"mail.contoso.com."}), "ARRRA", "AAAAA"},
      {"CN with a final dot", named("CN=mail.contoso.com.", {}), "WRRRR", "WAAAR"},
      {"first of two CNs", named("CN=mail.contoso.com, CN=a.example", {}), "WARAR", "WAAAR"},
      {"second of two CNs", named("CN=a.example, CN=mail.contoso.com", {}), "WARRR", "WAAAR"},
      {"CN beside an e-mail address", named("CN=mail.contoso.com", {}, {"email:a@contoso.com"}), "WAAAR",
       "WAAAR"},
      {"CN beside an address", named("CN=mail.contoso.com", {}, {"IP:127.0.0.1"}), "WARRR", "WAAAR"},
      {"CN beside a URI", named("CN=mail.contoso.com", {}, {"URI:http://contoso.com/"}), "WARAR", "WAAAR"},
  };
  for (const Case& each : table) hold(each, differing(each.change));
  const Cell cell = predict(differing(table[0].change), ShownAs::server, Profile::exim);
  EXPECT_THAT(cell.decided_by->detail,
              HasSubstr("san mail.contoso.com.: it ends in a dot, which this stack takes for another name"));
}

TEST(CertificateMatch, CountsTheIntermediatesOfAPath) {
  std::optional<pki::Authority> issuer(three_levels().root);
  for (int depth = 1; depth <= 11; ++depth) {
    issuer = issuer->subordinate(ca_recipe("CN=Level " + std::to_string(depth)));
    if (depth == 10) hold({"ten", {}, "AAAAA", "AAAAA"}, differing([](auto&) {}, *issuer));
  }
  hold({"eleven", {}, "ARAAA", "ARAAA"}, differing([](auto&) {}, *issuer));
}

TEST(CertificateMatch, TriesAnotherWayWhereTheStackDoes) {
  const pki::PrivateKey key = pki::make_key(pki::KeyKind::ec_p256);
  pki::CertificateRecipe recipe = ca_recipe("CN=Renewed CA");
  const pki::CertificatePtr good = three_levels().root.certify(recipe, key);
  recipe.not_after = test_instant - std::chrono::days(1);
  const pki::CertificatePtr expired = three_levels().root.certify(recipe, key);
  const pki::CertificatePtr leaf = pki::Authority({{good}, key}).issue(leaf_recipe({host})).chain.front();
  hold({"the expired one last", {}, "AAAAA", "AAAAA"}, question({leaf, good, expired}));
  hold({"the expired one first", {}, "AARAA", "AARAA"}, question({leaf, expired, good}));
}

TEST(CertificateMatch, EndsAPathWhereEachStackLetsItEnd) {
  MatchQuestion asked = differing([](auto&) {});
  asked.anchors = {issuing().certificate()};
  hold({"trusted intermediate, no root", {}, "ARARA", "ARARA"}, asked);
  asked.anchors = {issuing().certificate(), three_levels().root.certificate()};
  hold({"trusted intermediate and its root", {}, "AAAAA", "AAAAA"}, asked);
  asked.anchors = {};
  hold({"nothing trusted", {}, "RRRRR", "RRRRR"}, asked);
  EXPECT_EQ(predict(asked, ShownAs::client, Profile::postfix).decided_by->code,
            Code::certificate_not_trusted);
}

TEST(CertificateMatch, AddsTheRootsOfTheSystemForWhoDoesSo) {  // OpenSMTPD #926
  MatchQuestion asked = differing([](auto&) {});
  asked.anchors = {};
  asked.system_anchors = three_levels().anchors();
  hold({"public root, another one named", {}, "RRRRR", "RRRAR"}, asked);
  EXPECT_THAT(predict(asked, ShownAs::client, Profile::opensmtpd).note, HasSubstr("a root of the system"));
  EXPECT_EQ(predict(asked, ShownAs::client, Profile::postfix).note, "");
  asked.anchors = three_levels().anchors();
  EXPECT_EQ(predict(asked, ShownAs::client, Profile::opensmtpd).note, "");
}

TEST(CertificateMatch, SaysTheSameOfWhatNobodyTakes) {
  hold({"expired", {}, "RRRRR", "RRRRR"},
       differing([](auto& r) { r.not_after = test_instant - std::chrono::hours(1); }));
  MatchQuestion leaf_only = differing([](auto&) {});
  leaf_only.presented.resize(1);
  hold({"no intermediate", {}, "RRRRR", "RRRRR"}, leaf_only);
  EXPECT_EQ(predict(leaf_only, ShownAs::server, Profile::exim).decided_by->code, Code::chain_incomplete);
}

// ---- revocation ----

pki::CrlCandidate list(const pki::Authority& issuer, const pki::CrlRecipe& recipe, bool spoilt = false) {
  std::string der = issuer.crl(recipe);
  if (spoilt) der.back() = static_cast<char>(der.back() ^ 1);
  return {pki::Crl::read(der), pki::CrlOrigin::file, "crls.pem", pki::CrlProblem::none, ""};
}

TEST(CertificateMatch, TellsWhoLooksAtRevocation) {
  const MatchQuestion good = differing([](auto&) {});
  const std::string serial = good.presented.front()->serial;
  const pki::CrlCandidate of_root = list(three_levels().root, crl_recipe());
  pki::CrlRecipe stale = crl_recipe();
  stale.next_update = test_instant - std::chrono::hours(1);
  struct Row {
    const char* name;
    std::optional<std::vector<pki::CrlCandidate>> lists;
    const char* letters;
    std::optional<Code> seen;  // of Exim
  };
  const Row table[] = {
      {"not asked", std::nullopt, "AAAAA", std::nullopt},
      {"not revoked", {{of_root, list(issuing(), crl_recipe())}}, "AAAAA", std::nullopt},
      {"revoked", {{of_root, list(issuing(), crl_recipe({serial}))}}, "RARAR", Code::certificate_revoked},
      {"no list", {{of_root}}, "RAAAR", Code::crl_no_cdp},
      {"a stale list", {{of_root, list(issuing(), stale)}}, "RAAAR", Code::crl_stale},
      {"a spoilt list", {{of_root, list(issuing(), crl_recipe(), true)}}, "RAAAR", Code::crl_invalid},
      // GnuTLS takes each entry, whoever signed the list; nobody else can tell.
      {"revoked by a spoilt list",
       {{of_root, list(issuing(), crl_recipe({serial}), true)}},
       "RARAR",
       Code::certificate_revoked},
  };
  for (const Row& each : table) {
    SCOPED_TRACE(each.name);
    MatchQuestion asked = good;
    asked.lists = each.lists;
    EXPECT_EQ(row(asked, ShownAs::server), each.letters);
    EXPECT_EQ(row(asked, ShownAs::client), each.letters);
    const Cell exim = predict(asked, ShownAs::client, Profile::exim);
    EXPECT_EQ(exim.decided_by ? std::optional(exim.decided_by->code) : std::nullopt, each.seen);
  }
}

// ---- standing ----

TEST(CertificateMatch, CallsProvedWhatWasRunAndNothingElse) {
  const MatchQuestion server_only = differing([](auto& r) { r.extended_key_usage = {"serverAuth"}; });
  const auto standing = [&](ShownAs shown_as, Profile profile) {
    return predict(server_only, shown_as, profile).standing;
  };
  EXPECT_EQ(standing(ShownAs::client, Profile::postfix), Standing::proved);
  EXPECT_EQ(standing(ShownAs::client, Profile::exim), Standing::proved);
  EXPECT_EQ(standing(ShownAs::client, Profile::opensmtpd), Standing::proved_with_key);
  EXPECT_EQ(standing(ShownAs::server, Profile::opensmtpd), Standing::proved);
  EXPECT_EQ(standing(ShownAs::client, Profile::exchange), Standing::predicted);
  EXPECT_EQ(standing(ShownAs::client, Profile::strict), Standing::predicted);
  EXPECT_TRUE(proved_with(Profile::exchange).empty());
  EXPECT_TRUE(proved_codes(Profile::strict, ShownAs::server, Decision::refuses).empty());
  // A refusal and an acceptance for one code are two decisions.
  using ::testing::Contains;
  using ::testing::Not;
  EXPECT_THAT(proved_codes(Profile::postfix, ShownAs::client, Decision::refuses),
              Contains(Code::client_cert_eku));
  EXPECT_THAT(proved_codes(Profile::postfix, ShownAs::client, Decision::accepts),
              Not(Contains(Code::client_cert_eku)));
}

TEST(CertificateMatch, SaysWhatAStackDoesNotLookAtWithoutLettingItDecide) {
  const MatchQuestion server_only = differing([](auto& r) { r.extended_key_usage = {"serverAuth"}; });
  const Cell exim = predict(server_only, ShownAs::client, Profile::exim);
  EXPECT_EQ(exim.outcome, CellOutcome::accepts);
  ASSERT_TRUE(exim.decided_by);
  EXPECT_EQ(exim.decided_by->code, Code::client_cert_eku);
  EXPECT_EQ(exim.decided_by->severity, finding::Severity::silent);
  EXPECT_FALSE(predict(server_only, ShownAs::server, Profile::exim).decided_by);
}

// ---- remarks ----

/// As a public CA issues it: under a policy of the Baseline Requirements, which the small CA cannot write.
MatchQuestion of_public_ca(std::vector<std::string> usages) {
  MatchQuestion asked = differing([&](auto& r) { r.extended_key_usage = usages; });
  auto leaf = std::make_shared<pki::Certificate>(*asked.presented.front());
  leaf->policies = {"2.23.140.1.2.2"};
  asked.presented.front() = std::move(leaf);
  return asked;
}

TEST(CertificateMatch, ForetellsTheEndOfClientAuth) {  // DS124
  const MatchQuestion both = of_public_ca({"serverAuth", "clientAuth"});
  ASSERT_EQ(remarks_on(both).size(), 1U);
  EXPECT_EQ(remarks_on(both).front().code, Code::client_auth_sunset);
  EXPECT_THAT(remarks_on(both).front().detail, HasSubstr("will not issue it again"));
  EXPECT_EQ(row(both, ShownAs::client), "AAAAA");
  std::string later;
  for (const Profile profile : stacks) later += letter(predict_after_sunset(both, profile)->outcome);
  EXPECT_EQ(later, "WRAAR");
  for (const MatchQuestion& other : {of_public_ca({"serverAuth"}), differing([](auto&) {})}) {
    EXPECT_TRUE(remarks_on(other).empty());
    EXPECT_FALSE(predict_after_sunset(other, Profile::postfix));
  }
}

TEST(CertificateMatch, RemarksOnANearEndWithoutAWarningOfAnyStack) {  // DS123
  const MatchQuestion soon = differing([](auto& r) { r.not_after = test_instant + std::chrono::days(10); });
  ASSERT_EQ(remarks_on(soon).size(), 1U);
  EXPECT_EQ(remarks_on(soon).front().code, Code::certificate_expiring);
  EXPECT_EQ(row(soon, ShownAs::server), "AAAAA");
}

}  // namespace
}  // namespace domsec::policy
