// How a proxy and its exceptions are read: as curl reads them. The requests are in http_get_proxy_test.cpp.
#include "domsec/net/http_proxy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace domsec::net {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(HttpProxy, IsReadWithSchemeOrWithout) {
  struct Row {
    const char* text;
    const char* shown;
  };
  const Row rows[] = {
      {"http://proxy.contoso.com:3128", "http://proxy.contoso.com:3128"},
      {"http://Proxy.Contoso.com.:3128/", "http://proxy.contoso.com:3128"},
      {"proxy.contoso.com:3128", "http://proxy.contoso.com:3128"},
      {"proxy", "http://proxy:1080"},
      {"http://proxy", "http://proxy:1080"},
      {"http://proxy:", "http://proxy:1080"},
      {"http://proxy:80", "http://proxy:80"},
      {"192.0.2.1:8080", "http://192.0.2.1:8080"},
      {"http://[2001:db8::1]:8080", "http://[2001:db8::1]:8080"},
      {"http://[2001:db8::1]", "http://[2001:db8::1]:1080"},
      {"none", "none"},
      {"", "none"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.text);
    std::string problem;
    const auto proxy = read_http_proxy(row.text, problem);
    ASSERT_TRUE(proxy) << problem;
    EXPECT_EQ(proxy->text(), row.shown);
  }
}

TEST(HttpProxy, IsRefusedWithAClauseThatRepeatsNoSecret) {
  struct Row {
    const char* text;
    const char* problem;
  };
  const Row rows[] = {
      {"https://proxy:3128", "speaks http"},
      {"socks5h://proxy:1080", "speaks http"},
      {"http://alice:secret@proxy:3128", "demands authentication"},
      {"alice@proxy:3128", "demands authentication"},
      {"http://proxy:3128/path", "no path"},
      {"http://proxy:0", "no usable host and port"},
      {"proxy:port", "no usable host and port"},
      {"http://", "no host"},
      {"proxy contoso", "character"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.text);
    std::string problem;
    EXPECT_FALSE(read_http_proxy(row.text, problem));
    EXPECT_THAT(problem, HasSubstr(row.problem));
    EXPECT_EQ(problem.find("secret"), std::string::npos);
  }
}

TEST(HttpProxy, ExceptionsAreSuffixesLabelByLabelAndBlocksOfAddresses) {
  struct Row {
    const char* no_proxy;
    const char* host;
    bool through;
  };
  const Row rows[] = {
      {"", "crl.contoso.com", true},
      {"contoso.com", "crl.contoso.com", false},
      {"contoso.com", "contoso.com", false},
      {"contoso.com", "evilcontoso.com", true},
      {".contoso.com", "crl.contoso.com", false},
      {".contoso.com", "contoso.com", false},
      {"CONTOSO.com.", "Crl.Contoso.COM.", false},
      {"crl.contoso.com", "contoso.com", true},
      {"a.example, contoso.com", "crl.contoso.com", false},
      {"a.example contoso.com", "crl.contoso.com", false},
      {",, ,", "crl.contoso.com", true},
      {"*", "crl.contoso.com", false},
      {"*", "192.0.2.1", false},
      {"*,a.example", "crl.contoso.com", true},
      {"192.0.2.1", "192.0.2.1", false},
      {"192.0.2.1", "192.0.2.10", true},
      {"2.1", "192.0.2.1", true},
      {"192.0.2.0/24", "192.0.2.77", false},
      {"192.0.2.0/24", "192.0.3.77", true},
      {"192.0.2.0/0", "198.51.100.1", false},
      {"192.0.2.0/33", "192.0.2.0", true},
      {"192.0.2.0/x", "192.0.2.0", true},
      {"2001:db8::/32", "2001:db8:1::1", false},
      {"[2001:db8::1]", "2001:db8::1", false},
      {"2001:db8::1", "2001:db8::2", true},
      {"10.0.0.0/8", "crl.contoso.com", true},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(std::string(row.no_proxy) + " | " + row.host);
    std::string problem;
    auto proxy = read_http_proxy("http://proxy:3128", problem);
    ASSERT_TRUE(proxy);
    proxy->exceptions = read_no_proxy(row.no_proxy);
    EXPECT_EQ(proxy->serves(row.host), row.through);
  }
}

TEST(HttpProxy, WhatIsNamedGoesBeforeTheEnvironment) {
  std::string problem;
  const ProxyEnvironment environment{"http://env:1", "contoso.com"};
  const auto named = choose_http_proxy("http://named:2", "--http-proxy", environment, problem);
  ASSERT_TRUE(named);
  EXPECT_EQ(named->text(), "http://named:2");
  EXPECT_EQ(named->origin, "--http-proxy");
  EXPECT_THAT(named->exceptions, ElementsAre("contoso.com"));
  EXPECT_TRUE(named->serves("127.0.0.1"));

  const auto of_environment = choose_http_proxy("", "", environment, problem);
  ASSERT_TRUE(of_environment);
  EXPECT_EQ(of_environment->text(), "http://env:1");
  EXPECT_EQ(of_environment->origin, "http_proxy");
  EXPECT_FALSE(of_environment->serves("crl.contoso.com"));
  for (const char* loopback : {"localhost", "127.0.0.1", "127.8.9.1", "::1"})
    EXPECT_FALSE(of_environment->serves(loopback)) << loopback;
  EXPECT_TRUE(of_environment->serves("crl.fabrikam.com"));

  EXPECT_FALSE(choose_http_proxy("none", "--http-proxy", environment, problem)->set());
  EXPECT_FALSE(choose_http_proxy("", "", ProxyEnvironment(), problem)->set());
  EXPECT_FALSE(choose_http_proxy("", "", ProxyEnvironment{"https://env:1", ""}, problem));
}

}  // namespace
}  // namespace domsec::net
