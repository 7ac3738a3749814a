#include "domsec/cli/sending.h"

#include <array>
#include <charconv>
#include <functional>
#include <iostream>
#include <map>
#include <ostream>

#include "domsec/cli/clock.h"
#include "domsec/cli/outcome.h"
#include "domsec/cli/output.h"
#include "domsec/smtp/date.h"
#include "domsec/transcript/file_sink.h"
#include "domsec/transcript/ndjson.h"

namespace domsec::cli {
namespace {

constexpr std::size_t message_limit = 256U << 20;

/// What one run does besides the route: how far it goes, and with what.
struct Errand {
  policy::Step until = policy::Step::ehlo_inside_tls;
  session::Walk walk = session::Walk::all;
  std::optional<session::Message> message;
  std::optional<session::Message> in_clear;   // --try-plaintext: the envelope to try without TLS
};

std::size_t hosts_of(const std::string& mx) {
  if (mx.empty() || mx == "all") return 0;
  std::size_t hosts = 0;
  const auto [end, error] = std::from_chars(mx.data(), mx.data() + mx.size(), hosts);
  if (error == std::errc() && end == mx.data() + mx.size() && hosts > 0) return hosts;
  throw UsageError("--mx: '" + mx + "' is neither a number of hosts nor all");
}

session::DeliveryPlan plan_of(const SendOptions& options, const Route& route, const session::Edge& edge, Errand errand) {
  session::DeliveryPlan plan;
  plan.session = edge.send_plan(route.connector, route.partner);
  plan.session.until = options.until.empty() ? errand.until : read_stage(options.until);
  plan.session.message = std::move(errand.message);
  if (route.implicit_tls) plan.session.tls_startup = session::TlsStartup::implicit;
  if (!options.sni.empty()) plan.session.sni = options.sni == "none" ? std::string() : options.sni;
  plan.walk = errand.walk;
  plan.most_connections = options.budget;
  plan.most_hosts = hosts_of(options.mx);
  return plan;
}

/// The first partner's host that a connection came to once more, without STARTTLS, up to MAIL FROM or RCPT TO.
std::optional<report::PlaintextTrial> try_in_clear(net::Loop& loop, const session::DeliveryPlan& plan, session::Message envelope,
                                                   const session::DeliveryResult& result, const session::NewTranscript& begin) {
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
    const session::SendResult sent = net::run(loop, session::send_session(clear, *to, attempt.host, transcript));
    const policy::PlaintextJudgement judgement =
        policy::judge_plaintext(transcript::evidence_of(transcript), sent.verdict, clear.rules.profile);
    return report::PlaintextTrial{judgement, std::move(transcript)};
  }
  return std::nullopt;
}

/// One partner, start to end.
void run_one(const SendOptions& options, const TargetText& target, const std::string& shown, Errand errand,
             Conclusion& conclusion, std::ostream& err) {
  const auto began = now_in_milliseconds();
  std::ostream& out = conclusion.reports();
  const policy::FailOn fail_on = read_fail_on(options.output.fail_on);
  const Route route = find_route(options, target);
  if (!route.from_lab.empty() && !options.output.quiet) {
    err << "domsec: using the running lab as " << route.from_lab << " (" << route.organisation.origin.file << ")\n";
  }
  net::Loop loop;
  session::EdgeSettings settings = edge_settings_of(options.end);
  settings.now = now;
  settings.fail_closed = options.fail_closed ? policy::FailClosed::yes : policy::FailClosed::no;
  session::Edge edge(loop, route.organisation, settings);
  std::optional<session::Message> in_clear = std::move(errand.in_clear);
  const session::DeliveryPlan plan = plan_of(options, route, edge, std::move(errand));

  std::optional<transcript::ProtocolLogFiles> log;
  const exchange::ProtocolLogSettings& log_settings = route.organisation.transport_config.send_protocol_log;
  const bool verbose = route.connector.protocol_logging_level == exchange::ProtocolLoggingLevel::verbose;
  if (verbose && !log_settings.path.empty()) log.emplace(policy::Role::send, log_settings, "domsec " DOMSEC_VERSION);
  transcript::SessionIds ids(now_in_milliseconds());
  const session::NewTranscript begin = [&] {
    transcript::Transcript transcript(policy::Role::send, route.connector.name, ids.next(), now_in_milliseconds);
    if (log) transcript.add_sink(log->sink());
    if (options.output.ndjson) transcript.add_sink(event_stream(out));
    return transcript;
  };
  session::DeliveryResult result = net::run(loop, session::deliver(plan, route.target, edge.resolver(), begin));

  report::Report report{shown, plan.session.requirement, {}, result.connections, now()};
  report.exit_code = session::exit_code(plan, result, fail_on);
  const bool affordable = result.connections < options.budget;
  if (in_clear && affordable) report.plaintext = try_in_clear(loop, plan, std::move(*in_clear), result, begin);
  if (report.plaintext) {
    ++report.connections;
    const bool warns = report.plaintext->judgement.finding.severity == finding::Severity::warning;
    if (fail_on.warnings && warns) report.exit_code = policy::worse_exit_code(report.exit_code, 1);
  }
  for (session::Attempt& attempt : result.attempts) {
    report.sessions.push_back(
        report::Session{std::move(attempt.transcript), std::move(attempt.result.verdict), attempt.host, attempt.preference});
  }
  write_report(options.output, report, out);
  if (result.hosts.left_out > 0) err << "domsec: " << result.hosts.detail << '\n';
  if (in_clear && !report.plaintext) {
    err << "domsec: mail in clear was not tried: " << (affordable ? "no host could be reached" : "--budget leaves no connection for it")
        << '\n';
  }
  if (result.budget_spent) err << "domsec: the budget of " << options.budget << " connections is spent; --budget N allows more\n";
  conclusion.add(report, std::chrono::duration_cast<std::chrono::milliseconds>(now_in_milliseconds() - began));
}

/// Every target of one run. For a monitoring system trouble of our own is a state, too.
int conclude(const SendOptions& options, std::ostream& out, const std::function<void(Conclusion&)>& run) {
  Conclusion conclusion(options.output, out);
  if (read_exit_style(options.output.exit_style) == ExitStyle::domsec) {
    check_output(options.output);
    run(conclusion);
    return conclusion.exit_code();
  }
  try {
    check_output(options.output);
    run(conclusion);
  } catch (const std::exception& error) {
    return say_unknown(error.what(), out);
  }
  return conclusion.exit_code();
}

std::string read_content(const SendOptions& options, const std::string& from, const std::vector<std::string>& to) {
  if (options.data_file == "-") {
    std::string text;
    std::array<char, 65536> block;
    while (std::cin.read(block.data(), block.size()) || std::cin.gcount() > 0) {
      text.append(block.data(), static_cast<std::size_t>(std::cin.gcount()));
      if (text.size() > message_limit) throw UsageError("--data: standard input holds more than 256 MiB");
    }
    return text;
  }
  if (!options.data_file.empty()) return pki::read_file(options.data_file, message_limit);
  std::string recipients;
  for (const std::string& address : to) recipients += (recipients.empty() ? "<" : ", <") + address + ">";
  const bool one_line = options.subject.find_first_of("\r\n") == std::string::npos;
  if (!one_line) throw UsageError("--subject: give one line");
  const std::string subject = options.subject.empty() ? "domsec test" : options.subject;
  return "From: <" + from + ">\nTo: " + recipients + "\nSubject: " + subject + "\nDate: " + smtp::rfc5322_date(now()) +
         "\nMessage-ID: <" + std::to_string(now_in_milliseconds().time_since_epoch().count()) +
         "@domsec.invalid>\n\nA message from domsec, the mutual-TLS domain-security tester.\n";
}

/// The recipients of one domain share a delivery (RFC 5321 5.1).
std::map<std::string, std::vector<std::string>> by_domain(const std::vector<std::string>& recipients) {
  std::map<std::string, std::vector<std::string>> groups;
  for (const std::string& recipient : recipients) {
    const auto mailbox = smtp::parse_mailbox(recipient, smtp::AllowUtf8::yes);
    if (!mailbox) throw UsageError("--to: '" + recipient + "' is no mail address");
    const auto domain = mailbox->domain();
    if (!domain) throw UsageError("--to: '" + recipient + "' has an address literal; a partner is a domain");
    groups[domain->text()].push_back(recipient);
  }
  return groups;
}

session::Message message_of(const SendOptions& options, const std::string& from, const std::vector<std::string>& to) {
  session::Message message;
  if (from != "<>") {
    message.reverse_path = smtp::parse_mailbox(from, smtp::AllowUtf8::yes);
    if (!message.reverse_path) throw UsageError("--from: '" + from + "' is no mail address; <> is the null reverse-path");
  }
  for (const std::string& recipient : to) {
    auto mailbox = smtp::parse_mailbox(recipient, smtp::AllowUtf8::yes);
    if (!mailbox) throw UsageError("--to: '" + recipient + "' is no mail address");
    message.recipients.push_back(smtp::ForwardPath{std::move(mailbox)});
  }
  message.content = read_content(options, from, to);
  return message;
}

/// --from, else postmaster of the first domain that is ours.
std::string sender_of(const SendOptions& options, const TargetText& target) {
  if (!options.from.empty()) return options.from;
  const Route route = find_route(options, target);
  const std::vector<smtp::Domain>& ours = route.organisation.accepted_domains;
  return "postmaster@" + (ours.empty() ? route.organisation.server_fqdn->text() : ours.front().text());
}

/// --try-plaintext: whose mail would be tried, after everything that contradicts it.
session::Message envelope_in_clear(const SendOptions& options, const std::string& text) {
  const TargetText target = read_target(text);
  if (options.require == "none") throw UsageError("--try-plaintext and --require none: without a demand every mail goes in clear");
  if (target.implicit_tls) throw UsageError("--try-plaintext: there is no mail in clear to smtps://; name the host with port 25");
  if (!options.until.empty() && read_stage(options.until) < policy::Step::ehlo_inside_tls) {
    throw UsageError("--try-plaintext follows a whole check: give it without --until " + options.until);
  }
  return message_of(options, sender_of(options, target), options.to);
}

}  // namespace

int run_check(const SendOptions& options, std::ostream& out, std::ostream& err) {
  if (options.targets.empty()) throw UsageError("check: name at least one TARGET, a partner's domain or host:port");
  return conclude(options, out, [&](Conclusion& conclusion) {
    for (const std::string& text : options.targets) {
      Errand errand;
      if (options.try_plaintext) errand.in_clear = envelope_in_clear(options, text);
      if (!options.until.empty() && read_stage(options.until) >= policy::Step::mail) {
        if (options.to.empty()) throw UsageError("--until " + options.until + ": give --to, the recipient to try");
        errand.message = message_of(options, sender_of(options, read_target(text)), options.to);
        if (read_stage(options.until) == policy::Step::end_of_data) throw UsageError("check never delivers; use domsec send");
      }
      run_one(options, read_target(text), text, std::move(errand), conclusion, err);
    }
  });
}

int run_send(const SendOptions& options, std::ostream& out, std::ostream& err) {
  if (options.to.empty()) throw UsageError("send: give --to, the recipient");
  return conclude(options, out, [&](Conclusion& conclusion) {
    for (const auto& [domain, recipients] : by_domain(options.to)) {
      const TargetText target = read_target(domain);
      Errand errand;
      errand.until = policy::Step::end_of_data;
      errand.walk = session::Walk::first_success;
      errand.message = message_of(options, sender_of(options, target), recipients);
      run_one(options, target, domain, std::move(errand), conclusion, err);
    }
  });
}

}  // namespace domsec::cli
