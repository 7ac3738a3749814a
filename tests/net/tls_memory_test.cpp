// What an idle mutual session costs. The figure is printed, not asserted: it belongs to the machine's
// OpenSSL.
#include <gtest/gtest.h>
#include <malloc.h>
#include <sys/resource.h>

#include <cstdio>
#include <fstream>

#include "domsec/net/channel.h"
#include "domsec/net/listener.h"
#include "support/conversation.h"
#include "support/pki.h"

namespace domsec::testing {
namespace {

using net::Channel;
using net::task;

constexpr std::size_t sessions = 1000;

std::size_t resident_octets() {
  std::ifstream file("/proc/self/statm");
  std::size_t total = 0;
  std::size_t resident = 0;
  file >> total >> resident;
  return resident * 4096;
}

TEST(TlsMemory, OfAThousandIdleSessionsOnOneThread) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur < 2 * sessions + 100) GTEST_SKIP() << "too few descriptors";

  net::TlsSettings settings;
  settings.identity = three_levels().leaf("mail1.contoso.com");
  const auto client = net::TlsContext::client(settings);
  const auto server = net::TlsContext::server(settings);
  net::Loop loop;
  net::Endpoint any;
  any.address = "127.0.0.1";
  net::Listener listener(loop, any);
  std::vector<Channel> ends;
  ends.reserve(2 * sessions);
  std::size_t served = 0;
  listener.start([&](Channel channel) -> task<void> {
    co_await channel.start_tls(tls_server(server), soon());
    EXPECT_EQ(co_await channel.read_line(512, soon()), "EHLO idle");
    co_await channel.write("250 idle\r\n", soon());
    ++served;
    // Idle as a session is: its coroutine waits for the next command.
    EXPECT_EQ(co_await channel.read_line(512, soon()), "QUIT");
  });
  const auto open = [&](std::size_t count) -> task<void> {
    while (ends.size() < count) {
      Channel channel = co_await Channel::connect(listener.endpoint(), soon());
      co_await channel.start_tls(tls_client(client), soon());
      co_await channel.write("EHLO idle\r\n", soon());
      EXPECT_EQ(co_await channel.read_line(512, soon()), "250 idle");
      ends.push_back(std::move(channel));
    }
  };
  net::run(loop, open(50));  // what is made once is made
  const std::size_t allocated = mallinfo2().uordblks;
  const std::size_t resident = resident_octets();
  net::run(loop, open(50 + sessions));
  const auto each = [](std::size_t after, std::size_t before) {
    return static_cast<double>(after - before) / (2.0 * sessions) / 1024.0;
  };
  std::printf("idle mutual TLS 1.3 session, one end: %.1f KiB allocated, %.1f KiB resident\n",
              each(mallinfo2().uordblks, allocated), each(resident_octets(), resident));
  EXPECT_EQ(served, 50 + sessions);
  const auto quit = [&]() -> task<void> {
    listener.stop();
    for (Channel& channel : ends) co_await channel.write("QUIT\r\n", soon());
  };
  loop.spawn(quit());
  loop.run();
}

}  // namespace
}  // namespace domsec::testing
