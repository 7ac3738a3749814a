#include "bench/sessions.h"

#include <atomic>
#include <chrono>
#include <exception>
#include <future>
#include <stdexcept>
#include <thread>

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

  /// True at the last one.
  bool count() {
    ++ended;
    if (ended == skipped) begin = thread_cpu();
    if (ended == skipped + sessions) end = thread_cpu();
    return ended == skipped + sessions;
  }
  [[nodiscard]] double each() const { return (end - begin) / sessions; }
};

// The lists of both ends, the loop and the log files of the receiving one live on its thread.
double serve(const Partners& partners, const SessionShape& shape, Span span,
             std::promise<net::Endpoint>& listening) {
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
  const auto ended = [&](const transcript::Transcript&) {
    if (span.count()) loop.stop();
  };
  net::Endpoint any;
  any.address = "127.0.0.1";
  session::Reception reception(loop, any, begin, ended);
  reception.use(partners.receive_plan(keep_for(shape.dialogue, directory.path())));
  reception.start();
  listening.set_value(reception.endpoint());
  loop.run();
  if (files.failures() != 0) throw std::runtime_error("sessions: the protocol log failed");
  return span.each();
}

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

}  // namespace

SessionCost measure_sessions(const Partners& partners, const SessionShape& shape) {
  Span span;
  span.skipped = 2 * shape.in_flight;
  span.sessions = shape.sessions;
  std::promise<net::Endpoint> listening;
  std::future<net::Endpoint> endpoint = listening.get_future();
  std::promise<double> server_cost;
  std::thread server([&] {
    try {
      server_cost.set_value(serve(partners, shape, span, listening));
    } catch (const std::exception& failure) {
      std::fprintf(stderr, "domsec_bench: %s\n", failure.what());
      std::_Exit(1);
    }
  });
  SessionCost cost;
  try {
    cost.client = send(partners, shape, span, endpoint.get());
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "domsec_bench: %s\n", failure.what());
    std::_Exit(1);  // the other end would wait for ever
  }
  server.join();
  cost.server = server_cost.get_future().get();
  return cost;
}

}  // namespace domsec::bench
