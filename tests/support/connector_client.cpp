#include "support/connector_client.h"

#include "domsec/session/reception.h"
#include "support/session_plans.h"

namespace domsec::testing {

Met meet(std::vector<Action> actions, const std::shared_ptr<session::ReceivePlan>& plan) {
  net::Loop loop;
  Met met;
  session::Reception reception(
      loop, net::Endpoint{"127.0.0.1", 0}, [] { return new_transcript(policy::Role::receive); },
      [&](const transcript::Transcript& ended) { met.events = ended.events(); });
  plan->timeouts = session::Timeouts::capped(net::Milliseconds(5000));
  reception.use(plan);
  reception.start();
  auto heard = std::make_shared<Heard>();
  Script script;
  script.actions = std::move(actions);
  const auto client = [&]() -> net::task<int> {
    const net::SteadyPoint deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    net::Channel channel = co_await net::Channel::connect(reception.endpoint(), deadline);
    co_await play(std::move(channel), net::TlsRole::client, script, heard);
    co_return 0;
  };
  net::run(loop, client());
  reception.stop();
  loop.run();
  met.heard = *heard;
  return met;
}

std::vector<std::string> Met::irregularities() const {
  std::vector<std::string> notes;
  for (const transcript::Event& event : events) {
    if (const auto* one = event.body.as<transcript::Irregularity>()) notes.push_back(one->what);
  }
  return notes;
}

std::vector<std::string> answers(const std::vector<std::string>& lines,
                                 const std::shared_ptr<session::ReceivePlan>& plan) {
  std::vector<Action> actions{Hear{}};
  for (const std::string& line : lines) {
    actions.emplace_back(Say{line + "\r\n"});
    actions.emplace_back(Hear{});
  }
  Met met = meet(std::move(actions), plan);
  if (!met.heard.lines.empty()) met.heard.lines.erase(met.heard.lines.begin());
  return met.heard.lines;
}

}  // namespace domsec::testing
