#include "domsec/pki/revocation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <functional>
#include <random>
#include <thread>

#include "domsec/pki/path.h"
#include "support/crl.h"
#include "support/pki.h"

namespace domsec::pki {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::seconds;
using testing::ca_recipe;
using testing::changed;
using testing::crl_recipe;
using testing::delta_of;
using testing::distributed;
using testing::Distribution;
using testing::leaf_recipe;
using testing::test_instant;
using testing::three_levels;
using testing::ThreeLevels;

constexpr const char* point_uri = "http://crl.contoso.com/ca2.crl";

CertificatePtr leaf_of(const Authority& issuer, const std::vector<std::string>& points = {point_uri}) {
  CertificateRecipe recipe = leaf_recipe({"mail.contoso.com"});
  recipe.crl_distribution_points = points;
  return issuer.issue(recipe).chain.front();
}

const Authority& issuing() {
  return three_levels().second;
}

const CertificatePtr& leaf() {
  static const CertificatePtr certificate = leaf_of(issuing());
  return certificate;
}

/// An extension that nobody knows, on the list or on its first entry.
X509_EXTENSION* stranger(int critical) {
  ASN1_OBJECT* oid = OBJ_txt2obj("1.3.6.1.4.1.99999.1", 1);
  ASN1_OCTET_STRING* value = ASN1_OCTET_STRING_new();
  ASN1_OCTET_STRING_set(value, reinterpret_cast<const unsigned char*>("\x05\x00"), 2);
  X509_EXTENSION* extension = X509_EXTENSION_create_by_OBJ(nullptr, oid, critical, value);
  ASN1_OBJECT_free(oid);
  ASN1_OCTET_STRING_free(value);
  return extension;
}

CrlCandidate fetched(std::string_view der) {
  return {Crl::read(der), CrlOrigin::fetched, point_uri, CrlProblem::none, {}};
}

CrlCandidate missing(CrlProblem problem, const std::string& detail = {}) {
  return {nullptr, CrlOrigin::none, point_uri, problem, detail};
}

Revocation examine(const std::vector<CrlCandidate>& candidates, const CertificatePtr& certificate = leaf(),
                   const Authority& issuer = issuing(), Instant at = test_instant) {
  return examine_revocation({{certificate, issuer.certificate()}}, candidates, {.at = at});
}

CrlRecipe period(Instant from, Instant until, const std::vector<std::string>& revoked = {}) {
  CrlRecipe recipe = crl_recipe(revoked);
  recipe.this_update = from;
  recipe.next_update = until;
  return recipe;
}

// R22.
TEST(Revocation, ALeafThatIsNotListedIsGood) {
  const Revocation answer = examine({fetched(issuing().crl(crl_recipe({"0ABC", "7F"})))});
  EXPECT_EQ(answer.state, RevocationState::good);
  EXPECT_EQ(answer.problem, CrlProblem::none);
  EXPECT_EQ(answer.origin, CrlOrigin::fetched);
  EXPECT_EQ(answer.uri, point_uri);
  EXPECT_EQ(answer.subject, leaf()->subject);
  EXPECT_EQ(answer.serial, leaf()->serial);
  EXPECT_EQ(answer.this_update, test_instant - days{1});
  EXPECT_EQ(answer.next_update, test_instant + days{7});
  EXPECT_FALSE(answer.revoked_at.has_value());
}

TEST(Revocation, AListedLeafIsRevokedWithDateAndReason) {
  const Revocation answer = examine({fetched(issuing().crl(crl_recipe({"0ABC", leaf()->serial})))});
  EXPECT_EQ(answer.state, RevocationState::revoked);
  EXPECT_EQ(answer.problem, CrlProblem::none);
  EXPECT_EQ(answer.revoked_at, test_instant - days{2});
  EXPECT_EQ(answer.reason, "keyCompromise");
}

TEST(Revocation, AListedIntermediateIsRevoked) {
  const CertificatePtr second = three_levels().second.certificate();
  const CrlCandidate list = fetched(three_levels().issuing.crl(crl_recipe({second->serial})));
  const Revocation answer =
      examine_revocation({{leaf(), second, three_levels().issuing.certificate()}, 1}, std::vector{list},
                         {.at = test_instant});
  EXPECT_EQ(answer.state, RevocationState::revoked);
  EXPECT_EQ(answer.depth, 1);
}

TEST(Revocation, EveryReasonHasItsName) {
  for (const char* reason :
       {"unspecified", "keyCompromise", "cACompromise", "affiliationChanged", "superseded",
        "cessationOfOperation", "certificateHold", "privilegeWithdrawn", "aACompromise", ""}) {
    SCOPED_TRACE(reason);
    CrlRecipe recipe = crl_recipe();
    recipe.revoked = {{leaf()->serial, test_instant - hours{5}, reason}};
    const Revocation answer = examine({fetched(issuing().crl(recipe))});
    EXPECT_EQ(answer.state, RevocationState::revoked);
    EXPECT_EQ(answer.reason, reason);
    EXPECT_EQ(answer.revoked_at, test_instant - hours{5});
  }
}

TEST(Revocation, AnEntryThatRemovesIsNoRevocation) {
  CrlRecipe recipe = crl_recipe();
  recipe.revoked = {{leaf()->serial, test_instant - days{1}, "removeFromCRL"}};
  EXPECT_EQ(examine({fetched(issuing().crl(recipe))}).state, RevocationState::good);
  recipe.revoked.push_back({leaf()->serial, test_instant - days{1}, "superseded"});
  EXPECT_EQ(examine({fetched(issuing().crl(recipe))}).state, RevocationState::revoked);
}

TEST(Revocation, SerialNumbersAreComparedWhole) {
  struct {
    const char* name;
    const char* own;
    const char* listed;
    RevocationState state;
  } const table[] = {
      {"equal", "7F", "7F", RevocationState::revoked},
      {"sign octet", "80", "80", RevocationState::revoked},
      {"zero", "00", "00", RevocationState::revoked},
      {"twenty octets", "7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF",
       "7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF", RevocationState::revoked},
      {"shorter", "1234", "12", RevocationState::good},
      {"longer", "12", "1234", RevocationState::good},
      {"negative", "-05", "-05", RevocationState::revoked},
      {"the sign counts", "05", "-05", RevocationState::good},
      {"two's complement is not taken for a positive one", "FB", "-05", RevocationState::good},
  };
  for (const auto& row : table) {
    SCOPED_TRACE(row.name);
    CertificateRecipe recipe = leaf_recipe({"mail.contoso.com"});
    recipe.serial = row.own;
    const CertificatePtr certificate = issuing().issue(recipe).chain.front();
    EXPECT_EQ(examine({fetched(issuing().crl(crl_recipe({row.listed})))}, certificate).state, row.state);
  }
}

struct PeriodRow {
  const char* name;
  Instant from;
  Instant until;
  CrlProblem problem;
};

TEST(Revocation, APeriodIsInclusiveAtBothEnds) {
  const PeriodRow table[] = {
      {"in force", test_instant - days{1}, test_instant + days{1}, CrlProblem::none},
      {"first second", test_instant, test_instant + days{1}, CrlProblem::none},
      {"last second", test_instant - days{1}, test_instant, CrlProblem::none},
      {"a second too late", test_instant - days{1}, test_instant - seconds{1}, CrlProblem::stale},
      {"a second too early", test_instant + seconds{1}, test_instant + days{1}, CrlProblem::not_yet_valid},
  };
  for (const PeriodRow& row : table) {
    SCOPED_TRACE(row.name);
    const Revocation clean = examine({fetched(issuing().crl(period(row.from, row.until)))});
    EXPECT_EQ(clean.problem, row.problem);
    EXPECT_EQ(clean.state,
              row.problem == CrlProblem::none ? RevocationState::good : RevocationState::unknown);
    EXPECT_EQ(clean.detail.empty(), row.problem == CrlProblem::none);
    const Revocation listed =
        examine({fetched(issuing().crl(period(row.from, row.until, {leaf()->serial})))});
    EXPECT_EQ(listed.state, RevocationState::revoked) << "time does not take a revocation back";
    EXPECT_EQ(listed.problem, row.problem) << "and the problem is told beside it";
  }
}

TEST(Revocation, AListOfAnotherIssuerSaysNothing) {
  const ThreeLevels other("Fabrikam");
  const Revocation answer = examine({fetched(other.second.crl(crl_recipe({leaf()->serial})))});
  EXPECT_EQ(answer.state, RevocationState::unknown);
  EXPECT_EQ(answer.problem, CrlProblem::wrong_issuer);
  EXPECT_THAT(answer.detail, ::testing::HasSubstr("Fabrikam"));
}

TEST(Revocation, AListOfTheSameNameAndAnotherKeySaysNothing) {
  const ThreeLevels impostor;
  const Revocation answer = examine({fetched(impostor.second.crl(crl_recipe({leaf()->serial})))});
  EXPECT_EQ(answer.state, RevocationState::unknown);
  EXPECT_EQ(answer.problem, CrlProblem::wrong_issuer);
  EXPECT_THAT(answer.detail, ::testing::HasSubstr("another key"));
}

TEST(Revocation, ATamperedListIsInvalid) {
  const std::string sound = issuing().crl(crl_recipe({leaf()->serial}));
  std::string signature = sound;
  signature.back() = static_cast<char>(signature.back() ^ 1);
  std::string content = sound;
  const std::size_t at = content.find('Z') - 1;  // the last digit of thisUpdate
  content[at] = content[at] == '1' ? '0' : '1';
  for (const std::string& tampered : {signature, content}) {
    const Revocation answer = examine({fetched(tampered)});
    EXPECT_EQ(answer.state, RevocationState::unknown);
    EXPECT_EQ(answer.problem, CrlProblem::bad_signature);
    EXPECT_THAT(answer.detail, ::testing::HasSubstr("signature"));
  }
}

TEST(Revocation, TheIssuerMustBeAllowedToSignLists) {
  CertificateRecipe recipe = ca_recipe("CN=No Lists, O=Contoso");
  recipe.key_usage = {{"keyCertSign"}};
  const Authority mute = three_levels().root.subordinate(recipe);
  const Revocation answer = examine({fetched(mute.crl(crl_recipe()))}, leaf_of(mute), mute);
  EXPECT_EQ(answer.state, RevocationState::unknown);
  EXPECT_EQ(answer.problem, CrlProblem::untrusted_signer);
  EXPECT_THAT(answer.detail, ::testing::HasSubstr("cRLSign"));
}

struct ScopeRow {
  const char* name;
  Distribution point;
  CrlProblem problem;
  const char* detail;
};

TEST(Revocation, TheScopeOfAListFollowsTheTable) {
  const ScopeRow table[] = {
      {"end-entity certificates", {.only_user = true}, CrlProblem::none, ""},
      {"CA certificates", {.only_ca = true}, CrlProblem::out_of_scope, "CA certificates only"},
      {"attribute certificates",
       {.only_attribute = true},
       CrlProblem::out_of_scope,
       "attribute certificates only"},
      {"two scopes", {.only_user = true, .only_ca = true}, CrlProblem::invalid, "contradicts"},
      {"its own and others'", {.indirect = true}, CrlProblem::none, ""},
      {"nothing in it", {}, CrlProblem::invalid, "empty"},
      {"its own distribution point", {.uri = point_uri}, CrlProblem::none, ""},
      {"another distribution point",
       {.uri = "http://crl.contoso.com/other.crl"},
       CrlProblem::out_of_scope,
       "another distribution"},
      {"some reasons", {.only_reasons = {1, 2}}, CrlProblem::unavailable, "some reasons"},
  };
  for (const ScopeRow& row : table) {
    SCOPED_TRACE(row.name);
    const Revocation clean = examine({fetched(changed(issuing(), crl_recipe(), distributed(row.point)))});
    EXPECT_EQ(clean.problem, row.problem);
    EXPECT_EQ(clean.state,
              row.problem == CrlProblem::none ? RevocationState::good : RevocationState::unknown);
    EXPECT_THAT(clean.detail, ::testing::HasSubstr(row.detail));
    const Revocation listed =
        examine({fetched(changed(issuing(), crl_recipe({leaf()->serial}), distributed(row.point)))});
    const bool speaks = row.problem == CrlProblem::none || row.problem == CrlProblem::unavailable;
    EXPECT_EQ(listed.state == RevocationState::revoked, speaks);
  }
}

TEST(Revocation, AListOfAPointSpeaksOnlyForCertificatesThatNameOne) {
  const CertificatePtr without = leaf_of(issuing(), {});
  EXPECT_EQ(
      examine({fetched(changed(issuing(), crl_recipe(), distributed({.uri = point_uri})))}, without).problem,
      CrlProblem::out_of_scope);
  EXPECT_EQ(examine({fetched(issuing().crl(crl_recipe()))}, without).state, RevocationState::good);
}

TEST(Revocation, AListForCaCertificatesSpeaksForAnIntermediate) {
  const CertificatePtr second = three_levels().second.certificate();
  const auto state = [&](const Distribution& point) {
    const CrlCandidate list = fetched(changed(three_levels().issuing, crl_recipe(), distributed(point)));
    return examine_revocation({{second, three_levels().issuing.certificate()}}, std::vector{list},
                              {.at = test_instant})
        .state;
  };
  EXPECT_EQ(state({.only_ca = true}), RevocationState::good);
  EXPECT_EQ(state({.only_user = true}), RevocationState::unknown);
}

TEST(Revocation, ListsForSomeReasonsSayGoodTogether) {
  const CrlCandidate one =
      fetched(changed(issuing(), crl_recipe(), distributed({.only_reasons = {1, 2, 3, 4}})));
  const CrlCandidate two =
      fetched(changed(issuing(), crl_recipe(), distributed({.only_reasons = {5, 6, 7, 8}})));
  EXPECT_EQ(examine({one}).state, RevocationState::unknown);
  EXPECT_EQ(examine({one, two}).state, RevocationState::good);
  EXPECT_EQ(examine({one, two}).problem, CrlProblem::none);
}

TEST(Revocation, ACriticalExtensionThatIsNotKnownSpoilsTheList) {
  const auto on_list = [](int critical) {
    return [critical](X509_CRL* list) {
      X509_EXTENSION* extension = stranger(critical);
      X509_CRL_add_ext(list, extension, -1);
      X509_EXTENSION_free(extension);
    };
  };
  const auto on_entry = [](int critical) {
    return [critical](X509_CRL* list) {
      X509_EXTENSION* extension = stranger(critical);
      X509_REVOKED_add_ext(sk_X509_REVOKED_value(X509_CRL_get_REVOKED(list), 0), extension, -1);
      X509_EXTENSION_free(extension);
    };
  };
  const CrlRecipe recipe = crl_recipe({"0ABC"});
  EXPECT_EQ(examine({fetched(changed(issuing(), recipe, on_list(1)))}).problem, CrlProblem::invalid);
  EXPECT_EQ(examine({fetched(changed(issuing(), recipe, on_list(0)))}).state, RevocationState::good);
  EXPECT_EQ(examine({fetched(changed(issuing(), recipe, on_entry(1)))}).problem, CrlProblem::invalid);
  EXPECT_EQ(examine({fetched(changed(issuing(), recipe, on_entry(0)))}).state, RevocationState::good);
}

TEST(Revocation, EntriesOfOtherIssuersSpoilAListThatIsNotIndirect) {
  const auto foreign = testing::first_entry_of(*three_levels().root.certificate());
  const Revocation answer = examine({fetched(changed(issuing(), crl_recipe({leaf()->serial}), foreign))});
  EXPECT_EQ(answer.problem, CrlProblem::invalid);
  EXPECT_THAT(answer.detail, ::testing::HasSubstr("indirect"));
}

TEST(Revocation, ADeltaListAloneDoesNotSayGood) {
  CrlRecipe recipe = crl_recipe();
  recipe.number = 5;
  const CrlCandidate delta = fetched(changed(issuing(), recipe, delta_of(3)));
  ASSERT_NE(delta.crl, nullptr);
  EXPECT_TRUE(delta.crl->delta());
  EXPECT_EQ(examine({delta}).state, RevocationState::unknown);
  EXPECT_EQ(examine({delta}).problem, CrlProblem::unavailable);
  recipe.number = 3;
  EXPECT_EQ(examine({delta, fetched(issuing().crl(recipe))}).state, RevocationState::good);
}

TEST(Revocation, ADeltaListAddsToItsBaseAndReleasesFromHold) {
  CrlRecipe base = crl_recipe();
  base.number = 3;
  CrlRecipe next = base;
  next.number = 5;
  next.revoked = {{leaf()->serial, test_instant - hours{1}, "superseded"}};
  EXPECT_EQ(examine({fetched(issuing().crl(base)), fetched(changed(issuing(), next, delta_of(3)))}).state,
            RevocationState::revoked);
  base.revoked = {{leaf()->serial, test_instant - hours{9}, "certificateHold"}};
  next.revoked = {{leaf()->serial, test_instant - hours{1}, "removeFromCRL"}};
  const CrlCandidate hold = fetched(issuing().crl(base));
  EXPECT_EQ(examine({hold, fetched(changed(issuing(), next, delta_of(3)))}).state, RevocationState::good);
  EXPECT_EQ(examine({hold, fetched(changed(issuing(), next, delta_of(4)))}).state, RevocationState::revoked)
      << "the delta is for a later base";
  base.revoked[0].reason = "keyCompromise";
  EXPECT_EQ(examine({fetched(issuing().crl(base)), fetched(changed(issuing(), next, delta_of(3)))}).state,
            RevocationState::revoked)
      << "only a hold can be released";
}

// D-19.
TEST(Revocation, WithoutAListTheCertificateTellsWhy) {
  EXPECT_EQ(examine({}, leaf_of(issuing(), {})).problem, CrlProblem::no_cdp);
  EXPECT_EQ(examine({}, leaf_of(issuing(), {"ldap:///CN=CA,DC=contoso?certificateRevocationList"})).problem,
            CrlProblem::no_cdp);
  EXPECT_EQ(examine({}, leaf_of(issuing(), {"HTTP://crl.contoso.com/a.crl"})).problem,
            CrlProblem::unavailable);
  EXPECT_EQ(examine({}).state, RevocationState::unknown);
}

TEST(Revocation, AProblemOfTheFetchIsHandedOn) {
  for (const CrlProblem problem : {CrlProblem::unreachable, CrlProblem::too_large, CrlProblem::invalid,
                                   CrlProblem::no_cdp, CrlProblem::unavailable}) {
    SCOPED_TRACE(text(problem));
    const Revocation answer = examine({missing(problem, "connection refused after 3 tries")});
    EXPECT_EQ(answer.state, RevocationState::unknown);
    EXPECT_EQ(answer.problem, problem);
    EXPECT_EQ(answer.detail, "connection refused after 3 tries");
    EXPECT_EQ(answer.uri, point_uri);
  }
}

struct BestRow {
  const char* name;
  std::vector<CrlCandidate> candidates;
  RevocationState state;
  CrlProblem problem;
};

TEST(Revocation, TheBestOfSeveralListsWinsInEveryOrder) {
  const CrlCandidate good = fetched(issuing().crl(crl_recipe()));
  const CrlCandidate revoked = fetched(issuing().crl(crl_recipe({leaf()->serial})));
  const CrlCandidate stale = fetched(issuing().crl(period(test_instant - days{9}, test_instant - days{2})));
  const CrlCandidate stale_revoked =
      fetched(issuing().crl(period(test_instant - days{9}, test_instant - days{2}, {leaf()->serial})));
  CrlCandidate stranger_file = fetched(three_levels().root.crl(crl_recipe()));
  stranger_file.origin = CrlOrigin::file;
  const CrlCandidate unreachable = missing(CrlProblem::unreachable);
  const BestRow table[] = {
      {"revoked before good", {good, revoked}, RevocationState::revoked, CrlProblem::none},
      {"good before unreachable", {unreachable, good}, RevocationState::good, CrlProblem::none},
      {"good before stale", {stale, good}, RevocationState::good, CrlProblem::none},
      {"good in force before revoked out of period",
       {stale_revoked, good},
       RevocationState::good,
       CrlProblem::none},
      {"revoked out of period before problems",
       {unreachable, stale, stale_revoked},
       RevocationState::revoked,
       CrlProblem::stale},
      {"stale before unreachable", {unreachable, stale}, RevocationState::unknown, CrlProblem::stale},
      {"unreachable before a file of another CA",
       {stranger_file, unreachable},
       RevocationState::unknown,
       CrlProblem::unreachable},
      {"a file of another CA alone", {stranger_file}, RevocationState::unknown, CrlProblem::wrong_issuer},
      {"too large before unreachable",
       {unreachable, missing(CrlProblem::too_large)},
       RevocationState::unknown,
       CrlProblem::too_large},
  };
  for (const BestRow& row : table) {
    SCOPED_TRACE(row.name);
    std::vector<CrlCandidate> candidates = row.candidates;
    for (int order = 0; order < 2; ++order) {
      const Revocation answer = examine(candidates);
      EXPECT_EQ(answer.state, row.state);
      EXPECT_EQ(answer.problem, row.problem);
      std::reverse(candidates.begin(), candidates.end());
    }
  }
}

TEST(Revocation, OfTwoGoodListsTheNewerIsNamed) {
  const CrlCandidate older = fetched(issuing().crl(period(test_instant - days{3}, test_instant + days{1})));
  const CrlCandidate newer = fetched(issuing().crl(period(test_instant - days{1}, test_instant + days{1})));
  EXPECT_EQ(examine({older, newer}).this_update, test_instant - days{1});
  EXPECT_EQ(examine({newer, older}).this_update, test_instant - days{1});
}

std::string serial_number(std::uint32_t i) {
  std::array<char, 33> text{};
  std::snprintf(text.data(), text.size(), "4%07X%08X%08X%08X", i & 0xFFFFFFFU, i * 2654435761U, ~i,
                i ^ 0x5A5A5A5AU);
  return text.data();
}

TEST(Revocation, AHundredThousandEntriesAreAllFound) {
  CrlRecipe recipe = crl_recipe();
  const auto serial = serial_number;
  for (std::uint32_t i = 0; i < 100'000; ++i)
    recipe.revoked.push_back({serial(i), test_instant - days{2}, {}});
  recipe.revoked.push_back({leaf()->serial, test_instant - days{3}, "superseded"});
  const CrlCandidate list = fetched(issuing().crl(recipe));
  ASSERT_NE(list.crl, nullptr);
  EXPECT_EQ(list.crl->entries(), 100'001U);
  EXPECT_EQ(examine({list}).state, RevocationState::revoked);
  EXPECT_EQ(examine({list}).reason, "superseded");
  EXPECT_EQ(examine({list}, leaf_of(issuing())).state, RevocationState::good);
  const PrivateKey key = make_key(KeyKind::ec_p256);
  for (const std::uint32_t i : {0U, 1U, 4711U, 50'000U, 99'999U, 100'000U}) {
    CertificateRecipe certificate = leaf_recipe({"mail.contoso.com"});
    certificate.serial = serial(i);
    EXPECT_EQ(examine({list}, issuing().certify(certificate, key)).state,
              i < 100'000 ? RevocationState::revoked : RevocationState::good)
        << i;
  }
}

TEST(Revocation, OneListServesManyThreads) {
  const std::vector<CrlCandidate> list{fetched(issuing().crl(crl_recipe({leaf()->serial})))};
  std::vector<int> revoked(4);
  {
    std::vector<std::jthread> threads;
    for (std::size_t t = 0; t < revoked.size(); ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0; i < 100; ++i) revoked[t] += examine(list).state == RevocationState::revoked ? 1 : 0;
      });
    }
  }
  EXPECT_THAT(revoked, ::testing::Each(100));
}

TEST(Crl, ReadsDerAndPemAlike) {
  CrlRecipe recipe = crl_recipe({"01", "02"});
  recipe.number = 0x1234;
  const std::string der = issuing().crl(recipe);
  BIO* memory = BIO_new(BIO_s_mem());
  PEM_write_bio(memory, PEM_STRING_X509_CRL, "", reinterpret_cast<const unsigned char*>(der.data()),
                static_cast<long>(der.size()));
  char* text = nullptr;
  const long length = BIO_get_mem_data(memory, &text);
  const std::string pem(text, static_cast<std::size_t>(length));
  BIO_free(memory);
  for (const std::string& bytes : {der, pem, "a comment\n" + issuing().certificate()->pem() + pem}) {
    const auto list = Crl::read(bytes);
    ASSERT_NE(list, nullptr);
    EXPECT_EQ(list->issuer(), issuing().certificate()->subject);
    EXPECT_EQ(list->entries(), 2U);
    EXPECT_EQ(list->number(), "1234");
    EXPECT_EQ(list->this_update(), test_instant - days{1});
    EXPECT_EQ(list->next_update(), test_instant + days{7});
    EXPECT_FALSE(list->delta());
    EXPECT_THAT(list->profile_faults(), ::testing::IsEmpty());
  }
  EXPECT_EQ(Crl::read_all(pem + issuing().certificate()->pem() + pem).size(), 2U);
  EXPECT_EQ(Crl::read_all(der).size(), 1U);
  EXPECT_TRUE(Crl::read_all("").empty());
}

TEST(Crl, TellsWhatBreaksTheProfile) {
  const auto plain = [](X509_CRL* list) {
    while (X509_CRL_get_ext_count(list) > 0) X509_EXTENSION_free(X509_CRL_delete_ext(list, 0));
  };
  const auto list = Crl::read(changed(issuing(), crl_recipe(), plain));
  ASSERT_NE(list, nullptr);
  EXPECT_THAT(list->profile_faults(), ::testing::ElementsAre(::testing::HasSubstr("cRLNumber"),
                                                             ::testing::HasSubstr("authorityKeyIdentifier")));
  EXPECT_FALSE(list->number().has_value());
}

TEST(Crl, AVersionOneListHasNoExtensions) {
  const auto version_1 = [](X509_CRL* list) { X509_CRL_set_version(list, X509_CRL_VERSION_1); };
  EXPECT_EQ(examine({fetched(changed(issuing(), crl_recipe(), version_1))}).problem, CrlProblem::invalid);
  const auto plain_1 = [](X509_CRL* list) {
    X509_CRL_set_version(list, X509_CRL_VERSION_1);
    while (X509_CRL_get_ext_count(list) > 0) X509_EXTENSION_free(X509_CRL_delete_ext(list, 0));
  };
  EXPECT_EQ(examine({fetched(changed(issuing(), crl_recipe(), plain_1))}).state, RevocationState::good);
}

TEST(Crl, IsNoneWhenTheOctetsAreNone) {
  const std::string der = issuing().crl(crl_recipe({"01"}));
  const Bytes certificate = issuing().certificate()->der();
  EXPECT_EQ(Crl::read(""), nullptr);
  EXPECT_EQ(Crl::read("hello"), nullptr);
  EXPECT_EQ(Crl::read("-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n"), nullptr);
  EXPECT_EQ(Crl::read(der + "x"), nullptr) << "nothing may follow";
  EXPECT_EQ(Crl::read(std::string(certificate.begin(), certificate.end())), nullptr);
  for (std::size_t length = 0; length < der.size(); ++length)
    EXPECT_EQ(Crl::read(der.substr(0, length)), nullptr) << length;
}

TEST(Crl, MutatedListsNeverCrashAndNeverSpeak) {
  std::mt19937 random(20261122);
  const std::string der =
      changed(issuing(), crl_recipe({leaf()->serial, "0ABC"}), distributed({.uri = point_uri}));
  int parsed = 0;
  for (int i = 0; i < 5000; ++i) {
    std::string bytes = der;
    for (unsigned n = random() % 3; n < 3; ++n) bytes[random() % bytes.size()] = static_cast<char>(random());
    if (random() % 4 == 0) bytes.erase(random() % bytes.size(), random() % 8);
    if (bytes == der) continue;
    const auto list = Crl::read(bytes);
    if (list == nullptr) continue;
    ++parsed;
    EXPECT_EQ(examine({{list, CrlOrigin::fetched, point_uri, CrlProblem::none, {}}}).state,
              RevocationState::unknown);
  }
  EXPECT_GT(parsed, 100);
}

TEST(Revocation, HasAWordForEachValue) {
  EXPECT_EQ(text(RevocationState::good), "good");
  EXPECT_EQ(text(RevocationState::revoked), "revoked");
  EXPECT_EQ(text(RevocationState::unknown), "unknown");
  EXPECT_EQ(text(CrlProblem::not_yet_valid), "not-yet-valid");
  EXPECT_EQ(text(CrlProblem::no_cdp), "no-cdp");
  EXPECT_EQ(text(CrlOrigin::file), "file");
  EXPECT_EQ(text(CrlOrigin::cache), "cache");
  EXPECT_EQ(text(CrlOrigin::fetched), "fetched");
}

}  // namespace
}  // namespace domsec::pki
