#include "domsec/pki/key_usage.h"

#include <gtest/gtest.h>

namespace domsec::pki {
namespace {

TEST(KeyUsage, NamesAndBitsAreThoseOfRfc5280) {
  EXPECT_EQ(key_usage_bit("digitalSignature"), 0U);
  EXPECT_EQ(key_usage_bit("contentCommitment"), 1U);
  EXPECT_EQ(key_usage_bit("keyCertSign"), 5U);
  EXPECT_EQ(key_usage_bit("decipherOnly"), 8U);
  EXPECT_EQ(key_usage_bit("serverAuth"), std::nullopt);
  EXPECT_EQ(key_usage_names(0b1'0000'0101),
            (std::vector<std::string_view>{"digitalSignature", "keyEncipherment", "decipherOnly"}));
  EXPECT_TRUE(key_usage_names(0).empty());
}

}  // namespace
}  // namespace domsec::pki
