// From the queue to the sessions: destinations made ready, messages delivered to them, results told. Private
// to cli/.
#pragma once

#include <functional>
#include <iosfwd>
#include <map>
#include <memory>
#include <string>

#include "domsec/cli/outcome.h"
#include "partner.h"
#include "queue_courier.h"

namespace domsec::cli {

/// The partners that queued mail goes to, each made ready once until forget().
class Destinations {
 public:
  using Reported = std::function<void(const report::Report&, std::chrono::milliseconds took)>;
  Destinations(const SendOptions& options, store::Queue& queue, std::ostream& out, std::ostream& err,
               Reported reported)
      : options_(options), queue_(queue), out_(out), err_(err), reported_(std::move(reported)) {}

  /// Throws what Partner throws.
  Partner& ready(const std::string& domain);
  void forget() { partners_.clear(); }
  /// Faults of our own configuration are answers, too: the queue goes into Retry with their sentence.
  [[nodiscard]] session::DeliveryAnswers deliver(const store::QueuedMessage& queued,
                                                 const session::Message& message,
                                                 const session::EndOfData& end_of_data);
  /// The exit code of the last delivery of each message, the worst of all.
  [[nodiscard]] int exit_code() const;
  void set_exit_code(store::MessageNumber message, int code) { codes_[message] = code; }

 private:
  const SendOptions& options_;
  store::Queue& queue_;
  std::ostream& out_;
  std::ostream& err_;
  Reported reported_;
  std::map<std::string, std::unique_ptr<Partner>> partners_;
  std::map<store::MessageNumber, int> codes_;
};

/// How events are shown: a line each, JSON with --json or --ndjson; with --quiet only an ambiguity, on `err`.
[[nodiscard]] std::function<void(const QueueEvent&)> event_teller(const OutputOptions& output,
                                                                  std::ostream& out, std::ostream& err);

/// The state file of --store, or the one of this user.
[[nodiscard]] std::string store_file(const SendOptions& options);
[[nodiscard]] policy::QueueIntervals intervals_of(const SendOptions& options);

/// `send --queue`: durable first, then delivered.
void send_through_queue(const SendOptions& options, const std::string& domain, session::Message message,
                        Conclusion& conclusion, std::ostream& err);

}  // namespace domsec::cli
