#include "bench/sessions.h"

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <stdexcept>

#include "bench/measure.h"
#include "domsec/lab/edge_server.h"
#include "domsec/session/reception.h"
#include "domsec/transcript/file_sink.h"

namespace domsec::bench {
namespace {

constexpr std::size_t message_octets = 4096;

transcript::Time clock_now() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

session::Message message() {
  session::Message message;
  message.reverse_path = smtp::parse_mailbox("alice@contoso.com");
  message.recipients.push_back(smtp::ForwardPath{smtp::parse_mailbox("bob@woodgrovebank.com")});
  message.content = "From: alice@contoso.com\r\nTo: bob@woodgrovebank.com\r\nSubject: bench\r\n\r\n";
  while (message.content.size() < message_octets) message.content += std::string(62, 'x') + "\r\n";
  return message;
}

session::Keep keep_for(Dialogue dialogue, const std::string& directory) {
  if (dialogue == Dialogue::spooled) {
    exchange::Organisation organisation;
    organisation.spool = directory + "/spool";
    return lab::keep_in_spool(organisation);
  }
  return [](const session::ReceivedMessage&,
            const transcript::Transcript&) -> std::variant<session::Kept, session::NotKept> {
    return session::Kept{"1"};
  };
}

/// The CPU time of a thread between its session number `skipped` and its last one.
struct Span {
  int skipped = 0;
  int sessions = 0;
  int ended = 0;
  double begin = 0;
  double end = 0;

  void count() {
    ++ended;
    if (ended == skipped) begin = thread_cpu();
    if (ended == skipped + sessions) end = thread_cpu();
  }
  [[nodiscard]] double each() const { return (end - begin) / sessions; }
};

/// What the sessions of the sending end share.
struct Sending {
  session::SendPlan plan;
  net::Endpoint to;
  Span span;
  int left = 0;
  transcript::SessionIds ids{clock_now()};
};

net::task<void> send_one_after_the_other(Sending& sending) {
  const std::string host = "mail.woodgrovebank.com";
  while (sending.left-- > 0) {
    transcript::Transcript transcript(policy::Role::send, "Internet", sending.ids.next(), clock_now);
    const session::SendResult result =
        co_await session::send_session(sending.plan, sending.to, host, transcript);
    const bool mail = sending.plan.message.has_value();
    const bool good = result.verdict.result == policy::Result::pass && (!mail || result.delivered);
    if (!good)
      throw std::runtime_error("sessions: a session failed: " +
                               transcript::session_id_text(transcript.session_id()));
    sending.span.count();
  }
}

double send(const Partners& partners, const SessionShape& shape, Span span, const net::Endpoint& to) {
  Sending sending;
  sending.plan = partners.send_plan();
  if (shape.dialogue != Dialogue::probe) {
    sending.plan.message = message();
    sending.plan.until = policy::Step::end_of_data;
  }
  sending.to = to;
  sending.span = span;
  sending.left = span.skipped + span.sessions;
  net::Loop loop;
  for (int i = 0; i < shape.in_flight; ++i) loop.spawn(send_one_after_the_other(sending));
  loop.run();
  return sending.span.each();
}

// The clients are a process of their own: two threads of one process would wait for each other at libcrypto's
// locks, which a server and its clients never do.
[[noreturn]] void be_the_clients(const Partners& partners, const SessionShape& shape, Span span,
                                 const net::Endpoint& to, int result) {
  try {
    const double each = send(partners, shape, span, to);
    if (::write(result, &each, sizeof each) == sizeof each) std::_Exit(0);
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "domsec_bench: %s\n", failure.what());
  }
  std::_Exit(1);
}

/// Ends the program when the clients end before their work is done: the receiving end would wait for ever.
net::task<void> watch(pid_t clients, bool& ended) {
  while (!ended) {
    int status = 0;
    if (::waitpid(clients, &status, WNOHANG) > 0) {
      if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) std::_Exit(1);
      ended = true;
    }
    co_await net::sleep(net::Milliseconds(5));
  }
}

}  // namespace

SessionCost measure_sessions(const Partners& partners, const SessionShape& shape) {
  Span span;
  span.skipped = 2 * shape.in_flight;
  span.sessions = shape.sessions;

  const testing::TemporaryDirectory directory;
  exchange::ProtocolLogSettings log;
  if (shape.logging == Logging::file) log.path = directory.path();
  transcript::ProtocolLogFiles files(policy::Role::receive, log, "domsec bench");
  transcript::SessionIds ids(clock_now());
  net::Loop loop;
  const auto begin = [&] {
    transcript::Transcript transcript(policy::Role::receive, "mail.woodgrovebank.com\\Internet", ids.next(),
                                      clock_now);
    if (shape.logging == Logging::file) transcript.add_sink(files.sink());
    return transcript;
  };
  const auto ended = [&](const transcript::Transcript&) { span.count(); };
  net::Endpoint any;
  any.address = "127.0.0.1";
  session::Reception reception(loop, any, begin, ended);
  reception.use(partners.receive_plan(keep_for(shape.dialogue, directory.path())));

  std::array<int, 2> pipes{};
  if (::pipe(pipes.data()) != 0) throw std::runtime_error("sessions: no pipe");
  const pid_t clients = ::fork();
  if (clients < 0) throw std::runtime_error("sessions: no second process");
  if (clients == 0) be_the_clients(partners, shape, span, reception.endpoint(), pipes[1]);
  ::close(pipes[1]);
  reception.start();
  bool gone = false;
  net::run(loop, watch(clients, gone));
  SessionCost cost;
  const bool good = ::read(pipes[0], &cost.client, sizeof cost.client) == sizeof cost.client;
  ::close(pipes[0]);
  if (!good || span.ended < span.skipped + span.sessions)
    throw std::runtime_error("sessions: not all sessions were counted");
  if (files.failures() != 0) throw std::runtime_error("sessions: the protocol log failed");
  cost.server = span.each();
  return cost;
}

}  // namespace domsec::bench
