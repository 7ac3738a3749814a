#include "domsec/report/certificate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "support/pki.h"

namespace domsec::report {
namespace {

using domsec::testing::leaf_recipe;
using domsec::testing::test_instant;
using domsec::testing::three_levels;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(ValidityText, CountsDaysOnBothSides) {
  const pki::CertificatePtr leaf = three_levels().leaf("mail1.contoso.com").chain.front();
  EXPECT_EQ(validity_text(*leaf, leaf->not_after - std::chrono::hours(25)), "1 day left");
  EXPECT_EQ(validity_text(*leaf, leaf->not_after), "0 days left");
  EXPECT_EQ(validity_text(*leaf, leaf->not_after + std::chrono::days(2)), "expired 2 days ago");
  EXPECT_EQ(validity_text(*leaf, leaf->not_before - std::chrono::days(2)),
            "not before " + pki::rfc3339(leaf->not_before));
}

TEST(CertificateText, ShowsTheHashesAndTheNames) {
  const pki::CertificatePtr leaf = three_levels().leaf("mail1.contoso.com").chain.front();
  const std::string text = certificate_text(*leaf, 2, test_instant);
  EXPECT_THAT(text, ::testing::StartsWith("[2] CN=mail1.contoso.com, O=Contoso\n  issuer        "));
  EXPECT_THAT(text, HasSubstr("  names         mail1.contoso.com\n"));
  EXPECT_THAT(text, HasSubstr("  SHA-1         " + leaf->thumbprint + "\n"));
  EXPECT_THAT(text, HasSubstr("  SHA-256       " + leaf->thumbprint_sha256 + "\n"));
  EXPECT_THAT(text, HasSubstr("  extended use  serverAuth, clientAuth\n"));
}

TEST(CertificateText, EscapesWhatAStrangerWrote) {
  pki::CertificateRecipe recipe = leaf_recipe({"a\x1b[2J.contoso.com", std::string("b\0.contoso.com", 14)});
  const std::string text = certificate_text(*pki::self_signed(recipe).chain.front(), 0, test_instant);
  EXPECT_THAT(text, HasSubstr("a\\x1B[2J.contoso.com, b\\x00.contoso.com"));
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
}

TEST(TrustText, ShowsThePathOrEveryProblem) {
  const pki::Credentials leaf = three_levels().leaf("mail1.contoso.com");
  auto anchors = std::make_shared<pki::TrustStore>();
  anchors->add(three_levels().anchors());
  pki::PathInput input;
  input.presented = leaf.chain;
  input.anchors = anchors;
  input.at = test_instant;
  EXPECT_THAT(trust_text(pki::examine_path(input)), HasSubstr("trusted, the path ends in CN=Contoso Root"));
  EXPECT_THAT(trust_text(pki::examine_path(input)),
              HasSubstr("[3] CN=Contoso Root, O=Contoso, trusted root\n"));
  input.anchors = std::make_shared<pki::TrustStore>();
  input.at = leaf.chain.front()->not_after + std::chrono::days(1);
  const std::string text = trust_text(pki::examine_path(input));
  EXPECT_THAT(text, HasSubstr("not trusted\n"));
  EXPECT_THAT(text, HasSubstr("expired: [0] CN=mail1.contoso.com"));
  EXPECT_THAT(text, HasSubstr("untrusted-root: "));
}

}  // namespace
}  // namespace domsec::report
