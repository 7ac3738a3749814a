// Does what is due about one queued message: recovers what an earlier owner left open, delivers, tells
// delays, gives up. It knows neither sessions nor the clock, so that a test can let two days pass at once.
// Private to cli/.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "domsec/session/delivery_answers.h"
#include "domsec/store/queue.h"

namespace domsec::cli {

enum class QueueEventKind {
  queued,       // it is durable
  interrupted,  // an earlier owner died before its end of data left: nothing was delivered by him
  ambiguous,    // the peer may have it without our knowing (RFC 5321 6.1); it is sent again
  delivered,
  failed,    // at least one recipient was refused for good; the NDR was made
  deferred,  // the message waits
  retry,     // the queue is in Retry
  delayed,   // the delay DSN was made
  expired,
  resubmitted,
  waiting,  // nothing was tried: the queue is in Retry or suspended
};
[[nodiscard]] std::string_view text(QueueEventKind kind);

struct QueueEvent {
  QueueEventKind kind = QueueEventKind::queued;
  pki::Instant at;
  store::MessageNumber message = 0;
  std::string message_id;
  std::string domain;
  std::string detail;  // one sentence, or the reply
  std::optional<pki::Instant> next_attempt;
};
/// `17  woodgrovebank.com  retry  454 4.7.5 …; next attempt 2026-11-22T10:01:00Z`
[[nodiscard]] std::string event_line(const QueueEvent& event);
/// Schema domsec.queue-event/1, one line without its end.
[[nodiscard]] std::string queue_event_json(const QueueEvent& event);

/// Gives a message to its destination. May throw store::StoreError out of `end_of_data`, nothing else.
using Deliver = std::function<session::DeliveryAnswers(const store::QueuedMessage&, const session::Message&,
                                                       const session::EndOfData&)>;

struct CourierSettings {
  policy::QueueIntervals intervals;
  std::string reporting_mta;
  std::function<pki::Instant()> now;
  Deliver deliver;
  std::function<void(const QueueEvent&)> tell;
};

class Courier {
 public:
  Courier(store::Queue& queue, CourierSettings settings) : queue_(queue), settings_(std::move(settings)) {}

  /// Everything that is due for this message.
  void work_on(const store::Lease& lease);
  /// Every queued message that is due and that nobody else has, of these domains (empty = all).
  void pass(const std::vector<std::string>& domains);
  /// When a message of these domains is due next; nothing when none is queued.
  [[nodiscard]] std::optional<pki::Instant> next_duty(const std::vector<std::string>& domains) const;
  /// Takes a queued message out of the queue, with an NDR when one is wanted.
  void remove(const store::Lease& lease, bool with_ndr);

 private:
  void tell(QueueEventKind kind, const store::QueuedMessage& message, std::string detail,
            std::optional<pki::Instant> next_attempt = {}) const;
  void recover(const store::Lease& lease);
  [[nodiscard]] bool settle(const store::Lease& lease, const store::QueuedMessage& message);
  void attempt(const store::Lease& lease, const store::QueuedMessage& message);
  void fulfil(policy::QueueDuty duty, const store::Lease& lease, const store::QueuedMessage& message);
  [[nodiscard]] std::optional<store::Notice> notice(store::NoticeKind kind,
                                                    const store::QueuedMessage& message) const;

  store::Queue& queue_;
  CourierSettings settings_;
};

}  // namespace domsec::cli
