// Mail that waits to be sent, in the state file. A message is put in one transaction and leaves in one;
// between them everything that is learned about it is durable before it is acted upon, so that a process may
// die at any moment: nothing is lost, and what may have been delivered without our knowing is known to be so
// (RFC 5321 6.1). When anything is done is policy's (queue_schedule.h); who does it is the caller's.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "domsec/policy/last_error.h"
#include "domsec/policy/queue_schedule.h"
#include "domsec/store/database.h"

namespace domsec::store {

using MessageNumber = std::int64_t;

/// One message for one destination.
struct Submission {
  std::string domain;
  std::string message_id;    // `<…>`, as in its header
  std::string reverse_path;  // empty = the null reverse-path
  std::vector<std::string> recipients;
  policy::Requirement requirement =
      policy::Requirement::opportunistic;  // what it must at least be sent under
  policy::DeliveryType delivery_type = policy::DeliveryType::dns_connector;
  std::string tls_domain;
  std::string_view content;
};

enum class QueuedState { queued, delivered, failed, removed };
[[nodiscard]] std::string_view text(QueuedState state);

struct QueuedRecipient {
  std::string address;
  policy::RecipientState state = policy::RecipientState::waiting;
  std::string reply;
  std::string host;
  std::optional<pki::Instant> replied;
  bool told = false;  // the NDR for him was made
};

struct QueuedMessage {
  MessageNumber number = 0;
  std::string domain;
  std::string message_id;
  std::string reverse_path;
  policy::Requirement requirement = policy::Requirement::opportunistic;
  QueuedState state = QueuedState::queued;
  policy::MessageTimes times;
  std::optional<pki::Instant> finished;
  std::size_t octets = 0;
  std::vector<QueuedRecipient> recipients;

  [[nodiscard]] bool any_waiting() const;
};

struct DestinationQueue {
  std::string domain;
  policy::DeliveryType delivery_type = policy::DeliveryType::dns_connector;
  std::string tls_domain;
  policy::QueueState state;
  policy::LastError error;
  std::size_t messages = 0;  // that are queued
};

using AttemptNumber = std::int64_t;

/// One walk over the partner's hosts with one message.
struct QueuedAttempt {
  AttemptNumber number = 0;
  pki::Instant began;
  bool end_of_data_left = false;  // the final dot went out, or was about to
  bool answered = false;          // and was answered
  bool ambiguous = false;         // a host may have taken the message without our knowing
  std::optional<pki::Instant> ended;
  std::string outcome;  // `completed`, `deferred`, `connection failed`, `interrupted`
  std::string reply;
};

/// An answer to be noted.
struct NotedAnswer {
  std::string address;
  policy::RecipientState state = policy::RecipientState::waiting;
  std::string reply;
  std::string host;
};

enum class NoticeKind { delay, failure };
[[nodiscard]] std::string_view text(NoticeKind kind);  // `delay`, `failure`

/// A delivery status notification that was made: kept, not sent.
struct Notice {
  NoticeKind kind = NoticeKind::failure;
  pki::Instant made;
  std::string content;
};

/// How an attempt ended.
struct AttemptEnd {
  policy::DeliveryOutcome outcome = policy::DeliveryOutcome::connection_failed;
  std::vector<NotedAnswer> answers;
  bool ambiguous = false;
  policy::QueueState queue;
  policy::LastError error;
  std::optional<pki::Instant> next_attempt;  // of the message
};

class LeaseFile;

/// The right to deliver one message, and to write about it. It ends with the object, and with the process
/// however that dies.
class Lease {
 public:
  Lease(Lease&& other) noexcept;
  Lease& operator=(Lease&&) = delete;
  ~Lease();
  [[nodiscard]] MessageNumber message() const { return message_; }

 private:
  friend class Queue;
  Lease(LeaseFile& file, MessageNumber message) : file_(&file), message_(message) {}
  LeaseFile* file_;
  MessageNumber message_;
};

enum class Listed { queued, all };

class Queue {
 public:
  /// The leases are locks on octets of a file beside the database. Throws StoreError.
  explicit Queue(Database& database);
  ~Queue();

  /// Durable when it returns, and leased from its first moment on.
  [[nodiscard]] Lease put(const Submission& submission, pki::Instant now);

  // What there is.
  [[nodiscard]] std::vector<DestinationQueue> queues() const;  // with queued messages, or suspended
  [[nodiscard]] std::optional<DestinationQueue> queue(const std::string& domain) const;
  [[nodiscard]] std::vector<QueuedMessage> messages(Listed listed) const;
  [[nodiscard]] std::optional<QueuedMessage> message(MessageNumber number) const;
  [[nodiscard]] std::string content(MessageNumber number) const;
  [[nodiscard]] std::vector<QueuedAttempt> attempts(MessageNumber number) const;
  [[nodiscard]] std::vector<Notice> notices(MessageNumber number) const;
  /// What some process is doing with it at this moment.
  [[nodiscard]] policy::QueueActivity activity(MessageNumber number) const;

  // Delivering. Nothing: another process has it.
  [[nodiscard]] std::optional<Lease> lease(MessageNumber number);
  /// What an owner who died has left open, closed now. It was ambiguous when its end of data had left
  /// unanswered.
  [[nodiscard]] std::optional<QueuedAttempt> recover(const Lease& lease, pki::Instant now);
  [[nodiscard]] AttemptNumber begin_attempt(const Lease& lease, pki::Instant now);
  /// Before the octets leave. Final refusals of recipients are noted with it.
  void end_of_data_leaves(const Lease& lease, AttemptNumber attempt, const std::vector<NotedAnswer>& answers,
                          pki::Instant now);
  void end_of_data_answered(const Lease& lease, AttemptNumber attempt,
                            const std::vector<NotedAnswer>& answers, pki::Instant now);
  void end_attempt(const Lease& lease, AttemptNumber attempt, const AttemptEnd& end, pki::Instant now);

  /// Every recipient who still waits gets this last answer: expiry, removal.
  void fail_waiting(const Lease& lease, const std::string& reply, pki::Instant now);
  /// The failed recipients are told by `notice`, or need no telling; a message without waiting recipients
  /// leaves the queue, its content with it. True when it has left.
  bool settle(const Lease& lease, const std::optional<Notice>& notice, pki::Instant now);
  void tell_delay(const Lease& lease, const std::optional<Notice>& notice);
  void resubmit(const Lease& lease, pki::Instant now);
  void set_route(const std::string& domain, policy::DeliveryType type, const std::string& tls_domain);

  // The operator's. False when there is no such queue.
  bool retry(const std::string& domain);
  bool suspend(const std::string& domain, bool suspended);
  /// Takes the message out of the queue, or forgets one that has left it.
  void remove(const Lease& lease, pki::Instant now);
  /// Forgets messages that were delivered before that instant.
  void forget_delivered(pki::Instant before);

 private:
  void note(MessageNumber message, const std::vector<NotedAnswer>& answers, pki::Instant now);
  void leave_queue(MessageNumber message);

  Database& database_;
  std::unique_ptr<LeaseFile> leases_;
};

}  // namespace domsec::store
