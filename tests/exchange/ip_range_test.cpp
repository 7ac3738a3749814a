// RemoteIPRanges in every notation that Exchange takes (spec exchange 3.1).
#include <gtest/gtest.h>

#include "domsec/exchange/receive_connector.h"

namespace domsec::exchange {
namespace {

TEST(IpRange, HoldsItsAddressesAndNoOthers) {
  struct Row {
    const char* range;
    std::vector<const char*> inside;
    std::vector<const char*> outside;
  };
  const std::vector<Row> rows{
      {"192.0.2.1", {"192.0.2.1"}, {"192.0.2.0", "192.0.2.2", "::c000:201"}},
      {"192.0.2.0/24", {"192.0.2.0", "192.0.2.255"}, {"192.0.1.255", "192.0.3.0"}},
      {"192.0.2.77/24", {"192.0.2.0", "192.0.2.255"}, {"192.0.3.0"}},
      {"192.0.2.0(255.255.255.0)", {"192.0.2.0", "192.0.2.255"}, {"192.0.3.0"}},
      {"192.0.2.1-192.0.2.9", {"192.0.2.1", "192.0.2.9"}, {"192.0.2.0", "192.0.2.10"}},
      {" 192.0.2.1 - 192.0.2.9 ", {"192.0.2.5"}, {"192.0.2.10"}},
      {"0.0.0.0-255.255.255.255", {"0.0.0.0", "255.255.255.255"}, {"::", "::1"}},
      {"0.0.0.0/0", {"0.0.0.0", "255.255.255.255"}, {"::1"}},
      {"192.0.2.0/31", {"192.0.2.0", "192.0.2.1"}, {"192.0.2.2"}},
      {"2001:db8::/32", {"2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"}, {"2001:db9::", "192.0.2.1"}},
      {"2001:db8::1-2001:db8::f", {"2001:db8::a"}, {"2001:db8::10"}},
      {"::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", {"::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"}, {"192.0.2.1"}},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.range);
    const std::optional<IpRange> range = read_ip_range(row.range);
    ASSERT_TRUE(range);
    for (const char* address : row.inside) EXPECT_TRUE(range->holds(*read_ip_range(address))) << address;
    for (const char* address : row.outside) EXPECT_FALSE(range->holds(*read_ip_range(address))) << address;
    EXPECT_TRUE(range->holds(*range));
  }
}

TEST(IpRange, IsRefusedOtherwise) {
  for (const char* text :
       {"", " ", "192.0.2", "192.0.2.256", "192.0.2.0/33", "192.0.2.0/-1", "192.0.2.0/", "192.0.2.0/24x", "192.0.2.9-192.0.2.1",
        "192.0.2.1-", "-192.0.2.1", "192.0.2.1-2001:db8::1", "192.0.2.0(255.0.255.0)", "192.0.2.0(255.255.255.0",
        "192.0.2.0(ffff::)", "2001:db8::/129", "2001:db8::(255.255.255.0)", "mail.contoso.com", "192.0.2.1/24/24"}) {
    SCOPED_TRACE(text);
    EXPECT_FALSE(read_ip_range(text));
  }
}

TEST(TlsDomainCapability, NamesADomainOrACertificate) {
  struct Row {
    const char* text;
    const char* domain;
    std::size_t capabilities;
  };
  const std::vector<Row> rows{
      {"mail.protection.outlook.com:AcceptCloudServicesMail", "mail.protection.outlook.com", 1},
      {"*.contoso.com: acceptoorgprotocol , AcceptOorgHeader", "*.contoso.com", 2},
      {"NO-TLS:AcceptOorgHeader", "NO-TLS", 1},
      {"<I>CN=CA, O=a:b<S>CN=mail.contoso.com:AcceptCloudServicesMail", "<I>CN=CA, O=a:b<S>CN=mail.contoso.com", 1},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.text);
    const std::optional<TlsDomainCapability> capability = read_tls_domain_capability(row.text);
    ASSERT_TRUE(capability);
    EXPECT_EQ(capability->domain, row.domain);
    EXPECT_EQ(capability->capabilities.size(), row.capabilities);
  }
  for (const char* text : {"", ":AcceptOorgHeader", "contoso.com", "contoso.com:", "contoso.com:AcceptAll", "*:AcceptOorgHeader",
                           "contoso.com:AcceptOorgHeader,", "<I>CN=CA:AcceptOorgHeader"}) {
    SCOPED_TRACE(text);
    EXPECT_FALSE(read_tls_domain_capability(text));
  }
}

}  // namespace
}  // namespace domsec::exchange
