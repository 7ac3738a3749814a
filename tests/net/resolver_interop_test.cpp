// The resolver against dnsmasq, when it is installed: an answer that is not of our own making.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

#include "domsec/net/resolver.h"

extern char** environ;

namespace domsec::net {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// A UDP port of the loopback interface that was free a moment ago: dnsmasq cannot tell which one it took.
std::uint16_t free_port() {
  const int descriptor = socket(AF_INET, SOCK_DGRAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  bind(descriptor, reinterpret_cast<const sockaddr*>(&address), size);
  getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size);
  close(descriptor);
  return ntohs(address.sin_port);
}

/// dnsmasq with a few names of its own and no upstream server. Ends with the object.
class Dnsmasq {
 public:
  explicit Dnsmasq(std::uint16_t port) {
    std::vector<std::string> words = {"dnsmasq",
                                      "--keep-in-foreground",
                                      "--conf-file=/dev/null",
                                      "--no-resolv",
                                      "--no-hosts",
                                      "--pid-file=",
                                      "--user=",
                                      "--bind-interfaces",
                                      "--listen-address=127.0.0.1",
                                      "--log-facility=/dev/null",
                                      "--port=" + std::to_string(port),
                                      "--local=/test/",
                                      "--mx-host=contoso.test,mail2.contoso.test,20",
                                      "--mx-host=contoso.test,mail1.contoso.test,10",
                                      "--host-record=mail1.contoso.test,192.0.2.1,2001:db8::1",
                                      "--host-record=mail2.contoso.test,192.0.2.2",
                                      "--cname=www.contoso.test,mail1.contoso.test"};
    for (int i = 0; i < 300; ++i)
      words.push_back("--mx-host=many.test,mx" + std::to_string(i) + ".many.test,10");
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    if (posix_spawnp(&process_, "dnsmasq", &actions, nullptr, arguments.data(), environ) != 0) process_ = -1;
    posix_spawn_file_actions_destroy(&actions);
  }
  ~Dnsmasq() {
    if (process_ <= 0) return;
    kill(process_, SIGTERM);
    waitpid(process_, nullptr, 0);
  }
  Dnsmasq(const Dnsmasq&) = delete;
  Dnsmasq& operator=(const Dnsmasq&) = delete;

 private:
  pid_t process_ = -1;
};

/// Until it answers: a port that nobody listens on refuses at once.
bool answers(Loop& loop, const ResolverSettings& settings) {
  for (int i = 0; i < 200; ++i) {
    Resolver resolver(loop, settings);
    if (run(loop, resolver.addresses("mail1.contoso.test")).status == DnsStatus::ok) return true;
    auto pause = []() -> task<int> {
      co_await sleep(Milliseconds(25));
      co_return 0;
    };
    run(loop, pause());
  }
  return false;
}

TEST(ResolverInterop, AgreesWithDnsmasq) {
  if (std::system("command -v dnsmasq >/dev/null 2>&1") != 0) GTEST_SKIP() << "dnsmasq is not installed";
  Loop loop;
  ResolverSettings settings;
  settings.servers = {Endpoint{"127.0.0.1", free_port()}};
  const Dnsmasq peer(settings.servers.front().port);
  if (!answers(loop, settings)) GTEST_SKIP() << "dnsmasq does not start here";

  Resolver resolver(loop, settings);
  const MxAnswer answer = run(loop, resolver.mx("contoso.test"));
  ASSERT_EQ(answer.hosts.size(), 2U) << answer.detail;
  EXPECT_EQ(answer.hosts[0].host, "mail1.contoso.test");
  EXPECT_THAT(answer.hosts[0].addresses, ElementsAre("192.0.2.1", "2001:db8::1"));
  EXPECT_THAT(answer.hosts[1].addresses, ElementsAre("192.0.2.2"));
  EXPECT_EQ(run(loop, resolver.mx("gone.test")).status, DnsStatus::no_such_domain);
  EXPECT_TRUE(run(loop, resolver.mx("mail1.contoso.test")).implicit);
  EXPECT_EQ(run(loop, resolver.addresses("www.contoso.test")).canonical, "mail1.contoso.test");
  const MxAnswer refused = run(loop, resolver.mx("elsewhere.example"));  // it has nobody to ask
  EXPECT_EQ(refused.status, DnsStatus::refused);
  EXPECT_THAT(refused.detail, HasSubstr("REFUSED"));
  const MxAnswer many = run(loop, resolver.mx("many.test"));  // over TCP
  EXPECT_EQ(many.hosts.size(), 50U);
  EXPECT_EQ(many.left_out, 250U);
}

}  // namespace
}  // namespace domsec::net
