#include "domsec/cli/sending.h"

#include <unistd.h>

#include <array>
#include <functional>
#include <iostream>
#include <map>
#include <ostream>

#include "domsec/cli/clock.h"
#include "domsec/cli/outcome.h"
#include "domsec/cli/output.h"
#include "domsec/smtp/date.h"
#include "partner.h"
#include "queue_sending.h"

namespace domsec::cli {
namespace {

constexpr std::size_t message_limit = 256U << 20;

/// One partner, start to end.
void run_one(const SendOptions& options, const TargetText& target, const std::string& shown, Errand errand,
             Conclusion& conclusion, std::ostream& err) {
  const auto began = now_in_milliseconds();
  std::ostream& out = conclusion.reports();
  const policy::FailOn fail_on = read_fail_on(options.output.fail_on);
  std::optional<session::Message> in_clear = std::move(errand.in_clear);
  Partner partner(options, target, out, err);
  const session::DeliveryPlan plan = partner.plan(std::move(errand));
  session::DeliveryResult result = partner.deliver(plan);
  const bool affordable = result.connections < options.budget;
  std::optional<report::PlaintextTrial> trial;
  if (in_clear && affordable) trial = partner.try_in_clear(plan, std::move(*in_clear), result);

  report::Report report = report_of(shown, plan, result, fail_on);
  if (trial) {
    report.plaintext = std::move(trial);
    ++report.connections;
    const bool warns = report.plaintext->judgement.finding.severity == finding::Severity::warning;
    if (fail_on.warnings && warns) report.exit_code = policy::worse_exit_code(report.exit_code, 1);
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

/// The message of --data; nothing when one is to be made.
std::optional<std::string> given_content(const SendOptions& options) {
  if (options.data_file.empty()) return std::nullopt;
  if (options.data_file != "-") return pki::read_file(options.data_file, message_limit);
  std::string text;
  std::array<char, 65536> block;
  while (std::cin.read(block.data(), block.size()) || std::cin.gcount() > 0) {
    text.append(block.data(), static_cast<std::size_t>(std::cin.gcount()));
    if (text.size() > message_limit) throw UsageError("--data: standard input holds more than 256 MiB");
  }
  return text;
}

std::string made_content(const SendOptions& options, const std::string& from, const std::vector<std::string>& to) {
  std::string recipients;
  for (const std::string& address : to) recipients += (recipients.empty() ? "<" : ", <") + address + ">";
  const bool one_line = options.subject.find_first_of("\r\n") == std::string::npos;
  if (!one_line) throw UsageError("--subject: give one line");
  const std::string subject = options.subject.empty() ? "domsec test" : options.subject;
  return "From: <" + from + ">\nTo: " + recipients + "\nSubject: " + subject + "\nDate: " + smtp::rfc5322_date(now()) +
         "\nMessage-ID: " + new_message_id() + "\n\nA message from domsec, the mutual-TLS domain-security tester.\n";
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

session::Message message_of(const SendOptions& options, const std::string& from, const std::vector<std::string>& to,
                            const std::optional<std::string>& content) {
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
  message.content = content ? *content : made_content(options, from, to);
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
  return message_of(options, sender_of(options, target), options.to, given_content(options));
}

}  // namespace

std::string new_message_id() {
  static int count = 0;
  return "<" + std::to_string(now_in_milliseconds().time_since_epoch().count()) + "." + std::to_string(::getpid()) + "." +
         std::to_string(++count) + "@domsec.invalid>";
}

int run_check(const SendOptions& options, std::ostream& out, std::ostream& err) {
  if (options.targets.empty()) throw UsageError("check: name at least one TARGET, a partner's domain or host:port");
  return conclude(options, out, [&](Conclusion& conclusion) {
    for (const std::string& text : options.targets) {
      Errand errand;
      if (options.try_plaintext) errand.in_clear = envelope_in_clear(options, text);
      if (!options.until.empty() && read_stage(options.until) >= policy::Step::mail) {
        if (options.to.empty()) throw UsageError("--until " + options.until + ": give --to, the recipient to try");
        errand.message = message_of(options, sender_of(options, read_target(text)), options.to, given_content(options));
        if (read_stage(options.until) == policy::Step::end_of_data) throw UsageError("check never delivers; use domsec send");
      }
      run_one(options, read_target(text), text, std::move(errand), conclusion, err);
    }
  });
}

int run_send(const SendOptions& options, std::ostream& out, std::ostream& err) {
  if (options.to.empty()) throw UsageError("send: give --to, the recipient");
  if (options.queue && !options.until.empty()) throw UsageError("--queue delivers the message: leave --until away");
  const std::optional<std::string> content = given_content(options);
  return conclude(options, out, [&](Conclusion& conclusion) {
    for (const auto& [domain, recipients] : by_domain(options.to)) {
      const TargetText target = read_target(domain);
      session::Message message = message_of(options, sender_of(options, target), recipients, content);
      if (options.queue) {
        send_through_queue(options, domain, std::move(message), conclusion, err);
        continue;
      }
      Errand errand;
      errand.until = policy::Step::end_of_data;
      errand.walk = session::Walk::first_success;
      errand.message = std::move(message);
      run_one(options, target, domain, std::move(errand), conclusion, err);
    }
  });
}

}  // namespace domsec::cli
