#include "domsec/session/reception.h"

#include <map>

#include "domsec/policy/inbound_limits.h"
#include "domsec/smtp/replies.h"

namespace domsec::session {

struct ServedConnector::State {
  std::shared_ptr<const ReceivePlan> plan;
  NewReceiveTranscript new_transcript;
  std::map<std::string, int> connections{};  // per source address
  int total = 0;

  [[nodiscard]] std::optional<policy::ConnectionLimit> limit_met(const std::string& source) const {
    const auto of_source = connections.find(source);
    policy::OpenConnections open;
    open.all = total;
    open.of_source = of_source == connections.end() ? 0 : of_source->second;
    return policy::limit_met(plan->connector, open);
  }
};

namespace {

/// One place of the connector's limits, given back however the session ends.
class Place {
 public:
  Place(std::shared_ptr<ServedConnector::State> state, std::string source)
      : state_(std::move(state)), source_(std::move(source)) {
    ++state_->total;
    ++state_->connections[source_];
  }
  ~Place() {
    --state_->total;
    const auto of_source = state_->connections.find(source_);
    if (--of_source->second == 0) state_->connections.erase(of_source);
  }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

 private:
  std::shared_ptr<ServedConnector::State> state_;
  std::string source_;
};

smtp::Reply refusal_of(policy::ConnectionLimit limit) {
  switch (limit) {
    case policy::ConnectionLimit::all: return smtp::replies::too_many_connections();
    case policy::ConnectionLimit::per_source:
    case policy::ConnectionLimit::percentage_per_source: return smtp::replies::too_many_connections_per_source();
  }
  return smtp::replies::too_many_connections();
}

/// A client that gets no session: its one reply, as far as it still listens.
net::task<void> turn_away(net::Channel channel, transcript::Transcript& transcript, std::string why, smtp::Reply reply) {
  transcript.append(transcript::Connected{channel.local().text(), channel.remote().text()});
  if (!why.empty()) transcript.append(transcript::Irregularity{std::move(why)});
  transcript.append(transcript::ReplyGiven{transcript::Direction::sent, reply});
  try {
    const std::string octets = reply.wire();
    co_await channel.write(octets, in(Timeouts().quit));
  } catch (const net::ChannelError&) {  // gone already
  }
  co_await channel.shutdown();
  transcript.append(transcript::Disconnected{transcript::DisconnectReason::local});
}

net::task<void> serve(std::shared_ptr<ServedConnector::State> state, net::Channel channel, SessionEnded ended) {
  const std::string source = channel.remote().address;
  transcript::Transcript transcript = state->new_transcript();
  if (const auto limit = state->limit_met(source)) {
    co_await turn_away(std::move(channel), transcript, std::string(), refusal_of(*limit));
  } else {
    const Place place(state, source);
    co_await receive_session(state->plan, std::move(channel), transcript);
  }
  if (ended) ended(transcript);
}

net::task<void> refuse(Unclaimed unclaimed, net::Channel channel, SessionEnded ended) {
  co_await turn_away(std::move(channel), unclaimed.transcript, unclaimed.why, smtp::replies::service_not_available());
  if (ended) ended(unclaimed.transcript);
}

}  // namespace

ServedConnector::ServedConnector(NewReceiveTranscript new_transcript) : state_(std::make_shared<State>()) {
  state_->new_transcript = std::move(new_transcript);
}

void ServedConnector::use(std::shared_ptr<const ReceivePlan> plan) { state_->plan = std::move(plan); }

Reception::Reception(net::Loop& loop, const net::Endpoint& at, ChooseConnector choose, SessionEnded ended)
    : choose_(std::move(choose)), ended_(std::move(ended)), listener_(loop, at) {}

Reception::Reception(net::Loop& loop, const net::Endpoint& at, NewReceiveTranscript new_transcript, SessionEnded ended)
    : only_(std::make_shared<ServedConnector>(std::move(new_transcript))),
      choose_([only = only_](const net::Endpoint&, const net::Endpoint&) { return only; }),
      ended_(std::move(ended)),
      listener_(loop, at) {}

void Reception::use(std::shared_ptr<const ReceivePlan> plan) { only_->use(std::move(plan)); }

void Reception::start() {
  listener_.start([choose = choose_, ended = ended_](net::Channel channel) {
    auto chosen = choose(channel.local(), channel.remote());
    if (auto* unclaimed = std::get_if<Unclaimed>(&chosen)) return refuse(std::move(*unclaimed), std::move(channel), ended);
    return serve(std::get<std::shared_ptr<ServedConnector>>(chosen)->state(), std::move(channel), ended);
  });
}

void Reception::stop() { listener_.stop(); }

}  // namespace domsec::session
