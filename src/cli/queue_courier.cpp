#include "queue_courier.h"

#include <algorithm>

#include "domsec/smtp/delivery_status.h"

namespace domsec::cli {
namespace {

using policy::QueueDuty;
using policy::RecipientState;
using store::QueuedMessage;

/// spec exchange 6.1.
constexpr const char* expired_reply = "550 4.4.7 QUEUE.Expired; message expired";
constexpr const char* removed_reply = "550 4.3.2 The message was deleted by its administrator";

std::vector<store::NotedAnswer> noted(const std::vector<session::RecipientAnswer>& answers) {
  std::vector<store::NotedAnswer> out;
  for (const session::RecipientAnswer& answer : answers) {
    if (answer.reply.code() == 0) continue;
    out.push_back(
        store::NotedAnswer{answer.recipient.text(), answer.state, answer.reply.text(), answer.host});
  }
  return out;
}

smtp::ReversePath reverse_path_of(const QueuedMessage& message) {
  if (message.reverse_path.empty()) return std::nullopt;
  return smtp::parse_mailbox(message.reverse_path, smtp::AllowUtf8::yes);
}

/// For those who still wait.
session::Message message_of(const QueuedMessage& queued, std::string content) {
  session::Message message;
  message.reverse_path = reverse_path_of(queued);
  for (const store::QueuedRecipient& recipient : queued.recipients) {
    if (recipient.state != RecipientState::waiting) continue;
    message.recipients.push_back(
        smtp::ForwardPath{smtp::parse_mailbox(recipient.address, smtp::AllowUtf8::yes)});
  }
  message.content = std::move(content);
  return message;
}

/// The reply that stands for the message: of somebody who failed, else of anybody.
std::string last_reply(const QueuedMessage& message) {
  std::string reply;
  for (const store::QueuedRecipient& recipient : message.recipients) {
    if (recipient.state == RecipientState::failed) return recipient.reply;
    if (!recipient.reply.empty()) reply = recipient.reply;
  }
  return reply;
}

std::string may_have_it(const QueuedMessage& message) {
  return ": the partner may have the message; it comes again with the same Message-ID " + message.message_id +
         " (RFC 5321 6.1)";
}

bool concerns(const std::vector<std::string>& domains, const std::string& domain) {
  return domains.empty() || std::ranges::find(domains, domain) != domains.end();
}

}  // namespace

std::string_view text(QueueEventKind kind) {
  switch (kind) {
    case QueueEventKind::queued:
      return "queued";
    case QueueEventKind::interrupted:
      return "interrupted";
    case QueueEventKind::ambiguous:
      return "ambiguous";
    case QueueEventKind::delivered:
      return "delivered";
    case QueueEventKind::failed:
      return "failed";
    case QueueEventKind::deferred:
      return "deferred";
    case QueueEventKind::retry:
      return "retry";
    case QueueEventKind::delayed:
      return "delayed";
    case QueueEventKind::expired:
      return "expired";
    case QueueEventKind::resubmitted:
      return "resubmitted";
    case QueueEventKind::waiting:
      return "waiting";
  }
  return "";
}

std::string event_line(const QueueEvent& event) {
  std::string line =
      std::to_string(event.message) + "  " + event.domain + "  " + std::string(text(event.kind));
  if (!event.detail.empty()) line += "  " + event.detail;
  if (event.next_attempt) line += "; next attempt " + pki::rfc3339(*event.next_attempt);
  return line;
}

void Courier::tell(QueueEventKind kind, const QueuedMessage& message, std::string detail,
                   std::optional<pki::Instant> next_attempt) const {
  settings_.tell(QueueEvent{kind, settings_.now(), message.number, message.message_id, message.domain,
                            std::move(detail), next_attempt});
}

void Courier::recover(const store::Lease& lease) {
  const auto left = queue_.recover(lease, settings_.now());
  const auto message = queue_.message(lease.message());
  if (!left || !message) return;
  if (left->ambiguous) {
    tell(QueueEventKind::ambiguous, *message,
         "the end of data had left and no answer was noted" + may_have_it(*message));
  } else {
    tell(QueueEventKind::interrupted, *message,
         left->answered ? "its answer was noted" : "nothing was delivered by it");
  }
}

/// What is answered for good is done with: the NDR, and the end. True when the message is no longer queued.
bool Courier::settle(const store::Lease& lease, const QueuedMessage& message) {
  const bool untold = std::ranges::any_of(message.recipients, [](const store::QueuedRecipient& recipient) {
    return recipient.state == RecipientState::failed && !recipient.told;
  });
  if (!untold && message.any_waiting()) return false;
  const auto ndr = untold ? notice(store::NoticeKind::failure, message) : std::nullopt;
  const bool left = queue_.settle(lease, ndr, settings_.now());
  if (untold) {
    const std::string told = ndr ? "; NDR: domsec queue ndr " + std::to_string(message.number)
                                 : "; no NDR: its reverse-path is null";
    tell(QueueEventKind::failed, message, last_reply(message) + told);
  } else {
    tell(QueueEventKind::delivered, message, last_reply(message));
  }
  return left;
}

/// RFC 3464; none about a message whose reverse-path is null (RFC 5321 4.5.5).
std::optional<store::Notice> Courier::notice(store::NoticeKind kind, const QueuedMessage& message) const {
  if (message.reverse_path.empty()) return std::nullopt;
  const std::string content = queue_.content(message.number);
  const auto destination = queue_.queue(message.domain);
  const pki::Instant now = settings_.now();
  const RecipientState concerned =
      kind == store::NoticeKind::failure ? RecipientState::failed : RecipientState::waiting;
  smtp::DeliveryStatusNotification dsn;
  dsn.action = kind == store::NoticeKind::failure ? smtp::DsnAction::failed : smtp::DsnAction::delayed;
  dsn.reporting_mta = settings_.reporting_mta;
  dsn.to = message.reverse_path;
  dsn.message_id = "<" + std::to_string(message.number) + "." +
                   std::to_string(now.time_since_epoch().count()) + ".dsn@" + settings_.reporting_mta + ">";
  dsn.made = now;
  dsn.arrived = message.times.submitted;
  if (destination) dsn.last_attempt = destination->state.last_attempt;
  dsn.retry_until = policy::expires(settings_.intervals, message.times);
  for (const store::QueuedRecipient& recipient : message.recipients) {
    if (recipient.state != concerned || recipient.told) continue;
    // Of somebody whom nothing was answered to, the queue's error tells.
    const bool silent = recipient.reply.empty() && destination;
    dsn.recipients.push_back({recipient.address, silent ? destination->error.text : recipient.reply,
                              silent ? destination->error.host : recipient.host});
  }
  dsn.original = content;
  return store::Notice{kind, now, smtp::write(dsn)};
}

void Courier::attempt(const store::Lease& lease, const QueuedMessage& message) {
  const store::AttemptNumber number = queue_.begin_attempt(lease, settings_.now());
  session::EndOfData end_of_data;
  end_of_data.leaves = [&](const session::SendResult& sent, const std::string& host) {
    queue_.end_of_data_leaves(lease, number, noted(session::answers_of(sent, host)), settings_.now());
  };
  end_of_data.answered = [&](const session::SendResult& sent, const std::string& host) {
    queue_.end_of_data_answered(lease, number, noted(session::answers_of(sent, host)), settings_.now());
  };
  const session::Message mail = message_of(message, queue_.content(message.number));
  const session::DeliveryAnswers answers = settings_.deliver(message, mail, end_of_data);

  const pki::Instant now = settings_.now();
  const auto destination = queue_.queue(message.domain);
  store::AttemptEnd end;
  end.outcome = answers.outcome;
  end.answers = noted(answers.recipients);
  end.ambiguous = answers.unanswered;
  end.queue = policy::after_delivery(settings_.intervals, destination->state, answers.outcome, now);
  end.error = answers.error;
  end.next_attempt = policy::message_next_attempt(settings_.intervals, answers.outcome, now);
  queue_.end_attempt(lease, number, end, now);
  if (answers.unanswered) {
    tell(QueueEventKind::ambiguous, message,
         "the end of data left and was not answered" + may_have_it(message));
  }
  if (answers.outcome == policy::DeliveryOutcome::message_deferred)
    tell(QueueEventKind::deferred, message, answers.error.text, end.next_attempt);
  if (answers.outcome == policy::DeliveryOutcome::connection_failed)
    tell(QueueEventKind::retry, message, answers.error.text, end.queue.next_attempt);
}

void Courier::fulfil(QueueDuty duty, const store::Lease& lease, const QueuedMessage& message) {
  const pki::Instant now = settings_.now();
  switch (duty) {
    case QueueDuty::expire:
      queue_.fail_waiting(lease, expired_reply, now);
      tell(QueueEventKind::expired, message, expired_reply);
      break;
    case QueueDuty::tell_delay: {
      const auto told = notice(store::NoticeKind::delay, message);
      queue_.tell_delay(lease, told);
      tell(QueueEventKind::delayed, message,
           told ? "delay DSN: domsec queue ndr " + std::to_string(message.number)
                : "no delay DSN: its reverse-path is null");
      break;
    }
    case QueueDuty::resubmit:
      queue_.resubmit(lease, now);
      tell(QueueEventKind::resubmitted, message, "connector and requirement are chosen anew");
      break;
    case QueueDuty::attempt:
      attempt(lease, message);
      break;
  }
}

void Courier::work_on(const store::Lease& lease) {
  recover(lease);
  while (true) {
    const auto message = queue_.message(lease.message());
    if (!message || message->state != store::QueuedState::queued || settle(lease, *message)) return;
    const auto destination = queue_.queue(message->domain);
    const auto due = policy::duty(settings_.intervals, destination->state, message->times, settings_.now());
    if (!due) return;
    fulfil(*due, lease, *message);
  }
}

void Courier::pass(const std::vector<std::string>& domains) {
  for (const QueuedMessage& message : queue_.messages(store::Listed::queued)) {
    if (!concerns(domains, message.domain)) continue;
    const auto destination = queue_.queue(message.domain);
    const bool due =
        policy::next_duty(settings_.intervals, destination->state, message.times) <= settings_.now();
    // What is answered and not settled, an owner left behind who died between the two.
    if (!due && message.any_waiting()) continue;
    if (const auto lease = queue_.lease(message.number)) work_on(*lease);
  }
}

std::optional<pki::Instant> Courier::next_duty(const std::vector<std::string>& domains) const {
  std::optional<pki::Instant> next;
  for (const QueuedMessage& message : queue_.messages(store::Listed::queued)) {
    if (!concerns(domains, message.domain)) continue;
    const auto destination = queue_.queue(message.domain);
    const pki::Instant due = policy::next_duty(settings_.intervals, destination->state, message.times);
    next = next ? std::min(*next, due) : due;
  }
  return next;
}

void Courier::remove(const store::Lease& lease, bool with_ndr) {
  recover(lease);
  const auto message = queue_.message(lease.message());
  if (!message) return;
  if (message->state == store::QueuedState::queued && with_ndr) {
    queue_.fail_waiting(lease, removed_reply, settings_.now());
    const auto failed = queue_.message(lease.message());
    (void)settle(lease, *failed);
    return;
  }
  queue_.remove(lease, settings_.now());
}

}  // namespace domsec::cli
