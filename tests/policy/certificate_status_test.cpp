#include "domsec/policy/certificate_status.h"

#include <gtest/gtest.h>

#include "support/pki.h"

namespace domsec::policy {
namespace {

using pki::PathFault;
using pki::RevocationState;
using testing::test_instant;
using testing::three_levels;

pki::PathExamination examined(const pki::Chain& chain, const pki::Chain& anchors,
                              pki::Instant at = test_instant) {
  auto store = std::make_shared<pki::TrustStore>();
  store->add(anchors);
  pki::PathInput input;
  input.presented = chain;
  input.anchors = store;
  input.at = at;
  return pki::examine_path(input);
}

TEST(CertificateStatus, IsValidOnAGoodPathAndTellsWhatIsWrongOtherwise) {
  const pki::Credentials leaf = three_levels().leaf("mail1.contoso.com");
  const pki::Certificate& certificate = *leaf.chain.front();
  const pki::PathExamination good = examined(leaf.chain, three_levels().anchors());
  EXPECT_EQ(certificate_status(certificate, good, {}, test_instant), CertificateStatus::valid);
  EXPECT_EQ(certificate_status(certificate, examined(leaf.chain, {}), {}, test_instant),
            CertificateStatus::untrusted);
  EXPECT_EQ(certificate_status(certificate, examined({leaf.chain.front()}, three_levels().anchors()), {},
                               test_instant),
            CertificateStatus::untrusted);
  for (const pki::Instant at :
       {certificate.not_after + std::chrono::seconds(1), certificate.not_before - std::chrono::seconds(1)}) {
    EXPECT_EQ(certificate_status(certificate, examined(leaf.chain, three_levels().anchors(), at), {}, at),
              CertificateStatus::date_invalid);
  }
}

TEST(CertificateStatus, RevocationCountsOnAGoodPathOnly) {
  const pki::Credentials leaf = three_levels().leaf("mail1.contoso.com");
  const pki::PathExamination good = examined(leaf.chain, three_levels().anchors());
  struct Row {
    std::vector<RevocationState> states;
    CertificateStatus status;
  };
  const std::vector<Row> rows = {
      {{RevocationState::good, RevocationState::good}, CertificateStatus::valid},
      {{RevocationState::good, RevocationState::unknown}, CertificateStatus::revocation_check_failure},
      {{RevocationState::unknown, RevocationState::revoked}, CertificateStatus::revoked},
  };
  for (const Row& row : rows) {
    std::vector<pki::Revocation> revocations;
    for (const RevocationState state : row.states) {
      revocations.emplace_back();
      revocations.back().state = state;
    }
    EXPECT_EQ(certificate_status(*leaf.chain.front(), good, revocations, test_instant), row.status);
    EXPECT_EQ(certificate_status(*leaf.chain.front(), examined(leaf.chain, {}), revocations, test_instant),
              CertificateStatus::untrusted);
  }
}

TEST(CertificateStatus, OtherFaultsOfThePathAreInvalid) {
  const pki::Credentials leaf = three_levels().leaf("mail1.contoso.com");
  pki::PathExamination path;
  for (const PathFault fault :
       {PathFault::bad_signature, PathFault::not_a_ca, PathFault::weak, PathFault::other}) {
    path.problems.assign(1, pki::PathProblem{fault, 1, 0, {}, {}});
    EXPECT_EQ(certificate_status(*leaf.chain.front(), path, {}, test_instant), CertificateStatus::invalid);
  }
  path.problems.assign(1, pki::PathProblem{PathFault::expired, 1, 0, {}, {}});
  EXPECT_EQ(certificate_status(*leaf.chain.front(), path, {}, test_instant), CertificateStatus::date_invalid);
}

TEST(CertificateStatus, SelfSignedIsValidWhileItIsInForce) {
  const pki::Credentials own = pki::self_signed(testing::leaf_recipe({"edge1.contoso.com"}));
  const pki::Certificate& certificate = *own.chain.front();
  const pki::PathExamination path = examined(own.chain, three_levels().anchors());
  EXPECT_FALSE(path.good());
  EXPECT_EQ(certificate_status(certificate, path, {}, test_instant), CertificateStatus::valid);
  const pki::Instant later = certificate.not_after + std::chrono::seconds(1);
  EXPECT_EQ(certificate_status(certificate, path, {}, later), CertificateStatus::date_invalid);
}

TEST(CertificateStatus, R31RootCaTypeTellsWhoTrustsTheRoot) {
  const pki::Credentials own = pki::self_signed(testing::leaf_recipe({"edge1.contoso.com"}));
  const pki::Credentials leaf = three_levels().leaf("mail1.contoso.com");
  const auto word = [](const pki::Credentials& of, RootPlace place) {
    return text(root_ca_type(*of.chain.front(), place));
  };
  EXPECT_EQ(word(own, RootPlace::nowhere), "None");
  EXPECT_EQ(word(own, RootPlace::configured), "Registry");
  EXPECT_EQ(word(leaf, RootPlace::configured), "Registry");
  EXPECT_EQ(word(leaf, RootPlace::system), "ThirdParty");
  EXPECT_EQ(word(leaf, RootPlace::nowhere), "Unknown");
}

}  // namespace
}  // namespace domsec::policy
