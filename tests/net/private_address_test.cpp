#include "domsec/net/private_address.h"

#include <gtest/gtest.h>

namespace domsec::net {
namespace {

TEST(PrivateAddress, IsOfTheMachineItsLinkOrAPrivateNetwork) {
  for (const char* address :
       {"127.0.0.1", "127.9.9.9", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.0.1",
        "::1", "fe80::1", "fd00::1", "fc00::1", "::ffff:10.1.2.3"}) {
    EXPECT_TRUE(is_private_address(address)) << address;
  }
  for (const char* address :
       {"0.0.0.0", "::", "192.0.2.1", "172.15.0.1", "172.32.0.1", "192.169.0.1", "11.0.0.1", "8.8.8.8",
        "2001:db8::1", "::ffff:8.8.8.8", "localhost", "", "10.0.0"}) {
    EXPECT_FALSE(is_private_address(address)) << address;
  }
}

}  // namespace
}  // namespace domsec::net
