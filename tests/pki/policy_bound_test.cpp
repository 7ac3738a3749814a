#include <gtest/gtest.h>
#include <openssl/x509_vfy.h>

#include <algorithm>

#include "domsec/pki/path.h"
#include "support/altered_certificate.h"
#include "support/pki.h"

namespace domsec::pki {
namespace {

using testing::altered_certificate;
using testing::ca_recipe;
using testing::Criticality;
using testing::leaf_recipe;
using testing::test_instant;

std::string policies(int count) {
  std::string value;
  for (int i = 0; i < count; ++i)
    value += (i == 0 ? "1.3.6.1.4.1.311." : ",1.3.6.1.4.1.311.") + std::to_string(i);
  return value;
}

struct House {
  Authority root = Authority::root(ca_recipe("CN=Root"));
  PrivateKey key = make_key(KeyKind::ec_p256);

  [[nodiscard]] CertificatePtr authority(int policy_count) const {
    return altered_certificate(root, ca_recipe("CN=Between"), key, [&](X509* x509) {
      testing::set_extension(x509, NID_certificate_policies, Criticality::not_critical,
                             policies(policy_count));
    });
  }
  [[nodiscard]] PathInput input(const Chain& presented) const {
    PathInput made;
    made.presented = presented;
    auto anchors = std::make_shared<TrustStore>();
    anchors->add({root.certificate()});
    made.anchors = anchors;
    made.at = test_instant;
    return made;
  }
  /// Below such an authority.
  [[nodiscard]] CertificatePtr leaf(const CertificatePtr& authority) const {
    return Authority({{authority}, key}).certify(leaf_recipe({"mail1.contoso.com"}), key);
  }
};

std::vector<std::pair<int, int>> told(const PathExamination& examination) {
  std::vector<std::pair<int, int>> problems;
  for (const PathProblem& problem : examination.problems)
    problems.emplace_back(problem.depth, problem.x509_error);
  return problems;
}

using Problems = std::vector<std::pair<int, int>>;

TEST(PolicyBound, RefusesAnAuthorityWithMorePoliciesThanAreExamined) {
  const House house;
  const CertificatePtr few = house.authority(256), many = house.authority(257);
  EXPECT_EQ(told(examine_path(house.input({house.leaf(few), few}))), Problems{});
  EXPECT_EQ(told(examine_path(house.input({house.leaf(many), many}))),
            (Problems{{1, X509_V_ERR_INVALID_POLICY_EXTENSION}}));
}

TEST(PolicyBound, RefusesALeafWithMorePoliciesThanAreExamined) {
  const House house;
  const CertificatePtr leaf =
      altered_certificate(house.root, leaf_recipe({"mail1.contoso.com"}), house.key, [](X509* x509) {
        testing::set_extension(x509, NID_certificate_policies, Criticality::not_critical, policies(3'000));
      });
  EXPECT_EQ(told(examine_path(house.input({leaf}))), (Problems{{0, X509_V_ERR_INVALID_POLICY_EXTENSION}}));
}

TEST(PolicyBound, StillExaminesThePoliciesOfAPathThatOthersWereSentWith) {
  const House house;
  const CertificatePtr few = house.authority(2),
                       bystander = house.root.certify(ca_recipe("CN=Bystander"), house.key);
  const CertificatePtr crowded =
      altered_certificate(house.root, ca_recipe("CN=Bystander"), house.key, [](X509* x509) {
        testing::set_extension(x509, NID_certificate_policies, Criticality::not_critical, policies(300));
      });
  for (const CertificatePtr& other : {bystander, crowded}) {
    PathInput input = house.input({house.leaf(few), few, other});
    EXPECT_EQ(told(examine_path(input)), Problems{});
    input.policy.require_explicit = true;  // the leaf has none
    EXPECT_EQ(told(examine_path(input)), (Problems{{0, X509_V_ERR_NO_EXPLICIT_POLICY}}));
  }
}

}  // namespace
}  // namespace domsec::pki
