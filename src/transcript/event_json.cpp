// The live stream: one object per event, schema domsec.event/1. `event` is the event's name, the rest its own
// facts.
#include "domsec/transcript/ndjson.h"
#include "domsec/transcript/protocol_log.h"
#include "json_values.h"

namespace domsec::transcript {

namespace json = boost::json;

namespace {

/// Nothing where there is nothing to tell.
std::string_view problem_text(pki::CrlProblem problem) {
  return problem == pki::CrlProblem::none ? std::string_view() : pki::text(problem);
}
std::string_view origin_text(pki::CrlOrigin origin) {
  return origin == pki::CrlOrigin::none ? std::string_view() : pki::text(origin);
}
std::string_view text(Direction direction) { return direction == Direction::sent ? "sent" : "received"; }

std::string_view text(DisconnectReason reason) {
  switch (reason) {
    case DisconnectReason::local: return "local";
    case DisconnectReason::remote: return "remote";
    case DisconnectReason::remote_socket_error: return "remote-socket-error";
    case DisconnectReason::timeout: return "timeout";
  }
  return "local";
}

std::string_view text(policy::DnsOutcome outcome) {
  switch (outcome) {
    case policy::DnsOutcome::not_asked: return "not-asked";
    case policy::DnsOutcome::ok: return "ok";
    case policy::DnsOutcome::no_such_domain: return "no-such-domain";
    case policy::DnsOutcome::no_address: return "no-address";
    case policy::DnsOutcome::null_mx: return "null-mx";
    case policy::DnsOutcome::failed: return "failed";
  }
  return "failed";
}

json::array chain_json(const pki::Chain& chain) {
  json::array array;
  for (const pki::CertificatePtr& certificate : chain) array.emplace_back(certificate_json(*certificate));
  return array;
}

/// What was fetched for a path whose issuer is missing (D-21).
json::object issuers_json(const pki::IssuersFetched& fetched) {
  json::array asked;
  for (const pki::IssuerAsked& each : fetched.asked) {
    asked.emplace_back(json::object{{"uri", json_text(each.uri)},
                                    {"named_by", json_text(each.subject)},
                                    {"certificates", chain_json(each.certificates)},
                                    {"problem", text_or_null(each.problem)}});
  }
  return {{"asked", std::move(asked)},
          {"anchored", fetched.anchored},
          {"good", fetched.good()},
          {"detail", json_text(pki::text(fetched))}};
}

/// Adds name and facts of one event.
struct Facts {
  json::object& object;

  json::object& named(std::string_view name) const {
    object["event"] = json_text(name);
    return object;
  }
  void operator()(const HostsResolved& event) const {
    json::array hosts;
    for (const HostFound& host : event.hosts) {
      hosts.emplace_back(json::object{{"preference", host.preference},
                                      {"host", json_text(host.host)},
                                      {"addresses", json_texts(host.addresses)}});
    }
    named("hosts-resolved")["domain"] = json_text(event.domain);
    object["outcome"] = json_text(text(event.outcome));
    object["implicit_mx"] = event.implicit_mx;
    object["hosts"] = std::move(hosts);
    object["detail"] = text_or_null(event.detail);
  }
  void operator()(const StepBegun& event) const {
    named("step-begun")["step"] = json_text(policy::text(event.step));
  }
  void operator()(const Connecting& event) const {
    named("connecting")["host"] = json_text(event.host);
    object["remote"] = json_text(event.remote);
  }
  void operator()(const Connected& event) const {
    named("connected")["local"] = json_text(event.local);
    object["remote"] = json_text(event.remote);
  }
  void operator()(const PermissionsSet& event) const {
    named("permissions-set")["rights"] = json_text(event.rights);
  }
  void operator()(const CommandLine& event) const {
    named("command")["direction"] = json_text(text(event.direction));
    object["line"] = json_text(event.line);
  }
  void operator()(const ReplyGiven& event) const {
    named("reply")["direction"] = json_text(text(event.direction));
    object["code"] = event.reply.code();
    object["lines"] = json_texts(event.reply.lines());
  }
  void operator()(const DataPassed& event) const {
    named("data-passed")["direction"] = json_text(text(event.direction));
    object["octets"] = event.octets;
  }
  void operator()(const StarttlsOffer& event) const {
    named("starttls-offer")["offered"] = event.offered;
    object["masked"] = event.masked;
  }
  void operator()(const OwnCertificateChosen& event) const {
    named("own-certificate-chosen")["certificate"] =
        event.certificate ? json::value(certificate_json(*event.certificate)) : json::value();
    object["trouble"] = event.trouble == policy::OwnTrouble::none
                            ? json::value()
                            : json::value(json_text(policy::text(event.trouble)));
    object["reason"] = text_or_null(event.reason);
  }
  void operator()(const TlsEstablished& event) const {
    named("tls-established")["version"] = json_text(event.version);
    object["cipher"] = json_text(event.cipher);
    object["group"] = text_or_null(event.group);
    object["sni"] = text_or_null(event.sni);
    object["client_cert_requested"] = event.client_certificate_requested;
    object["own_cert_sent"] = event.own_certificate_sent;
    object["requested_ca_names"] = json_texts(event.requested_ca_names);
  }
  void operator()(const TlsFailed& event) const {
    named("tls-failed")["kind"] = json_text(policy::text(event.kind));
    object["reason"] = text_or_null(event.reason);
    object["clear_text"] = event.clear_text;
  }
  void operator()(const AlertSeen& event) const {
    named("alert")["direction"] = json_text(text(event.direction));
    object["number"] = event.alert.number;
    object["name"] = json_text(pki::alert_name(event.alert.number));
    object["after_handshake"] = event.after_handshake;
  }
  void operator()(const PeerCertificatesSeen& event) const {
    named("peer-certificates")["presented"] = chain_json(event.presented);
  }
  void operator()(const ChainExamined& event) const {
    named("chain-examined")["status"] = json_text(chain_status(event));
    object["usage"] = json_text(pki::text(event.usage));
    object["anchor"] = text_or_null(event.path.anchor);
    object["remembered"] = event.path.remembered;
    json::array problems;
    for (const pki::PathProblem& problem : event.path.problems) {
      problems.emplace_back(json::object{{"fault", json_text(pki::text(problem.fault))},
                                         {"depth", problem.depth},
                                         {"x509_error", problem.x509_error},
                                         {"detail", text_or_null(problem.text)}});
    }
    object["problems"] = std::move(problems);
    if (event.path.fetched) object["fetched"] = issuers_json(*event.path.fetched);
  }
  void operator()(const RevocationExamined& event) const {
    json::array certificates;
    for (const pki::Revocation& revocation : event.certificates) {
      certificates.emplace_back(json::object{{"depth", revocation.depth},
                                             {"subject", json_text(revocation.subject)},
                                             {"state", json_text(pki::text(revocation.state))},
                                             {"problem", text_or_null(problem_text(revocation.problem))},
                                             {"origin", text_or_null(origin_text(revocation.origin))},
                                             {"this_update", instant_or_null(revocation.this_update)},
                                             {"next_update", instant_or_null(revocation.next_update)},
                                             {"revoked_at", instant_or_null(revocation.revoked_at)},
                                             {"reason", text_or_null(revocation.reason)},
                                             {"uri", text_or_null(revocation.uri)},
                                             {"detail", text_or_null(revocation.detail)}});
    }
    named("revocation-examined")["certificates"] = std::move(certificates);
  }
  void operator()(const StapledStatusExamined& event) const {
    json::object& into = named("stapled-status-examined");
    for (auto& [key, value] : stapled_json(event.status)) into[key] = value;
  }
  void operator()(const NameCompared& event) const {
    named("name-compared")["reference"] = json_text(event.match.reference.text);
    object["matches"] = event.match.matches;
    object["presented"] = event.match.by ? json::value(json_text(event.match.by->text)) : json::value();
  }
  void operator()(const TlsConfirmed&) const { named("tls-confirmed"); }
  void operator()(const PolicyDecided& event) const {
    named("policy-decided")["domain"] = text_or_null(event.domain);
    object["list"] = text_or_null(event.list);
    object["verdict"] = verdict_json(event.verdict);
  }
  void operator()(const MessageAccepted& event) const {
    named("message-accepted")["id"] = json_text(event.id);
    object["octets"] = event.octets;
    object["partner"] = text_or_null(event.partner);
    object["domain_secured"] = event.domain_secured;
  }
  void operator()(const Irregularity& event) const { named("irregularity")["what"] = json_text(event.what); }
  void operator()(const Tarpitted& event) const {
    named("tarpitted")["seconds"] = event.interval.count();
    object["reason"] = json_text(event.reason);
  }
  void operator()(const CapabilitiesDecided& event) const {
    named("capabilities_decided")["domain"] = text_or_null(event.decided.domain);
    object["capabilities"] = json_texts(event.decided.capabilities);
    object["status"] = text_or_null(event.decided.status);
    if (const int number = event.decided.event()) object["event"] = number;
  }
  void operator()(const Broken& event) const {
    named("broken")["step"] = json_text(policy::text(event.step));
    object["kind"] = json_text(policy::text(event.kind));
    object["what"] = text_or_null(event.what);
  }
  void operator()(const Disconnected& event) const {
    named("disconnected")["reason"] = json_text(text(event.reason));
  }
};

}  // namespace

std::string event_json(const Transcript& transcript, const Event& event) {
  json::object object{{"schema", "domsec.event/1"},
                      {"t", json_text(log_time(event.at))},
                      {"session_id", json_text(session_id_text(transcript.session_id()))},
                      {"role", json_text(policy::text(transcript.role()))},
                      {"connector", json_text(transcript.connector())}};
  event.body.visit(Facts{object});
  return json::serialize(object);
}

}  // namespace domsec::transcript
