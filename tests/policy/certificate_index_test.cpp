// What a session finds through the index is what it would find by asking every certificate.
#include "domsec/policy/certificate_index.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "support/pki.h"

namespace domsec::policy {
namespace {

using testing::test_instant;

/// Every certificate differs from its neighbours in what selection looks at; names repeat.
std::vector<StoredCertificate> store_of(std::size_t count) {
  const std::vector<std::vector<std::string>> names = {
      {"mail.contoso.com"},   {"MAIL.contoso.com."},
      {"*.contoso.com"},      {"mail.fabrikam.com", "mail.contoso.com"},
      {"contoso.com"},        {"a.mail.contoso.com"},
      {"mail*.contoso.com"},  {"*.com"},
      {"*.mail.contoso.com"}, {"wood.example"}};
  const pki::PrivateKey key = pki::make_key(pki::KeyKind::ec_p256);
  std::vector<StoredCertificate> store;
  for (std::size_t i = 0; i < count; ++i) {
    pki::CertificateRecipe recipe = testing::leaf_recipe({});
    recipe.subject = "CN=host" + std::to_string(i % 7) + ".contoso.com, O=Contoso";
    recipe.dns_names = names[i * 3 % names.size()];
    recipe.not_before = test_instant - std::chrono::hours(24 * static_cast<int>(1 + i % 5));
    recipe.not_after = test_instant + std::chrono::hours(24 * (static_cast<int>(i % 11) - 2));
    StoredCertificate stored;
    stored.certificate = testing::three_levels().second.certify(recipe, key);
    stored.has_private_key = i % 4 != 1;
    stored.for_smtp = i % 6 != 2;
    stored.trusted = i % 9 != 3;
    stored.name = "n" + std::to_string(i);
    store.push_back(std::move(stored));
  }
  return store;
}

std::string told(const Selection& selection) {
  std::string text = selection.searched_for + '\n' + selection.reason + '\n';
  for (const Finding& finding : selection.findings) text += finding.detail + '\n';
  for (const std::size_t place : selection.order) {
    const auto candidate = std::ranges::find(selection.candidates, place, &Candidate::index);
    if (candidate->name_matches)
      text += std::to_string(place) + ' ' + candidate->why + ' ' + candidate->lost + '\n';
  }
  return text;
}

TEST(CertificateIndex, FindsWhatAskingEveryCertificateFinds) {
  const std::vector<StoredCertificate> store = store_of(60);
  const CertificateIndex index(store);
  std::size_t chosen = 0;
  for (const char* name :
       {"mail.contoso.com", "Mail.Contoso.COM", "contoso.com", "a.mail.contoso.com", "b.contoso.com",
        "mail.fabrikam.com", "wood.example", "a.b.mail.contoso.com", "com", "nothing.example"}) {
    SCOPED_TRACE(name);
    const auto fqdn = smtp::Domain::parse(name);
    ASSERT_TRUE(fqdn);
    const Selection all = select_certificate(store, std::nullopt, fqdn, test_instant);
    const Selection indexed = select_certificate(store, index, std::nullopt, fqdn, test_instant);
    EXPECT_EQ(indexed.chosen, all.chosen);
    EXPECT_EQ(told(indexed), told(all));
    chosen += all.chosen.has_value();
  }
  EXPECT_GE(chosen, 6U) << "the names of the test find nothing";
}

TEST(CertificateIndex, FindsSubjectAndIssuerInEitherOrder) {
  const std::vector<StoredCertificate> store = store_of(60);
  const CertificateIndex index(store);
  const std::string issuer = store.front().certificate->issuer;
  for (const char* subject :
       {"CN=host3.contoso.com, O=Contoso", "O=Contoso,cn=host3.contoso.com", "CN=host99.contoso.com"}) {
    SCOPED_TRACE(subject);
    const exchange::TlsCertificateName wanted{issuer, subject};
    const Selection all = select_certificate(store, wanted, std::nullopt, test_instant);
    const Selection indexed = select_certificate(store, index, wanted, std::nullopt, test_instant);
    EXPECT_EQ(indexed.chosen, all.chosen);
    EXPECT_EQ(told(indexed), told(all));
    EXPECT_EQ(indexed.candidates.empty(), std::string(subject).find("99") != std::string::npos);
  }
}

TEST(CertificateIndex, WithoutANameThereIsNothingToLookFor) {
  const std::vector<StoredCertificate> store = store_of(3);
  EXPECT_EQ(
      told(select_certificate(store, CertificateIndex(store), std::nullopt, std::nullopt, test_instant)),
      told(select_certificate(store, std::nullopt, std::nullopt, test_instant)));
}

}  // namespace
}  // namespace domsec::policy
