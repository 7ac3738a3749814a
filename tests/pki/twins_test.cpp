#include "domsec/pki/twins.h"

#include <gtest/gtest.h>

#include "support/pki.h"

namespace domsec::pki {
namespace {

using testing::ca_recipe;
using testing::leaf_recipe;
using testing::ThreeLevels;

TEST(Twins, HaveOneNameAndOneKey) {
  const ThreeLevels pki("Twins");
  const PrivateKey key = make_key(KeyKind::ec_p256);
  const CertificatePtr one = pki.root.certify(ca_recipe("CN=Issuing"), key);
  const CertificatePtr renewed = pki.issuing.certify(ca_recipe("CN=Issuing"), key);
  const CertificatePtr other_name = pki.root.certify(ca_recipe("CN=Other"), key);
  const CertificatePtr other_key = pki.root.certify(ca_recipe("CN=Issuing"), make_key(KeyKind::ec_p256));
  EXPECT_TRUE(are_twins(*one, *renewed));
  EXPECT_FALSE(are_twins(*one, *other_name));
  EXPECT_FALSE(are_twins(*one, *other_key));
  EXPECT_EQ(without_later_twins({other_key, renewed, other_name, one}),
            (Chain{other_key, renewed, other_name}));
}

}  // namespace
}  // namespace domsec::pki
