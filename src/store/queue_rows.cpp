// What is read of queued mail.
#include <array>

#include "domsec/store/queue.h"
#include "instants.h"

namespace domsec::store {
namespace {

policy::Requirement read_requirement(const std::string& word) {
  using policy::Requirement;
  for (const Requirement requirement :
       {Requirement::none, Requirement::opportunistic, Requirement::encryption,
        Requirement::certificate_validation, Requirement::domain_validation}) {
    if (policy::text(requirement) == word) return requirement;
  }
  return Requirement::domain_secured;  // the strictest, also for a word that is not known here
}

QueuedState read_state(const std::string& word) {
  for (const QueuedState state : {QueuedState::delivered, QueuedState::failed, QueuedState::removed}) {
    if (text(state) == word) return state;
  }
  return QueuedState::queued;
}

policy::RecipientState read_recipient_state(const std::string& word) {
  for (const policy::RecipientState state :
       {policy::RecipientState::delivered, policy::RecipientState::failed}) {
    if (policy::text(state) == word) return state;
  }
  return policy::RecipientState::waiting;
}

constexpr std::string_view queue_columns =
    "SELECT domain, delivery_type, tls_domain, suspended, connection_failures, last_attempt, next_attempt, "
    "error, error_host,"
    " error_address, error_at,"
    " (SELECT count(*) FROM messages WHERE messages.domain = queues.domain AND state = 'queued') AS waiting "
    "FROM queues ";

DestinationQueue read_queue(const Statement& row) {
  DestinationQueue queue;
  queue.domain = row.text(0);
  const bool smart_host = row.text(1) == policy::text(policy::DeliveryType::smart_host_connector);
  queue.delivery_type =
      smart_host ? policy::DeliveryType::smart_host_connector : policy::DeliveryType::dns_connector;
  queue.tls_domain = row.text(2);
  queue.state.suspended = row.integer(3) != 0;
  queue.state.connection_failures = static_cast<int>(row.integer(4));
  queue.state.last_attempt = instant(row.optional_integer(5));
  queue.state.next_attempt = instant(row.optional_integer(6));
  queue.error = {row.text(7), row.text(8), row.text(9), instant(row.optional_integer(10))};
  queue.messages = static_cast<std::size_t>(row.integer(11));
  return queue;
}

constexpr std::string_view message_columns =
    "SELECT id, domain, message_id, reverse_path, requirement, state, submitted, resubmitted, next_attempt, "
    "delay_told,"
    " finished, octets FROM messages ";

QueuedMessage read_message(const Statement& row) {
  QueuedMessage message;
  message.number = row.integer(0);
  message.domain = row.text(1);
  message.message_id = row.text(2);
  message.reverse_path = row.text(3);
  message.requirement = read_requirement(row.text(4));
  message.state = read_state(row.text(5));
  message.times = {instant(row.integer(6)), instant(row.integer(7)), instant(row.optional_integer(8)),
                   row.integer(9) != 0};
  message.finished = instant(row.optional_integer(10));
  message.octets = static_cast<std::size_t>(row.integer(11));
  return message;
}

std::vector<QueuedRecipient> read_recipients(const Database& database, MessageNumber number) {
  std::vector<QueuedRecipient> recipients;
  Statement row = database.prepare(
      "SELECT address, state, reply, host, replied, told FROM recipients WHERE message = ? ORDER BY "
      "position");
  row.add(number);
  while (row.step()) {
    recipients.push_back(QueuedRecipient{row.text(0), read_recipient_state(row.text(1)), row.text(2),
                                         row.text(3), instant(row.optional_integer(4)), row.integer(5) != 0});
  }
  return recipients;
}

}  // namespace

std::vector<DestinationQueue> Queue::queues() const {
  std::vector<DestinationQueue> queues;
  Statement row =
      database_.prepare(std::string(queue_columns) + "WHERE waiting > 0 OR suspended ORDER BY domain");
  while (row.step()) queues.push_back(read_queue(row));
  return queues;
}

std::optional<DestinationQueue> Queue::queue(const std::string& domain) const {
  Statement row = database_.prepare(std::string(queue_columns) + "WHERE domain = ?");
  if (!row.add(domain).step()) return std::nullopt;
  return read_queue(row);
}

std::vector<QueuedMessage> Queue::messages(Listed listed) const {
  std::vector<QueuedMessage> messages;
  const std::string_view where =
      listed == Listed::queued ? "WHERE state = 'queued' ORDER BY id" : "ORDER BY id";
  Statement row = database_.prepare(std::string(message_columns) + std::string(where));
  while (row.step()) messages.push_back(read_message(row));
  for (QueuedMessage& message : messages) message.recipients = read_recipients(database_, message.number);
  return messages;
}

std::optional<QueuedMessage> Queue::message(MessageNumber number) const {
  Statement row = database_.prepare(std::string(message_columns) + "WHERE id = ?");
  if (!row.add(number).step()) return std::nullopt;
  QueuedMessage message = read_message(row);
  message.recipients = read_recipients(database_, number);
  return message;
}

std::string Queue::content(MessageNumber number) const {
  Statement row = database_.prepare("SELECT content FROM messages WHERE id = ?");
  return row.add(number).step() ? row.text(0) : std::string();
}

std::vector<QueuedAttempt> Queue::attempts(MessageNumber number) const {
  std::vector<QueuedAttempt> attempts;
  Statement row = database_.prepare(
      "SELECT id, began, end_of_data_left, answered, ambiguous, ended, outcome, reply FROM attempts WHERE "
      "message = ?"
      " ORDER BY id");
  row.add(number);
  while (row.step()) {
    attempts.push_back(QueuedAttempt{row.integer(0), instant(row.integer(1)), row.integer(2) != 0,
                                     row.integer(3) != 0, row.integer(4) != 0,
                                     instant(row.optional_integer(5)), row.text(6), row.text(7)});
  }
  return attempts;
}

std::vector<Notice> Queue::notices(MessageNumber number) const {
  std::vector<Notice> notices;
  Statement row = database_.prepare("SELECT kind, made, content FROM notices WHERE message = ? ORDER BY id");
  row.add(number);
  while (row.step()) {
    const NoticeKind kind = row.text(0) == text(NoticeKind::delay) ? NoticeKind::delay : NoticeKind::failure;
    notices.push_back(Notice{kind, instant(row.integer(1)), row.text(2)});
  }
  return notices;
}

}  // namespace domsec::store
