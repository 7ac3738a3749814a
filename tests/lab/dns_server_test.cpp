#include "domsec/lab/dns_server.h"

#include <gtest/gtest.h>

#include "domsec/net/dns_message.h"
#include "domsec/net/resolver.h"
#include "support/loopback.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

namespace domsec::lab {
namespace {

/// Sends datagrams to the server without caring for an answer.
void send_datagrams(const net::Endpoint& to, const std::vector<std::string>& datagrams) {
  const int descriptor = socket(AF_INET, SOCK_DGRAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(to.port);
  inet_pton(AF_INET, to.address.c_str(), &address.sin_addr);
  for (const std::string& datagram : datagrams) {
    sendto(descriptor, datagram.data(), datagram.size(), 0, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  }
  close(descriptor);
}

class DnsServerTest : public ::testing::Test {
 protected:
  DnsServerTest() { settings.servers = {server.endpoint()}; }
  net::MxHost addresses_of(const std::string& host) {
    net::Resolver resolver(loop, settings);
    return net::run(loop, resolver.addresses(host));
  }

  net::Loop loop;
  DnsServer server{loop};
  net::ResolverSettings settings;
};

TEST_F(DnsServerTest, ChangesItsNamesAtRunTime) {
  EXPECT_EQ(addresses_of("mail.test").status, net::DnsStatus::no_such_domain);
  DnsName name;
  name.addresses = {"192.0.2.1"};
  server.put("Mail.Test.", name);
  EXPECT_EQ(addresses_of("mail.test").addresses, std::vector<std::string>{"192.0.2.1"});
  name.addresses = {"192.0.2.2"};
  server.put("mail.test", name);
  EXPECT_EQ(addresses_of("mail.test").addresses, std::vector<std::string>{"192.0.2.2"});
  server.remove("mail.test");
  EXPECT_EQ(addresses_of("mail.test").status, net::DnsStatus::no_such_domain);
}

TEST_F(DnsServerTest, CountsQueries) {
  DnsName name;
  name.addresses = {"192.0.2.1"};
  server.put("mail.test", name);
  addresses_of("mail.test");
  EXPECT_EQ(server.queries("mail.test"), 2U);  // A and AAAA
  EXPECT_EQ(server.queries("other.test"), 0U);
  EXPECT_EQ(server.queries(), 2U);
}

TEST_F(DnsServerTest, KnowsThatANameAboveAKnownOneExists) {
  server.put("a.b.test", DnsName());
  EXPECT_EQ(addresses_of("b.test").status, net::DnsStatus::no_data);
  EXPECT_EQ(addresses_of("x.test").status, net::DnsStatus::no_such_domain);
}

TEST_F(DnsServerTest, IgnoresWhatIsNoQuery) {
  net::DnsMessage answer;
  answer.response = true;
  answer.question = net::DnsQuestion{"mail.test", net::DnsType::a, 1};
  net::DnsMessage empty;
  send_datagrams(server.endpoint(), {"", "x", std::string(4000, '\xff'), *net::write_dns_message(answer), *net::write_dns_message(empty)});
  addresses_of("mail.test");
  EXPECT_EQ(server.malformed(), 5U);
  EXPECT_EQ(server.queries(), 2U);
}

TEST_F(DnsServerTest, ServesBothProtocolsOnOnePort) {
  DnsName name;
  name.addresses = {"192.0.2.1"};
  name.behaviour = DnsBehaviour::truncated;
  server.put("mail.test", name);
  EXPECT_EQ(addresses_of("mail.test").addresses.size(), 1U);
  EXPECT_EQ(server.tcp_queries(), 2U);
}

TEST_F(DnsServerTest, ListensOnIpv6Too) {
  std::unique_ptr<DnsServer> six;
  try {
    six = std::make_unique<DnsServer>(loop, net::Endpoint{"::1", 0});
  } catch (const net::ChannelError&) {
    GTEST_SKIP() << "this machine has no ::1";
  }
  DnsName name;
  name.addresses = {"2001:db8::7"};
  six->put("six.test", name);
  settings.servers = {six->endpoint()};
  EXPECT_EQ(addresses_of("six.test").addresses, std::vector<std::string>{"2001:db8::7"});
}

TEST_F(DnsServerTest, SaysWhichAddressCannotBeBound) {
  try {
    DnsServer second(loop, server.endpoint());
    FAIL() << "bound twice";
  } catch (const net::ChannelError& error) {
    EXPECT_EQ(error.fault, net::ChannelFault::local);
    EXPECT_NE(std::string(error.what()).find(server.endpoint().text()), std::string::npos);
  }
}

}  // namespace
}  // namespace domsec::lab
