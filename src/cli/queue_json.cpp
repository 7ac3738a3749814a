#include "queue_json.h"

#include <boost/json.hpp>

#include "json_values.h"
#include "queue_courier.h"

namespace domsec::cli {
namespace {

namespace json = boost::json;

json::value time(const std::optional<pki::Instant>& at) {
  return at ? json::value(pki::rfc3339(*at)) : json::value(nullptr);
}

policy::QueueActivity activity(const store::Queue& queue, const std::string& domain) {
  policy::QueueActivity most = policy::QueueActivity::none;
  for (const store::QueuedMessage& message : queue.messages(store::Listed::queued)) {
    if (message.domain == domain) most = std::max(most, queue.activity(message.number));
  }
  return most;
}

json::object queue_object(const store::Queue& queue, const store::DestinationQueue& destination) {
  const policy::QueueStatus status =
      policy::queue_status(destination.state, activity(queue, destination.domain));
  return {{"domain", destination.domain},
          {"status", policy::text(status)},
          {"delivery_type", policy::text(destination.delivery_type)},
          {"tls_domain", text_or_null(destination.tls_domain)},
          {"messages", destination.messages},
          {"connection_failures", destination.state.connection_failures},
          {"last_attempt", time(destination.state.last_attempt)},
          {"next_attempt", time(destination.state.next_attempt)},
          {"error", text_or_null(destination.error.text)},
          {"last_error", text_or_null(policy::last_error(destination.error))},
          {"last_error_classic", text_or_null(policy::classic_last_error(destination.error))}};
}

json::object message_object(const store::QueuedMessage& message) {
  json::array recipients;
  for (const store::QueuedRecipient& recipient : message.recipients) {
    recipients.push_back({{"address", recipient.address},
                          {"state", policy::text(recipient.state)},
                          {"reply", text_or_null(recipient.reply)},
                          {"host", text_or_null(recipient.host)},
                          {"replied", time(recipient.replied)}});
  }
  return {{"id", message.number},
          {"domain", message.domain},
          {"state", store::text(message.state)},
          {"message_id", message.message_id},
          {"reverse_path", message.reverse_path},
          {"requirement", policy::text(message.requirement)},
          {"submitted", pki::rfc3339(message.times.submitted)},
          {"next_attempt", time(message.times.next_attempt)},
          {"finished", time(message.finished)},
          {"octets", message.octets},
          {"recipients", recipients}};
}

}  // namespace

std::string queue_event_json(const QueueEvent& event) {
  return json::serialize(json::object{{"schema", "domsec.queue-event/1"},
                                      {"at", pki::rfc3339(event.at)},
                                      {"event", text(event.kind)},
                                      {"id", event.message},
                                      {"message_id", event.message_id},
                                      {"domain", event.domain},
                                      {"detail", text_or_null(event.detail)},
                                      {"next_attempt", time(event.next_attempt)}});
}

std::string queue_list_json(const store::Queue& queue, store::Listed listed) {
  json::array queues;
  for (const store::DestinationQueue& destination : queue.queues())
    queues.push_back(queue_object(queue, destination));
  json::array messages;
  for (const store::QueuedMessage& message : queue.messages(listed))
    messages.push_back(message_object(message));
  return json::serialize(
      json::object{{"schema", "domsec.queue-list/1"}, {"queues", queues}, {"messages", messages}});
}

std::string queued_message_json(const store::Queue& queue, const store::QueuedMessage& message) {
  json::array attempts;
  for (const store::QueuedAttempt& attempt : queue.attempts(message.number)) {
    attempts.push_back({{"began", pki::rfc3339(attempt.began)},
                        {"ended", time(attempt.ended)},
                        {"end_of_data_left", attempt.end_of_data_left},
                        {"answered", attempt.answered},
                        {"ambiguous", attempt.ambiguous},
                        {"outcome", text_or_null(attempt.outcome)},
                        {"error", text_or_null(attempt.reply)}});
  }
  json::array notices;
  for (const store::Notice& notice : queue.notices(message.number)) {
    notices.push_back({{"kind", store::text(notice.kind)},
                       {"made", pki::rfc3339(notice.made)},
                       {"content", notice.content}});
  }
  json::object object{{"schema", "domsec.queued-message/1"}};
  for (const auto& member : message_object(message)) object.insert(member);
  object["attempts"] = attempts;
  object["notices"] = notices;
  return json::serialize(object);
}

}  // namespace domsec::cli
