#include "queue_sending.h"

#include <ostream>

#include "domsec/cli/clock.h"
#include "domsec/cli/output.h"
#include "domsec/smtp/delivery_status.h"
#include "domsec/store/schema.h"

namespace domsec::cli {
namespace {

/// What it was queued under holds later too: another configuration may demand more, never less.
void require_as_much(const store::QueuedMessage& queued, const policy::TlsRequirement& now_demanded) {
  if (now_demanded.requirement >= queued.requirement) return;
  throw exchange::ConfigError("message " + std::to_string(queued.number) + " was queued as '" +
                              std::string(policy::text(queued.requirement)) +
                              "' and the configuration now says '" +
                              std::string(policy::text(now_demanded.requirement)) +
                              "': give the --config, --cert or --require that it was queued with");
}

/// The route is chosen at every attempt and seldom changes: no commit for the same again.
void note_route(store::Queue& queue, const std::string& domain, policy::DeliveryType type,
                const std::string& tls_domain) {
  const auto known = queue.queue(domain);
  if (known && known->delivery_type == type && known->tls_domain == tls_domain) return;
  queue.set_route(domain, type, tls_domain);
}

session::DeliveryAnswers held_by_ourselves(const session::Message& message, const std::string& sentence) {
  session::DeliveryAnswers answers;
  for (const smtp::ForwardPath& recipient : message.recipients) {
    answers.recipients.push_back(
        session::RecipientAnswer{recipient, policy::RecipientState::waiting, {}, {}});
  }
  answers.error = {"451 4.4.0 " + sentence, "", "", now()};
  return answers;
}

/// RFC 6409 8.3. The receiver can tell a message that comes twice by it.
std::string with_message_id(session::Message& message) {
  const auto given = smtp::header_field(message.content, "message-id");
  if (given && !given->empty()) return *given;
  const std::string id = new_message_id();
  message.content.insert(0, "Message-ID: " + id + "\r\n");
  return id;
}

store::Submission submission_of(const std::string& domain, const session::Message& message,
                                const std::string& message_id, const session::SendPlan& plan,
                                const Route& route) {
  store::Submission submission;
  submission.domain = domain;
  submission.message_id = message_id;
  if (message.reverse_path) submission.reverse_path = message.reverse_path->text();
  for (const smtp::ForwardPath& recipient : message.recipients)
    submission.recipients.push_back(recipient.text());
  submission.requirement = plan.requirement.requirement;
  submission.delivery_type = policy::delivery_type(route.connector);
  submission.tls_domain = policy::queue_tls_domain(plan.requirement, *smtp::Domain::parse(domain));
  submission.content = message.content;
  return submission;
}

}  // namespace

Partner& Destinations::ready(const std::string& domain) {
  std::unique_ptr<Partner>& partner = partners_[domain];
  if (!partner) partner = std::make_unique<Partner>(options_, read_target(domain), out_, err_);
  return *partner;
}

session::DeliveryAnswers Destinations::deliver(const store::QueuedMessage& queued,
                                               const session::Message& message,
                                               const session::EndOfData& end_of_data) {
  const auto began = now_in_milliseconds();
  Errand errand;
  errand.until = policy::Step::end_of_data;
  errand.walk = session::Walk::first_success;
  errand.message = message;
  std::optional<session::DeliveryPlan> plan;
  Partner* partner = nullptr;
  try {
    partner = &ready(queued.domain);
    plan = partner->plan(std::move(errand));
    require_as_much(queued, plan->session.requirement);
  } catch (const store::StoreError&) {
    throw;
  } catch (const std::runtime_error& error) {  // UsageError, ConfigError, BundleError
    codes_[queued.number] = 2;
    partners_.erase(queued.domain);
    return held_by_ourselves(message, error.what());
  }
  note_route(queue_, queued.domain, policy::delivery_type(partner->route().connector),
             policy::queue_tls_domain(plan->session.requirement, *smtp::Domain::parse(queued.domain)));
  plan->session.end_of_data = end_of_data;
  session::DeliveryResult result = partner->deliver(*plan);
  const session::DeliveryAnswers answers = session::answers_of(message, result, now());
  const report::Report report =
      report_of(queued.domain, *plan, result, read_fail_on(options_.output.fail_on));
  codes_[queued.number] = report.exit_code;
  reported_(report, std::chrono::duration_cast<std::chrono::milliseconds>(now_in_milliseconds() - began));
  return answers;
}

int Destinations::exit_code() const {
  int code = 0;
  for (const auto& [message, of_message] : codes_) code = policy::worse_exit_code(code, of_message);
  return code;
}

std::function<void(const QueueEvent&)> event_teller(const OutputOptions& output, std::ostream& out,
                                                    std::ostream& err) {
  return [&output, &out, &err](const QueueEvent& event) {
    if (output.json || output.ndjson) {
      out << queue_event_json(event) << '\n' << std::flush;
    } else if (!output.quiet) {
      out << event_line(event) << '\n' << std::flush;
    } else if (event.kind == QueueEventKind::ambiguous) {
      err << "domsec: " << event_line(event) << '\n';
    }
  };
}

std::string store_file(const SendOptions& options) {
  return options.store.empty() ? store::default_store_file() : options.store;
}

policy::QueueIntervals intervals_of(const SendOptions& options) {
  const auto role = policy::read_queue_role(options.role);
  if (!role) throw UsageError("--role: '" + options.role + "' is neither mailbox nor edge");
  return policy::queue_intervals(*role);
}

void send_through_queue(const SendOptions& options, const std::string& domain, session::Message message,
                        Conclusion& conclusion, std::ostream& err) {
  std::ostream& out = conclusion.reports();
  store::Database database(store_file(options), store::migrations());
  store::Queue queue(database);
  bool tried = false;
  Destinations destinations(options, queue, out, err,
                            [&](const report::Report& report, std::chrono::milliseconds took) {
                              tried = true;
                              write_report(options.output, report, out);
                              conclusion.add(report, took);
                            });
  // What is wrong with our own configuration is said before the message is taken.
  Partner& partner = destinations.ready(domain);
  const session::DeliveryPlan plan = partner.plan({});
  const std::string message_id = with_message_id(message);
  const auto tell = event_teller(options.output, out, err);

  CourierSettings settings;
  settings.intervals = intervals_of(options);
  settings.reporting_mta = plan.session.helo;
  settings.now = now;
  settings.tell = tell;
  settings.deliver = [&](const store::QueuedMessage& queued, const session::Message& mail,
                         const session::EndOfData& end) { return destinations.deliver(queued, mail, end); };
  const store::Lease lease =
      queue.put(submission_of(domain, message, message_id, plan.session, partner.route()), now());
  tell(QueueEvent{QueueEventKind::queued, now(), lease.message(), message_id, domain, message_id, {}});
  Courier(queue, settings).work_on(lease);
  if (tried) return;
  const auto destination = queue.queue(domain);
  const std::string status(
      policy::text(policy::queue_status(destination->state, policy::QueueActivity::none)));
  tell(QueueEvent{QueueEventKind::waiting, now(), lease.message(), message_id, domain,
                  "its queue is " + status, destination->state.next_attempt});
  conclusion.add_code(3);
}

}  // namespace domsec::cli
