#include "domsec/net/listener.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <stdexcept>

#include "support/conversation.h"

namespace domsec::testing {
namespace {

using net::Channel;
using net::Milliseconds;
using net::task;

net::Endpoint loopback() {
  net::Endpoint endpoint;
  endpoint.address = "127.0.0.1";
  return endpoint;
}

task<std::string> one_line(net::Endpoint from) {
  Channel channel = co_await Channel::connect(from, soon());
  co_return co_await channel.read_line(512, soon());
}

TEST(Listener, SaysWhichAddressItCannotHave) {
  net::Loop loop;
  const net::Listener first(loop, loopback());
  try {
    const net::Listener second(loop, first.endpoint());
    FAIL() << "two listeners at one endpoint";
  } catch (const net::ChannelError& error) {
    EXPECT_EQ(error.fault, net::ChannelFault::local);
    EXPECT_NE(std::string(error.what()).find(first.endpoint().text()), std::string::npos);
  }
  net::Endpoint name;
  name.address = "mail.contoso.com";
  EXPECT_THROW(net::Listener(loop, name), net::ChannelError);
}

TEST(Listener, ContainsWhatGoesWrongInASession) {
  net::Loop loop;
  net::Listener listener(loop, loopback());
  int sessions = 0;
  listener.start([&](Channel channel) -> task<void> {
    ++sessions;
    if (sessions == 1) throw std::logic_error("a defect, on purpose");
    if (sessions == 2) co_await channel.read_line(512, after(Milliseconds(1)));
    co_await channel.write("220 hello\r\n", soon());
    co_await channel.shutdown();
  });
  std::vector<std::string> heard;
  const auto visits = [&]() -> task<void> {
    for (int i = 0; i < 3; ++i) {
      try {
        heard.push_back(co_await one_line(listener.endpoint()));
      } catch (const net::ChannelError& error) {
        heard.emplace_back(text(error.fault));
      }
    }
    listener.stop();
  };
  ::testing::internal::CaptureStderr();
  loop.spawn(visits());
  loop.run();
  const std::string printed = ::testing::internal::GetCapturedStderr();
  const std::string closed(text(net::ChannelFault::closed));
  EXPECT_EQ(heard, (std::vector<std::string>{closed, closed, "220 hello"}));
  EXPECT_NE(printed.find("a defect, on purpose"), std::string::npos);
  EXPECT_EQ(std::count(printed.begin(), printed.end(), '\n'), 1);
}

TEST(Listener, GoesOnAfterTheDescriptorsRanOut) {
  net::Loop loop;
  net::Listener listener(loop, loopback());
  listener.start([](Channel channel) -> task<void> {
    co_await channel.write("220 hello\r\n", soon());
    co_await channel.shutdown();
  });
  rlimit usual{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &usual), 0);
  std::string heard;
  const auto visit = [&]() -> task<void> {
    // Descriptors are given out from below: the client's socket is the last one that fits.
    Channel probe = co_await Channel::connect(listener.endpoint(), soon());
    EXPECT_EQ(co_await probe.read_line(512, soon()), "220 hello");
    probe.close();
    const int next = ::dup(0);
    ::close(next);
    rlimit scarce = usual;
    scarce.rlim_cur = static_cast<rlim_t>(next) + 1;
    setrlimit(RLIMIT_NOFILE, &scarce);
    Channel channel = co_await Channel::connect(listener.endpoint(), soon());
    const auto silence = co_await failure_of(channel.read_line(512, after(Milliseconds(30))));
    EXPECT_TRUE(silence && silence->fault == net::ChannelFault::timed_out);
    setrlimit(RLIMIT_NOFILE, &usual);
    heard = co_await channel.read_line(512, soon());
    listener.stop();
  };
  loop.spawn(visit());
  loop.run();
  EXPECT_EQ(heard, "220 hello");
}

TEST(Listener, LetsRunningSessionsGoOnAfterStop) {
  net::Loop loop;
  net::Listener listener(loop, loopback());
  listener.start([&](Channel channel) -> task<void> {
    listener.stop();
    EXPECT_EQ(co_await channel.read_line(512, soon()), "more");
  });
  bool refused = false;
  const auto visit = [&]() -> task<void> {
    Channel channel = co_await Channel::connect(listener.endpoint(), soon());
    while (!refused) refused = (co_await failure_of(one_line(listener.endpoint()))).has_value();
    co_await channel.write("more\r\n", soon());
    co_await end_of(channel);
  };
  loop.spawn(visit());
  loop.run();
  EXPECT_TRUE(refused);
}

task<int> forty_two() { co_return 42; }
task<void> fails() {
  throw std::runtime_error("left the coroutine");
  co_return;
}
task<void> never() {
  for (;;) co_await net::sleep(std::chrono::hours(1));
}

TEST(Loop, RunsACoroutineAndGivesItsResult) {
  net::Loop loop;
  EXPECT_EQ(net::run(loop, forty_two()), 42);
  EXPECT_EQ(net::run(loop, forty_two()), 42);
  loop.run();  // nothing to do
}

TEST(Loop, RethrowsWhatLeftACoroutine) {
  net::Loop loop;
  loop.spawn(never());
  loop.spawn(fails());
  EXPECT_THROW(loop.run(), std::runtime_error);
}

TEST(Loop, CallsOnceForASignalAndAWaitForOneDoesNotKeepItAlive) {
  net::Loop loop;
  std::vector<int> signals;
  loop.on_termination([&](int signal) {
    signals.push_back(signal);
    loop.stop();
  });
  net::run(loop, forty_two());
  EXPECT_TRUE(signals.empty());
  const auto ends_itself = []() -> task<void> {
    ::raise(SIGTERM);
    co_await never();
  };
  loop.spawn(ends_itself());
  loop.run();
  EXPECT_EQ(signals, (std::vector<int>{SIGTERM}));
}

}  // namespace
}  // namespace domsec::testing
