#include "domsec/session/reception.h"

#include <map>
#include <string>

#include "domsec/smtp/replies.h"

namespace domsec::session {

/// What the running sessions and their listener share; it outlives both.
struct Reception::Shared {
  std::shared_ptr<const ReceivePlan> plan;
  NewReceiveTranscript new_transcript;
  SessionEnded ended;
  std::map<std::string, int> connections;   // per source address
  int total = 0;
};

namespace {

/// MaxInboundConnection and MaxInboundConnectionPerSource (spec exchange 3.2).
template <typename Shared>
bool has_room(const Shared& shared, const std::string& source) {
  const exchange::ReceiveConnector& connector = shared.plan->connector;
  const auto of_source = shared.connections.find(source);
  return shared.total < connector.max_inbound_connection &&
         (of_source == shared.connections.end() || of_source->second < connector.max_inbound_connection_per_source);
}

/// One place of the connector's limits, given back however the session ends.
template <typename Shared>
class Place {
 public:
  Place(std::shared_ptr<Shared> shared, std::string source) : shared_(std::move(shared)), source_(std::move(source)) {
    ++shared_->total;
    ++shared_->connections[source_];
  }
  ~Place() {
    --shared_->total;
    const auto of_source = shared_->connections.find(source_);
    if (--of_source->second == 0) shared_->connections.erase(of_source);
  }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

 private:
  std::shared_ptr<Shared> shared_;
  std::string source_;
};

template <typename Shared>
net::task<void> serve(std::shared_ptr<Shared> shared, net::Channel channel) {
  const std::string source = channel.remote().address;
  if (!has_room(*shared, source)) {
    const std::string refusal = smtp::replies::too_many_connections(shared->plan->fqdn).wire();
    co_await channel.write(refusal, in(shared->plan->timeouts.quit));
    co_await channel.shutdown();
    co_return;
  }
  transcript::Transcript transcript = shared->new_transcript();
  {
    const Place<Shared> place(shared, source);
    co_await receive_session(shared->plan, std::move(channel), transcript);
  }
  if (shared->ended) shared->ended(transcript);
}

}  // namespace

Reception::Reception(net::Loop& loop, const net::Endpoint& at, NewReceiveTranscript new_transcript, SessionEnded ended)
    : shared_(std::make_shared<Shared>()), listener_(loop, at) {
  shared_->new_transcript = std::move(new_transcript);
  shared_->ended = std::move(ended);
}

void Reception::use(std::shared_ptr<const ReceivePlan> plan) { shared_->plan = std::move(plan); }

void Reception::start() {
  listener_.start([shared = shared_](net::Channel channel) { return serve(shared, std::move(channel)); });
}

void Reception::stop() { listener_.stop(); }

}  // namespace domsec::session
