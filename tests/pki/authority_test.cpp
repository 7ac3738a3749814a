#include "domsec/pki/authority.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/pki.h"

namespace domsec::pki {
namespace {

using domsec::testing::ca_recipe;
using domsec::testing::crl_recipe;
using domsec::testing::leaf_recipe;
using domsec::testing::test_instant;
using domsec::testing::three_levels;

TEST(Authority, SendsTheIntermediatesAndNotTheRoot) {
  const auto& levels = three_levels();
  const Credentials leaf = levels.leaf("mail1.contoso.com");
  ASSERT_EQ(leaf.chain.size(), 3U);
  EXPECT_EQ(leaf.chain[1]->thumbprint, levels.second.certificate()->thumbprint);
  EXPECT_EQ(leaf.chain[2]->thumbprint, levels.issuing.certificate()->thumbprint);
  EXPECT_TRUE(levels.root.certificate()->self_signed);
  EXPECT_TRUE(levels.root.certificate()->ca);
  EXPECT_EQ(levels.root.issue(leaf_recipe({"a.example"})).chain.size(), 1U);
  EXPECT_FALSE(levels.root.crl(crl_recipe({leaf.chain[0]->serial})).empty());
}

}  // namespace
}  // namespace domsec::pki
