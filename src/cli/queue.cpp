#include "domsec/cli/queue.h"

#include <ostream>

#include "domsec/cli/clock.h"
#include "domsec/store/schema.h"
#include "queue_json.h"
#include "queue_sending.h"

namespace domsec::cli {
namespace {

/// The state file and its queue.
struct Opened {
  explicit Opened(const QueueOptions& options)
      : database(store_file(options.send), store::migrations()), queue(database) {}
  store::Database database;
  store::Queue queue;
};

store::QueuedMessage message_of(const store::Queue& queue, const QueueOptions& options) {
  auto message = queue.message(options.message);
  if (!message)
    throw UsageError("there is no message " + std::to_string(options.message) +
                     " in the store; domsec queue ls --all lists them");
  return *message;
}

UsageError no_queue(const std::string& domain) {
  return UsageError("there is no queue for " + domain + " in the store; domsec queue ls lists them");
}

std::string short_time(const std::optional<pki::Instant>& at) {
  return at ? pki::rfc3339(*at) : "-";
}

std::string sender_text(const store::QueuedMessage& message) {
  return message.reverse_path.empty() ? "<>" : message.reverse_path;
}

/// Line ends of this system; what the original's header holds besides text does not reach the terminal.
std::string for_a_terminal(std::string text) {
  std::erase(text, '\r');
  for (char& c : text) {
    const auto octet = static_cast<unsigned char>(c);
    if ((octet < 0x20 && c != '\n' && c != '\t') || octet == 0x7F) c = '?';
  }
  return text;
}

void write_message_line(const store::QueuedMessage& message, std::ostream& out) {
  out << "  " << message.number << "  " << store::text(message.state) << "  "
      << pki::rfc3339(message.times.submitted) << "  " << message.octets << " octets  "
      << sender_text(message) << " ->";
  for (const store::QueuedRecipient& recipient : message.recipients) {
    out << ' ' << recipient.address;
    if (recipient.state != policy::RecipientState::waiting)
      out << " (" << policy::text(recipient.state) << ')';
  }
  if (message.times.next_attempt) out << "  next attempt " << pki::rfc3339(*message.times.next_attempt);
  out << '\n';
}

void write_queue_head(const store::DestinationQueue& destination, policy::QueueActivity activity,
                      std::ostream& out) {
  out << destination.domain << "  " << policy::text(policy::queue_status(destination.state, activity)) << "  "
      << policy::text(destination.delivery_type);
  if (!destination.tls_domain.empty()) out << "  TlsDomain " << destination.tls_domain;
  out << "  " << destination.messages << (destination.messages == 1 ? " message\n" : " messages\n");
  if (destination.state.next_attempt) {
    out << "  next attempt " << pki::rfc3339(*destination.state.next_attempt)
        << ", failures in a row: " << destination.state.connection_failures << '\n';
  }
  if (!destination.error.text.empty()) out << "  LastError " << policy::last_error(destination.error) << '\n';
}

}  // namespace

int run_queue_ls(const QueueOptions& options, std::ostream& out, std::ostream&) {
  const Opened store(options);
  const store::Listed listed = options.all ? store::Listed::all : store::Listed::queued;
  if (options.json) {
    out << queue_list_json(store.queue, listed) << '\n';
    return 0;
  }
  const std::vector<store::QueuedMessage> messages = store.queue.messages(listed);
  for (const store::DestinationQueue& destination : store.queue.queues()) {
    policy::QueueActivity activity = policy::QueueActivity::none;
    for (const store::QueuedMessage& message : messages) {
      if (message.domain == destination.domain)
        activity = std::max(activity, store.queue.activity(message.number));
    }
    write_queue_head(destination, activity, out);
    for (const store::QueuedMessage& message : messages) {
      const bool here = message.domain == destination.domain && message.state == store::QueuedState::queued;
      if (here) write_message_line(message, out);
    }
  }
  bool first = true;
  for (const store::QueuedMessage& message : messages) {
    if (message.state == store::QueuedState::queued) continue;
    if (first) out << "no longer queued\n";
    first = false;
    write_message_line(message, out);
  }
  if (messages.empty()) out << "the queue is empty\n";
  return 0;
}

int run_queue_show(const QueueOptions& options, std::ostream& out, std::ostream&) {
  const Opened store(options);
  const store::QueuedMessage message = message_of(store.queue, options);
  if (options.json) {
    out << queued_message_json(store.queue, message) << '\n';
    return 0;
  }
  out << "message     " << message.number << ", " << store::text(message.state) << "\nMessage-ID  "
      << message.message_id << "\nqueue       " << message.domain << "\nfrom        " << sender_text(message)
      << "\nrequires    " << policy::text(message.requirement) << "\nsubmitted   "
      << pki::rfc3339(message.times.submitted) << '\n';
  if (message.finished) out << "finished    " << pki::rfc3339(*message.finished) << '\n';
  for (const store::QueuedRecipient& recipient : message.recipients) {
    out << "recipient   " << recipient.address << "  " << policy::text(recipient.state);
    if (!recipient.reply.empty()) out << "  " << recipient.reply;
    if (!recipient.host.empty()) out << "  (" << recipient.host << ')';
    out << '\n';
  }
  for (const store::QueuedAttempt& attempt : store.queue.attempts(message.number)) {
    out << "attempt     " << pki::rfc3339(attempt.began) << " to " << short_time(attempt.ended) << "  "
        << (attempt.outcome.empty() ? "under way" : attempt.outcome);
    if (attempt.ambiguous) out << ", ambiguous: the partner may have the message";
    if (!attempt.reply.empty()) out << "  " << attempt.reply;
    out << '\n';
  }
  for (const store::Notice& notice : store.queue.notices(message.number)) {
    out << "notice      " << pki::rfc3339(notice.made) << "  "
        << (notice.kind == store::NoticeKind::failure ? "NDR" : "delay DSN") << '\n';
  }
  return 0;
}

int run_queue_ndr(const QueueOptions& options, std::ostream& out, std::ostream&) {
  const Opened store(options);
  const store::QueuedMessage message = message_of(store.queue, options);
  const std::vector<store::Notice> notices = store.queue.notices(message.number);
  if (notices.empty()) {
    throw UsageError("no notification was made about message " + std::to_string(message.number) +
                     (message.reverse_path.empty() ? ": its reverse-path is null"
                                                   : ": it has neither failed nor waited for four hours"));
  }
  // The last one: an NDR supersedes the delay before it.
  out << for_a_terminal(notices.back().content);
  return 0;
}

int run_queue_retry(const QueueOptions& options, std::ostream& out, std::ostream&) {
  Opened store(options);
  if (!store.queue.retry(options.domain)) throw no_queue(options.domain);
  out << options.domain << ": due now; domsec queue run delivers\n";
  return 0;
}

int run_queue_suspend(const QueueOptions& options, std::ostream& out, std::ostream&) {
  Opened store(options);
  if (!store.queue.suspend(options.domain, true)) throw no_queue(options.domain);
  out << options.domain << ": suspended\n";
  return 0;
}

int run_queue_resume(const QueueOptions& options, std::ostream& out, std::ostream&) {
  Opened store(options);
  if (!store.queue.suspend(options.domain, false)) throw no_queue(options.domain);
  out << options.domain << ": resumed\n";
  return 0;
}

int run_queue_remove(const QueueOptions& options, std::ostream& out, std::ostream& err) {
  Opened store(options);
  const store::QueuedMessage message = message_of(store.queue, options);
  const auto lease = store.queue.lease(message.number);
  if (!lease) {
    err << "domsec: message " << message.number
        << " is being delivered by another process; try again when it has ended\n";
    return 3;
  }
  OutputOptions lines;
  CourierSettings settings;
  settings.reporting_mta = machine_name().text();
  settings.now = now;
  settings.tell = event_teller(lines, out, err);
  Courier(store.queue, settings).remove(*lease, options.with_ndr);
  out << "message " << message.number << " removed\n";
  return 0;
}

}  // namespace domsec::cli
