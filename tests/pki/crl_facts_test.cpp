#include "domsec/pki/crl_facts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/crl.h"
#include "support/pki.h"

namespace domsec::pki {
namespace {

using domsec::testing::changed;
using domsec::testing::crl_recipe;
using domsec::testing::delta_of;
using domsec::testing::distributed;
using domsec::testing::Distribution;
using domsec::testing::three_levels;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(CrlFacts, TellTheSizeAndTheSignatureOfAFullList) {
  const std::string der = three_levels().issuing.crl(crl_recipe({"01"}));
  const CrlFacts facts = crl_facts(*Crl::read(der));
  EXPECT_EQ(facts.octets, der.size());
  EXPECT_EQ(facts.signature_algorithm, "ecdsa-with-SHA256");
  EXPECT_EQ(facts.base_number, std::nullopt);
  EXPECT_FALSE(facts.authority_key_id.empty());
  EXPECT_THAT(facts.scope, IsEmpty());
  EXPECT_EQ(facts.fault, "");
}

TEST(CrlFacts, TellTheBaseOfADeltaListAndWhomAListSpeaksOf) {
  const auto delta = Crl::read(changed(three_levels().issuing, crl_recipe(), delta_of(0x1F)));
  ASSERT_TRUE(delta);
  EXPECT_EQ(crl_facts(*delta).base_number, "1F");
  Distribution wanted;
  wanted.only_user = true;
  wanted.indirect = true;
  wanted.uri = "http://crl.contoso.com/\x1b[31m";
  const auto partial = Crl::read(changed(three_levels().issuing, crl_recipe(), distributed(wanted)));
  ASSERT_TRUE(partial);
  EXPECT_THAT(crl_facts(*partial).scope,
              ElementsAre("distribution point http://crl.contoso.com/\\x1B[31m", "only end entities",
                          "indirect, certificates of other issuers too"));
}

}  // namespace
}  // namespace domsec::pki
