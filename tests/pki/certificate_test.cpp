#include "domsec/pki/certificate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/pki.h"

namespace domsec::pki {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using domsec::testing::ca_recipe;
using domsec::testing::leaf_recipe;
using domsec::testing::test_instant;
using domsec::testing::three_levels;

CertificatePtr leaf_of(const CertificateRecipe& recipe) { return three_levels().second.issue(recipe).chain.front(); }

TEST(Certificate, ShowsTheFieldsOfALeaf) {
  CertificateRecipe recipe = leaf_recipe({"mail1.contoso.com", "contoso.com"});
  recipe.serial = "0B91F3A2C4D5E6F708192A3B4C5D6E7F";
  recipe.other_names = {"IP:192.0.2.10", "IP:2001:db8::1", "email:postmaster@contoso.com", "URI:smtp://contoso.com"};
  recipe.crl_distribution_points = {"http://crl.contoso.com/2.crl", "ldap:///CN=2"};
  const CertificatePtr leaf = leaf_of(recipe);
  ASSERT_NE(leaf, nullptr);
  EXPECT_EQ(leaf->subject, "CN=mail1.contoso.com, O=Contoso");
  EXPECT_EQ(leaf->issuer, "CN=Contoso Issuing CA 2, O=Contoso");
  EXPECT_EQ(leaf->serial, "0B91F3A2C4D5E6F708192A3B4C5D6E7F");
  EXPECT_EQ(leaf->not_before, recipe.not_before);
  EXPECT_EQ(leaf->not_after, recipe.not_after);
  EXPECT_THAT(leaf->common_names, ElementsAre("mail1.contoso.com"));
  EXPECT_THAT(leaf->dns_names, ElementsAre("mail1.contoso.com", "contoso.com"));
  EXPECT_THAT(leaf->other_names, ElementsAre("IP:192.0.2.10", "IP:2001:db8::1", "email:postmaster@contoso.com", "URI:smtp://contoso.com"));
  EXPECT_EQ(leaf->key_usage, 1U);
  ASSERT_TRUE(leaf->extended_key_usage);
  EXPECT_THAT(*leaf->extended_key_usage, ElementsAre("serverAuth", "clientAuth"));
  EXPECT_THAT(leaf->crl_distribution_points, ElementsAre("http://crl.contoso.com/2.crl", "ldap:///CN=2"));
  EXPECT_FALSE(leaf->ca);
  EXPECT_FALSE(leaf->self_issued);
  EXPECT_FALSE(leaf->self_signed);
  EXPECT_EQ(leaf->version, 3);
  EXPECT_EQ(leaf->key_algorithm, "EC P-256");
  EXPECT_EQ(leaf->signature_algorithm, "ecdsa-with-SHA256");
}

}  // namespace
}  // namespace domsec::pki
