#include "support/conversation.h"

#include <gtest/gtest.h>

namespace domsec::testing {

namespace {

net::task<void> reported(const End& end, net::Channel channel, const char* name) {
  try {
    co_await end(std::move(channel));
  } catch (const std::exception& error) {
    ADD_FAILURE() << name << " ended with: " << error.what();
  }
}

net::task<void> connect_and_run(net::Endpoint to, const End& end) {
  net::Channel channel = co_await net::Channel::connect(to, soon());
  co_await reported(end, std::move(channel), "client");
}

}  // namespace

void converse(End client, End server, const std::string& address) {
  net::Loop loop;
  net::Endpoint any;
  any.address = address;
  net::Listener listener(loop, any);
  listener.start([&](net::Channel channel) -> net::task<void> {
    listener.stop();
    return reported(server, std::move(channel), "server");
  });
  loop.spawn(connect_and_run(listener.endpoint(), client));
  loop.run();
}

net::SteadyPoint soon() { return after(net::Milliseconds(20000)); }
net::SteadyPoint after(net::Milliseconds duration) { return std::chrono::steady_clock::now() + duration; }

net::TlsStart tls_client(std::shared_ptr<const net::TlsContext> context, std::string sni) {
  net::TlsStart start;
  start.role = net::TlsRole::client;
  start.context = std::move(context);
  start.sni = std::move(sni);
  return start;
}

net::TlsStart tls_server(std::shared_ptr<const net::TlsContext> context, net::InHandshakeJudge judge) {
  net::TlsStart start;
  start.role = net::TlsRole::server;
  start.context = std::move(context);
  start.judge = std::move(judge);
  return start;
}

net::task<std::optional<net::ChannelError>> end_of(net::Channel& channel) {
  for (;;) {
    auto failure = co_await failure_of(channel.read_some(4096, soon()));
    if (failure) co_return failure;
  }
}

}  // namespace domsec::testing
