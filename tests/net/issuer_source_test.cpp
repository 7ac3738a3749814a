// Issuers' certificates over real loopback sockets: forms, bounds, memory, one fetch at a time.
#include "domsec/net/issuer_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/issuer_pages.h"

namespace domsec::net {
namespace {

using ::testing::HasSubstr;
using domsec::testing::der_text;
using domsec::testing::IssuerPages;
using domsec::testing::three_levels;
using lab::CrlBehaviour;

class IssuerSourceTest : public ::testing::Test {
 protected:
  IssuerAnswer ask(IssuerSource& source, const std::string& path) {
    return run(loop, source.at(pages.server.uri(path)));
  }
  Loop loop;
  IssuerPages pages{loop};
  const pki::CertificatePtr issuing = three_levels().issuing.certificate();
};

TEST_F(IssuerSourceTest, TakesDerAndPemAndSaysWhatElseCame) {
  pages.put("/issuer.cer", der_text(issuing));
  pages.put("/issuer.pem", issuing->pem() + three_levels().second.certificate()->pem());
  pages.put("/html", "<html>captive portal</html>");
  pages.put("/empty", "");
  pages.put("/large", std::string((64U << 10) + 1, 'a'));
  pages.put("/half", der_text(issuing), CrlBehaviour::cut_short);
  const auto source = pages.source();
  const IssuerAnswer der = ask(*source, "/issuer.cer");
  ASSERT_EQ(der.certificates.size(), 1U) << der.problem;
  EXPECT_EQ(der.certificates.front()->subject, issuing->subject);
  EXPECT_EQ(ask(*source, "/issuer.pem").certificates.size(), 2U);
  EXPECT_EQ(ask(*source, "/html").problem, "the 27 octets are no certificate");
  EXPECT_EQ(ask(*source, "/empty").problem, "the 0 octets are no certificate");
  EXPECT_THAT(ask(*source, "/large").problem, HasSubstr("larger than is allowed"));
  EXPECT_THAT(ask(*source, "/half").problem, HasSubstr("ended early"));
  EXPECT_EQ(ask(*source, "/gone").problem, "HTTP status 404");
  EXPECT_EQ(run(loop, source->at("ldap://ca.contoso.com/CN=CA")).problem, "ldap is not fetched, only http is");
}

TEST_F(IssuerSourceTest, AsksOnceForWhatItHasAndForWhatFailedAMomentAgo) {
  pages.put("/issuer.cer", der_text(issuing));
  pages.put("/bad", "no certificate");
  const auto source = pages.source();
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(ask(*source, "/issuer.cer").certificates.size(), 1U);
    EXPECT_TRUE(ask(*source, "/bad").certificates.empty());
  }
  EXPECT_EQ(pages.server.gets("/issuer.cer"), 1U);
  EXPECT_EQ(pages.server.gets("/bad"), 1U);
  IssuerSettings forgetful;
  forgetful.retry_after = forgetful.keep = Milliseconds(0);
  const auto other = pages.source(forgetful);
  for (int i = 0; i < 2; ++i) EXPECT_EQ(ask(*other, "/issuer.cer").certificates.size(), 1U);
  EXPECT_EQ(pages.server.gets("/issuer.cer"), 3U);
}

TEST_F(IssuerSourceTest, ManyAtOnceShareOneFetch) {
  pages.put("/issuer.cer", der_text(issuing));
  const auto source = pages.source();
  std::size_t served = 0;
  const auto ask_once = [](IssuerSource& of, std::string uri, std::size_t& count) -> task<void> {
    const IssuerAnswer answer = co_await of.at(std::move(uri));
    count += answer.certificates.size();
  };
  for (int i = 0; i < 20; ++i) loop.spawn(ask_once(*source, pages.server.uri("/issuer.cer"), served));
  loop.run();
  EXPECT_EQ(served, 20U);
  EXPECT_EQ(source->fetches(), 1U);
  EXPECT_EQ(pages.server.gets("/issuer.cer"), 1U);
}

TEST_F(IssuerSourceTest, GoesThroughTheProxy) {
  pages.put("http://ca.contoso.com/issuer.cer", der_text(issuing));
  IssuerSettings settings;
  settings.proxy.host = "127.0.0.1";
  settings.proxy.port = pages.server.endpoint().port;
  const auto source = pages.source(settings);
  EXPECT_EQ(run(loop, source->at("http://ca.contoso.com/issuer.cer")).certificates.size(), 1U);
  pages.server.refuse();
  EXPECT_THAT(run(loop, source->at("http://ca.contoso.com/other.cer")).problem,
              HasSubstr("proxy http://127.0.0.1:"));
}

}  // namespace
}  // namespace domsec::net
