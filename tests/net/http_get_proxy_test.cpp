// The bounded GET through a proxy, over real loopback sockets. The lab's CRL server plays the proxy: its pages
// have the whole URI as their name there, as RFC 9112 3.2.2 wants it in the request.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "domsec/lab/crl_server.h"
#include "domsec/lab/dns_server.h"
#include "domsec/net/http_get.h"
#include "support/loopback.h"

namespace domsec::net {
namespace {

using ::testing::HasSubstr;
using domsec::testing::Stopwatch;
using lab::CrlBehaviour;
using lab::CrlPage;

class HttpGetProxyTest : public ::testing::Test {
 protected:
  HttpGetProxyTest() {
    settings.servers = {dns.endpoint()};
    settings.tries = 1;
    limits.timeout = Milliseconds(3000);  // never waited for, except where a test shortens it
    limits.octets = 1000;
    proxy.host = "127.0.0.1";
    proxy.port = server.endpoint().port;
    proxy.origin = "--http-proxy";
  }
  HttpAnswer get(const std::string& uri) {
    Resolver resolver(loop, settings);
    return run(loop, http_get(resolver, uri, limits, proxy));
  }
  HttpAnswer get_page(CrlPage page) {
    server.put(target, std::move(page));
    return get(target);
  }
  static CrlPage page(CrlBehaviour behaviour, std::string body = "0123456789") {
    CrlPage made;
    made.behaviour = behaviour;
    made.body = std::move(body);
    return made;
  }
  static CrlPage status(int code) {
    CrlPage made = page(CrlBehaviour::serve);
    made.status = code;
    return made;
  }
  static CrlPage redirect(std::string location) {
    CrlPage made = page(CrlBehaviour::redirect);
    made.location = std::move(location);
    return made;
  }

  const std::string target = "http://crl.contoso.com:8080/ca.crl?a=b";
  Loop loop;
  lab::DnsServer dns{loop};
  lab::CrlServer server{loop};  // the proxy
  ResolverSettings settings;
  HttpLimits limits;
  HttpProxy proxy;
};

TEST_F(HttpGetProxyTest, AsksTheProxyForTheWholeUriAndLooksNoHostUp) {
  const HttpAnswer answer = get_page(page(CrlBehaviour::serve, "list"));
  EXPECT_EQ(answer.status, HttpStatus::ok) << answer.detail;
  EXPECT_EQ(answer.body, "list");
  EXPECT_EQ(server.gets(target), 1U);
  EXPECT_EQ(dns.queries(), 0U);
}

TEST_F(HttpGetProxyTest, LooksTheProxyUpByItsName) {
  lab::DnsName name;
  name.addresses = {"127.0.0.1"};
  dns.put("proxy.contoso.com", name);
  proxy.host = "proxy.contoso.com";
  EXPECT_EQ(get_page(page(CrlBehaviour::serve)).status, HttpStatus::ok);
  proxy.host = "gone.contoso.com";
  const HttpAnswer gone = get(target);
  EXPECT_EQ(gone.status, HttpStatus::unresolved);
  EXPECT_THAT(gone.detail, HasSubstr("proxy http://gone.contoso.com:"));
  EXPECT_THAT(gone.detail, HasSubstr("NXDOMAIN"));
}

TEST_F(HttpGetProxyTest, FollowsRedirectsThroughTheProxyAndAnExceptionDirectly) {
  lab::CrlServer direct{loop};
  direct.put("/there.crl", page(CrlBehaviour::serve, "direct"));
  server.put("http://crl.contoso.com:8080/2", page(CrlBehaviour::serve, "second"));
  EXPECT_EQ(get_page(redirect("/2")).body, "second");
  proxy.exceptions = read_no_proxy("127.0.0.0/8");
  EXPECT_EQ(get_page(redirect(direct.uri("/there.crl"))).body, "direct");
  EXPECT_EQ(direct.gets("/there.crl"), 1U);
  EXPECT_EQ(dns.queries(), 0U);
}

TEST_F(HttpGetProxyTest, EachFaultNamesTheProxyInOneClause) {
  struct Row {
    const char* name;
    CrlPage page;
    HttpStatus status;
    int code;
    const char* detail;
  };
  const Row rows[] = {
      {"it wants a password", status(407), HttpStatus::error_status, 407, "demands authentication"},
      {"it refuses", status(403), HttpStatus::error_status, 403, "may refuse this host"},
      {"it cannot go on", status(502), HttpStatus::error_status, 502, "HTTP status 502 by way of the proxy"},
      {"there is no such page", status(404), HttpStatus::error_status, 404, "HTTP status 404 by way of the proxy"},
      {"no HTTP", page(CrlBehaviour::garbage), HttpStatus::bad_answer, 0, "no HTTP"},
      {"half a body", page(CrlBehaviour::cut_short), HttpStatus::bad_answer, 200, "ended early"},
      {"a body over the limit", page(CrlBehaviour::endless), HttpStatus::too_large, 200, "larger"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    const HttpAnswer answer = get_page(row.page);
    EXPECT_EQ(answer.status, row.status) << text(answer.status);
    EXPECT_EQ(answer.code, row.code);
    EXPECT_THAT(answer.detail, HasSubstr(row.detail));
    EXPECT_THAT(answer.detail, HasSubstr("proxy " + proxy.text()));
    EXPECT_EQ(answer.body, "");
  }
}

TEST_F(HttpGetProxyTest, AProxyThatIsDownIsNamedAtOnce) {
  server.refuse();
  const Stopwatch watch;
  const HttpAnswer answer = get(target);
  EXPECT_EQ(answer.status, HttpStatus::unreachable);
  EXPECT_EQ(answer.detail, "proxy " + proxy.text() + ": connection refused");
  EXPECT_LT(watch.elapsed(), Milliseconds(1500));
}

TEST_F(HttpGetProxyTest, EveryLimitIsAsBefore) {
  EXPECT_EQ(get_page(redirect(target)).status, HttpStatus::refused_redirect);
  EXPECT_EQ(server.gets(target), 4U);
  EXPECT_EQ(get_page(redirect("https://crl.contoso.com/")).status, HttpStatus::refused_redirect);
  limits.timeout = Milliseconds(80);
  const Stopwatch watch;
  const HttpAnswer answer = get_page(page(CrlBehaviour::silence));
  EXPECT_EQ(answer.status, HttpStatus::timed_out);
  EXPECT_THAT(answer.detail, HasSubstr("proxy " + proxy.text()));
  EXPECT_THAT(answer.detail, HasSubstr("(80 ms)"));
  EXPECT_LT(watch.elapsed(), Milliseconds(1500));
}

}  // namespace
}  // namespace domsec::net
