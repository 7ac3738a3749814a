#include "domsec/cli/serve.h"

#include <ostream>

#include "domsec/cli/clock.h"
#include "domsec/cli/outcome.h"
#include "domsec/cli/output.h"
#include "domsec/lab/edge_server.h"
#include "domsec/pki/bundle.h"
#include "domsec/pki/ocsp.h"
#include "domsec/policy/connector_choice.h"
#include "domsec/report/text.h"
#include "domsec/transcript/ndjson.h"

namespace domsec::cli {
namespace {

session::ClientCertificateMode mode_of(const std::string& text) {
  if (text == "request") return session::ClientCertificateMode::request;
  if (text == "require-421") return session::ClientCertificateMode::require_421;
  if (text == "require-alert") return session::ClientCertificateMode::require_alert;
  throw UsageError("--client-cert: '" + text + "' is none of request, require-421, require-alert");
}

/// The connector that the flags are about: the first that is enabled.
exchange::ReceiveConnector& flagged_connector(exchange::Organisation& organisation) {
  for (exchange::ReceiveConnector& connector : organisation.receive_connectors) {
    if (connector.enabled) return connector;
  }
  throw UsageError("serve: no receive connector is enabled; set Enabled = true in one of them");
}

/// Nobody could ever reach such a connector: its operator meant something else.
void require_bindings(const exchange::Organisation& organisation) {
  for (const exchange::ReceiveConnector& connector : organisation.receive_connectors) {
    if (!connector.enabled || !connector.bindings.empty()) continue;
    const std::string at = connector.origin.file.empty() ? std::string() : connector.origin.text() + ": ";
    throw exchange::ConfigError(at + "ReceiveConnector " + connector.name +
                                " has no Bindings and takes nothing; give it an address and port, or set Enabled = false");
  }
}

/// The configuration with the flags of serve in it.
exchange::Organisation served_organisation(const ServeOptions& options) {
  exchange::Organisation organisation = organisation_of(options.end);
  if (!organisation.server_fqdn) organisation.server_fqdn = machine_name();
  if (organisation.receive_connectors.empty()) {
    exchange::ReceiveConnector connector;
    connector.domain_secure_enabled = {true, {"default", 0}};
    connector.protocol_logging_level = exchange::ProtocolLoggingLevel::verbose;
    // Nobody described a connector of Exchange: what its defaults let pass and RFC 5321 does not is refused (D-30).
    connector.require_ehlo_domain = true;
    connector.bare_linefeed_rejection_enabled = true;
    organisation.receive_connectors.push_back(std::move(connector));
  }
  exchange::ReceiveConnector& connector = flagged_connector(organisation);
  if (!options.listen.empty()) connector.bindings.clear();
  for (const std::string& text : options.listen) {
    const net::Endpoint endpoint = read_listen(text);
    connector.bindings.push_back(exchange::Binding{endpoint.address, endpoint.port});
  }
  if (connector.bindings.empty()) throw UsageError("serve: give --listen ADDRESS:PORT, or Bindings in the configuration");
  require_bindings(organisation);
  if (const auto error = organisation.transport_config.tls_receive_domain_secure_list.add(options.domain_secure)) {
    throw UsageError("--domain-secure: " + error->what);
  }
  for (const std::string& text : options.accept) {
    const auto domain = smtp::Domain::parse(text);
    if (!domain) throw UsageError("--accept: '" + text + "' is no domain name");
    organisation.accepted_domains.push_back(*domain);
  }
  if (const pki::CertificatePtr given = given_certificate(options.end)) {
    connector.tls_certificate_name = exchange::TlsCertificateName{given->issuer, given->subject};
  }
  if (!options.spool.empty()) organisation.spool = options.spool;
  check_word(options.match, {"p1", "p2"}, "--match");
  if (!options.match.empty()) organisation.sender_match = options.match;
  if (!options.output.log_directory.empty()) {
    organisation.transport_config.receive_protocol_log.path = options.output.log_directory;
    connector.protocol_logging_level = exchange::ProtocolLoggingLevel::verbose;
  }
  return organisation;
}

/// What `openssl ocsp -respout` writes. Whether it speaks about our certificate, and is in force, is the clients' to
/// find out: a response that is wrong in such a way is worth a test.
std::string response_to_staple(const std::string& file) {
  if (file.empty()) return {};
  std::string der = pki::read_file(file, pki::most_ocsp_octets);
  if (!pki::is_ocsp_response(der))
    throw UsageError("--ocsp-response: " + file + " is no OCSP response in DER; make one with openssl ocsp -respout");
  return der;
}

/// A server without STARTTLS is not what its operator meant. A key that cannot be used is an error; a certificate that
/// selection does not take (expired, another name) is said, and mail without TLS goes on.
void require_identity(const session::Edge& edge, std::ostream& err) {
  for (const exchange::ReceiveConnector& connector : edge.organisation().receive_connectors) {
    if (!policy::offers_tls(connector)) continue;
    const session::OwnChoice own = edge.own_certificate(connector);
    if (own.event.trouble == policy::OwnTrouble::not_for_smtp) {
      err << "domsec: TLS fails on connector " << connector.name << ": " << own.event.reason << '\n';
    }
    if (own.credentials) continue;
    switch (own.event.trouble) {
      case policy::OwnTrouble::key_protected:
      case policy::OwnTrouble::key_mismatch:
      case policy::OwnTrouble::key_missing: throw UsageError(own.event.reason);
      case policy::OwnTrouble::none:
      case policy::OwnTrouble::not_found:
      case policy::OwnTrouble::name_not_found:
      case policy::OwnTrouble::expired:
      case policy::OwnTrouble::not_for_smtp: break;
    }
    err << "domsec: STARTTLS is not offered on connector " << connector.name << ": " << own.event.reason << '\n';
  }
}

/// RFC 5321 2.4: verbs are case-insensitive.
bool is_mail(const transcript::CommandLine& command) {
  return command.direction == transcript::Direction::received && command.line.size() > 4 &&
         (command.line[0] == 'M' || command.line[0] == 'm') && (command.line[1] == 'A' || command.line[1] == 'a');
}

/// `2026-11-22T10:02:41Z  192.0.2.7:50412  woodgrovebank.com  refuse  DS110 certificate-host-mismatch`
void print_session(std::ostream& out, const transcript::Transcript& transcript) {
  bool any = false;
  std::string_view without_domain = "no MAIL FROM";
  for (const transcript::Event& event : transcript.events()) {
    const auto* command = event.body.as<transcript::CommandLine>();
    if (command && is_mail(*command)) without_domain = "<>";
    const auto* decided = event.body.as<transcript::PolicyDecided>();
    if (!decided) continue;
    any = true;
    const finding::Code code = decided->verdict.headline.code;
    out << pki::rfc3339(now()) << "  " << transcript.remote() << "  " << (decided->domain.empty() ? without_domain : decided->domain)
        << "  " << report::fate(decided->verdict) << "  " << finding::name(code) << ' ' << finding::slug(code) << '\n';
  }
  if (!any) out << pki::rfc3339(now()) << "  " << transcript.remote() << "  no MAIL FROM\n";
  out.flush();
}

/// Each session to the file and to standard output. A file that cannot be written any more ends no session.
void tell(const OutputOptions& options, const transcript::Transcript& transcript, std::ostream& out, std::ostream& err) {
  try {
    if (!options.session_file.empty()) append_line(options.session_file, transcript::session_json(transcript));
  } catch (const UsageError& error) {
    err << "domsec: " << error.what() << '\n';
  }
  if (options.json || options.ndjson) {
    out << transcript::session_json(transcript) << std::endl;
  } else if (!options.quiet) {
    print_session(out, transcript);
  }
}

/// With --fail-on a run is a test of the partner: its worst judgement is what it ends with, and a run in which nobody was
/// judged is inconclusive. Without it the end of a server is no failure.
class Assertion {
 public:
  explicit Assertion(const std::vector<std::string>& words) : asked_(!words.empty()), fail_on_(read_fail_on(words)) {}

  void heed(const transcript::Transcript& transcript) {
    for (const transcript::Event& event : transcript.events()) {
      const auto* decided = event.body.as<transcript::PolicyDecided>();
      if (!decided) continue;
      judged_ = true;
      code_ = policy::worse_exit_code(code_, policy::exit_code(decided->verdict, fail_on_));
    }
  }
  [[nodiscard]] int exit_code() const {
    if (!asked_) return 0;
    return judged_ ? code_ : policy::stricter_exit_code(3, fail_on_);
  }

 private:
  bool asked_;
  policy::FailOn fail_on_;
  bool judged_ = false;
  int code_ = 0;
};

void print_by_connector(const lab::EdgeServer& server, std::ostream& err) {
  for (const auto& [connector, counters] : server.counters_by_connector()) {
    for (const auto& [name, value] : counters.own_values(connector)) err << name << " " << value << '\n';
  }
}

}  // namespace

int run_serve(const ServeOptions& options, std::ostream& out, std::ostream& err) {
  net::Loop loop;
  lab::EdgeServerSettings settings;
  settings.edge = edge_settings_of(options.end);
  settings.edge.now = now;
  settings.edge.client_certificate = mode_of(options.client_certificate);
  settings.edge.ocsp_response = response_to_staple(options.ocsp_response);
  if (options.implicit_tls) settings.edge.receive_startup = session::TlsStartup::implicit;
  settings.edge.refusal_style = options.permanent ? policy::RefusalStyle::permanent : policy::RefusalStyle::temporary;
  settings.clock = now_in_milliseconds;
  settings.session_ids = std::make_shared<transcript::SessionIds>(now_in_milliseconds());
  settings.keep = lab::keep_in_spool;
  if (!options.output.session_file.empty()) require_writable(options.output.session_file);
  check_output(options.output);
  if (options.output.ndjson) settings.heard = event_stream(out);
  std::size_t sessions = 0;
  Assertion assertion(options.output.fail_on);
  settings.ended = [&](const transcript::Transcript& transcript) {
    assertion.heed(transcript);
    tell(options.output, transcript, out, err);
    if (options.count != 0 && ++sessions >= options.count) loop.stop();
  };
  lab::EdgeServer server(loop, served_organisation(options), std::move(settings));
  if (!options.implicit_tls) require_identity(server.edge(), err);
  server.listen();
  for (const net::Endpoint& endpoint : server.endpoints()) err << "domsec: listening on " << endpoint.text() << '\n';
  loop.on_termination([&](int) { loop.stop(); });
  loop.run();
  server.stop();
  if (options.output.verbosity > 0) {
    for (const auto& [name, value] : server.counters().values()) err << name << " " << value << '\n';
    if (server.counters_by_connector().size() > 1) print_by_connector(server, err);
  }
  return assertion.exit_code();
}

}  // namespace domsec::cli
