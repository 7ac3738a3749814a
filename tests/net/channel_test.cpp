// Clear text over real loopback sockets: lines, bounds, deadlines, ends.
#include "domsec/net/channel.h"

#include <gtest/gtest.h>

#include "support/conversation.h"

namespace domsec::testing {
namespace {

using namespace std::string_literals;
using net::Channel;
using net::ChannelError;
using net::ChannelFault;
using net::Milliseconds;
using net::task;

// Sends `octets`, then ends orderly.
End says(std::string octets) {
  return [octets](Channel channel) -> task<void> {
    co_await channel.write(octets, soon());
    co_await channel.shutdown();
  };
}

End trickles(std::string octets) {
  return [octets](Channel channel) -> task<void> {
    for (const char& octet : octets) co_await channel.write(std::string_view(&octet, 1), soon());
    co_await channel.shutdown();
  };
}

// Every line up to the end, `limit` octets each at most.
End hears(std::vector<std::string>& lines, std::optional<ChannelFault>& end, std::size_t limit) {
  return [&lines, &end, limit](Channel channel) -> task<void> {
    try {
      for (;;) lines.push_back(co_await channel.read_line(limit, soon()));
    } catch (const ChannelError& error) {
      end = error.fault;
    }
  };
}

TEST(ChannelLines, EndWithCrlfOnlyAndAreBounded) {
  struct Row {
    const char* name;
    std::string sent;
    std::vector<std::string> lines;
    ChannelFault end;
  };
  const std::vector<Row> rows = {
      {"one line", "EHLO a\r\n", {"EHLO a"}, ChannelFault::closed},
      {"two in one segment", "NOOP\r\nQUIT\r\n", {"NOOP", "QUIT"}, ChannelFault::closed},
      {"an empty line", "\r\nx\r\n", {"", "x"}, ChannelFault::closed},
      {"a bare LF is text", "a\nb\r\n", {"a\nb"}, ChannelFault::closed},
      {"a bare CR is text", "a\rb\r\n", {"a\rb"}, ChannelFault::closed},
      {"CR CR LF ends after the first CR", "a\r\r\n", {"a\r"}, ChannelFault::closed},
      {"NUL is text", "a\0b\r\n"s, {"a\0b"s}, ChannelFault::closed},
      {"a line without an end is not given", "abc", {}, ChannelFault::closed},
      {"CR at the end is no line end", "abc\r", {}, ChannelFault::closed},
      {"exactly the limit", "12345678\r\n", {"12345678"}, ChannelFault::closed},
      {"one more than the limit", "123456789\r\n", {}, ChannelFault::line_too_long},
      {"the limit and a CR that ends nothing", "12345678\rx\r\n", {}, ChannelFault::line_too_long},
      {"too long without any end", std::string(100000, 'x'), {}, ChannelFault::line_too_long},
      {"good ones before a long one", "ab\r\n123456789\r\n", {"ab"}, ChannelFault::line_too_long},
  };
  for (const Row& row : rows) {
    for (const bool slowly : {false, true}) {
      SCOPED_TRACE(std::string(row.name) + (slowly ? ", octet by octet" : ""));
      if (slowly && row.sent.size() > 1000) continue;
      std::vector<std::string> lines;
      std::optional<ChannelFault> end;
      converse(slowly ? trickles(row.sent) : says(row.sent), hears(lines, end, 8));
      EXPECT_EQ(lines, row.lines);
      EXPECT_EQ(end, row.end);
    }
  }
}

TEST(ChannelLines, OfTenMegabytesArriveWhole) {
  std::string line(10U << 20, 'x');
  for (std::size_t i = 0; i < line.size(); i += 4099) line[i] = static_cast<char>(i % 256 == '\n' ? 0 : i);
  for (std::size_t at = line.find("\r\n"); at != std::string::npos; at = line.find("\r\n", at))
    line[at] = 'y';
  std::string heard;
  converse(says(line + "\r\n"),
           [&](Channel channel) -> task<void> { heard = co_await channel.read_line(16U << 20, soon()); });
  EXPECT_TRUE(heard == line);
}

TEST(ChannelLines, CanBeSkippedAfterOneTooLong) {
  std::vector<std::string> lines;
  std::optional<ChannelError> failure;
  converse(says(std::string(9000, 'x') + "\r\nNOOP\r\n"), [&](Channel channel) -> task<void> {
    failure = co_await failure_of(channel.read_line(512, soon()));
    co_await channel.skip_line(100000, soon());
    lines.push_back(co_await channel.read_line(512, soon()));
  });
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->fault, ChannelFault::line_too_long);
  EXPECT_EQ(lines, (std::vector<std::string>{"NOOP"}));
}

TEST(ChannelLines, AreNotSkippedBeyondTheLimit) {
  std::optional<ChannelError> failure;
  converse(says(std::string(50000, 'x')), [&](Channel channel) -> task<void> {
    failure = co_await failure_of(channel.skip_line(10000, soon()));
  });
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->fault, ChannelFault::line_too_long);
}

TEST(ChannelInbox, ShowsPipelinedOctetsAndTakesThemBack) {
  converse(says("STARTTLS\r\nMAIL FROM:<x@y>\r\n"), [](Channel channel) -> task<void> {
    EXPECT_EQ(channel.buffered(), 0U);
    EXPECT_EQ(co_await channel.read_line(512, soon()), "STARTTLS");
    EXPECT_EQ(channel.buffered(), std::string("MAIL FROM:<x@y>\r\n").size());
    channel.unread("NOOP\r\n");
    EXPECT_EQ(co_await channel.read_line(512, soon()), "NOOP");
    EXPECT_EQ(co_await channel.read_some(4, soon()), "MAIL");
    channel.discard_buffered();
    EXPECT_EQ(channel.buffered(), 0U);
    channel.unread("left");
    EXPECT_EQ(co_await channel.read_some(100, soon()), "left");
  });
}

TEST(ChannelDeadline, EndsASilentRead) {
  std::optional<ChannelError> failure;
  converse([](Channel channel) -> task<void> { co_await end_of(channel); },
           [&](Channel channel) -> task<void> {
             failure = co_await failure_of(channel.read_line(512, after(Milliseconds(50))));
             EXPECT_TRUE(co_await failure_of(channel.read_line(512, after(Milliseconds(-1)))));
           });
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->fault, ChannelFault::timed_out);
}

// The peer speaks only when the other end already waits, so that the first operation has armed the timer.
TEST(ChannelDeadline, OfAnEarlierOperationDoesNotEndALaterOne) {
  std::string heard;
  converse(
      [](Channel channel) -> task<void> {
        co_await net::sleep(Milliseconds(5));
        co_await channel.write("first\r\n", soon());
        co_await channel.read_line(512, soon());
        co_await net::sleep(Milliseconds(350));
        co_await channel.write("second\r\n", soon());
        co_await end_of(channel);
      },
      [&](Channel channel) -> task<void> {
        EXPECT_EQ(co_await channel.read_line(512, after(Milliseconds(300))), "first");
        co_await channel.write("go\r\n", soon());
        heard = co_await channel.read_line(512, soon());
      });
  EXPECT_EQ(heard, "second");
}

TEST(ChannelDeadline, IsKeptWhenALaterOneWasSetBefore) {
  std::optional<ChannelError> failure;
  converse(
      [](Channel channel) -> task<void> {
        co_await net::sleep(Milliseconds(5));
        co_await channel.write("first\r\n", soon());
        co_await end_of(channel);
      },
      [&](Channel channel) -> task<void> {
        const net::SteadyPoint far = after(Milliseconds(2000));
        co_await channel.read_line(512, far);
        failure = co_await failure_of(channel.read_line(512, after(Milliseconds(30))));
        EXPECT_LT(std::chrono::steady_clock::now(), far);
      });
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->fault, ChannelFault::timed_out);
}

TEST(ChannelDeadline, EndsAWriteThatNobodyReads) {
  std::optional<ChannelError> failure;
  converse(
      [&](Channel) -> task<void> {
        while (!failure) co_await net::sleep(Milliseconds(1));
      },
      [&](Channel channel) -> task<void> {
        const std::string flood(64U << 20, 'x');
        failure = co_await failure_of(channel.write(flood, after(Milliseconds(50))));
      });
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->fault, ChannelFault::timed_out);
}

TEST(ChannelEnd, IsClosedOrReset) {
  struct Row {
    const char* name;
    End peer;
    ChannelFault fault;
  };
  const std::vector<Row> rows = {
      {"close", [](Channel channel) -> task<void> { channel.close(); co_return; }, ChannelFault::closed},
      {"shutdown", [](Channel channel) -> task<void> { co_await channel.shutdown(); }, ChannelFault::closed},
      {"cut", [](Channel channel) -> task<void> { co_await channel.cut(); }, ChannelFault::closed},
      {"dropped", [](Channel) -> task<void> { co_return; }, ChannelFault::closed},
      {"reset", [](Channel channel) -> task<void> { co_await channel.reset(); }, ChannelFault::reset},
      {"abort", [](Channel channel) -> task<void> { channel.abort(); co_return; }, ChannelFault::reset},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    std::optional<ChannelError> failure;
    converse(row.peer, [&](Channel channel) -> task<void> {
      failure = co_await end_of(channel);
      // Nothing that follows kills the process (SIGPIPE).
      co_await failure_of(channel.write(std::string(1U << 20, 'x'), soon()));
      co_await failure_of(channel.write("x", soon()));
    });
    EXPECT_TRUE(failure && failure->fault == row.fault);
  }
}

TEST(ChannelEnd, OfOurOwnMakingIsLocal) {
  converse([](Channel channel) -> task<void> { co_await end_of(channel); },
           [](Channel channel) -> task<void> {
             channel.close();
             const auto read = co_await failure_of(channel.read_line(512, soon()));
             EXPECT_TRUE(read && read->fault == ChannelFault::local);
             co_await channel.shutdown();
           });
}

// The client goes away with the server's flood unread in front of its own last word.
TEST(ChannelEnd, LosesNothingThatWasSaidBeforeIt) {
  for (const auto end_of_client : {&Channel::shutdown, &Channel::cut}) {
    std::vector<std::string> lines;
    std::optional<ChannelFault> end;
    converse(
        [end_of_client](Channel channel) -> task<void> {
          co_await channel.write("QUIT\r\n", soon());
          co_await (channel.*end_of_client)();
        },
        [&](Channel channel) -> task<void> {
          co_await channel.write(std::string(100000, 'x'), soon());
          co_await hears(lines, end, 512)(std::move(channel));
        });
    EXPECT_EQ(lines, (std::vector<std::string>{"QUIT"}));
    EXPECT_EQ(end, ChannelFault::closed);
  }
}

TEST(ChannelEnd, AResetComesBehindWhatWasSaid) {
  std::vector<std::string> lines;
  std::optional<ChannelFault> end;
  converse(
      [](Channel channel) -> task<void> {
        co_await channel.write("220 go\r\n", soon());
        co_await channel.reset();
      },
      hears(lines, end, 512));
  EXPECT_EQ(lines, (std::vector<std::string>{"220 go"}));
  EXPECT_EQ(end, ChannelFault::reset);
}

TEST(ChannelConnect, SaysWhyItFailed) {
  net::Loop loop;
  net::Endpoint to;
  to.address = "127.0.0.1";
  {
    net::Listener gone(loop, to);
    to = gone.endpoint();
  }
  const auto refused = net::run(loop, failure_of(Channel::connect(to, soon())));
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->fault, ChannelFault::refused);
  EXPECT_NE(std::string(refused->what()).find(to.text()), std::string::npos);

  to.address = "mail.contoso.com";
  const auto name = net::run(loop, failure_of(Channel::connect(to, soon())));
  EXPECT_TRUE(name && name->fault == ChannelFault::local);

  to.address = "127.0.0.1";
  const auto source = net::run(loop, failure_of(Channel::connect(to, soon(), "192.0.2.77")));
  EXPECT_TRUE(source && source->fault == ChannelFault::local);
}

TEST(ChannelConnect, UsesTheSourceAddressAndKnowsBothEnds) {
  net::Loop loop;
  net::Endpoint at;
  at.address = "127.0.0.1";
  net::Listener listener(loop, at);
  net::Endpoint seen;
  listener.start([&](Channel channel) -> task<void> {
    seen = channel.remote();
    listener.stop();
    co_return;
  });
  const Channel channel = net::run(loop, Channel::connect(listener.endpoint(), soon(), "127.0.0.2"));
  loop.run();  // until the listener's session has ended as well
  EXPECT_EQ(channel.local().address, "127.0.0.2");
  EXPECT_EQ(channel.remote(), listener.endpoint());
  EXPECT_EQ(channel.local(), seen);
  EXPECT_FALSE(channel.tls());
}

TEST(ChannelConnect, WorksOverIpv6) {
  std::string heard;
  converse(
      [](Channel channel) -> task<void> {
        EXPECT_EQ(channel.remote().address, "::1");
        EXPECT_EQ(channel.remote().text(), "[::1]:" + std::to_string(channel.remote().port));
        co_await channel.write("hello\r\n", soon());
        co_await channel.shutdown();
      },
      [&](Channel channel) -> task<void> { heard = co_await channel.read_line(512, soon()); }, "::1");
  EXPECT_EQ(heard, "hello");
}

TEST(Endpoint, IsReadFromItsText) {
  struct Row {
    const char* text;
    std::optional<net::Endpoint> endpoint;
  };
  const std::vector<Row> rows = {
      {"192.0.2.1:25", net::Endpoint{"192.0.2.1", 25}},
      {"[2001:db8::1]:587", net::Endpoint{"2001:db8::1", 587}},
      {"[::1]:0", net::Endpoint{"::1", 0}},
      {"192.0.2.1", std::nullopt},
      {"2001:db8::1:25", std::nullopt},
      {"[192.0.2.1]:25", std::nullopt},
      {"mail:25", std::nullopt},
      {"192.0.2.1:", std::nullopt},
      {"192.0.2.1:65536", std::nullopt},
      {"192.0.2.1:+5", std::nullopt},
      {"192.0.2.1:25 ", std::nullopt},
      {"192.0.2:25", std::nullopt},
      {"[::1:25", std::nullopt},
      {"", std::nullopt},
      {"[]:25", std::nullopt},
      {":25", std::nullopt},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.text);
    EXPECT_EQ(net::read_endpoint(row.text), row.endpoint);
    EXPECT_EQ(row.endpoint ? row.endpoint->text() : row.text, row.text);
  }
}

}  // namespace
}  // namespace domsec::testing
