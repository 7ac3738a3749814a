// Two ends of one real loopback connection, each a coroutine of the test. The first accepted connection is
// the server's.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "domsec/net/channel.h"
#include "domsec/net/listener.h"

namespace domsec::testing {

using End = std::function<net::task<void>(net::Channel)>;

/// Runs both ends until they have ended. An exception that leaves an end is a test failure.
void converse(End client, End server, const std::string& address = "127.0.0.1");

/// Far enough for anything that works.
[[nodiscard]] net::SteadyPoint soon();
[[nodiscard]] net::SteadyPoint after(net::Milliseconds duration);

[[nodiscard]] net::TlsStart tls_client(std::shared_ptr<const net::TlsContext> context, std::string sni = {});
[[nodiscard]] net::TlsStart tls_server(std::shared_ptr<const net::TlsContext> context,
                                       net::InHandshakeJudge judge = {});

/// The ChannelError that an operation ended with, if any.
template <typename T>
net::task<std::optional<net::ChannelError>> failure_of(net::task<T> operation) {
  std::optional<net::ChannelError> failure;
  try {
    co_await std::move(operation);
  } catch (const net::ChannelError& error) {
    failure = error;
  }
  co_return failure;
}

/// Reads until the channel ends and says how.
net::task<std::optional<net::ChannelError>> end_of(net::Channel& channel);

}  // namespace domsec::testing
