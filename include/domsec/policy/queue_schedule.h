// When queued mail is tried again, when its sender hears of a delay, and when it is given up (spec
// exchange 6.5). Values and instants only: whoever runs a queue brings the clock. What the record leaves open
// is decided in docs/decisions.md (D-25, D-26).
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "domsec/pki/instant.h"
#include "domsec/policy/tls_requirement.h"

namespace domsec::policy {

/// The kind of server whose intervals are in force.
enum class QueueRole { mailbox, edge };
[[nodiscard]] std::string_view text(QueueRole role);  // `mailbox`, `edge`
[[nodiscard]] std::optional<QueueRole> read_queue_role(std::string_view word);

/// Under Exchange's names.
struct QueueIntervals {
  int glitch_retry_count = 4;
  std::chrono::seconds glitch_retry_interval = std::chrono::minutes(1);
  int transient_failure_retry_count = 6;
  std::chrono::seconds transient_failure_retry_interval = std::chrono::minutes(5);
  std::chrono::seconds outbound_connection_failure_retry_interval = std::chrono::minutes(10);
  std::chrono::seconds message_retry_interval = std::chrono::minutes(15);
  std::chrono::seconds delay_notification_timeout = std::chrono::hours(4);
  std::chrono::seconds message_expiration_timeout = std::chrono::hours(48);
  std::chrono::seconds max_idle_time_before_resubmit = std::chrono::hours(12);
};
[[nodiscard]] QueueIntervals queue_intervals(QueueRole role);

enum class QueueStatus { active, connecting, suspended, ready, retry };
[[nodiscard]] std::string_view text(QueueStatus status);  // `Active` …

enum class DeliveryType { dns_connector, smart_host_connector };
[[nodiscard]] std::string_view text(DeliveryType type);  // `DnsConnectorDelivery` …
[[nodiscard]] DeliveryType delivery_type(const exchange::SendConnector& connector);

/// TlsDomain of a queue: its domain where domain security is in force, else empty (spec exchange 1.11).
[[nodiscard]] std::string queue_tls_domain(const TlsRequirement& requirement,
                                           const smtp::Domain& destination);

/// What one delivery means to the queue it was made from.
enum class DeliveryOutcome {
  completed,          // every recipient has his last answer
  message_deferred,   // the session was good; the answer to this message, or to a recipient, was temporary
  connection_failed,  // no session in which mail may be given: look-up, connection, STARTTLS, either
                      // certificate
};

/// What is known of one recipient; the last two are final.
enum class RecipientState { waiting, delivered, failed };
[[nodiscard]] std::string_view text(RecipientState state);  // `waiting` …

/// One destination.
struct QueueState {
  bool suspended = false;
  int connection_failures = 0;  // in a row
  std::optional<pki::Instant> last_attempt;
  std::optional<pki::Instant> next_attempt;  // only after a failure; else at once
};

/// What a process is doing with it at this moment.
enum class QueueActivity { none, connecting, delivering };
[[nodiscard]] QueueStatus queue_status(const QueueState& state, QueueActivity activity);

/// One message in a queue.
struct MessageTimes {
  pki::Instant submitted;
  pki::Instant resubmitted;                  // = submitted at first
  std::optional<pki::Instant> next_attempt;  // only after a deferral; else with its queue
  bool delay_told = false;
};

/// How long a queue waits after that many failures in a row; 1 = the first.
[[nodiscard]] std::chrono::seconds retry_interval(const QueueIntervals& intervals, int connection_failures);
/// The queue after a delivery that ended `now`.
[[nodiscard]] QueueState after_delivery(const QueueIntervals& intervals, QueueState queue,
                                        DeliveryOutcome outcome, pki::Instant now);
/// When a message that was deferred is tried again: nothing for the other outcomes.
[[nodiscard]] std::optional<pki::Instant> message_next_attempt(const QueueIntervals& intervals,
                                                               DeliveryOutcome outcome, pki::Instant now);
/// When the next delivery is due; nothing while the queue is suspended.
[[nodiscard]] std::optional<pki::Instant> next_attempt(const QueueState& queue, const MessageTimes& message);

/// What has to be done about a message, the weightiest first.
enum class QueueDuty {
  expire,      // the NDR, and no further attempt
  tell_delay,  // the delay DSN
  resubmit,    // connector and requirement are chosen anew
  attempt,
};
[[nodiscard]] std::optional<QueueDuty> duty(const QueueIntervals& intervals, const QueueState& queue,
                                            const MessageTimes& message, pki::Instant now);
/// When the next duty arises; `now` or earlier when there is one already.
[[nodiscard]] pki::Instant next_duty(const QueueIntervals& intervals, const QueueState& queue,
                                     const MessageTimes& message);

/// Will-Retry-Until of RFC 3464.
[[nodiscard]] pki::Instant expires(const QueueIntervals& intervals, const MessageTimes& message);

}  // namespace domsec::policy
