// `domsec queue run`: whatever is due, pass after pass. It may be ended at any moment, by any signal.
#include <algorithm>
#include <ostream>
#include <thread>

#include "domsec/cli/clock.h"
#include "domsec/cli/output.h"
#include "domsec/cli/queue.h"
#include "domsec/store/schema.h"
#include "queue_sending.h"

namespace domsec::cli {
namespace {

/// How long delivered and removed messages can be looked at.
constexpr std::chrono::hours remembered{48};
/// Other processes put messages and change queues; nothing tells us.
constexpr std::chrono::milliseconds longest_sleep{1000};
/// What is due now and leased to another process.
constexpr std::chrono::milliseconds shortest_sleep{100};

/// Session reports only on demand; events tell the rest.
OutputOptions report_output(OutputOptions output) {
  if (output.verbosity == 0) {
    output.quiet = true;
    output.json = false;
  }
  return output;
}

std::string reporting_mta(const SendOptions& options) {
  const exchange::Organisation organisation = organisation_of(options.end);
  return (organisation.server_fqdn ? *organisation.server_fqdn : machine_name()).text();
}

void sleep_until(std::optional<pki::Instant> next) {
  auto left = longest_sleep;
  if (next)
    left = std::min(left, std::chrono::floor<std::chrono::milliseconds>(*next - now_in_milliseconds()));
  std::this_thread::sleep_for(std::max(left, shortest_sleep));
}

void make_due(store::Queue& queue, const std::vector<std::string>& domains) {
  if (!domains.empty()) {
    for (const std::string& domain : domains) queue.retry(domain);
    return;
  }
  for (const store::DestinationQueue& destination : queue.queues()) queue.retry(destination.domain);
}

}  // namespace

int run_queue_run(const QueueOptions& options, std::ostream& out, std::ostream& err) {
  if (options.once && options.until_empty) throw UsageError("--once and --until-empty exclude each other");
  check_output(options.send.output);
  store::Database database(store_file(options.send), store::migrations());
  store::Queue queue(database);
  const OutputOptions reports = report_output(options.send.output);
  Destinations destinations(
      options.send, queue, out, err,
      [&](const report::Report& report, std::chrono::milliseconds) { write_report(reports, report, out); });
  const auto shown = event_teller(options.send.output, out, err);
  CourierSettings settings;
  settings.intervals = intervals_of(options.send);
  settings.reporting_mta = reporting_mta(options.send);
  settings.now = now;
  settings.deliver = [&](const store::QueuedMessage& queued, const session::Message& mail,
                         const session::EndOfData& end) { return destinations.deliver(queued, mail, end); };
  settings.tell = [&](const QueueEvent& event) {
    shown(event);
    if (event.kind == QueueEventKind::failed) destinations.set_exit_code(event.message, 1);
  };
  Courier courier(queue, settings);
  queue.forget_delivered(now() - remembered);
  if (options.at_once) make_due(queue, options.domains);
  while (true) {
    destinations.forget();
    courier.pass(options.domains);
    const auto next = courier.next_duty(options.domains);
    if (options.once || (options.until_empty && !next)) return destinations.exit_code();
    sleep_until(next);
  }
}

}  // namespace domsec::cli
