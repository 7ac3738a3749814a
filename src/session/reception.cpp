#include "domsec/session/reception.h"

#include <map>
#include <string>

#include "domsec/smtp/replies.h"

namespace domsec::session {

struct RunningSessions {
  std::shared_ptr<const ReceivePlan> plan;
  NewReceiveTranscript new_transcript;
  SessionEnded ended;
  std::map<std::string, int> connections{};  // per source address
  int total = 0;

  /// MaxInboundConnection and MaxInboundConnectionPerSource (spec exchange 3.2).
  [[nodiscard]] bool has_room(const std::string& source) const {
    const auto of_source = connections.find(source);
    const int of_this_source = of_source == connections.end() ? 0 : of_source->second;
    return total < plan->connector.max_inbound_connection &&
           of_this_source < plan->connector.max_inbound_connection_per_source;
  }
};

namespace {

/// One place of the connector's limits, given back however the session ends.
class Place {
 public:
  Place(std::shared_ptr<RunningSessions> running, std::string source)
      : running_(std::move(running)), source_(std::move(source)) {
    ++running_->total;
    ++running_->connections[source_];
  }
  ~Place() {
    --running_->total;
    const auto of_source = running_->connections.find(source_);
    if (--of_source->second == 0) running_->connections.erase(of_source);
  }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

 private:
  std::shared_ptr<RunningSessions> running_;
  std::string source_;
};

net::task<void> serve(std::shared_ptr<RunningSessions> running, net::Channel channel) {
  const std::string source = channel.remote().address;
  if (!running->has_room(source)) {
    const std::string refusal = smtp::replies::too_many_connections(running->plan->fqdn).wire();
    co_await channel.write(refusal, in(running->plan->timeouts.quit));
    co_await channel.shutdown();
    co_return;
  }
  transcript::Transcript transcript = running->new_transcript();
  {
    const Place place(running, source);
    co_await receive_session(running->plan, std::move(channel), transcript);
  }
  if (running->ended) running->ended(transcript);
}

}  // namespace

Reception::Reception(net::Loop& loop, const net::Endpoint& at, NewReceiveTranscript new_transcript, SessionEnded ended)
    : running_(std::make_shared<RunningSessions>()), listener_(loop, at) {
  running_->new_transcript = std::move(new_transcript);
  running_->ended = std::move(ended);
}

void Reception::use(std::shared_ptr<const ReceivePlan> plan) { running_->plan = std::move(plan); }

void Reception::start() {
  listener_.start([running = running_](net::Channel channel) { return serve(running, std::move(channel)); });
}

void Reception::stop() { listener_.stop(); }

}  // namespace domsec::session
