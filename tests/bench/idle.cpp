#include "bench/idle.h"

#include <malloc.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <stdexcept>
#include <vector>

#include "bench/measure.h"
#include "domsec/session/reception.h"
#include "domsec/transcript/file_sink.h"

namespace domsec::bench {
namespace {

constexpr int first_sessions = 50;   // they pay for what all share

transcript::Time clock_now() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

net::task<void> expect(net::Channel& channel, std::string code) {
  for (;;) {
    const std::string line = co_await channel.read_line(4096, session::in(net::Milliseconds(60'000)));
    if (!line.starts_with(code)) throw std::runtime_error("idle: unexpected reply: " + line);
    if (line.size() < 4 || line[3] != '-') co_return;
  }
}

net::task<net::Channel> open(const session::SendPlan& plan, net::Endpoint to) {
  const net::SteadyPoint deadline = session::in(net::Milliseconds(60'000));
  net::Channel channel = co_await net::Channel::connect(to, deadline);
  co_await expect(channel, "220");
  co_await channel.write("EHLO mail.contoso.com\r\n", deadline);
  co_await expect(channel, "250");
  co_await channel.write("STARTTLS\r\n", deadline);
  co_await expect(channel, "220");
  net::TlsStart start;
  start.context = plan.tls;
  start.sni = "mail.woodgrovebank.com";
  const net::TlsSession tls = co_await channel.start_tls(start, deadline);
  if (!tls.own_certificate_sent) throw std::runtime_error("idle: no client certificate was asked for");
  co_await channel.write("EHLO mail.contoso.com\r\n", deadline);
  co_await expect(channel, "250");
  co_return channel;
}

net::task<void> open_many(const session::SendPlan& plan, net::Endpoint to, int count,
                          std::vector<net::Channel>& into) {
  for (int i = 0; i < count; ++i) into.push_back(co_await open(plan, to));
}

/// A token to the other process, and one from it.
void tell(int pipe) {
  if (::write(pipe, "x", 1) != 1) throw std::runtime_error("idle: the other process is gone");
}
void hear(int pipe) {
  char token = 0;
  if (::read(pipe, &token, 1) != 1) throw std::runtime_error("idle: the other process is gone");
}

[[noreturn]] void be_the_clients(const Partners& partners, int sessions, const net::Endpoint& to, int pipe) {
  try {
    net::Loop loop;
    const session::SendPlan plan = partners.send_plan();
    std::vector<net::Channel> open_ones;
    for (const int count : {first_sessions, sessions}) {
      net::run(loop, open_many(plan, to, count, open_ones));
      tell(pipe);
      hear(pipe);
    }
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "domsec_bench: %s\n", failure.what());
    std::_Exit(1);
  }
  std::_Exit(0);
}

/// Measures twice: after the first sessions and with all of them.
net::task<IdleCost> watch(int pipe, int sessions) {
  std::array<Memory, 2> seen;
  for (Memory& each : seen) {
    char token = 0;
    while (::recv(pipe, &token, 1, MSG_DONTWAIT) != 1) {
      if (::waitpid(-1, nullptr, WNOHANG) > 0) throw std::runtime_error("idle: the clients have ended");
      co_await net::sleep(net::Milliseconds(5));
    }
    each = memory();
    tell(pipe);
  }
  const IdleCost cost{(seen[1].pss - seen[0].pss) / sessions,
                      (seen[1].allocated - seen[0].allocated) / sessions};
  co_return cost;
}

}  // namespace

IdleCost measure_idle(const Partners& partners, int sessions) {
  malloc_trim(0);  // room that earlier work gave back must not hide what a session takes
  allow_descriptors(static_cast<std::size_t>(sessions) + first_sessions + 64);
  const testing::TemporaryDirectory directory;
  exchange::ProtocolLogSettings log;
  log.path = directory.path();
  transcript::ProtocolLogFiles files(policy::Role::receive, log, "domsec bench");
  transcript::SessionIds ids(clock_now());
  net::Loop loop;
  const auto begin = [&] {
    transcript::Transcript transcript(policy::Role::receive, "mail.woodgrovebank.com\\Internet", ids.next(),
                                      clock_now);
    transcript.add_sink(files.sink());
    return transcript;
  };
  net::Endpoint any;
  any.address = "127.0.0.1";
  session::Reception reception(loop, any, begin, nullptr);
  reception.use(partners.receive_plan(session::Keep()));

  std::array<int, 2> pipes{};
  if (::socketpair(AF_UNIX, SOCK_STREAM, 0, pipes.data()) != 0)
    throw std::runtime_error("idle: no socket pair");
  const pid_t clients = ::fork();
  if (clients < 0) throw std::runtime_error("idle: no second process");
  if (clients == 0) {
    ::close(pipes[0]);
    be_the_clients(partners, sessions, reception.endpoint(), pipes[1]);
  }
  ::close(pipes[1]);
  reception.start();
  const IdleCost cost = net::run(loop, watch(pipes[0], sessions));
  ::close(pipes[0]);
  ::waitpid(clients, nullptr, 0);
  return cost;
}

}  // namespace domsec::bench
