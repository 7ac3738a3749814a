#include "domsec/policy/queue_schedule.h"

#include <algorithm>

namespace domsec::policy {
namespace {

pki::Instant delay_due(const QueueIntervals& intervals, const MessageTimes& message) {
  return message.submitted + intervals.delay_notification_timeout;
}

/// D-25: only what waits in Retry is resubmitted; a suspended queue is the operator's.
std::optional<pki::Instant> resubmit_due(const QueueIntervals& intervals, const QueueState& queue,
                                         const MessageTimes& message) {
  if (queue.suspended || (!queue.next_attempt && !message.next_attempt)) return std::nullopt;
  return message.resubmitted + intervals.max_idle_time_before_resubmit;
}

}  // namespace

std::string_view text(QueueRole role) {
  switch (role) {
    case QueueRole::mailbox:
      return "mailbox";
    case QueueRole::edge:
      return "edge";
  }
  return "";
}

std::optional<QueueRole> read_queue_role(std::string_view word) {
  for (const QueueRole role : {QueueRole::mailbox, QueueRole::edge}) {
    if (word == text(role)) return role;
  }
  return std::nullopt;
}

QueueIntervals queue_intervals(QueueRole role) {
  QueueIntervals intervals;
  switch (role) {
    case QueueRole::mailbox:
      break;
    case QueueRole::edge:
      intervals.transient_failure_retry_interval = std::chrono::minutes(10);
      intervals.outbound_connection_failure_retry_interval = std::chrono::minutes(30);
      break;
  }
  return intervals;
}

std::string_view text(QueueStatus status) {
  switch (status) {
    case QueueStatus::active:
      return "Active";
    case QueueStatus::connecting:
      return "Connecting";
    case QueueStatus::suspended:
      return "Suspended";
    case QueueStatus::ready:
      return "Ready";
    case QueueStatus::retry:
      return "Retry";
  }
  return "";
}

std::string_view text(DeliveryType type) {
  switch (type) {
    case DeliveryType::dns_connector:
      return "DnsConnectorDelivery";
    case DeliveryType::smart_host_connector:
      return "SmartHostConnectorDelivery";
  }
  return "";
}

std::string_view text(RecipientState state) {
  switch (state) {
    case RecipientState::waiting:
      return "waiting";
    case RecipientState::delivered:
      return "delivered";
    case RecipientState::failed:
      return "failed";
  }
  return "";
}

DeliveryType delivery_type(const exchange::SendConnector& connector) {
  const bool smart_host = !*connector.dns_routing_enabled && !connector.smart_hosts.empty();
  return smart_host ? DeliveryType::smart_host_connector : DeliveryType::dns_connector;
}

std::string queue_tls_domain(const TlsRequirement& requirement, const smtp::Domain& destination) {
  return requirement.requirement == Requirement::domain_secured ? destination.text() : std::string();
}

QueueStatus queue_status(const QueueState& state, QueueActivity activity) {
  // A delivery under way goes on when its queue is suspended; the word tells what the next one meets.
  if (state.suspended) return QueueStatus::suspended;
  if (activity == QueueActivity::delivering) return QueueStatus::active;
  if (activity == QueueActivity::connecting) return QueueStatus::connecting;
  return state.next_attempt ? QueueStatus::retry : QueueStatus::ready;
}

std::chrono::seconds retry_interval(const QueueIntervals& intervals, int connection_failures) {
  if (connection_failures <= intervals.glitch_retry_count) return intervals.glitch_retry_interval;
  if (connection_failures <= intervals.glitch_retry_count + intervals.transient_failure_retry_count) {
    return intervals.transient_failure_retry_interval;
  }
  return intervals.outbound_connection_failure_retry_interval;
}

QueueState after_delivery(const QueueIntervals& intervals, QueueState queue, DeliveryOutcome outcome,
                          pki::Instant now) {
  queue.last_attempt = now;
  switch (outcome) {
    case DeliveryOutcome::completed:
    case DeliveryOutcome::message_deferred:
      queue.connection_failures = 0;
      queue.next_attempt.reset();
      break;
    case DeliveryOutcome::connection_failed:
      ++queue.connection_failures;
      queue.next_attempt = now + retry_interval(intervals, queue.connection_failures);
      break;
  }
  return queue;
}

std::optional<pki::Instant> message_next_attempt(const QueueIntervals& intervals, DeliveryOutcome outcome,
                                                 pki::Instant now) {
  if (outcome != DeliveryOutcome::message_deferred) return std::nullopt;
  return now + intervals.message_retry_interval;
}

std::optional<pki::Instant> next_attempt(const QueueState& queue, const MessageTimes& message) {
  if (queue.suspended) return std::nullopt;
  pki::Instant due = message.submitted;
  if (queue.next_attempt) due = std::max(due, *queue.next_attempt);
  if (message.next_attempt) due = std::max(due, *message.next_attempt);
  return due;
}

std::optional<QueueDuty> duty(const QueueIntervals& intervals, const QueueState& queue,
                              const MessageTimes& message, pki::Instant now) {
  if (expires(intervals, message) <= now) return QueueDuty::expire;
  if (!message.delay_told && delay_due(intervals, message) <= now) return QueueDuty::tell_delay;
  const auto resubmit = resubmit_due(intervals, queue, message);
  if (resubmit && *resubmit <= now) return QueueDuty::resubmit;
  const auto attempt = next_attempt(queue, message);
  if (attempt && *attempt <= now) return QueueDuty::attempt;
  return std::nullopt;
}

pki::Instant next_duty(const QueueIntervals& intervals, const QueueState& queue,
                       const MessageTimes& message) {
  pki::Instant next = expires(intervals, message);
  if (!message.delay_told) next = std::min(next, delay_due(intervals, message));
  if (const auto resubmit = resubmit_due(intervals, queue, message)) next = std::min(next, *resubmit);
  if (const auto attempt = next_attempt(queue, message)) next = std::min(next, *attempt);
  return next;
}

pki::Instant expires(const QueueIntervals& intervals, const MessageTimes& message) {
  return message.submitted + intervals.message_expiration_timeout;
}

}  // namespace domsec::policy
