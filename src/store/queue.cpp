// What is written about queued mail. Each function is one transaction.
#include "domsec/store/queue.h"

#include <algorithm>

#include "instants.h"
#include "lease_file.h"

namespace domsec::store {
namespace {

std::string_view outcome_text(policy::DeliveryOutcome outcome) {
  switch (outcome) {
    case policy::DeliveryOutcome::completed:
      return "completed";
    case policy::DeliveryOutcome::message_deferred:
      return "deferred";
    case policy::DeliveryOutcome::connection_failed:
      return "connection failed";
  }
  return "";
}

void write_queue(Database& database, const std::string& domain, const policy::QueueState& state,
                 const policy::LastError& error) {
  // Whether it is suspended is the operator's and may have changed meanwhile.
  database
      .prepare(
          "UPDATE queues SET connection_failures = ?, last_attempt = ?, next_attempt = ?, error = ?, "
          "error_host = ?,"
          " error_address = ?, error_at = ? WHERE domain = ?")
      .add(std::int64_t{state.connection_failures})
      .add(seconds(state.last_attempt))
      .add(seconds(state.next_attempt))
      .add(error.text)
      .add(error.host)
      .add(error.address)
      .add(seconds(error.at))
      .add(domain)
      .run();
}

void add_notice(Database& database, MessageNumber message, const Notice& notice) {
  database.prepare("INSERT INTO notices (message, kind, made, content) VALUES (?, ?, ?, ?)")
      .add(message)
      .add(text(notice.kind))
      .add(seconds(notice.made))
      .add_octets(notice.content)
      .run();
}

}  // namespace

std::string_view text(QueuedState state) {
  switch (state) {
    case QueuedState::queued:
      return "queued";
    case QueuedState::delivered:
      return "delivered";
    case QueuedState::failed:
      return "failed";
    case QueuedState::removed:
      return "removed";
  }
  return "";
}

std::string_view text(NoticeKind kind) {
  switch (kind) {
    case NoticeKind::delay:
      return "delay";
    case NoticeKind::failure:
      return "failure";
  }
  return "";
}

bool QueuedMessage::any_waiting() const {
  return std::ranges::any_of(recipients, [](const QueuedRecipient& recipient) {
    return recipient.state == policy::RecipientState::waiting;
  });
}

Lease::Lease(Lease&& other) noexcept : file_(other.file_), message_(other.message_) {
  other.file_ = nullptr;
}

Lease::~Lease() {
  if (file_) file_->give_back(message_);
}

Queue::Queue(Database& database)
    : database_(database), leases_(std::make_unique<LeaseFile>(database.file() + "-lease")) {}

Queue::~Queue() = default;

Lease Queue::put(const Submission& submission, pki::Instant now) {
  Transaction transaction(database_);
  database_
      .prepare(
          "INSERT INTO queues (domain, delivery_type, tls_domain) VALUES (?, ?, ?) ON CONFLICT (domain) DO "
          "UPDATE"
          " SET delivery_type = excluded.delivery_type, tls_domain = excluded.tls_domain")
      .add(submission.domain)
      .add(policy::text(submission.delivery_type))
      .add(submission.tls_domain)
      .run();
  database_
      .prepare(
          "INSERT INTO messages (domain, message_id, reverse_path, requirement, state, submitted, "
          "resubmitted,"
          " octets, content) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
      .add(submission.domain)
      .add(submission.message_id)
      .add(submission.reverse_path)
      .add(policy::text(submission.requirement))
      .add(text(QueuedState::queued))
      .add(seconds(now))
      .add(seconds(now))
      .add(static_cast<std::int64_t>(submission.content.size()))
      .add_octets(submission.content)
      .run();
  const MessageNumber number = database_.last_id();
  std::int64_t position = 0;
  for (const std::string& recipient : submission.recipients) {
    database_.prepare("INSERT INTO recipients (message, position, address, state) VALUES (?, ?, ?, ?)")
        .add(number)
        .add(position++)
        .add(recipient)
        .add(policy::text(policy::RecipientState::waiting))
        .run();
  }
  // Before anybody else can see it.
  if (!leases_->take(number)) {
    throw StoreError(StoreFault::failed,
                     "message " + std::to_string(number) + " of " + database_.file() +
                         " is new and already leased: the store was put in place of another one");
  }
  Lease lease(*leases_, number);
  transaction.commit();
  return lease;
}

std::optional<Lease> Queue::lease(MessageNumber number) {
  if (!leases_->take(number)) return std::nullopt;
  return Lease(*leases_, number);
}

policy::QueueActivity Queue::activity(MessageNumber number) const {
  if (!leases_->taken(number)) return policy::QueueActivity::none;
  Statement row =
      database_.prepare("SELECT end_of_data_left FROM attempts WHERE message = ? AND ended IS NULL");
  if (!row.add(number).step()) return policy::QueueActivity::none;
  return row.integer(0) != 0 ? policy::QueueActivity::delivering : policy::QueueActivity::connecting;
}

std::optional<QueuedAttempt> Queue::recover(const Lease& lease, pki::Instant now) {
  Transaction transaction(database_);
  database_
      .prepare(
          "UPDATE attempts SET ended = ?, outcome = 'interrupted',"
          " ambiguous = ambiguous OR (end_of_data_left AND NOT answered) WHERE message = ? AND ended IS NULL")
      .add(seconds(now))
      .add(lease.message())
      .run();
  const bool any = database_.changes() > 0;
  transaction.commit();
  if (!any) return std::nullopt;
  return attempts(lease.message()).back();
}

AttemptNumber Queue::begin_attempt(const Lease& lease, pki::Instant now) {
  Transaction transaction(database_);
  database_.prepare("INSERT INTO attempts (message, began) VALUES (?, ?)")
      .add(lease.message())
      .add(seconds(now))
      .run();
  const AttemptNumber number = database_.last_id();
  transaction.commit();
  return number;
}

void Queue::end_of_data_leaves(const Lease& lease, AttemptNumber attempt,
                               const std::vector<NotedAnswer>& answers, pki::Instant now) {
  Transaction transaction(database_);
  // A host before this one that did not answer stays ambiguous.
  database_
      .prepare(
          "UPDATE attempts SET ambiguous = ambiguous OR (end_of_data_left AND NOT answered), "
          "end_of_data_left = 1,"
          " answered = 0 WHERE id = ?")
      .add(attempt)
      .run();
  note(lease.message(), answers, now);
  transaction.commit();
}

void Queue::end_of_data_answered(const Lease& lease, AttemptNumber attempt,
                                 const std::vector<NotedAnswer>& answers, pki::Instant now) {
  Transaction transaction(database_);
  database_.prepare("UPDATE attempts SET answered = 1 WHERE id = ?").add(attempt).run();
  note(lease.message(), answers, now);
  transaction.commit();
}

void Queue::end_attempt(const Lease& lease, AttemptNumber attempt, const AttemptEnd& end, pki::Instant now) {
  Transaction transaction(database_);
  database_
      .prepare(
          "UPDATE attempts SET ended = ?, outcome = ?, reply = ?, ambiguous = ambiguous OR ? WHERE id = ?")
      .add(seconds(now))
      .add(outcome_text(end.outcome))
      .add(end.error.text)
      .add(std::int64_t{end.ambiguous ? 1 : 0})
      .add(attempt)
      .run();
  note(lease.message(), end.answers, now);
  database_.prepare("UPDATE messages SET next_attempt = ? WHERE id = ?")
      .add(seconds(end.next_attempt))
      .add(lease.message())
      .run();
  Statement row = database_.prepare("SELECT domain FROM messages WHERE id = ?");
  if (row.add(lease.message()).step()) write_queue(database_, row.text(0), end.queue, end.error);
  transaction.commit();
}

/// A final answer is never replaced.
void Queue::note(MessageNumber message, const std::vector<NotedAnswer>& answers, pki::Instant now) {
  for (const NotedAnswer& answer : answers) {
    if (answer.reply.empty()) continue;
    database_
        .prepare(
            "UPDATE recipients SET state = ?, reply = ?, host = ?, replied = ?"
            " WHERE message = ? AND address = ? AND state = 'waiting'")
        .add(policy::text(answer.state))
        .add(answer.reply)
        .add(answer.host)
        .add(seconds(now))
        .add(message)
        .add(answer.address)
        .run();
  }
}

void Queue::fail_waiting(const Lease& lease, const std::string& reply, pki::Instant now) {
  Transaction transaction(database_);
  database_
      .prepare(
          "UPDATE recipients SET state = 'failed', reply = ?, host = '', replied = ?"
          " WHERE message = ? AND state = 'waiting'")
      .add(reply)
      .add(seconds(now))
      .add(lease.message())
      .run();
  transaction.commit();
}

bool Queue::settle(const Lease& lease, const std::optional<Notice>& notice, pki::Instant now) {
  Transaction transaction(database_);
  if (notice) add_notice(database_, lease.message(), *notice);
  database_.prepare("UPDATE recipients SET told = 1 WHERE message = ? AND state = 'failed'")
      .add(lease.message())
      .run();
  Statement left = database_.prepare(
      "SELECT sum(state = 'waiting'), sum(state = 'failed') FROM recipients WHERE message = ?");
  left.add(lease.message()).step();
  const bool done = left.integer(0) == 0;
  const QueuedState state = left.integer(1) > 0 ? QueuedState::failed : QueuedState::delivered;
  if (done) {
    database_
        .prepare(
            "UPDATE messages SET state = ?, finished = ?, next_attempt = NULL, content = NULL"
            " WHERE id = ? AND state = 'queued'")
        .add(text(state))
        .add(seconds(now))
        .add(lease.message())
        .run();
    leave_queue(lease.message());
  }
  transaction.commit();
  return done;
}

/// D-25: a queue that is empty starts anew with its next message.
void Queue::leave_queue(MessageNumber message) {
  database_
      .prepare(
          "UPDATE queues SET connection_failures = 0, next_attempt = NULL"
          " WHERE domain = (SELECT domain FROM messages WHERE id = ?)"
          " AND NOT EXISTS (SELECT 1 FROM messages WHERE domain = queues.domain AND state = 'queued')")
      .add(message)
      .run();
}

void Queue::tell_delay(const Lease& lease, const std::optional<Notice>& notice) {
  Transaction transaction(database_);
  if (notice) add_notice(database_, lease.message(), *notice);
  database_.prepare("UPDATE messages SET delay_told = 1 WHERE id = ?").add(lease.message()).run();
  transaction.commit();
}

void Queue::resubmit(const Lease& lease, pki::Instant now) {
  Transaction transaction(database_);
  database_.prepare("UPDATE messages SET resubmitted = ?, next_attempt = NULL WHERE id = ?")
      .add(seconds(now))
      .add(lease.message())
      .run();
  transaction.commit();
}

void Queue::set_route(const std::string& domain, policy::DeliveryType type, const std::string& tls_domain) {
  Transaction transaction(database_);
  database_.prepare("UPDATE queues SET delivery_type = ?, tls_domain = ? WHERE domain = ?")
      .add(policy::text(type))
      .add(tls_domain)
      .add(domain)
      .run();
  transaction.commit();
}

bool Queue::retry(const std::string& domain) {
  Transaction transaction(database_);
  database_.prepare("UPDATE queues SET next_attempt = NULL WHERE domain = ?").add(domain).run();
  const bool known = database_.changes() > 0;
  database_.prepare("UPDATE messages SET next_attempt = NULL WHERE domain = ? AND state = 'queued'")
      .add(domain)
      .run();
  transaction.commit();
  return known;
}

bool Queue::suspend(const std::string& domain, bool suspended) {
  Transaction transaction(database_);
  database_.prepare("UPDATE queues SET suspended = ? WHERE domain = ?")
      .add(std::int64_t{suspended ? 1 : 0})
      .add(domain)
      .run();
  const bool known = database_.changes() > 0;
  transaction.commit();
  return known;
}

void Queue::remove(const Lease& lease, pki::Instant now) {
  Transaction transaction(database_);
  database_.prepare("DELETE FROM messages WHERE id = ? AND state <> 'queued'").add(lease.message()).run();
  database_
      .prepare(
          "UPDATE messages SET state = ?, finished = ?, next_attempt = NULL, content = NULL WHERE id = ?")
      .add(text(QueuedState::removed))
      .add(seconds(now))
      .add(lease.message())
      .run();
  leave_queue(lease.message());
  transaction.commit();
}

void Queue::forget_delivered(pki::Instant before) {
  Transaction transaction(database_);
  database_.prepare("DELETE FROM messages WHERE state IN ('delivered', 'removed') AND finished < ?")
      .add(seconds(before))
      .run();
  transaction.commit();
}

}  // namespace domsec::store
