#include "domsec/lab/crl_server.h"

#include <gtest/gtest.h>

#include "domsec/net/http_get.h"
#include "support/loopback.h"

namespace domsec::lab {
namespace {

class CrlServerTest : public ::testing::Test {
 protected:
  net::HttpAnswer get(const std::string& uri) {
    net::Resolver resolver(loop, net::ResolverSettings());
    return net::run(loop, net::http_get(resolver, uri, net::HttpLimits()));
  }
  static CrlPage page(std::string body) {
    CrlPage made;
    made.body = std::move(body);
    return made;
  }

  net::Loop loop;
  CrlServer server{loop};
};

TEST_F(CrlServerTest, ReplacesContentAtRunTimeAndCountsGets) {
  server.put("/a", page("one"));
  EXPECT_EQ(get(server.uri("/a")).body, "one");
  server.put("/a", page("two"));
  EXPECT_EQ(get(server.uri("/a")).body, "two");
  EXPECT_EQ(server.gets("/a"), 2U);
  EXPECT_EQ(server.gets("/b"), 0U);
  EXPECT_EQ(server.connections(), 2U);
}

TEST_F(CrlServerTest, AnswersNotFoundForOtherPaths) {
  const net::HttpAnswer answer = get(server.uri("/none"));
  EXPECT_EQ(answer.status, net::HttpStatus::error_status);
  EXPECT_EQ(answer.code, 404);
}

TEST_F(CrlServerTest, RefusesAndListensAgainOnItsPort) {
  server.put("/a", page("one"));
  const net::Endpoint at = server.endpoint();
  server.refuse();
  EXPECT_EQ(get(server.uri("/a")).status, net::HttpStatus::unreachable);
  server.listen();
  EXPECT_EQ(get(server.uri("/a")).body, "one");
  EXPECT_EQ(server.endpoint(), at);
}

TEST_F(CrlServerTest, StopsForGood) {
  server.stop();
  EXPECT_EQ(get(server.uri("/a")).status, net::HttpStatus::unreachable);
}

}  // namespace
}  // namespace domsec::lab
