#include "domsec/pki/crl_listing.h"

#include <gtest/gtest.h>

#include "support/pki.h"

namespace domsec::pki {
namespace {

using testing::crl_recipe;
using testing::leaf_recipe;
using testing::ThreeLevels;

TEST(CrlListing, GoesByIssuerNameAndSerialAndByNothingElse) {
  const ThreeLevels pki("Listing");
  const CertificatePtr listed = pki.issuing.issue(leaf_recipe({"a.example"})).chain.front();
  const CertificatePtr other = pki.issuing.issue(leaf_recipe({"b.example"})).chain.front();
  std::string der = pki.issuing.crl(crl_recipe({listed->serial}));
  der.back() = static_cast<char>(der.back() ^ 1);  // the signature does not count
  const auto list = Crl::read(der);
  ASSERT_TRUE(list);
  EXPECT_TRUE(is_listed(*list, *listed));
  EXPECT_FALSE(is_listed(*list, *other));
  EXPECT_FALSE(
      is_listed(*Crl::read(pki.root.crl(crl_recipe({listed->serial}))), *listed));  // another issuer's
}

}  // namespace
}  // namespace domsec::pki
