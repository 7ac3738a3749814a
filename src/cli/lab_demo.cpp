// `domsec lab demo`: mail in both directions, an unlisted sender, then every fault in both roles, each held to what is expected.
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <optional>
#include <ostream>

#include "domsec/cli/clock.h"
#include "domsec/cli/lab.h"
#include "domsec/cli/lab_start.h"
#include "domsec/lab/trial.h"
#include "domsec/policy/tls_requirement.h"

namespace domsec::cli {
namespace {

/// One line of the table.
struct Row {
  std::string name;
  std::string expected;
  std::string seen;
  std::string finding;
  std::string reply;
  bool as_expected = false;
};

session::Message message(const std::string& from, const std::string& to) {
  session::Message message;
  message.reverse_path = smtp::parse_mailbox(from);
  message.recipients.push_back(smtp::ForwardPath{smtp::parse_mailbox(to)});
  message.content = "From: <" + from + ">\nTo: <" + to + ">\nSubject: domsec lab\n\nMail between partners.\n";
  return message;
}

bool has(const policy::Verdict& verdict, finding::Code code) {
  for (const policy::Finding& each : verdict.findings) {
    if (each.code == code) return true;
  }
  return verdict.headline.code == code;
}

std::string outcome(const lab::Seen& seen) {
  if (!seen.delivered) return "refused";
  return seen.verdict.treatment == policy::Treatment::domain_secured ? "domain secured" : std::string(policy::text(seen.verdict.treatment));
}

std::string code_text(finding::Code code) { return std::string(finding::name(code)) + " " + std::string(finding::slug(code)); }

Row row_of(const std::string& name, const lab::Expectation& expected, const lab::Seen& seen) {
  Row row;
  row.name = name;
  row.expected = (expected.refused ? "refused " : "passes ") + std::string(finding::name(expected.code));
  const finding::Code shown = !expected.refused && has(seen.verdict, expected.code) ? expected.code : seen.verdict.headline.code;
  row.seen = outcome(seen);
  row.finding = code_text(shown);
  row.reply = seen.reply;
  row.as_expected = lab::difference(expected, seen).empty();
  return row;
}

class Demo {
 public:
  Demo(net::Loop& loop, const std::string& directory) : loop_(loop), trials_(loop, settings(directory)) {}

  net::task<std::vector<Row>> run() {
    std::vector<Row> rows;
    const lab::Expectation secured{finding::Code::mutual_tls_ok, policy::Level::exact, false, {}};
    const lab::Expectation clear{finding::Code::delivered_in_clear, policy::Level::exact, false, {}};
    lab::Seen seen = co_await sent("contoso", "woodgrove");
    rows.push_back(row_of("Contoso to Woodgrove Bank", secured, seen));
    seen = co_await sent("woodgrove", "contoso");
    rows.push_back(row_of("Woodgrove Bank to Contoso", secured, seen));
    if (lab::has_ipv6(lab().state())) {
      seen = co_await over_ipv6("woodgrove", "contoso");
      rows.push_back(row_of("Woodgrove Bank to Contoso, IPv6", secured, seen));
    }
    seen = co_await unlisted();
    rows.push_back(row_of("unlisted sender, in clear", clear, seen));
    for (const lab::Fault& fault : lab::faults()) {
      if (!fault.daily) continue;
      for (const policy::Role role : {policy::Role::receive, policy::Role::send}) {
        const std::optional<lab::Expectation>& expected = role == policy::Role::receive ? fault.as_server : fault.as_client;
        if (!expected) continue;
        const lab::Trial trial = co_await trials_.meet(fault, role, "woodgrove", "contoso");
        rows.push_back(row_of(trial.name(), *expected, trial.seen));
      }
    }
    lab().stop();
    co_return rows;
  }

  [[nodiscard]] lab::Lab& lab() { return trials_.lab(); }

 private:
  static lab::LabSettings settings(const std::string& directory) {
    lab::LabSettings settings = lab_settings(directory, std::string());
    settings.smtp_port = settings.dns_port = settings.http_port = 0;
    return settings;
  }

  net::task<lab::Seen> sent(std::string from, std::string to) {
    const lab::Meeting meeting = co_await trials_.deliver(from, trials_.mail(from, to));
    co_return meeting.seen_by(policy::Role::send);
  }

  /// `from` sends, asking the name server for IPv6 addresses only.
  net::task<lab::Seen> over_ipv6(std::string from, std::string to) {
    const lab::OrganisationRecipe& partner = lab::organisation(lab().recipe(), to);
    lab::EdgeServer& server = lab().server(from);
    const exchange::SendConnector& connector = server.edge().organisation().send_connectors.front();
    net::ResolverSettings dns;
    dns.servers = {*net::read_endpoint(lab().state().dns)};
    dns.ipv4 = false;
    net::Resolver resolver(loop_, dns);
    session::DeliveryPlan plan;
    plan.session = server.edge().send_plan(connector, *smtp::Domain::parse(partner.domain));
    plan.session.until = policy::Step::end_of_data;
    plan.session.message = message("bob@" + lab::organisation(lab().recipe(), from).domain, "alice@" + partner.domain);
    session::Target target;
    target.domain = partner.domain;
    target.port = connector.port;
    const session::NewTranscript begin = [&server, &connector] {
      return server.new_transcript(policy::Role::send, connector.name, connector.protocol_logging_level);
    };
    const session::DeliveryResult result = co_await session::deliver(plan, target, resolver, begin);
    lab::Seen seen;
    seen.verdict = result.verdict();
    seen.delivered = result.delivered;
    const session::Attempt& last = result.attempts.back();
    if (last.result.final_reply) seen.reply = last.result.final_reply->text();
    co_return seen;
  }

  /// Fabrikam is on nobody's list and speaks no TLS.
  net::task<lab::Seen> unlisted() {
    session::SendPlan plan;
    plan.helo = "mail.fabrikam.com";
    plan.requirement.requirement = policy::Requirement::none;
    plan.now = now;
    plan.until = policy::Step::end_of_data;
    plan.message = message("carol@fabrikam.com", "alice@contoso.com");
    transcript::Transcript transcript = lab().server("woodgrove").new_transcript(policy::Role::send, "Fabrikam", exchange::ProtocolLoggingLevel::none);
    const net::Endpoint to = lab().server("contoso").endpoints().front();
    const session::SendResult result = co_await session::send_session(plan, to, "mail1.contoso.com", transcript);
    lab::Seen seen;
    seen.verdict = result.verdict;
    seen.delivered = result.delivered;
    if (result.final_reply) seen.reply = result.final_reply->text();
    co_return seen;
  }

  net::Loop& loop_;
  lab::Trials trials_;
};

std::string padded(const std::string& text, std::size_t width) {
  return text + std::string(text.size() < width ? width - text.size() : 0, ' ');
}

/// `ok`, case, expected, seen, finding, reply; each column as wide as it must be, the reply free.
void print(const std::vector<Row>& rows, std::ostream& out) {
  std::size_t name = 4, expected = 8, seen = 4, found = 7;
  for (const Row& row : rows) {
    name = std::max(name, row.name.size());
    expected = std::max(expected, row.expected.size());
    seen = std::max(seen, row.seen.size());
    found = std::max(found, row.finding.size());
  }
  out << "      " << padded("case", name) << "  " << padded("expected", expected) << "  " << padded("seen", seen) << "  "
      << padded("finding", found) << "  SMTP reply\n";
  for (const Row& row : rows) {
    out << (row.as_expected ? "ok    " : "FAIL  ") << padded(row.name, name) << "  " << padded(row.expected, expected) << "  "
        << padded(row.seen, seen) << "  " << padded(row.finding, found) << "  " << (row.reply.empty() ? "-" : row.reply) << '\n';
  }
}

}  // namespace

int run_lab_demo(const LabOptions& options, std::ostream& out, std::ostream& err) {
  const std::string directory = options.directory.empty() ? lab::default_directory() + "-demo" : options.directory;
  std::error_code ignored;
  std::filesystem::remove_all(directory, ignored);
  const auto begun = std::chrono::steady_clock::now();
  net::Loop loop;
  Demo demo(loop, directory);
  err << "Contoso and Woodgrove Bank on loopback, DNS " << demo.lab().state().dns << ", CRLs " << demo.lab().state().http
      << ", SMTP port " << demo.lab().state().smtp_port << '\n';
  const std::vector<Row> rows = net::run(loop, demo.run());
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begun);

  print(rows, out);
  std::size_t failed = 0;
  for (const Row& row : rows) failed += row.as_expected ? 0 : 1;
  out << '\n' << rows.size() - failed << " of " << rows.size() << " as expected, " << took.count() << " ms\n\n";
  out << "counters of Contoso\n";
  for (const auto& [name, value] : demo.lab().counters("contoso")) out << "  " << padded(name, 82) << value << '\n';
  out << "\nlogs and mail   " << directory << "/*/*/{logs,mail}\n"
      << "try             domsec lab up\n"
      << "                domsec check woodgrovebank.com\n"
      << "                domsec explain certificate-host-mismatch\n";
  return failed == 0 ? 0 : 1;
}

}  // namespace domsec::cli
