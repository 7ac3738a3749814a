// The bounded GET against the lab's CRL server over real loopback sockets.
#include "domsec/net/http_get.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "domsec/lab/crl_server.h"
#include "domsec/lab/dns_server.h"
#include "support/loopback.h"

namespace domsec::net {
namespace {

using lab::CrlBehaviour;
using lab::CrlPage;
using ::testing::HasSubstr;
using domsec::testing::Stopwatch;
using namespace std::string_literals;

TEST(HttpUri, ReadsWhatIsAnHttpUri) {
  struct Row {
    std::string text;
    HttpUri uri;
    std::string again;
  };
  const Row rows[] = {
      {"http://crl.contoso.com/ca.crl", {"crl.contoso.com", 80, "/ca.crl"}, "http://crl.contoso.com/ca.crl"},
      {"HTTP://CRL.Contoso.COM", {"crl.contoso.com", 80, "/"}, "http://crl.contoso.com/"},
      {"http://crl.contoso.com.:80/", {"crl.contoso.com", 80, "/"}, "http://crl.contoso.com/"},
      {"http://h:8080?a=b", {"h", 8080, "/?a=b"}, "http://h:8080/?a=b"},
      {"http://h:/x%20y.crl#part", {"h", 80, "/x%20y.crl"}, "http://h/x%20y.crl"},
      {"http://192.0.2.1:81/a", {"192.0.2.1", 81, "/a"}, "http://192.0.2.1:81/a"},
      {"http://[2001:DB8::1]:81/a", {"2001:db8::1", 81, "/a"}, "http://[2001:db8::1]:81/a"},
      {"http://[::1]", {"::1", 80, "/"}, "http://[::1]/"},
      {"http://h/a@b:c", {"h", 80, "/a@b:c"}, "http://h/a@b:c"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.text);
    std::string problem;
    const auto uri = read_http_uri(row.text, problem);
    ASSERT_TRUE(uri) << problem;
    EXPECT_EQ(*uri, row.uri);
    EXPECT_EQ(uri->text(), row.again);
  }
}

TEST(HttpUri, RefusesTheRestWithAClause) {
  struct Row {
    std::string text;
    const char* problem;
  };
  const Row rows[] = {
      {"", "empty"},
      {"ldap:///CN=CA,DC=contoso?certificateRevocationList", "ldap is not fetched, only http is"},
      {"https://crl.contoso.com/ca.crl", "https is not fetched, only http is"},
      {"file:///etc/passwd", "file is not fetched"},
      {"crl.contoso.com/ca.crl", "no scheme"},
      {"//crl.contoso.com/", "no scheme"},
      {"http:/path", "no host"},
      {"http:///path", "no host"},
      {"http://?x", "no host"},
      {"http://user@h/", "user name"},
      {"http://user:secret@h/", "user name"},
      {"http://h:0/", "no usable host and port"},
      {"http://h:65536/", "no usable host and port"},
      {"http://h:8x/", "no usable host and port"},
      {"http://h:-1/", "no usable host and port"},
      {"http://[::1/", "no usable host and port"},
      {"http://[::1]x/", "no usable host and port"},
      {"http://[127.0.0.1]/", "no usable host and port"},
      {"http://[fe80::1%25eth0]/", "no usable host and port"},
      {"http://::1/", "no usable host and port"},
      {"http://a..b/", "no usable host and port"},
      {"http://h%41/", "no usable host and port"},
      {"http://h/\r\nX: y", "character"},
      {"http://h/a b", "character"},
      {"http://h/\0"s, "character"},
      {"http://h/\xc3\xbc", "character"},
      {"http://h/<a>", "character"},
      {"http://h/%4", "two hex digits"},
      {"http://h/%zz", "two hex digits"},
      {"http://h/[a]", "bracket"},
      {"http://h/" + std::string(2048, 'a'), "longer"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.text.substr(0, 60));
    std::string problem;
    EXPECT_FALSE(read_http_uri(row.text, problem));
    EXPECT_THAT(problem, HasSubstr(row.problem));
  }
}

TEST(HttpUri, ReadsALocationFromItsBase) {
  const HttpUri base{"h", 81, "/a/b.crl?q"};
  struct Row {
    const char* location;
    const char* expected;  // empty: refused
  };
  const Row rows[] = {
      {"http://other/x", "http://other/x"}, {"//other/x", "http://other/x"}, {"/x", "http://h:81/x"},
      {"x.crl", "http://h:81/a/x.crl"},     {"?p", "http://h:81/a/b.crl?p"}, {"https://h/x", ""},
      {"file:///etc/passwd", ""},           {"ldap://h/x", ""},              {"", ""},
      {"/a b", ""},                         {"javascript:alert(1)", ""},     {"//user@h/", ""},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.location);
    std::string problem;
    const auto uri = read_location(base, row.location, problem);
    EXPECT_EQ(uri ? uri->text() : "", row.expected);
    EXPECT_EQ(problem.empty(), uri.has_value());
  }
}

// What is accepted goes into a request line: it must hold no space, no line end, and read back as itself.
TEST(HttpUri, SurvivesMutations) {
  const std::string seeds[] = {"http://crl.contoso.com:8080/a/b.crl?x=%20#f",
                               "http://[2001:db8::1]:81/ca.crl"};
  const std::string letters = "\r\n \0%[]@:/?#.\xff-az019"s;
  std::mt19937 random(20260102);
  std::size_t accepted = 0;
  for (int i = 0; i < 60000; ++i) {
    std::string text = seeds[i % 2];
    for (unsigned n = 0; n <= random() % 4; ++n) {
      const std::size_t at = random() % text.size();
      const char letter = letters[random() % letters.size()];
      if (random() % 2 == 0) text[at] = letter;
      else text.insert(at, 1, letter);
    }
    std::string problem;
    const auto uri = read_http_uri(text, problem);
    if (!uri) {
      ASSERT_FALSE(problem.empty());
      continue;
    }
    ++accepted;
    for (const char c : uri->text()) ASSERT_TRUE(c > ' ' && c < '\x7f') << text;
    ASSERT_EQ(read_http_uri(uri->text(), problem), uri) << text;
  }
  EXPECT_GT(accepted, 1000U);
}

class HttpGetTest : public ::testing::Test {
 protected:
  HttpGetTest() {
    settings.servers = {dns.endpoint()};
    settings.tries = 1;
    limits.timeout = Milliseconds(3000);  // never waited for, except where a test shortens it
    limits.octets = 1000;
  }
  HttpAnswer get(const std::string& uri) {
    Resolver resolver(loop, settings);
    return run(loop, http_get(resolver, uri, limits));
  }
  HttpAnswer get_page(CrlPage page) {
    server.put("/ca.crl", std::move(page));
    return get(server.uri("/ca.crl"));
  }
  static CrlPage page(CrlBehaviour behaviour, std::string body = "0123456789") {
    CrlPage made;
    made.behaviour = behaviour;
    made.body = std::move(body);
    return made;
  }
  static CrlPage redirect(std::string location) {
    CrlPage made = page(CrlBehaviour::redirect);
    made.location = std::move(location);
    return made;
  }

  Loop loop;
  lab::DnsServer dns{loop};
  lab::CrlServer server{loop};
  ResolverSettings settings;
  HttpLimits limits;
};

TEST_F(HttpGetTest, GetsABody) {
  const std::string body("\x30\x82\0\r\n\xff", 6);
  for (const CrlBehaviour behaviour : {CrlBehaviour::serve, CrlBehaviour::chunked}) {
    const HttpAnswer answer = get_page(page(behaviour, body));
    EXPECT_EQ(answer.status, HttpStatus::ok) << answer.detail;
    EXPECT_EQ(answer.code, 200);
    EXPECT_EQ(answer.body, body);
    EXPECT_EQ(answer.detail, "");
  }
  EXPECT_EQ(server.gets("/ca.crl"), 2U);
}

TEST_F(HttpGetTest, LooksTheHostUp) {
  lab::DnsName name;
  name.addresses = {"127.0.0.1"};
  dns.put("crl.contoso.com", name);
  server.put("/ca.crl", page(CrlBehaviour::serve));
  const std::string port = std::to_string(server.endpoint().port);
  EXPECT_EQ(get("http://crl.contoso.com:" + port + "/ca.crl").status, HttpStatus::ok);
  const HttpAnswer unresolved = get("http://gone.contoso.com:" + port + "/ca.crl");
  EXPECT_EQ(unresolved.status, HttpStatus::unresolved);
  EXPECT_THAT(unresolved.detail, HasSubstr("NXDOMAIN"));
}

TEST_F(HttpGetTest, TriesTheNextAddressWhenOneRefuses) {
  lab::DnsName name;
  name.addresses = {"127.0.0.2", "127.0.0.1"};  // the server listens on 127.0.0.1 alone
  dns.put("crl.contoso.com", name);
  server.put("/ca.crl", page(CrlBehaviour::serve));
  EXPECT_EQ(get("http://crl.contoso.com:" + std::to_string(server.endpoint().port) + "/ca.crl").status,
            HttpStatus::ok);
}

TEST_F(HttpGetTest, SaysWhatWentWrong) {
  CrlPage unavailable = page(CrlBehaviour::serve);
  unavailable.status = 503;
  struct Row {
    const char* name;
    CrlPage page;
    HttpStatus status;
    int code;
    const char* detail;
  };
  const Row rows[] = {
      {"an error status", unavailable, HttpStatus::error_status, 503, "HTTP status 503"},
      {"a body over the limit", page(CrlBehaviour::serve, std::string(1001, 'a')), HttpStatus::too_large, 200,
       "larger"},
      {"chunks over the limit", page(CrlBehaviour::chunked, std::string(1001, 'a')), HttpStatus::too_large,
       200, "larger"},
      {"a body without end", page(CrlBehaviour::endless), HttpStatus::too_large, 200, "larger"},
      {"half a body", page(CrlBehaviour::cut_short), HttpStatus::bad_answer, 200, "ended early"},
      {"no HTTP", page(CrlBehaviour::garbage), HttpStatus::bad_answer, 0, "no HTTP"},
      {"a redirect to a file", redirect("file:///etc/passwd"), HttpStatus::refused_redirect, 302,
       "file is not fetched"},
      {"a redirect to https", redirect("https://h/"), HttpStatus::refused_redirect, 302,
       "https is not fetched"},
      {"a redirect to nowhere", redirect(""), HttpStatus::refused_redirect, 302, "no target"},
      {"a redirect to itself", redirect("/ca.crl"), HttpStatus::refused_redirect, 302,
       "more than 3 redirects"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    const HttpAnswer answer = get_page(row.page);
    EXPECT_EQ(answer.status, row.status) << text(answer.status);
    EXPECT_EQ(answer.code, row.code);
    EXPECT_THAT(answer.detail, HasSubstr(row.detail));
    EXPECT_EQ(answer.body, "");
  }
}

TEST_F(HttpGetTest, TakesABodyOfExactlyTheLimit) {
  EXPECT_EQ(get_page(page(CrlBehaviour::serve, std::string(1000, 'a'))).body.size(), 1000U);
  EXPECT_EQ(get_page(page(CrlBehaviour::chunked, std::string(1000, 'a'))).body.size(), 1000U);
}

TEST_F(HttpGetTest, FollowsThreeRedirects) {
  server.put("/1", redirect("/2"));
  server.put("/2", redirect(server.uri("/d/3")));
  server.put("/d/3", redirect("4"));
  server.put("/d/4", page(CrlBehaviour::serve));
  EXPECT_EQ(get(server.uri("/1")).status, HttpStatus::ok);
  limits.redirects = 2;
  EXPECT_EQ(get(server.uri("/1")).status, HttpStatus::refused_redirect);
  limits.redirects = 0;
  EXPECT_EQ(get(server.uri("/d/4")).status, HttpStatus::ok);
}

TEST_F(HttpGetTest, EndsAtTheTimeoutWhateverTheServerDoes) {
  limits.timeout = Milliseconds(80);
  CrlPage dripping = page(CrlBehaviour::drip);
  dripping.pace = Milliseconds(10);
  for (const CrlPage& slow : {page(CrlBehaviour::silence), dripping}) {
    const Stopwatch watch;
    const HttpAnswer answer = get_page(slow);
    EXPECT_EQ(answer.status, HttpStatus::timed_out) << text(answer.status) << answer.detail;
    EXPECT_THAT(answer.detail, HasSubstr("(80 ms)"));
    EXPECT_GE(watch.elapsed(), Milliseconds(79));
    EXPECT_LT(watch.elapsed(), Milliseconds(1500));
  }
}

TEST_F(HttpGetTest, EndsAtTheTimeoutWhenTheNameServerIsSilent) {
  lab::DnsName name;
  name.behaviour = lab::DnsBehaviour::silence;
  dns.put("crl.contoso.com", name);
  settings.timeout = Milliseconds(60000);
  limits.timeout = Milliseconds(60);
  const Stopwatch watch;
  EXPECT_EQ(get("http://crl.contoso.com/ca.crl").status, HttpStatus::timed_out);
  EXPECT_LT(watch.elapsed(), Milliseconds(1500));
}

TEST_F(HttpGetTest, SaysSoAtOnceWhenTheConnectionIsRefused) {
  server.refuse();
  const Stopwatch watch;
  const HttpAnswer answer = get(server.uri("/ca.crl"));
  EXPECT_EQ(answer.status, HttpStatus::unreachable);
  EXPECT_EQ(answer.detail, "connection refused");
  EXPECT_LT(watch.elapsed(), Milliseconds(1500));
}

TEST_F(HttpGetTest, AsksForNothingButHttp) {
  const HttpAnswer answer = get("ldap://crl.contoso.com/CN=CA");
  EXPECT_EQ(answer.status, HttpStatus::not_http);
  EXPECT_EQ(answer.detail, "ldap is not fetched, only http is");
  EXPECT_EQ(dns.queries(), 0U);
}

}  // namespace
}  // namespace domsec::net
