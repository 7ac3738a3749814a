#include "partner.h"

#include <charconv>
#include <ostream>

#include "domsec/cli/clock.h"
#include "domsec/cli/output.h"
#include "domsec/lab/stored_identities.h"
#include "domsec/transcript/ndjson.h"

namespace domsec::cli {
namespace {

std::size_t hosts_of(const std::string& mx) {
  if (mx.empty() || mx == "all") return 0;
  std::size_t hosts = 0;
  const auto [end, error] = std::from_chars(mx.data(), mx.data() + mx.size(), hosts);
  if (error == std::errc() && end == mx.data() + mx.size() && hosts > 0) return hosts;
  throw UsageError("--mx: '" + mx + "' is neither a number of hosts nor all");
}

session::EdgeSettings settings_of(const SendOptions& options, const exchange::Organisation& organisation) {
  session::EdgeSettings settings = edge_settings_of(options.end);
  settings.now = now;
  settings.fail_closed = options.fail_closed ? policy::FailClosed::yes : policy::FailClosed::no;
  settings.identities = lab::stored_identities(organisation);
  return settings;
}

}  // namespace

Partner::Partner(const SendOptions& options, const TargetText& target, std::ostream& out, std::ostream& err)
    : options_(options),
      out_(out),
      route_(find_route(options, target)),
      edge_(loop_, route_.organisation, settings_of(options, route_.organisation)),
      ids_(now_in_milliseconds()) {
  if (!route_.from_lab.empty() && !options.output.quiet) {
    err << "domsec: using the running lab as " << route_.from_lab << " (" << route_.organisation.origin.file
        << ")\n";
  }
  const exchange::ProtocolLogSettings& log_settings = route_.organisation.transport_config.send_protocol_log;
  const bool verbose = route_.connector.protocol_logging_level == exchange::ProtocolLoggingLevel::verbose;
  if (verbose && !log_settings.path.empty())
    log_.emplace(policy::Role::send, log_settings, "domsec " DOMSEC_VERSION);
}

session::DeliveryPlan Partner::plan(Errand errand) const {
  session::DeliveryPlan plan;
  plan.session = edge_.send_plan(route_.connector, route_.partner);
  plan.session.until = options_.until.empty() ? errand.until : read_stage(options_.until);
  plan.session.message = std::move(errand.message);
  if (route_.implicit_tls) plan.session.tls_startup = session::TlsStartup::implicit;
  if (!options_.sni.empty()) plan.session.sni = options_.sni == "none" ? std::string() : options_.sni;
  plan.walk = errand.walk;
  plan.most_connections = options_.budget;
  plan.most_hosts = hosts_of(options_.mx);
  return plan;
}

transcript::Transcript Partner::begin() {
  transcript::Transcript transcript(policy::Role::send, route_.connector.name, ids_.next(),
                                    now_in_milliseconds);
  if (log_) transcript.add_sink(log_->sink());
  if (options_.output.ndjson) transcript.add_sink(event_stream(out_));
  return transcript;
}

session::DeliveryResult Partner::deliver(const session::DeliveryPlan& plan) {
  return net::run(loop_, session::deliver(plan, route_.target, edge_.resolver(), [this] { return begin(); }));
}

std::optional<report::PlaintextTrial> Partner::try_in_clear(const session::DeliveryPlan& plan,
                                                            session::Message envelope,
                                                            const session::DeliveryResult& result) {
  for (const session::Attempt& attempt : result.attempts) {
    const auto to = net::read_endpoint(attempt.transcript.remote());
    if (!to || !transcript::evidence_of(attempt.transcript).connected) continue;
    session::SendPlan clear = plan.session;
    clear.requirement = policy::TlsRequirement();
    clear.requirement.requirement = policy::Requirement::none;
    clear.tls = nullptr;
    clear.until = envelope.recipients.empty() ? policy::Step::mail : policy::Step::rcpt;
    clear.message = std::move(envelope);
    transcript::Transcript transcript = begin();
    const session::SendResult sent =
        net::run(loop_, session::send_session(clear, *to, attempt.host, transcript));
    const policy::PlaintextJudgement judgement =
        policy::judge_plaintext(transcript::evidence_of(transcript), sent.verdict, clear.rules.profile);
    return report::PlaintextTrial{judgement, std::move(transcript)};
  }
  return std::nullopt;
}

report::Report report_of(const std::string& shown, const session::DeliveryPlan& plan,
                         session::DeliveryResult& result, const policy::FailOn& fail_on) {
  report::Report report{shown, plan.session.requirement, {}, result.connections, now()};
  report.exit_code = session::exit_code(plan, result, fail_on);
  for (session::Attempt& attempt : result.attempts) {
    report.sessions.push_back(report::Session{
        std::move(attempt.transcript), std::move(attempt.result.verdict), attempt.host, attempt.preference});
  }
  return report;
}

}  // namespace domsec::cli
