// `domsec lab demo`: mail in both directions, an unlisted sender, then every fault in both roles, each held to what is expected.
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <optional>
#include <ostream>

#include "domsec/cli/clock.h"
#include "domsec/cli/lab.h"
#include "domsec/cli/lab_start.h"
#include "domsec/lab/lab.h"
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

/// What the partner of a broken organisation found.
struct Seen {
  policy::Verdict verdict;
  bool delivered = false;
  std::string reply;
};

session::Message message(const std::string& from, const std::string& to) {
  session::Message message;
  message.reverse_path = smtp::parse_mailbox(from);
  message.recipients.push_back(smtp::ForwardPath{smtp::parse_mailbox(to)});
  message.content = "From: <" + from + ">\nTo: <" + to + ">\nSubject: domsec lab\n\nMail between partners.\n";
  return message;
}

/// The verdict of the last session that `organisation` received: of its MAIL FROM, or of the handshake that failed before it.
std::optional<policy::Verdict> received_verdict(const transcript::Transcript& transcript) {
  std::optional<policy::Verdict> verdict;
  for (const transcript::Event& event : transcript.events()) {
    if (const auto* decided = event.body.as<transcript::PolicyDecided>()) verdict = decided->verdict;
  }
  return verdict;
}

bool has(const policy::Verdict& verdict, finding::Code code) {
  for (const policy::Finding& each : verdict.findings) {
    if (each.code == code) return true;
  }
  return verdict.headline.code == code;
}

std::string outcome(const Seen& seen) {
  if (!seen.delivered) return "refused";
  return seen.verdict.treatment == policy::Treatment::domain_secured ? "domain secured" : std::string(policy::text(seen.verdict.treatment));
}

std::string code_text(finding::Code code) { return std::string(finding::name(code)) + " " + std::string(finding::slug(code)); }

Row row_of(const std::string& name, const lab::Expectation& expected, const Seen& seen) {
  Row row;
  row.name = name;
  row.expected = (expected.refused ? "refused " : "passes ") + std::string(finding::name(expected.code));
  const finding::Code shown = !expected.refused && has(seen.verdict, expected.code) ? expected.code : seen.verdict.headline.code;
  row.seen = outcome(seen);
  row.finding = code_text(shown);
  row.reply = seen.reply;
  const bool code_fits = expected.refused ? seen.verdict.headline.code == expected.code : has(seen.verdict, expected.code);
  const bool reply_fits = expected.reply.empty() || seen.reply == expected.reply;
  row.as_expected = code_fits && reply_fits && seen.delivered != expected.refused;
  return row;
}

/// The lab, and the last session that each organisation received.
class Demo {
 public:
  Demo(net::Loop& loop, const std::string& directory) : loop_(loop), lab_(loop, settings(directory)) {}

  net::task<std::vector<Row>> run() {
    std::vector<Row> rows;
    const lab::Expectation secured{finding::Code::mutual_tls_ok, false, {}};
    const lab::Expectation clear{finding::Code::delivered_in_clear, false, {}};
    Seen seen = co_await as_server("contoso", "woodgrove", lab::Breakage::none);
    rows.push_back(row_of("Contoso to Woodgrove Bank", secured, seen));
    seen = co_await as_server("woodgrove", "contoso", lab::Breakage::none);
    rows.push_back(row_of("Woodgrove Bank to Contoso", secured, seen));
    if (lab::has_ipv6(lab_.state())) {
      seen = co_await over_ipv6("woodgrove", "contoso");
      rows.push_back(row_of("Woodgrove Bank to Contoso, IPv6", secured, seen));
    }
    seen = co_await unlisted();
    rows.push_back(row_of("unlisted sender, in clear", clear, seen));
    for (const lab::Fault& fault : lab::faults()) {
      lab_.apply("woodgrove", fault.breakage);
      if (fault.as_server) {
        seen = co_await as_server("contoso", "woodgrove", fault.breakage);
        rows.push_back(row_of("server/" + std::string(fault.name), *fault.as_server, seen));
      }
      if (fault.as_client) {
        seen = co_await as_client("woodgrove", "contoso", fault.breakage);
        rows.push_back(row_of("client/" + std::string(fault.name), *fault.as_client, seen));
      }
    }
    lab_.apply("woodgrove", lab::Breakage::none);
    lab_.stop();
    co_return rows;
  }

  [[nodiscard]] lab::Lab& lab() { return lab_; }

 private:
  lab::LabSettings settings(const std::string& directory) {
    lab::LabSettings settings = lab_settings(directory, std::string());
    settings.smtp_port = settings.dns_port = settings.http_port = 0;
    settings.ended = [this](const std::string&, const transcript::Transcript& transcript) {
      if (transcript.role() == policy::Role::receive) received_.insert_or_assign(transcript.remote(), transcript);
    };
    return settings;
  }

  /// `from` sends, and judges the server of `to`.
  net::task<Seen> as_server(std::string from, std::string to, lab::Breakage breakage) {
    const std::string domain = lab::domain_for(lab::organisation(lab_.recipe(), to), breakage);
    const std::string own = lab::organisation(lab_.recipe(), from).domain;
    session::Message mail = message("alice@" + own, "bob@" + domain);
    const session::DeliveryResult result = co_await lab_.server(from).send(*smtp::Domain::parse(domain), std::move(mail));
    Seen seen;
    seen.verdict = result.verdict();
    seen.delivered = result.delivered;
    if (seen.verdict.reply) seen.reply = seen.verdict.reply->text();
    else if (result.attempts.back().result.final_reply) seen.reply = result.attempts.back().result.final_reply->text();
    co_return seen;
  }

  /// `from` sends as in as_server, asking the name server for IPv6 addresses only.
  net::task<Seen> over_ipv6(std::string from, std::string to) {
    const lab::OrganisationRecipe& partner = lab::organisation(lab_.recipe(), to);
    lab::EdgeServer& server = lab_.server(from);
    const exchange::SendConnector& connector = server.edge().organisation().send_connectors.front();
    net::ResolverSettings dns;
    dns.servers = {*net::read_endpoint(lab_.state().dns)};
    dns.ipv4 = false;
    net::Resolver resolver(loop_, dns);
    session::DeliveryPlan plan;
    plan.session = server.edge().send_plan(connector, *smtp::Domain::parse(partner.domain));
    plan.session.until = policy::Step::end_of_data;
    plan.session.message = message("bob@" + lab::organisation(lab_.recipe(), from).domain, "alice@" + partner.domain);
    session::Target target;
    target.domain = partner.domain;
    target.port = connector.port;
    const session::NewTranscript begin = [&server, &connector] {
      return server.new_transcript(policy::Role::send, connector.name, connector.protocol_logging_level);
    };
    const session::DeliveryResult result = co_await session::deliver(plan, target, resolver, begin);
    Seen seen;
    seen.verdict = result.verdict();
    seen.delivered = result.delivered;
    const session::Attempt& last = result.attempts.back();
    if (last.result.final_reply) seen.reply = last.result.final_reply->text();
    co_return seen;
  }

  /// `from` is broken and sends; `to` judges the client.
  net::task<Seen> as_client(std::string from, std::string to, lab::Breakage breakage) {
    received_.clear();   // an earlier session may have had the port that this one gets
    const std::string own = lab::domain_for(lab::organisation(lab_.recipe(), from), breakage);
    const std::string domain = lab::organisation(lab_.recipe(), to).domain;
    session::Message mail = message("bob@" + own, "alice@" + domain);
    const session::DeliveryResult result = co_await lab_.server(from).send(*smtp::Domain::parse(domain), std::move(mail));
    Seen seen;
    seen.delivered = result.delivered;
    // The session of the last attempt, at the other end: its remote end is our local one. It ends a moment after ours.
    const std::string ours = result.attempts.back().transcript.local();
    for (int tries = 0; received_.find(ours) == received_.end() && tries < 500; ++tries) {
      co_await net::sleep(net::Milliseconds(5));
    }
    const auto received = received_.find(ours);
    if (received == received_.end()) co_return seen;
    if (const auto verdict = received_verdict(received->second)) seen.verdict = *verdict;
    if (seen.verdict.reply) seen.reply = seen.verdict.reply->text();
    co_return seen;
  }

  /// Fabrikam is on nobody's list and speaks no TLS.
  net::task<Seen> unlisted() {
    session::SendPlan plan;
    plan.helo = "mail.fabrikam.com";
    plan.requirement.requirement = policy::Requirement::none;
    plan.now = now;
    plan.until = policy::Step::end_of_data;
    plan.message = message("carol@fabrikam.com", "alice@contoso.com");
    transcript::Transcript transcript = lab_.server("woodgrove").new_transcript(policy::Role::send, "Fabrikam", exchange::ProtocolLoggingLevel::none);
    const net::Endpoint to = lab_.server("contoso").endpoints().front();
    const session::SendResult result = co_await session::send_session(plan, to, "mail1.contoso.com", transcript);
    Seen seen;
    seen.verdict = result.verdict;
    seen.delivered = result.delivered;
    if (result.final_reply) seen.reply = result.final_reply->text();
    co_return seen;
  }

  net::Loop& loop_;
  std::map<std::string, transcript::Transcript> received_;   // by remote endpoint
  lab::Lab lab_;
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
